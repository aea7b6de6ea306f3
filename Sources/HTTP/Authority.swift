/// `uri-host [ ":" port ]` (RFC 9110 §4.1, RFC 3986 §3.2.2).
enum Authority {
  enum Port { case optional, required }

  /// Whether the bytes at `range` are a host that is not empty, with its port.
  static func isValid(_ bytes: Span<UInt8>, _ range: Range<Int>, port: Port) -> Bool {
    let text = bytes.extracting(range)
    guard let hostEnd = hostEnd(text) else { return false }
    if hostEnd == text.count { return port == .optional }
    guard text[hostEnd] == UInt8(ascii: ":") else { return false }
    // `port = *DIGIT`: an empty one is the scheme's own (RFC 3986 §3.2.3), and CONNECT has none
    // (RFC 9110 §9.3.6).
    if hostEnd + 1 == text.count { return port == .optional }
    return decimal(text.extracting(hostEnd + 1..<text.count), atMost: 65_535) != nil
  }

  /// Where the host ends that begins the text; `nil` if there is none.
  private static func hostEnd(_ text: Span<UInt8>) -> Int? {
    guard !text.isEmpty else { return nil }
    if text[0] == UInt8(ascii: "[") {
      var index = 1
      while index < text.count, text[index] != UInt8(ascii: "]") { index += 1 }
      guard index < text.count, isIPv6(text.extracting(1..<index)) else { return nil }
      return index + 1
    }
    var index = 0
    let allowed = ByteClass.host
    while index < text.count, text[index] != UInt8(ascii: ":") {
      if text[index] == UInt8(ascii: "%") {
        guard index + 2 < text.count, text[index + 1].hexDigitValue != nil,
          text[index + 2].hexDigitValue != nil
        else { return nil }
        index += 2
      } else if !allowed.contains(text[index]) {
        return nil
      }
      index += 1
    }
    return index > 0 ? index : nil
  }

  /// `IPv6address`: eight groups, of which a run may be left out as `::`. The last two may be
  /// written as an IPv4 address.
  private static func isIPv6(_ text: Span<UInt8>) -> Bool {
    var groups = 0
    var hasGap = false
    var index = 0
    if text.count >= 2, text[0] == UInt8(ascii: ":"), text[1] == UInt8(ascii: ":") {
      hasGap = true
      index = 2
    }
    // Only after `::` may the text end without another group.
    while !(hasGap && index == text.count && text[index - 1] == UInt8(ascii: ":")) {
      let start = index
      while index < text.count, text[index].hexDigitValue != nil { index += 1 }
      if index < text.count, text[index] == UInt8(ascii: ".") {
        guard isIPv4(text.extracting(start..<text.count)) else { return false }
        groups += 2
        break
      }
      guard (1...4).contains(index - start) else { return false }
      groups += 1
      if index == text.count { break }
      guard text[index] == UInt8(ascii: ":") else { return false }
      index += 1
      if index < text.count, text[index] == UInt8(ascii: ":") {
        if hasGap { return false }
        hasGap = true
        index += 1
      } else if index == text.count {
        return false
      }
    }
    return hasGap ? groups < 8 : groups == 8
  }

  /// `IPv4address`: four numbers without leading zeros.
  private static func isIPv4(_ text: Span<UInt8>) -> Bool {
    var start = 0
    for place in 0..<4 {
      var end = start
      while end < text.count, text[end] != UInt8(ascii: ".") { end += 1 }
      guard (end == text.count) == (place == 3) else { return false }
      let octet = text.extracting(start..<end)
      guard decimal(octet, atMost: 255) != nil else { return false }
      if octet.count > 1, octet[0] == UInt8(ascii: "0") { return false }
      start = end + 1
    }
    return true
  }

  /// The value of one digit or more, if it is not above `limit`.
  private static func decimal(_ text: Span<UInt8>, atMost limit: Int) -> Int? {
    guard !text.isEmpty else { return nil }
    var value = 0
    for index in text.indices {
      guard text[index].isDigit else { return nil }
      value = value * 10 + Int(text[index] - 0x30)
      guard value <= limit else { return nil }
    }
    return value
  }
}
