/// For every three letters in a row: the terms that hold them, so that a word is found inside
/// others.
///
/// There are two of them. One has the terms that are words. The other has names whose words are run
/// together, and of these only letters on both sides of a border: what stands within one of the
/// words is found by that word, in the same assignments.
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

    init(term: Int, offset: Int) {
      rawValue = UInt32(truncatingIfNeeded: term) << 6 | UInt32(truncatingIfNeeded: offset)
    }

    var term: Int { Int(rawValue >> 6) }
    /// In bytes, below ``SearchIndex/termSizeMax``.
    var offset: Int { Int(rawValue & 63) }
  }

  /// Of the terms that are words.
  init(ofWords text: [UInt8], _ termStarts: [UInt32], _ borders: [UInt64]) {
    self.init { body in
      for term in borders.indices where borders[term] == TermTable.allBorders {
        Self.forEach(text, termStarts, term, body)
      }
    }
  }

  /// Of the borders in the others.
  init(ofBorders text: [UInt8], _ termStarts: [UInt32], _ borders: [UInt64]) {
    self.init { body in
      for term in borders.indices where borders[term] != TermTable.allBorders {
        // Those with a border before their second letter or their third.
        var offsets = borders[term] >> 1 | borders[term] >> 2
        let start = Int(termStarts[term])
        while offsets != 0 {
          let offset = offsets.trailingZeroBitCount
          offsets &= offsets - 1
          let place = start + offset
          guard place + 3 <= Int(termStarts[term + 1]) else { break }
          let first = Self.slot(text[place])
          let second = Self.slot(text[place + 1])
          body(Self.bucket(first, second, Self.slot(text[place + 2])), term, offset)
        }
      }
    }
  }

  private typealias Body = (_ bucket: Int, _ term: Int, _ offset: Int) -> Void

  /// - Parameter forEach: Gives all trigrams to its parameter, in the order of terms.
  @inline(__always)
  private init(_ forEach: (Body) -> Void) {
    var counts = [UInt32](repeating: 0, count: Self.bucketCount + 1)
    forEach { bucket, _, _ in counts[bucket + 1] += 1 }
    for place in 1..<counts.count { counts[place] += counts[place - 1] }
    var places = [Place](
      repeating: Place(term: 0, offset: 0),
      count: Int(counts[Self.bucketCount])
    )
    var next = counts
    forEach { bucket, term, offset in
      places[Int(next[bucket])] = Place(term: term, offset: offset)
      next[bucket] += 1
    }
    starts = counts
    self.places = places
  }

  @inline(__always)
  private static func forEach(
    _ text: [UInt8],
    _ termStarts: [UInt32],
    _ term: Int,
    _ body: Body
  ) {
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

  @inline(__always)
  private static func slot(_ byte: UInt8) -> Int { min(EditDistance.slot(byte), sharedSlot) }

  @inline(__always)
  private static func bucket(_ first: Int, _ second: Int, _ third: Int) -> Int {
    (first * slotCount + second) * slotCount + third
  }

  /// Where the trigram at `offset` in `word` may stand.
  func places(of word: Span<UInt8>, at offset: Int) -> ArraySlice<Place> {
    places[range(word, offset)]
  }

  private func range(_ word: Span<UInt8>, _ offset: Int) -> Range<Int> {
    let bucket = Self.bucket(
      Self.slot(word[offset]),
      Self.slot(word[offset + 1]),
      Self.slot(word[offset + 2])
    )
    return Int(starts[bucket])..<Int(starts[bucket + 1])
  }

  /// Where in `word`, of at least three bytes, its rarest trigram stands: all terms that hold the
  /// word are among those that hold that one.
  func rarestOffset(in word: Span<UInt8>) -> Int {
    var best = range(word, 0).count
    var offset = 0
    for index in 1..<max(1, word.count - 2) {
      let count = range(word, index).count
      if count < best { (best, offset) = (count, index) }
    }
    return offset
  }

  /// Whether `word` is a trigram, and stands at all of its ``places(of:at:)``.
  static func areExact(_ word: Span<UInt8>) -> Bool {
    word.count == 3 && word.indices.allSatisfy { slot(word[$0]) != sharedSlot }
  }
}
