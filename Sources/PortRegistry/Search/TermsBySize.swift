/// Terms by their size, with the letters each has, so that a mistyped word is held only against
/// those that it could be.
struct TermsBySize: Sendable {
  /// For each size: where its terms begin in the other two.
  private let starts: [UInt32]
  private let terms: [UInt32]
  private let letters: [UInt64]

  init(_ text: [UInt8], _ termStarts: [UInt32]) {
    let termCount = termStarts.count - 1
    var counts = [UInt32](repeating: 0, count: SearchIndex.termSizeMax + 2)
    for term in 0..<termCount { counts[Int(termStarts[term + 1] - termStarts[term]) + 1] += 1 }
    for place in 1..<counts.count { counts[place] += counts[place - 1] }
    var terms = [UInt32](repeating: 0, count: termCount)
    var letters = [UInt64](repeating: 0, count: termCount)
    var next = counts
    for term in 0..<termCount {
      let range = Int(termStarts[term])..<Int(termStarts[term + 1])
      let place = Int(next[range.count])
      terms[place] = UInt32(term)
      letters[place] = Self.letters(text.span.extracting(range))
      next[range.count] += 1
    }
    starts = counts
    self.terms = terms
    self.letters = letters
  }

  /// The letters and digits of a word as a set; other bytes share the last bits.
  private static func letters(_ word: Span<UInt8>) -> UInt64 {
    var letters: UInt64 = 0
    for index in word.indices { letters |= 1 << UInt64(EditDistance.slot(word[index])) }
    return letters
  }

  /// Calls `body` with every term that could be at most `errorMax` typing errors from `word`.
  @inline(__always)
  func forEachCandidate(near word: Span<UInt8>, errorMax: Int, _ body: (Int) -> Void) {
    let sizes = max(1, word.count - errorMax)...min(SearchIndex.termSizeMax, word.count + errorMax)
    let wanted = Self.letters(word)
    for place in Int(starts[sizes.lowerBound])..<Int(starts[sizes.upperBound + 1]) {
      // Each error brings at most one letter in and takes at most one away.
      var differing = letters[place] ^ wanted
      for _ in 0..<2 * errorMax { differing &= differing &- 1 }
      if differing == 0 { body(Int(terms[place])) }
    }
  }
}
