/// A walk as ``FoldedWalk`` is one, over text that is ASCII and has no `+`, as nearly all is: a byte
/// is a code point there, and folding does no more than lower letters.
struct PlainWalk {
  /// Where the walk stands.
  private(set) var point = -1
  /// Whether a word begins there.
  private(set) var beginsWord = false

  /// Goes on until `wanted`, a folded byte, has come; false if it does not come any more, or behind
  /// something that is not plain.
  @inline(__always)
  mutating func skip(to wanted: UInt8, in source: Span<UInt8>) -> Bool {
    var ahead = point + 1
    defer { point = ahead }
    while ahead < source.count {
      let byte = source[ahead]
      guard Self.isPlain(byte) else { return false }
      // A letter and its capital differ in one bit, which most other bytes are told by too.
      if byte | 0x20 == wanted, Tokens.lowercased(byte) == wanted {
        beginsWord = ahead == 0 || !Tokens.isWordByte(Tokens.lowercased(source[ahead - 1]))
        return true
      }
      ahead += 1
    }
    return false
  }

  /// Whether all of `source` was plain and has been walked over.
  func isAtEnd(of source: Span<UInt8>) -> Bool { point == source.count }

  /// The point behind `word`, if that comes next and all of it is plain. What separates words is
  /// passed over.
  @inline(__always)
  func end(of word: Span<UInt8>, in source: Span<UInt8>) -> Int? {
    var place = 0
    var ahead = point + 1
    while place < word.count {
      guard ahead < source.count, Self.isPlain(source[ahead]) else { return nil }
      let byte = Tokens.lowercased(source[ahead])
      if byte == word[place] {
        place += 1
      } else if Tokens.isWordByte(byte) {
        return nil
      }
      ahead += 1
    }
    // An accent would belong to the last letter.
    return ahead < source.count && source[ahead] >= 0x80 ? nil : ahead
  }

  @inline(__always)
  private static func isPlain(_ byte: UInt8) -> Bool { byte < 0x80 && byte != UInt8(ascii: "+") }
}
