/// Walks the members of a comma-separated list (RFC 9110 §5.6.1). Empty ones are passed over, and a
/// comma within a quoted string belongs to its member (§5.6.4).
struct ListMembers: ~Copyable {
  private var rest: Range<Int>

  init(_ range: Range<Int>) {
    rest = range
  }

  /// Where the next member stands, without the white space around it.
  mutating func next(_ bytes: Span<UInt8>) -> Range<Int>? {
    while !rest.isEmpty {
      let end = bytes.firstUnquoted(UInt8(ascii: ","), in: rest)
      let member = bytes.trimmedRange(rest.lowerBound..<end)
      rest = min(end + 1, rest.upperBound)..<rest.upperBound
      if !member.isEmpty { return member }
    }
    return nil
  }
}

extension Span where Element == UInt8 {
  /// Where `delimiter` first stands outside quoted strings, or the end of `range`. A quoted string
  /// that does not end hides all that follows.
  func firstUnquoted(_ delimiter: UInt8, in range: Range<Int>) -> Int {
    var index = range.lowerBound
    var isQuoted = false
    while index < range.upperBound {
      let byte = self[index]
      if byte == UInt8(ascii: "\"") {
        isQuoted.toggle()
      } else if byte == UInt8(ascii: "\\"), isQuoted {
        index += 1  // A quoted pair: the next byte stands for itself.
      } else if byte == delimiter, !isQuoted {
        return index
      }
      index += 1
    }
    return range.upperBound
  }
}
