import JSON
import PortRegistry

/// How an assignment answers a search, as JSON. A page has one for each item, so it is put together
/// from parts that are ready.
enum MatchBody {
  /// Writes the member `match`, behind the members of the assignment.
  static func write(_ match: Match, into writer: inout JSONWriter) {
    writer.part(beginnings[place(match.kind, match.field)])
    writer.part(upTo: sizeMax(match)) { output in
      if match.field.isList {
        output.append(decimal: match.element)
        for byte in spans { output.append(byte) }
      }
      for (place, span) in match.spans.enumerated() {
        if place > 0 { output.append(UInt8(ascii: ",")) }
        output.append(UInt8(ascii: "["))
        output.append(decimal: span.lowerBound)
        output.append(UInt8(ascii: ","))
        output.append(decimal: span.upperBound)
        output.append(UInt8(ascii: "]"))
      }
      output.append(UInt8(ascii: "]"))
      output.append(UInt8(ascii: "}"))
    }
  }

  /// How much comes behind the beginning at most, in bytes.
  private static func sizeMax(_ match: Match) -> Int {
    let numberSize = OutputSpan<UInt8>.decimalSizeMax
    return numberSize + spans.count + match.spans.count * (2 * numberSize + 4) + 2
  }

  private static func place(_ kind: Match.Kind, _ field: Match.Field) -> Int {
    Int(kind.rawValue) * Match.Field.allCases.count + Int(field.rawValue)
  }

  /// From the comma before the member's name to its field, or where the field is no list, to the
  /// spans; by kind and field.
  private static let beginnings: [[UInt8]] = Match.Kind.allCases.flatMap { kind in
    Match.Field.allCases.map { field in
      let beginning = Array(",\"match\":{\"kind\":\"\(kind)\",\"field\":\"\(field)".utf8)
      return field.isList ? beginning + [UInt8(ascii: "/")] : beginning + spans
    }
  }
  private static let spans = Array("\",\"spans\":[".utf8)
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
