/// A walk over text as ``FoldedWalk`` is one, from one place where a word may stand to the next, for
/// text that is ASCII and has no `+`, as nearly all is. A byte is a code point there, folding does
/// no more than lower letters, and eight bytes are looked at in one step.
struct PlainWalk {
  /// Whether all that was walked over is such text.
  private(set) var isPlain: Bool

  private let range: Range<Int>
  /// The first byte of the word in all eight places.
  private let wanted: UInt64
  /// Where the next eight bytes begin.
  private var ahead: Int
  /// The high bit of each of the eight bytes before that may be the first of the word, and has not
  /// been stopped at.
  private var candidates: UInt64 = 0

  private static let ones: UInt64 = 0x0101_0101_0101_0101
  private static let highBits: UInt64 = 0x8080_8080_8080_8080
  private static let pluses = ones * UInt64(UInt8(ascii: "+"))
  /// A letter and its capital differ in one bit.
  private static let caseBits = ones * 0x20

  /// - Parameters:
  ///   - range: What to walk over, within a text that may go on.
  ///   - first: The first byte of the folded word that is looked for.
  @inline(__always)
  init(over range: Range<Int>, to first: UInt8) {
    self.range = range
    wanted = Self.ones &* UInt64(first)
    ahead = range.lowerBound
    isPlain = first < 0x80
  }

  /// Goes on to the next place that may be the beginning of the word; `nil` if there is none, or if
  /// something that is not plain comes first.
  @inline(__always)
  mutating func next(in text: Span<UInt8>) -> Int? {
    while candidates == 0 {
      guard isPlain, ahead < range.upperBound else { return nil }
      // What the last bytes of all are is not worth being found out here.
      guard ahead <= text.count &- 8 else {
        isPlain = false
        return nil
      }
      var bytes = text.eightBytes(at: ahead)
      let rest = range.upperBound &- ahead
      if rest < 8 { bytes &= 1 &<< UInt64(8 &* rest) &- 1 }
      isPlain = (bytes & Self.highBits) | Self.zeros(in: bytes ^ Self.pluses) == 0
      guard isPlain else { return nil }
      candidates = Self.zeros(in: (bytes | Self.caseBits) ^ wanted)
      ahead &+= 8
    }
    let place = ahead &- 8 &+ candidates.trailingZeroBitCount / 8
    candidates &= candidates &- 1
    return place
  }

  /// The high bit of each byte that is 0, if all are ASCII.
  @inline(__always)
  private static func zeros(in bytes: UInt64) -> UInt64 { ~(bytes &+ ones &* 0x7F) & highBits }

  /// Whether a word begins at `place`.
  @inline(__always)
  func beginsWord(at place: Int, in text: Span<UInt8>) -> Bool {
    place == range.lowerBound || !Tokens.isWordByte(Tokens.lowercased(text[place &- 1]))
  }

  /// The place behind `word`, if it stands at `place` and all of it is plain. What separates words
  /// is passed over.
  @inline(__always)
  func end(of word: Span<UInt8>, at place: Int, in text: Span<UInt8>) -> Int? {
    var ahead = place
    var matched = 0
    while matched < word.count {
      guard ahead < range.upperBound else { return nil }
      let byte = Tokens.lowercased(text[ahead])
      if byte == word[matched] {
        matched &+= 1
      } else if Tokens.isWordByte(byte) || byte == UInt8(ascii: "+") {
        return nil
      }
      ahead &+= 1
    }
    // An accent would belong to the last letter.
    return ahead < range.upperBound && text[ahead] >= 0x80 ? nil : ahead
  }
}
