/// The syntax of service names (RFC 6335 §5.1).
public enum ServiceName {
  /// Whether `text` is 1–15 letters, digits and hyphens, with at least one letter, and no hyphen at
  /// an end or beside another.
  public static func isValid(_ text: some StringProtocol) -> Bool {
    let bytes = Array(text.utf8)
    guard (1...15).contains(bytes.count) else { return false }
    var hasLetter = false
    var previous = UInt8(ascii: "-")
    for byte in bytes {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"):
        hasLetter = true
      case UInt8(ascii: "0")...UInt8(ascii: "9"): break
      case UInt8(ascii: "-"): if previous == byte { return false }
      default: return false
      }
      previous = byte
    }
    return hasLetter && previous != UInt8(ascii: "-")
  }
}
