/// The media types in which data is offered (RFC 9110 §12.5.1), in the order that breaks ties.
package enum MediaType: UInt8, CaseIterable, Sendable {
  case json
  case plainText
  case csv
  case html

  /// The value of Content-Type.
  package var name: String {
    switch self {
    case .json: "application/json"
    case .plainText: "text/plain; charset=utf-8"
    case .csv: "text/csv; charset=utf-8; header=present"
    case .html: "text/html; charset=utf-8"
    }
  }

  /// The words that `?format=` takes.
  package static let formats = "json, text, csv, html"

  /// The type that `?format=` names.
  package init?(format: Span<UInt8>) {
    if format.equals("json") {
      self = .json
    } else if format.equals("text") {
      self = .plainText
    } else if format.equals("csv") {
      self = .csv
    } else if format.equals("html") {
      self = .html
    } else {
      return nil
    }
  }

  fileprivate var range: (type: String, full: String) {
    switch self {
    case .json: ("application/*", "application/json")
    case .plainText: ("text/*", "text/plain")
    case .csv: ("text/*", "text/csv")
    case .html: ("text/*", "text/html")
    }
  }

  /// Picks one of `offered` by the weights of the Accept field.
  ///
  /// The most precise range that matches a type gives its weight. One with parameters steps back
  /// behind the same without: what they ask for is not what is offered, but is better than nothing.
  /// On a tie the first in the order of
  /// ``allCases`` wins; so does ``json`` when the field is absent or accepts nothing that is
  /// offered, since RFC 9110 §12.4.1 lets a server disregard it.
  package static func negotiate(
    _ head: borrowing RequestHead,
    in bytes: Span<UInt8>
  ) -> MediaType {
    guard head.first(.accept) != nil else { return .json }
    var best = MediaType.json
    var bestWeight = 0
    for type in MediaType.allCases {
      let weight = type.weight(head, in: bytes)
      if weight > bestWeight {
        best = type
        bestWeight = weight
      }
    }
    return best
  }

  private func weight(_ head: borrowing RequestHead, in bytes: Span<UInt8>) -> Int {
    let names = range
    var precision = -1
    var weight = 0
    for index in 0..<head.fieldCount where head[index].name == .accept {
      var list = WeightedList(head[index].value)
      while let member = list.next(bytes) {
        let range = bytes.extracting(member.value)
        let memberPrecision: Int
        if range.equalsIgnoringCase(names.full) {
          memberPrecision = member.hasParameters ? 2 : 3
        } else if range.equalsIgnoringCase(names.type) {
          memberPrecision = 1
        } else if range.equals("*/*") {
          memberPrecision = 0
        } else {
          continue
        }
        if memberPrecision > precision
          || (memberPrecision == precision && member.weight > weight)
        {
          precision = memberPrecision
          weight = member.weight
        }
      }
    }
    return weight
  }
}
