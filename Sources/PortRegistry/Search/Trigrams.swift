/// For every three letters in a row: the terms that hold them, so that a word is found inside
/// others.
struct Trigrams: Sendable {
  /// For each bucket of hashed trigrams: where its terms begin in ``terms``.
  private let starts: [UInt32]
  /// A bucket's terms in order, each with where in it the trigram stands; one that holds it twice
  /// is there twice, side by side.
  private let places: [Place]

  private static let bucketCount = 1 << 15

  /// A term and a place in it.
  struct Place: Sendable {
    private let rawValue: UInt32

    init(term: Int, offset: Int) {
      rawValue = UInt32(truncatingIfNeeded: term) << 6 | UInt32(truncatingIfNeeded: offset)
    }

    var term: Int { Int(rawValue >> 6) }
    /// In bytes, below ``SearchIndex/termSizeMax``.
    var offset: Int { Int(rawValue & 63) }
  }

  init(of text: [UInt8], _ termStarts: [UInt32]) {
    var counts = [UInt32](repeating: 0, count: Self.bucketCount + 1)
    Self.forEach(text, termStarts) { bucket, _, _ in counts[bucket + 1] += 1 }
    for place in 1..<counts.count { counts[place] += counts[place - 1] }
    var places = [Place](
      repeating: Place(term: 0, offset: 0),
      count: Int(counts[Self.bucketCount])
    )
    var next = counts
    Self.forEach(text, termStarts) { bucket, term, offset in
      places[Int(next[bucket])] = Place(term: term, offset: offset)
      next[bucket] += 1
    }
    starts = counts
    self.places = places
  }

  private static func forEach(
    _ text: [UInt8],
    _ termStarts: [UInt32],
    _ body: (_ bucket: Int, _ term: Int, _ offset: Int) -> Void
  ) {
    for term in 0..<termStarts.count - 1 {
      let start = Int(termStarts[term])
      var index = start
      while index + 2 < Int(termStarts[term + 1]) {
        body(bucket(text[index], text[index + 1], text[index + 2]), term, index - start)
        index += 1
      }
    }
  }

  @inline(__always)
  private static func bucket(_ first: UInt8, _ second: UInt8, _ third: UInt8) -> Int {
    let word = UInt32(first) << 16 | UInt32(second) << 8 | UInt32(third)
    return Int((word &* 0x9E37_79B1) >> 17)
  }

  /// Where the rarest trigram of `word`, of at least three bytes, may stand: all terms that hold
  /// the word are among these.
  ///
  /// - Returns: The places, and where in the word that trigram stands, in bytes.
  func candidates(for word: Span<UInt8>) -> (places: ArraySlice<Place>, offset: Int) {
    var best: Range<Int> = 0..<0
    var offset = 0
    for index in 0..<word.count - 2 {
      let bucket = Self.bucket(word[index], word[index + 1], word[index + 2])
      let range = Int(starts[bucket])..<Int(starts[bucket + 1])
      if index == 0 || range.count < best.count {
        best = range
        offset = index
      }
    }
    return (places[best], offset)
  }
}
