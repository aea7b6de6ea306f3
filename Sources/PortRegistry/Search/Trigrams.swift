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

  /// A term and a place in it, with the letters around the trigram that stands there: most words
  /// are told by them, and terms lie far apart in memory.
  struct Place: Sendable {
    /// The term, above the offset, above the letters.
    private let rawValue: UInt64

    /// The trigram at `offset` of the term at `range`.
    fileprivate init(term: Int, offset: Int, in text: Span<UInt8>, _ range: Range<Int>) {
      let place = range.lowerBound + offset
      var letters = offset > 0 ? UInt64(text[place - 1]) << 16 : 0
      if place + 3 < range.upperBound { letters |= UInt64(text[place + 3]) << 8 }
      if place + 4 < range.upperBound { letters |= UInt64(text[place + 4]) }
      rawValue =
        UInt64(truncatingIfNeeded: term) << 32 | UInt64(truncatingIfNeeded: offset) << 24 | letters
    }

    /// Nothing yet.
    fileprivate init() { rawValue = 0 }

    var term: Int { Int(rawValue >> 32) }
    /// In bytes, below ``SearchIndex/termSizeMax``.
    var offset: Int { Int(rawValue >> 24 & 0xFF) }

    /// Whether what stands around the trigram is what `part` has there.
    @inline(__always)
    func agrees(with part: Part) -> Bool { (rawValue ^ part.letters) & part.mask == 0 }
  }

  /// A trigram of a word that is looked for, with the letters around it as a ``Place`` has them.
  struct Part {
    /// Where in the word it stands.
    let offset: Int
    /// Whether all of the word stands at each place of the trigram that agrees.
    let isWhole: Bool
    fileprivate private(set) var letters: UInt64 = 0
    fileprivate private(set) var mask: UInt64 = 0

    init(of word: Span<UInt8>, at offset: Int) {
      self.offset = offset
      isWhole =
        offset <= 1 && word.count <= offset + 5
        && (offset..<offset + 3).allSatisfy { Trigrams.slot(word[$0]) != Trigrams.sharedSlot }
      if offset > 0 { require(word[offset - 1], above: 16) }
      if offset + 3 < word.count { require(word[offset + 3], above: 8) }
      if offset + 4 < word.count { require(word[offset + 4], above: 0) }
    }

    private mutating func require(_ letter: UInt8, above shift: UInt64) {
      letters |= UInt64(letter) << shift
      mask |= 0xFF << shift
    }
  }

  /// Of the terms that are words.
  init(ofWords text: [UInt8], _ termStarts: [UInt32], _ borders: [UInt64]) {
    self.init(text, termStarts) { body in
      for term in borders.indices where borders[term] == TermTable.allBorders {
        Self.forEach(text, termStarts, term, body)
      }
    }
  }

  /// Of the borders in the others.
  init(ofBorders text: [UInt8], _ termStarts: [UInt32], _ borders: [UInt64]) {
    self.init(text, termStarts) { body in
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
  private init(_ text: [UInt8], _ termStarts: [UInt32], _ forEach: (Body) -> Void) {
    var counts = [UInt32](repeating: 0, count: Self.bucketCount + 1)
    forEach { bucket, _, _ in counts[bucket &+ 1] &+= 1 }
    for place in 1..<counts.count { counts[place] += counts[place - 1] }
    var places = [Place](repeating: Place(), count: Int(counts[Self.bucketCount]))
    var next = counts
    forEach { bucket, term, offset in
      let range = Int(termStarts[term])..<Int(termStarts[term + 1])
      places[Int(next[bucket])] = Place(term: term, offset: offset, in: text.span, range)
      next[bucket] &+= 1
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
    let word = text.span.extracting(Int(termStarts[term])..<Int(termStarts[term + 1]))
    guard word.count >= 3 else { return }
    var first = slot(word[0])
    var second = slot(word[1])
    for offset in 0..<word.count &- 2 {
      let third = slot(word[offset &+ 2])
      body(bucket(first, second, third), term, offset)
      first = second
      second = third
    }
  }

  @inline(__always)
  private static func slot(_ byte: UInt8) -> Int { min(EditDistance.slot(byte), sharedSlot) }

  @inline(__always)
  private static func bucket(_ first: Int, _ second: Int, _ third: Int) -> Int {
    (first &* slotCount &+ second) &* slotCount &+ third
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
}
