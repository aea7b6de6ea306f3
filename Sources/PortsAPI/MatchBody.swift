import JSON
import PortRegistry

/// How an assignment answers a search, as JSON. A page has one for each item, so it is put together
/// from parts that are ready.
enum MatchBody {
  /// Writes the member `match`.
  static func write(_ match: Match, into writer: inout JSONWriter) {
    // Behind the members of the assignment.
    writer.part(beginnings[place(match.kind, match.field)])
    if match.field.isList {
      writer.part(match.element)
      writer.part(spans)
    }
    for (place, span) in match.spans.enumerated() {
      if place > 0 { writer.part(UInt8(ascii: ",")) }
      writer.part(UInt8(ascii: "["))
      writer.part(span.lowerBound)
      writer.part(UInt8(ascii: ","))
      writer.part(span.upperBound)
      writer.part(UInt8(ascii: "]"))
    }
    writer.part(end)
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
  private static let end = Array("]}".utf8)
}

extension Match.Field {
  /// Whether the member is a list, of which one element answers.
  fileprivate var isList: Bool { self == .aliases || self == .trojans }
}
