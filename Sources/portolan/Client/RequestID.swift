import HTTP

/// What a client calls its request, so that its log and ours can be laid side by side.
enum RequestID {
  /// A longer one is not believed to be an identifier.
  static let sizeMax = 64

  /// Where the client's `X-Request-Id` stands, if it may be echoed and logged: letters, digits,
  /// dots, underscores and hyphens only, and only one of it.
  static func range(in head: borrowing RequestHead, _ bytes: Span<UInt8>) -> Range<Int>? {
    guard let range = head.first(.requestID), head.count(of: .requestID) == 1,
      isValid(bytes.extracting(range))
    else { return nil }
    return range
  }

  static func isValid(_ text: Span<UInt8>) -> Bool {
    guard (1...sizeMax).contains(text.count) else { return false }
    for index in text.indices {
      switch text[index] {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "-"):
        continue
      default: return false
      }
    }
    return true
  }
}
