/// A port number of TCP, UDP, SCTP or DCCP, 0...65535 (RFC 6335 §6).
public struct PortNumber: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The number itself.
  public let rawValue: UInt16

  /// Every 16-bit number is a port number.
  public init(_ rawValue: UInt16) {
    self.rawValue = rawValue
  }

  /// Reads a number of one to five digits without sign, blank or leading zero.
  ///
  /// - Returns: `nil` for anything else, and for numbers above 65535.
  public init?(parsing text: some StringProtocol) {
    let digits = Array(text.utf8)
    guard let value = Self.parse(digits.span) else { return nil }
    rawValue = value
  }

  /// The same over bytes.
  package static func parse(_ digits: Span<UInt8>) -> UInt16? {
    guard (1...5).contains(digits.count) else { return nil }
    if digits.count > 1, digits[0] == UInt8(ascii: "0") { return nil }
    var value: UInt32 = 0
    for index in digits.indices {
      let digit = digits[index] &- UInt8(ascii: "0")
      guard digit < 10 else { return nil }
      value = value * 10 + UInt32(digit)
    }
    return UInt16(exactly: value)
  }

  /// The range that the number lies in.
  public var range: PortRange {
    PortRange.allCases.first { $0.numbers.contains(rawValue) } ?? .dynamic
  }

  /// Orders by number.
  public static func < (left: PortNumber, right: PortNumber) -> Bool {
    left.rawValue < right.rawValue
  }

  /// The number in digits.
  public var description: String { String(rawValue) }
}
