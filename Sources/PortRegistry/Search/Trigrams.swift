/// For every three letters in a row: the terms that hold them, so that a word is found inside
/// others.
struct Trigrams: Sendable {
  /// For each bucket of trigrams: where its terms begin in ``places``.
  private let starts: [UInt32]
  /// A bucket's terms in order, each with where in it the trigram stands; one that holds it twice
  /// is there twice, side by side.
  private let places: [Place]

  /// Letters and digits have slots of their own, all other bytes share one.
  private static let slotCount = 37
  private static let bucketCount = slotCount * slotCount * slotCount
  private static let sharedSlot = slotCount - 1

  /// A term and a place in it.
  struct Place: Sendable {
    private let rawValue: UInt32

    init(term: Int, offset: Int, isWithinWord: Bool) {
      rawValue =
        UInt32(truncatingIfNeeded: term) << 7 | (isWithinWord ? 1 << 6 : 0)
        | UInt32(truncatingIfNeeded: offset)
    }

    var term: Int { Int(rawValue >> 7) }
    /// Whether the term is several words run together and the trigram stands within one of them:
    /// then that word is a term too, of the same assignments, and a better answer.
    var isWithinWord: Bool { rawValue & 1 << 6 != 0 }
    /// In bytes, below ``SearchIndex/termSizeMax``.
    var offset: Int { Int(rawValue & 63) }
  }

  /// - Parameter borders: By term (``TermTable/borders``).
  init(of text: [UInt8], _ termStarts: [UInt32], borders: [UInt64]) {
    var counts = [UInt32](repeating: 0, count: Self.bucketCount + 1)
    Self.forEach(text, termStarts) { bucket, _, _ in counts[bucket + 1] += 1 }
    for place in 1..<counts.count { counts[place] += counts[place - 1] }
    var places = [Place](
      repeating: Place(term: 0, offset: 0, isWithinWord: false),
      count: Int(counts[Self.bucketCount])
    )
    var next = counts
    Self.forEach(text, termStarts) { bucket, term, offset in
      let isWithinWord = borders[term] >> UInt64(offset + 1) & 0b11 == 0
      places[Int(next[bucket])] = Place(term: term, offset: offset, isWithinWord: isWithinWord)
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
      var first = 0
      var second = 0
      for index in start..<Int(termStarts[term + 1]) {
        let third = slot(text[index])
        if index > start + 1 { body(bucket(first, second, third), term, index - 2 - start) }
        first = second
        second = third
      }
    }
  }

  @inline(__always)
  private static func slot(_ byte: UInt8) -> Int { min(EditDistance.slot(byte), sharedSlot) }

  @inline(__always)
  private static func bucket(_ first: Int, _ second: Int, _ third: Int) -> Int {
    (first * slotCount + second) * slotCount + third
  }

  /// Where the rarest trigram of `word`, of at least three bytes, may stand: all terms that hold
  /// the word are among these.
  ///
  /// - Returns: The places, where in the word that trigram stands, in bytes, and whether the word
  ///   is that trigram and stands at each of the places.
  func candidates(
    for word: Span<UInt8>
  ) -> (places: ArraySlice<Place>, offset: Int, areExact: Bool) {
    var best: Range<Int> = 0..<0
    var offset = 0
    for index in 0..<word.count - 2 {
      let bucket = Self.bucket(
        Self.slot(word[index]),
        Self.slot(word[index + 1]),
        Self.slot(word[index + 2])
      )
      let range = Int(starts[bucket])..<Int(starts[bucket + 1])
      if index == 0 || range.count < best.count {
        best = range
        offset = index
      }
    }
    let areExact =
      word.count == 3 && word.indices.allSatisfy { Self.slot(word[$0]) != Self.sharedSlot }
    return (places[best], offset, areExact)
  }
}
