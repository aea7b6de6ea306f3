/// The character classes of RFC 9110 §5.6 and RFC 3986 §2, as questions to one byte.
///
/// Each class is a set of the first 128 bytes, kept as two words, so a question is a shift and a
/// mask. No byte from 0x80 up is in any of them.
package struct ByteClass: Sendable {
  private let low: UInt64
  private let high: UInt64

  private init(low: UInt64, high: UInt64) {
    self.low = low
    self.high = high
  }

  @inline(__always)
  package func contains(_ byte: UInt8) -> Bool {
    let word = byte < 64 ? low : byte < 128 ? high : 0
    return (word &>> UInt64(byte & 63)) & 1 == 1
  }

  /// `tchar` (RFC 9110 §5.6.2): what names of fields, methods and codings are made of.
  package static var token: ByteClass {
    // !#$%&'*+-.0-9 and A-Z^_`a-z|~
    ByteClass(low: 0x03FF_6CFA_0000_0000, high: 0x57FF_FFFF_C7FF_FFFE)
  }

  /// `pchar` without its `%` (RFC 3986 §3.3): unreserved, sub-delims, `:` and `@`.
  package static var path: ByteClass {
    // !$&'()*+,-.0-9:;= and @A-Z_a-z~
    ByteClass(low: 0x2FFF_7FD2_0000_0000, high: 0x47FF_FFFE_87FF_FFFF)
  }

  /// What a host may be made of besides `%` and brackets (RFC 3986 §3.2.2): unreserved, sub-delims.
  package static var host: ByteClass {
    // !$&'()*+,-.0-9;= and A-Z_a-z~
    ByteClass(low: 0x2BFF_7FD2_0000_0000, high: 0x47FF_FFFE_87FF_FFFE)
  }
}

extension UInt8 {
  package static let tab: UInt8 = 0x09
  package static let lineFeed: UInt8 = 0x0A
  package static let carriageReturn: UInt8 = 0x0D
  package static let space: UInt8 = 0x20

  /// SP or HTAB, of which OWS is made (RFC 9110 §5.6.3).
  @inline(__always)
  package var isBlank: Bool { self == .space || self == .tab }

  /// CTL of RFC 5234: 0x00...0x1F and 0x7F.
  @inline(__always)
  package var isControl: Bool { self < 0x20 || self == 0x7F }

  @inline(__always)
  package var isDigit: Bool { self &- 0x30 < 10 }

  /// The value of a hexadecimal digit, 0...15, or `nil`.
  @inline(__always)
  package var hexDigitValue: UInt8? {
    switch self {
    case 0x30...0x39: self &- 0x30
    case 0x41...0x46: self &- 0x37
    case 0x61...0x66: self &- 0x57
    default: nil
    }
  }

  /// A–Z as a–z; every other byte as it is.
  @inline(__always)
  package var asciiLowercased: UInt8 { self &- 0x41 < 26 ? self | 0x20 : self }
}

extension Span where Element == UInt8 {
  /// Whether the bytes are `text` without regard to ASCII case. `text` is lower-case ASCII.
  @inline(__always)
  package func equalsIgnoringCase(_ text: String) -> Bool {
    let expected = text.utf8.span
    guard count == expected.count else { return false }
    for index in expected.indices where self[index].asciiLowercased != expected[index] {
      return false
    }
    return true
  }

  /// The span without the blanks at both ends (OWS, RFC 9110 §5.6.3).
  package func trimmedRange(_ range: Range<Int>) -> Range<Int> {
    var lower = range.lowerBound
    var upper = range.upperBound
    while lower < upper, self[lower].isBlank { lower += 1 }
    while upper > lower, self[upper - 1].isBlank { upper -= 1 }
    return lower..<upper
  }
}
