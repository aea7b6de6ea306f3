/// For every three letters in a row: the terms that hold them, so that a word is found inside
/// others.
struct Trigrams: Sendable {
  /// For each bucket of hashed trigrams: where its terms begin in ``terms``.
  private let starts: [UInt32]
  /// A bucket's terms in order; one that holds a trigram twice stands there twice, side by side.
  private let terms: [UInt32]

  private static let bucketCount = 1 << 15

  init(of text: [UInt8], _ termStarts: [UInt32]) {
    var counts = [UInt32](repeating: 0, count: Self.bucketCount + 1)
    Self.forEach(text, termStarts) { bucket, _ in counts[bucket + 1] += 1 }
    for place in 1..<counts.count { counts[place] += counts[place - 1] }
    var terms = [UInt32](repeating: 0, count: Int(counts[Self.bucketCount]))
    var next = counts
    Self.forEach(text, termStarts) { bucket, term in
      terms[Int(next[bucket])] = UInt32(term)
      next[bucket] += 1
    }
    starts = counts
    self.terms = terms
  }

  private static func forEach(
    _ text: [UInt8],
    _ termStarts: [UInt32],
    _ body: (_ bucket: Int, _ term: Int) -> Void
  ) {
    for term in 0..<termStarts.count - 1 {
      var index = Int(termStarts[term])
      while index + 2 < Int(termStarts[term + 1]) {
        body(bucket(text[index], text[index + 1], text[index + 2]), term)
        index += 1
      }
    }
  }

  @inline(__always)
  private static func bucket(_ first: UInt8, _ second: UInt8, _ third: UInt8) -> Int {
    let word = UInt32(first) << 16 | UInt32(second) << 8 | UInt32(third)
    return Int((word &* 0x9E37_79B1) >> 17)
  }

  /// Terms among which are all that hold `word`, of at least three bytes: those of its rarest
  /// trigram. Neighbours may be the same.
  func candidates(for word: Span<UInt8>) -> ArraySlice<UInt32> {
    var best: Range<Int> = 0..<0
    for index in 0..<word.count - 2 {
      let bucket = Self.bucket(word[index], word[index + 1], word[index + 2])
      let range = Int(starts[bucket])..<Int(starts[bucket + 1])
      if index == 0 || range.count < best.count { best = range }
    }
    return terms[best]
  }
}
