import JSON
import PortRegistry

/// How an assignment answers a search, as JSON. A page has one for each item, so it is put together
/// from parts that are ready.
struct MatchBody: Sendable {
  /// The only one. It is made when something is first searched for, not at the start.
  static let shared = MatchBody()

  /// By kind and field: from the comma before the member's name to the field, or where the field is
  /// no list, to the spans.
  private let beginnings: [[UInt8]]
  private let fieldCount = Match.Field.allCases.count
  private let spans = Array("\",\"spans\":[".utf8)
  /// How long a span is at most with its comma, and how long all else behind the beginning is, in
  /// bytes.
  private let spanSizeMax = 2 * OutputSpan<UInt8>.decimalSizeMax + 4
  private let frameSizeMax: Int

  private init() {
    let spans = spans
    beginnings = Match.Kind.allCases.flatMap { kind in
      Match.Field.allCases.map { field in
        let beginning = Array(",\"match\":{\"kind\":\"\(kind)\",\"field\":\"\(field)".utf8)
        return beginning + (field.isList ? [UInt8(ascii: "/")] : spans)
      }
    }
    frameSizeMax = OutputSpan<UInt8>.decimalSizeMax + spans.count + 3
  }

  /// Writes the member `match` behind the others of an assignment, and ends that.
  func end(_ match: Match, into writer: inout JSONWriter) {
    let place = Int(match.kind.rawValue) * fieldCount + Int(match.field.rawValue)
    let sizeMax = frameSizeMax + match.spans.count * spanSizeMax
    writer.endObject(beginnings[place], upTo: sizeMax) { output in
      if match.field.isList {
        output.append(decimal: match.element)
        output.append(copying: spans.span)
      }
      for place in 0..<match.spans.count {
        if place > 0 { output.append(UInt8(ascii: ",")) }
        let span = match.spans[place]
        output.append(UInt8(ascii: "["))
        output.append(decimal: span.lowerBound)
        output.append(UInt8(ascii: ","))
        output.append(decimal: span.upperBound)
        output.append(UInt8(ascii: "]"))
      }
      output.append(UInt8(ascii: "]"))
      output.append(UInt8(ascii: "}"))
      output.append(UInt8(ascii: "}"))
    }
  }
}

extension Match.Field {
  /// Whether the member is a list, of which one element answers.
  fileprivate var isList: Bool {
    switch self {
    case .aliases, .trojans: true
    case .service, .name, .description, .note, .port: false
    }
  }
}
