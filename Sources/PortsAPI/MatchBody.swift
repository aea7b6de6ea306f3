import JSON
import PortRegistry

/// How an assignment answers a search, as JSON. A page has one for each item, so it is put together
/// from parts that are ready.
enum MatchBody {
  /// Writes the member `match`.
  static func write(_ match: Match, into writer: inout JSONWriter) {
    writer.raw(beginnings[place(match.kind, match.field)][...])
    if match.field.isList { writer.part(match.element) }
    writer.part(spans)
    for (place, span) in match.spans.enumerated() {
      writer.part(place == 0 ? bracket : commaBracket)
      writer.part(span.lowerBound)
      writer.part(comma)
      writer.part(span.upperBound)
      writer.part(endBracket)
    }
    writer.part(end)
  }

  private static func place(_ kind: Match.Kind, _ field: Match.Field) -> Int {
    Int(kind.rawValue) * Match.Field.allCases.count + Int(field.rawValue)
  }

  /// From the member's name to its field, by kind and field.
  private static let beginnings: [[UInt8]] = Match.Kind.allCases.flatMap { kind in
    Match.Field.allCases.map { field in
      Array(
        "\"match\":{\"kind\":\"\(kind)\",\"field\":\"\(field)\(field.isList ? "/" : "")".utf8
      )
    }
  }
  private static let spans = Array("\",\"spans\":[".utf8)
  private static let bracket = [UInt8(ascii: "[")]
  private static let commaBracket = Array(",[".utf8)
  private static let comma = [UInt8(ascii: ",")]
  private static let endBracket = [UInt8(ascii: "]")]
  private static let end = Array("]}".utf8)
}

extension Match.Field {
  /// Whether the member is a list, of which one element answers.
  fileprivate var isList: Bool { self == .aliases || self == .trojans }
}
