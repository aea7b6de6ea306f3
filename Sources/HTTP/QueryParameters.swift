/// A query, taken apart into names and values and percent-decoded once (RFC 3986 §2.1; `+` is a
/// space, as in WHATWG URL's form encoding).
///
/// One is kept and used again for each request, so decoding allocates nothing once warm.
package struct QueryParameters: Sendable {
  package struct Pair: Equatable, Sendable {
    package let name: Range<Int>
    package let value: Range<Int>
    /// Why the pair cannot be used, if so.
    package let fault: Fault?
  }

  /// What may be wrong with a name or a value.
  package enum Fault: Equatable, Sendable {
    /// `%` is not followed by two hexadecimal digits.
    case escape
    /// The bytes are not UTF-8 (RFC 3629).
    case encoding
    /// A control character, U+0000...U+001F or U+007F...U+009F.
    case control

    package var reason: String {
      switch self {
      case .escape: "every % must be followed by two hexadecimal digits"
      case .encoding: "must be UTF-8"
      case .control: "must not hold control characters"
      }
    }
  }

  /// The decoded bytes that names and values are ranges of.
  package private(set) var text: [UInt8] = []
  package private(set) var pairs: [Pair] = []

  package init() {}

  /// Takes `query` apart, forgetting the last one. An empty part between two `&` is passed over.
  package mutating func decode(_ query: Span<UInt8>) {
    text.removeAll(keepingCapacity: true)
    pairs.removeAll(keepingCapacity: true)
    var start = 0
    while start < query.count {
      var end = start
      var equals: Int?
      while end < query.count, query[end] != UInt8(ascii: "&") {
        if query[end] == UInt8(ascii: "="), equals == nil { equals = end }
        end += 1
      }
      if end > start {
        let (name, nameFault) = append(query, start..<(equals ?? end))
        let (value, valueFault) = append(query, (equals.map { $0 + 1 } ?? end)..<end)
        pairs.append(Pair(name: name, value: value, fault: nameFault ?? valueFault))
      }
      start = end + 1
    }
  }

  private mutating func append(
    _ query: Span<UInt8>,
    _ range: Range<Int>
  ) -> (Range<Int>, Fault?) {
    let start = text.count
    var fault: Fault?
    var index = range.lowerBound
    while index < range.upperBound {
      var byte = query[index]
      if byte == UInt8(ascii: "%") {
        if index + 2 < range.upperBound, let high = query[index + 1].hexDigitValue,
          let low = query[index + 2].hexDigitValue
        {
          byte = high << 4 | low
          index += 2
        } else {
          fault = fault ?? .escape
        }
      } else if byte == UInt8(ascii: "+") {
        byte = .space
      }
      text.append(byte)
      index += 1
    }
    return (start..<text.count, fault ?? UTF8Text.fault(text.span.extracting(start..<text.count)))
  }

  /// The bytes of `range` as text.
  package func string(_ range: Range<Int>) -> String {
    String(decoding: text[range], as: UTF8.self)
  }
}

/// UTF-8 as RFC 3629 §4 defines it.
package enum UTF8Text {
  /// The first thing that keeps `bytes` from being text without control characters.
  package static func fault(_ bytes: Span<UInt8>) -> QueryParameters.Fault? {
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      if byte < 0x80 {
        if byte.isControl { return .control }
        index += 1
        continue
      }
      guard let size = sequenceSize(bytes, at: index) else { return .encoding }
      // C1 controls, U+0080...U+009F.
      if byte == 0xC2, bytes[index + 1] < 0xA0 { return .control }
      index += size
    }
    return nil
  }

  /// How many code points well-formed `bytes` hold.
  package static func codePointCount(_ bytes: Span<UInt8>) -> Int {
    var count = 0
    for index in bytes.indices where bytes[index] & 0xC0 != 0x80 { count += 1 }
    return count
  }

  /// The size of the well-formed sequence of two to four bytes at `index`, or `nil`.
  private static func sequenceSize(_ bytes: Span<UInt8>, at index: Int) -> Int? {
    let first = bytes[index]
    let second = index + 1 < bytes.count ? bytes[index + 1] : 0
    switch first {
    case 0xC2...0xDF:
      return isTail(second) ? 2 : nil
    case 0xE0...0xEF:
      let lower: UInt8 = first == 0xE0 ? 0xA0 : 0x80
      let upper: UInt8 = first == 0xED ? 0x9F : 0xBF
      guard (lower...upper).contains(second), index + 2 < bytes.count, isTail(bytes[index + 2])
      else { return nil }
      return 3
    case 0xF0...0xF4:
      let lower: UInt8 = first == 0xF0 ? 0x90 : 0x80
      let upper: UInt8 = first == 0xF4 ? 0x8F : 0xBF
      guard (lower...upper).contains(second), index + 3 < bytes.count, isTail(bytes[index + 2]),
        isTail(bytes[index + 3])
      else { return nil }
      return 4
    default:
      return nil
    }
  }

  private static func isTail(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }
}
