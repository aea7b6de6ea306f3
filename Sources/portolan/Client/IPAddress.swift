/// An address of either family as 128 bits; IPv4 stands in ::ffff:0:0/96 (RFC 4291 §2.5.5.2), so
/// that one comparison serves both.
struct IPAddress: Hashable, Sendable {
  let high: UInt64
  let low: UInt64

  private static let mappedPrefix: UInt64 = 0xFFFF_0000_0000

  init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  init(ipv4 value: UInt32) {
    self.init(high: 0, low: Self.mappedPrefix | UInt64(value))
  }

  /// - Parameter bytes: 4 or 16 bytes in network order.
  init?(bytes: [UInt8]) {
    var words: (UInt64, UInt64) = (0, 0)
    for byte in bytes {
      words.0 = words.0 << 8 | words.1 >> 56
      words.1 = words.1 << 8 | UInt64(byte)
    }
    switch bytes.count {
    case 4: self.init(high: 0, low: Self.mappedPrefix | words.1)
    case 16: self.init(high: words.0, low: words.1)
    default: return nil
    }
  }

  var isIPv4: Bool { high == 0 && low >> 32 == 0xFFFF }

  /// The address with only its first `length` of 128 bits.
  func prefix(_ length: Int) -> IPAddress {
    let highMask: UInt64 = length >= 64 ? .max : ~(.max >> UInt64(max(0, length)))
    let lowMask: UInt64 = length >= 128 ? .max : ~(.max >> UInt64(max(0, length - 64)))
    return IPAddress(high: high & highMask, low: low & lowMask)
  }
}

// MARK: Reading

extension IPAddress {
  /// Reads `192.0.2.1` or `2001:db8::1` (RFC 4291 §2.2), and nothing around it.
  init?(parsing text: Span<UInt8>) {
    var hasColon = false
    for index in text.indices where text[index] == UInt8(ascii: ":") { hasColon = true }
    guard let address = hasColon ? Self.ipv6(text) : Self.ipv4(text).map(Self.init(ipv4:)) else {
      return nil
    }
    self = address
  }

  init?(parsing text: String) {
    let bytes = Array(text.utf8)
    self.init(parsing: bytes.span)
  }

  /// Four numbers without leading zeros, which some readers take for octal.
  private static func ipv4(_ text: Span<UInt8>) -> UInt32? {
    var value: UInt32 = 0
    var part: UInt32 = 0
    var digitCount = 0
    var dotCount = 0
    for index in text.indices {
      let byte = text[index]
      if byte == UInt8(ascii: ".") {
        guard digitCount > 0, dotCount < 3 else { return nil }
        value = value << 8 | part
        part = 0
        digitCount = 0
        dotCount += 1
      } else {
        guard byte.isASCIIDigit, digitCount < 3, digitCount == 0 || part > 0 else { return nil }
        part = part * 10 + UInt32(byte - 0x30)
        guard part <= 255 else { return nil }
        digitCount += 1
      }
    }
    guard dotCount == 3, digitCount > 0 else { return nil }
    return value << 8 | part
  }

  /// Groups of 16 bits, of which one run may be left out as `::`, and the last two may be written
  /// as an IPv4 address.
  private static func ipv6(_ text: Span<UInt8>) -> IPAddress? {
    var groups: [8 of UInt16] = .init(repeating: 0)
    var count = 0
    var gap: Int?
    var index = 0
    if text.count >= 2, text[0] == UInt8(ascii: ":") {
      guard text[1] == UInt8(ascii: ":") else { return nil }
      gap = 0
      index = 2
    }
    while index < text.count {
      guard count < 8 else { return nil }
      let start = index
      var group: UInt32 = 0
      while index < text.count, let digit = text[index].asciiHexValue {
        group = group << 4 | UInt32(digit)
        index += 1
        guard index - start <= 4 else { return nil }
      }
      if index < text.count, text[index] == UInt8(ascii: ".") {
        guard count <= 6, let tail = ipv4(text.extracting(start..<text.count)) else { return nil }
        groups[count] = UInt16(truncatingIfNeeded: tail >> 16)
        groups[count + 1] = UInt16(truncatingIfNeeded: tail)
        count += 2
        break
      }
      guard index > start else { return nil }
      groups[count] = UInt16(truncatingIfNeeded: group)
      count += 1
      if index == text.count { break }
      guard text[index] == UInt8(ascii: ":") else { return nil }
      index += 1
      guard index < text.count else { return nil }
      if text[index] == UInt8(ascii: ":") {
        guard gap == nil else { return nil }
        gap = count
        index += 1
      }
    }
    return assemble(groups, count: count, gap: gap)
  }

  private static func assemble(_ groups: [8 of UInt16], count: Int, gap: Int?) -> IPAddress? {
    // A gap stands for at least one group, and without one all eight must be written.
    guard gap == nil ? count == 8 : count < 8 else { return nil }
    var words: (UInt64, UInt64) = (0, 0)
    for place in 0..<8 {
      var group: UInt16 = 0
      if let gap {
        if place < gap {
          group = groups[place]
        } else if place >= gap + 8 - count {
          group = groups[place - (8 - count)]
        }
      } else {
        group = groups[place]
      }
      words.0 = words.0 << 16 | words.1 >> 48
      words.1 = words.1 << 16 | UInt64(group)
    }
    return IPAddress(high: words.0, low: words.1)
  }
}

extension UInt8 {
  fileprivate var isASCIIDigit: Bool { (0x30...0x39).contains(self) }

  fileprivate var asciiHexValue: UInt8? {
    switch self {
    case 0x30...0x39: self - 0x30
    case 0x41...0x46: self - 0x37
    case 0x61...0x66: self - 0x57
    default: nil
    }
  }
}

// MARK: Writing

extension IPAddress: CustomStringConvertible {
  /// In the form of RFC 5952: lower case, no leading zeros, the longest run of zeros as `::`.
  var description: String {
    if isIPv4 {
      let value = UInt32(truncatingIfNeeded: low)
      let parts: [UInt32] = [value >> 24, value >> 16, value >> 8, value]
      return parts.map { String($0 & 0xFF) }.joined(separator: ".")
    }
    let groups = (0..<8).map { group($0) }
    guard let gap = Self.longestGap(groups) else {
      return groups.map { String($0, radix: 16) }.joined(separator: ":")
    }
    let left = groups[..<gap.lowerBound].map { String($0, radix: 16) }.joined(separator: ":")
    let right = groups[gap.upperBound...].map { String($0, radix: 16) }.joined(separator: ":")
    return left + "::" + right
  }

  /// The 16 bits that are written in one place, 0...7.
  private func group(_ place: Int) -> UInt64 {
    let word = place < 4 ? high : low
    let shift = UInt64(48 - 16 * (place % 4))
    return word >> shift & 0xFFFF
  }

  /// The first of the longest runs of at least two zeros.
  private static func longestGap(_ groups: [UInt64]) -> Range<Int>? {
    var best: Range<Int>?
    var start = 0
    while start < groups.count {
      var end = start
      while end < groups.count, groups[end] == 0 { end += 1 }
      if end - start >= 2, end - start > best?.count ?? 0 { best = start..<end }
      start = max(end, start + 1)
    }
    return best
  }
}
