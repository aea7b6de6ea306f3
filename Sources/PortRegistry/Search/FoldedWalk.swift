/// A walk over the word bytes of a text, folded and run together as keys are.
struct FoldedWalk {
  /// The code point that the last byte came from.
  private(set) var point = -1
  /// Whether the last byte began a word.
  private(set) var beginsWord = false

  private var index = 0
  /// How many code points begin before ``index``.
  private var points = 0
  /// A letter that the last code point has left, or 0.
  private var second: UInt8 = 0
  /// How many bytes it has left.
  private var rest = 0
  private var isWithinWord = false

  /// Goes on to the next word byte; `nil` at the end.
  @inline(__always)
  mutating func next(in source: Span<UInt8>) -> UInt8? {
    if second != 0 || rest > 0 { return nextOfPoint(in: source) }
    while index < source.count {
      let (first, second, size) = Tokens.fold(source, at: index)
      points += 1
      if first == 0 {
        rest = size - 1
        index += 1
        arrive()
        return source[index - 1]
      }
      index += size
      if first == Tokens.nothing { continue }
      if Tokens.isWordByte(first) {
        self.second = second
        arrive()
        return first
      }
      isWithinWord = false
    }
    return nil
  }

  @inline(__always)
  private mutating func arrive() {
    point = points - 1
    beginsWord = !isWithinWord
    isWithinWord = true
  }

  @inline(__always)
  private mutating func nextOfPoint(in source: Span<UInt8>) -> UInt8 {
    beginsWord = false
    if second != 0 {
      let byte = second
      second = 0
      return byte
    }
    rest -= 1
    index += 1
    return source[index - 1]
  }

  /// Goes on until `wanted`, a folded byte, has come; false if it does not come any more.
  @inline(__always)
  mutating func skip(to wanted: UInt8, in source: Span<UInt8>) -> Bool {
    while true {
      if second == 0, rest == 0 { pass(to: wanted, in: source) }
      guard let byte = next(in: source) else { return false }
      if byte == wanted { return true }
    }
  }

  /// Passes over ASCII that is not folded to `wanted`, which most of a text is.
  @inline(__always)
  private mutating func pass(to wanted: UInt8, in source: Span<UInt8>) {
    var ahead = index
    while ahead < source.count {
      let byte = source[ahead]
      // A letter and its capital differ in one bit; `++` is folded to letters.
      if byte | 0x20 == wanted || byte >= 0x80 || byte == UInt8(ascii: "+") { break }
      ahead += 1
    }
    guard ahead > index else { return }
    points += ahead - index
    index = ahead
    isWithinWord = Tokens.isWordByte(Tokens.lowercased(source[ahead - 1]))
  }

  /// Goes on over `word`, as far as it is what comes next.
  ///
  /// - Returns: The code point behind it, if all of it came.
  @inline(__always)
  mutating func match(_ word: Span<UInt8>, in source: Span<UInt8>) -> Int? {
    var place = 0
    while place < word.count {
      if second == 0, rest == 0, index < source.count, source[index] < 0x80,
        Tokens.lowercased(source[index]) == word[place]
      {
        index += 1
        points += 1
        isWithinWord = true
      } else if next(in: source) != word[place] {
        return nil
      }
      place += 1
    }
    if second != 0 || rest > 0 { return point + 1 }
    // Accents belong to what they stand over.
    while index < source.count, Tokens.isAccent(source, at: index) {
      points += 1
      index += 2
    }
    return points
  }
}
