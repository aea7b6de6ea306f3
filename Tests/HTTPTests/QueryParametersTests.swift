import Testing

@testable import HTTP

/// Percent-decoding (RFC 3986 §2.1) and UTF-8 (RFC 3629).
@Suite struct QueryParametersTests {
  private func decode(_ query: String) -> [String] {
    var parameters = QueryParameters()
    parameters.decode(Array(query.utf8).span)
    return parameters.pairs.map {
      let pair = "\(parameters.string($0.name))=\(parameters.string($0.value))"
      return $0.fault.map { "\(pair) \($0)" } ?? pair
    }
  }

  @Test(arguments: [
    ("", []),
    ("&", []),
    ("&&&", []),
    ("q", ["q="]),
    ("q=", ["q="]),
    ("=", ["="]),
    ("=a", ["=a"]),
    ("q=a", ["q=a"]),
    ("q=a&", ["q=a"]),
    ("&q=a", ["q=a"]),
    ("q=a&b=c", ["q=a", "b=c"]),
    ("q=a&&b", ["q=a", "b="]),
    ("q=a=b", ["q=a=b"]),
    ("q=1&q=2", ["q=1", "q=2"]),
    ("a;b=c", ["a;b=c"]),
    ("q=a+b%20c%2Bd", ["q=a b c+d"]),
    ("a+b=c", ["a b=c"]),
    ("%71=%61", ["q=a"]),
    ("q=%26%3D%3d", ["q=&=="]),
    ("q=%2526", ["q=%26"]),
    ("q=gr%C3%B6%c3%9fe", ["q=gr\u{F6}\u{DF}e"]),
    ("q=%F0%9F%9A%A2", ["q=\u{1F6A2}"]),
    ("q=%EF%BF%BD", ["q=\u{FFFD}"]),
    ("q=%", ["q=% escape"]),
    ("q=%4", ["q=%4 escape"]),
    ("q=%4&b=c", ["q=%4 escape", "b=c"]),
    ("q=%&b=c", ["q=% escape", "b=c"]),
    ("q=%4g", ["q=%4g escape"]),
    ("q=%g4", ["q=%g4 escape"]),
    ("q=%%41", ["q=%A escape"]),
    ("%=a", ["%=a escape"]),
    ("%4=1", ["%4=1 escape"]),
    ("q=%00", ["q=\u{0} control"]),
    ("q=%0D%0A", ["q=\r\n control"]),
    ("q=%7F", ["q=\u{7F} control"]),
    ("q=%C2%85", ["q=\u{85} control"]),
    ("q=%C2%9F", ["q=\u{9F} control"]),
    ("q=%C2%A0", ["q=\u{A0}"]),
    ("%00=a", ["\u{0}=a control"]),
  ])
  func aQueryIsTakenApart(query: String, pairs: [String]) {
    #expect(decode(query) == pairs)
  }

  @Test(arguments: [
    "%80", "%C3", "%C3(", "%C0%80", "%C1%BF", "%E0%80%80", "%E0%9F%BF", "%ED%A0%80", "%ED%BF%BF",
    "%F0%80%80%80", "%F0%8F%BF%BF", "%F4%90%80%80", "%F5%80%80%80", "%FF", "%FE", "a%E2%82",
    "%C3%B6%C3",
  ])
  func whatIsNotUTF8IsSaid(value: String) {
    var parameters = QueryParameters()
    parameters.decode(Array("q=\(value)".utf8).span)
    #expect(parameters.pairs.map(\.fault) == [.encoding])
  }

  @Test func theNameIsLookedAtBeforeTheValue() {
    var parameters = QueryParameters()
    parameters.decode(Array("%00=%".utf8).span)
    #expect(parameters.pairs.first?.fault == .control)
    let faults: [QueryParameters.Fault] = [.escape, .encoding, .control]
    #expect(Set(faults.map(\.reason)).count == 3)
  }

  @Test func oneQueryLeavesNothingToTheNext() {
    var parameters = QueryParameters()
    parameters.decode(Array("a=1&b=2".utf8).span)
    parameters.decode(Array("c=3".utf8).span)
    #expect(parameters.pairs.count == 1)
    #expect(parameters.text == Array("c3".utf8))
    parameters.decode(Array("".utf8).span)
    #expect(parameters.pairs.isEmpty)
  }

  @Test func everyByteSurvivesItsEscape() {
    for byte in UInt8.min...UInt8.max {
      let high = String(byte >> 4, radix: 16)
      let low = String(byte & 0xF, radix: 16)
      for escape in ["%\(high)\(low)", "%\(high.uppercased())\(low.uppercased())"] {
        var parameters = QueryParameters()
        parameters.decode(Array(escape.utf8).span)
        #expect(parameters.text == [byte])
      }
    }
  }
}

/// UTF-8 as RFC 3629 has it, against the standard library's validation.
@Suite struct UTF8TextTests {
  /// The library knows nothing of control characters, so they are looked for in its result.
  private func expected(_ bytes: [UInt8]) -> QueryParameters.Fault? {
    guard let text = String(validating: bytes, as: UTF8.self) else { return .encoding }
    let isControl = text.unicodeScalars.contains { $0.properties.generalCategory == .control }
    return isControl ? .control : nil
  }

  private func check(_ bytes: [UInt8]) {
    let fault = UTF8Text.fault(bytes.span)
    let expected = expected(bytes)
    // Where both a control character and a malformed sequence stand, either may be told.
    let bothRefuse = fault != nil && expected != nil
    if fault != expected, !bothRefuse { Issue.record("\(bytes): \(String(describing: fault))") }
    guard fault == nil else { return }
    let count = String(decoding: bytes, as: UTF8.self).unicodeScalars.count
    if UTF8Text.codePointCount(bytes.span) != count { Issue.record("\(bytes): count") }
  }

  @Test func everySequenceOfOneOrTwoBytes() {
    check([])
    for first in UInt8.min...UInt8.max {
      check([first])
      for second in UInt8.min...UInt8.max { check([first, second]) }
    }
  }

  private static let edges: [UInt8] = [
    0x00, 0x1F, 0x20, 0x41, 0x7E, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF,
    0xE0, 0xE1, 0xEC, 0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF,
  ]

  @Test func everySequenceOfThreeOrFourBytesAtTheEdges() {
    for first in Self.edges {
      for second in Self.edges {
        for third in Self.edges {
          check([first, second, third])
          for fourth in Self.edges { check([first, second, third, fourth]) }
        }
      }
    }
  }

  @Test func longerTextsDrawnByChance() {
    var numbers = SeededNumbers(state: 3629)
    for _ in 0..<20_000 {
      check(
        (0..<Int.random(in: 0...12, using: &numbers)).map { _ in
          Self.edges.randomElement(using: &numbers) ?? 0
        }
      )
    }
  }

  @Test func everyCodePointIsRead() {
    for value in UInt32(0)...0x10FFFF {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let bytes = Array(String(scalar).utf8)
      let isControl = value < 0x20 || (0x7F...0x9F).contains(value)
      if UTF8Text.fault(bytes.span) != (isControl ? .control : nil) { Issue.record("\(value)") }
    }
  }
}
