/// Finds words in plain text, which is ASCII and has no `+`, as nearly all text is: a byte is a
/// code point there, and folding does no more than lower letters.
///
/// Texts are ranges of a longer one that goes on behind them. Spans are counted from the beginning
/// of the range.
enum PlainText {
  /// What was found.
  enum Finding {
    /// Where it stands; `nil` if it does not.
    case span(Range<Int>?)
    /// Something that is not plain came first, and all is to be looked through by ``FoldedWalk``.
    case notPlain
  }

  /// Where a folded word stands: at the beginning of a word, or else anywhere.
  static func position(
    of word: Span<UInt8>,
    in range: Range<Int>,
    of text: Span<UInt8>
  ) -> Finding {
    guard !word.isEmpty else { return .span(nil) }
    var within: Range<Int>?
    var candidates = Candidates(for: word[0], in: range)
    while let place = candidates.next(in: text) {
      let beginsWord =
        place == range.lowerBound || !Tokens.isWordByte(Tokens.lowercased(text[place &- 1]))
      guard beginsWord || within == nil else { continue }
      guard case .at(let end) = end(of: word, in: place..<range.upperBound, of: text) else {
        continue
      }
      within = place &- range.lowerBound..<end &- range.lowerBound
      if beginsWord { return .span(within) }
    }
    return candidates.arePlain ? .span(within) : .notPlain
  }

  /// The first place where a folded word stands, soon behind the beginning of `range`, as a range
  /// of the whole text; `nil` if it does not, or if something comes first that is not plain.
  static func firstPosition(
    of word: Span<UInt8>,
    in range: Range<Int>,
    of text: Span<UInt8>
  ) -> Range<Int>? {
    for start in range {
      if case .at(let end) = end(of: word, in: start..<range.upperBound, of: text) {
        return start..<end
      }
      guard isPlain(text[start]) else { return nil }
    }
    return nil
  }

  /// Where a key stands at the beginning of the text, and, if `whole`, is all of it.
  static func beginning(
    _ key: Span<UInt8>,
    of range: Range<Int>,
    of text: Span<UInt8>,
    whole: Bool
  ) -> Finding {
    let end: Int
    switch self.end(of: key, in: range, of: text) {
    case .at(let place): end = place
    case .none: return .span(nil)
    case .notPlain: return .notPlain
    }
    if whole {
      for place in end..<range.upperBound {
        guard isPlain(text[place]) else { return .notPlain }
        if Tokens.isWordByte(Tokens.lowercased(text[place])) { return .span(nil) }
      }
    }
    return .span(0..<end - range.lowerBound)
  }

  /// The first word that `isWanted` is told of as a range of the whole text, and says yes to.
  @inline(__always)
  static func firstWord(
    in range: Range<Int>,
    of text: Span<UInt8>,
    where isWanted: (Range<Int>) -> Bool
  ) -> Finding {
    guard isPlain(range, of: text) else { return .notPlain }
    var end = range.lowerBound
    while end < range.upperBound {
      var start = end
      while start < range.upperBound, !isPartOfWord(text[start]) { start &+= 1 }
      end = start
      while end < range.upperBound, isPartOfWord(text[end]) { end &+= 1 }
      if end > start, isWanted(start..<end) {
        return .span(start - range.lowerBound..<end - range.lowerBound)
      }
    }
    return .span(nil)
  }

  // MARK: Bytes

  @inline(__always)
  private static func isPartOfWord(_ byte: UInt8) -> Bool {
    Tokens.isWordByte(Tokens.lowercased(byte))
  }

  @inline(__always)
  private static func isPlain(_ byte: UInt8) -> Bool { byte < 0x80 && byte != UInt8(ascii: "+") }

  private static func isPlain(_ range: Range<Int>, of text: Span<UInt8>) -> Bool {
    var place = range.lowerBound
    while place < range.upperBound {
      guard let bytes = eightBytes(at: place, in: range, of: text), arePlain(bytes) else {
        return false
      }
      place &+= 8
    }
    return true
  }

  /// Where a word ends that comes next.
  private enum End {
    case at(Int)
    /// Something else comes.
    case none
    /// Something that is not plain comes before that is known.
    case notPlain
  }

  /// The place behind `word`, if that comes next. What separates words is passed over.
  @inline(__always)
  private static func end(of word: Span<UInt8>, in range: Range<Int>, of text: Span<UInt8>) -> End {
    var place = range.lowerBound
    var matched = 0
    while matched < word.count {
      guard place < range.upperBound else { return .none }
      let byte = Tokens.lowercased(text[place])
      guard isPlain(byte) else { return .notPlain }
      if byte == word[matched] {
        matched &+= 1
      } else if Tokens.isWordByte(byte) {
        return .none
      }
      place &+= 1
    }
    // An accent would belong to the last letter.
    return place < range.upperBound && text[place] >= 0x80 ? .notPlain : .at(place)
  }

  // MARK: Eight bytes in one step

  private static let ones: UInt64 = 0x0101_0101_0101_0101
  private static let highBits: UInt64 = 0x8080_8080_8080_8080
  private static let pluses = ones * UInt64(UInt8(ascii: "+"))
  /// A letter and its capital differ in one bit.
  private static let caseBits = ones * 0x20

  /// The bytes from `place` on, and zeros for those that are not in `range`; `nil` at the end of
  /// the whole text, which is left to others.
  @inline(__always)
  private static func eightBytes(
    at place: Int,
    in range: Range<Int>,
    of text: Span<UInt8>
  ) -> UInt64? {
    guard place <= text.count &- 8 else { return nil }
    let bytes = text.eightBytes(at: place)
    let rest = range.upperBound &- place
    return rest < 8 ? bytes & (1 &<< UInt64(8 &* rest) &- 1) : bytes
  }

  @inline(__always)
  private static func arePlain(_ bytes: UInt64) -> Bool {
    (bytes & highBits) | zeros(in: bytes ^ pluses) == 0
  }

  /// The high bit of each byte that is 0, if all are ASCII.
  @inline(__always)
  private static func zeros(in bytes: UInt64) -> UInt64 { ~(bytes &+ ones &* 0x7F) & highBits }

  /// The places where a word may begin.
  private struct Candidates {
    /// Whether all that was looked at is plain.
    private(set) var arePlain: Bool

    private let range: Range<Int>
    /// The word's first byte in all eight places.
    private let first: UInt64
    /// Where the next eight bytes begin.
    private var ahead: Int
    /// The high bit of each of the eight bytes before that may be it, and has not been stopped at.
    private var found: UInt64 = 0

    @inline(__always)
    init(for first: UInt8, in range: Range<Int>) {
      self.range = range
      self.first = ones &* UInt64(first)
      ahead = range.lowerBound
      arePlain = first < 0x80
    }

    /// The next one; `nil` if there is none, or if something comes first that is not plain.
    @inline(__always)
    mutating func next(in text: Span<UInt8>) -> Int? {
      while found == 0 {
        guard arePlain, ahead < range.upperBound else { return nil }
        guard let bytes = eightBytes(at: ahead, in: range, of: text), PlainText.arePlain(bytes)
        else {
          arePlain = false
          return nil
        }
        found = zeros(in: (bytes | caseBits) ^ first)
        ahead &+= 8
      }
      let place = ahead &- 8 &+ found.trailingZeroBitCount / 8
      found &= found &- 1
      return place
    }
  }
}
