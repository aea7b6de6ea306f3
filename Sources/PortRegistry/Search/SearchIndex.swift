/// The fields of an assignment that a word may stand in, and the keys that name it.
///
/// The order of the low bits is the order in which fields rank.
struct FieldSet: OptionSet, Sendable {
  let rawValue: UInt8

  static let service = FieldSet(rawValue: 1 << 0)
  static let alias = FieldSet(rawValue: 1 << 1)
  static let name = FieldSet(rawValue: 1 << 2)
  static let description = FieldSet(rawValue: 1 << 3)
  static let note = FieldSet(rawValue: 1 << 4)
  /// The term is the key of the whole field, all words run together.
  static let serviceKey = FieldSet(rawValue: 1 << 5)
  static let aliasKey = FieldSet(rawValue: 1 << 6)
  static let nameKey = FieldSet(rawValue: 1 << 7)

  static let words: FieldSet = [.service, .alias, .name, .description, .note]
  static let keys: FieldSet = [.serviceKey, .aliasKey, .nameKey]
}

/// The words of all assignments, sorted, with where each occurs: built once, at load.
package struct SearchIndex: Sendable {
  /// A term and the fields of one assignment it occurs in, in four bytes.
  struct Posting: Sendable {
    let rawValue: UInt32

    init(record: Int, fields: FieldSet) {
      rawValue = UInt32(truncatingIfNeeded: record) << 8 | UInt32(fields.rawValue)
    }

    var record: Int { Int(rawValue >> 8) }
    var fields: FieldSet { FieldSet(rawValue: UInt8(truncatingIfNeeded: rawValue)) }
  }

  /// Longer terms are cut, in bytes: nobody types more of a word.
  static let termSizeMax = 63

  /// The bytes of all terms, in their order, without anything between.
  let termText: [UInt8]
  /// Where each term begins; one more than there are terms.
  let termStarts: [UInt32]
  /// The first eight bytes of each term, big-endian, so that most comparisons are one.
  private let heads: [UInt64]
  /// Where each term's postings begin.
  let postingStarts: [UInt32]
  let postings: [Posting]
  /// For each hashed trigram: the terms that hold it.
  private let trigramStarts: [UInt32]
  private let trigramTerms: [UInt32]
  /// Terms by size, for typing errors: their numbers, and the letters each has as a set.
  private let sizeStarts: [UInt32]
  private let termsBySize: [UInt32]
  private let lettersBySize: [UInt64]

  var termCount: Int { termStarts.count - 1 }

  func term(_ number: Int) -> Range<Int> {
    Int(termStarts[number])..<Int(termStarts[number + 1])
  }

  func postingRange(_ number: Int) -> Range<Int> {
    Int(postingStarts[number])..<Int(postingStarts[number + 1])
  }

  // MARK: Building

  init(records: [AssignmentRecord], lists: [TextRange], text: [UInt8]) {
    var collector = TermCollector(expecting: records.count)
    for (number, record) in records.enumerated() {
      collector.record = number
      collector.addName(text.span, record.service.bytes, .service, .serviceKey)
      for place in record.aliases.indices {
        collector.addName(text.span, lists[place].bytes, .alias, .aliasKey)
      }
      collector.addName(text.span, record.name.bytes, .name, .nameKey)
      collector.addWords(text.span, record.description.bytes, .description)
      collector.addWords(text.span, record.note.bytes, .note)
      for place in record.trojans.indices {
        collector.addWords(text.span, lists[place].bytes, .note)
      }
    }
    let order = collector.terms.sorted()
    var rank = [UInt32](repeating: 0, count: order.count)
    var termText: [UInt8] = []
    var termStarts: [UInt32] = [0]
    var heads: [UInt64] = []
    termText.reserveCapacity(collector.terms.text.count)
    termStarts.reserveCapacity(order.count + 1)
    heads.reserveCapacity(order.count)
    for (place, term) in order.enumerated() {
      rank[Int(term)] = UInt32(place)
      termText.append(contentsOf: collector.terms.text[collector.terms.range(Int(term))])
      termStarts.append(UInt32(termText.count))
      heads.append(collector.terms.heads[Int(term)])
    }
    (postingStarts, postings) = Self.sortPostings(collector, rank)
    (trigramStarts, trigramTerms) = Self.collectTrigrams(termText, termStarts)
    (sizeStarts, termsBySize, lettersBySize) = Self.groupBySize(termText, termStarts)
    self.termText = termText
    self.termStarts = termStarts
    self.heads = heads
  }

  /// Brings the occurrences into the order of their terms and joins those of one assignment.
  private static func sortPostings(
    _ collector: TermCollector,
    _ rank: [UInt32]
  ) -> ([UInt32], [Posting]) {
    var counts = [UInt32](repeating: 0, count: rank.count + 1)
    for occurrence in collector.occurrences { counts[Int(rank[Int(occurrence.term)]) + 1] += 1 }
    for place in counts.indices.dropFirst() { counts[place] += counts[place - 1] }
    var sorted = [UInt32](repeating: 0, count: collector.occurrences.count)
    var next = counts
    for occurrence in collector.occurrences {
      let place = Int(rank[Int(occurrence.term)])
      sorted[Int(next[place])] = occurrence.posting
      next[place] += 1
    }
    var starts: [UInt32] = []
    var postings: [Posting] = []
    starts.reserveCapacity(rank.count + 1)
    postings.reserveCapacity(sorted.count)
    for term in rank.indices {
      starts.append(UInt32(postings.count))
      var pending: UInt32?
      for place in Int(counts[term])..<Int(counts[term + 1]) {
        let posting = sorted[place]
        if let open = pending, open >> 8 == posting >> 8 {
          pending = open | posting
        } else {
          if let open = pending { postings.append(Posting(open)) }
          pending = posting
        }
      }
      if let open = pending { postings.append(Posting(open)) }
    }
    starts.append(UInt32(postings.count))
    return (starts, postings)
  }

  // MARK: Finding terms

  /// The first eight bytes of a word, big-endian.
  static func head(_ word: Span<UInt8>) -> UInt64 {
    var head: UInt64 = 0
    for index in 0..<8 {
      head = head << 8 | (index < word.count ? UInt64(word[index]) : 0)
    }
    return head
  }

  /// The number of the first term that is not before `word`.
  private func lowerBound(_ word: Span<UInt8>) -> Int {
    let head = Self.head(word)
    var low = 0
    var high = termCount
    while low < high {
      let middle = (low + high) / 2
      if heads[middle] < head || (heads[middle] == head && isBefore(middle, word)) {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return low
  }

  private func isBefore(_ number: Int, _ word: Span<UInt8>) -> Bool {
    let range = term(number)
    for index in 0..<min(range.count, word.count) {
      let byte = termText[range.lowerBound + index]
      if byte != word[index] { return byte < word[index] }
    }
    return range.count < word.count
  }

  /// The terms that begin with `word`. If one is the word itself, it comes first.
  func terms(beginningWith word: Span<UInt8>) -> Range<Int> {
    let lower = lowerBound(word)
    guard lower < termCount, begins(lower, word) else { return lower..<lower }
    // Those that begin alike stand together; find the end by doubling, then halving.
    var step = 1
    var last = lower
    while last + step < termCount, begins(last + step, word) {
      last += step
      step *= 2
    }
    while step > 0 {
      if last + step < termCount, begins(last + step, word) { last += step }
      step /= 2
    }
    return lower..<last + 1
  }

  private func begins(_ number: Int, _ word: Span<UInt8>) -> Bool {
    let range = term(number)
    guard range.count >= word.count else { return false }
    for index in word.indices where termText[range.lowerBound + index] != word[index] {
      return false
    }
    return true
  }

  /// The number of the term that is `word`.
  func term(equalTo word: Span<UInt8>) -> Int? {
    let number = lowerBound(word)
    guard number < termCount, term(number).count == word.count, begins(number, word) else {
      return nil
    }
    return number
  }

  // MARK: Substrings

  private static let trigramBuckets = 1 << 15

  @inline(__always)
  private static func trigram(_ first: UInt8, _ second: UInt8, _ third: UInt8) -> Int {
    let word = UInt32(first) << 16 | UInt32(second) << 8 | UInt32(third)
    return Int((word &* 0x9E37_79B1) >> 17)
  }

  private static func collectTrigrams(
    _ text: [UInt8],
    _ starts: [UInt32]
  ) -> ([UInt32], [UInt32]) {
    var counts = [UInt32](repeating: 0, count: trigramBuckets + 1)
    for number in 0..<starts.count - 1 {
      var index = Int(starts[number])
      while index + 2 < Int(starts[number + 1]) {
        counts[trigram(text[index], text[index + 1], text[index + 2]) + 1] += 1
        index += 1
      }
    }
    for place in 1..<counts.count { counts[place] += counts[place - 1] }
    var terms = [UInt32](repeating: 0, count: Int(counts[trigramBuckets]))
    var next = counts
    for number in 0..<starts.count - 1 {
      var index = Int(starts[number])
      while index + 2 < Int(starts[number + 1]) {
        let bucket = trigram(text[index], text[index + 1], text[index + 2])
        terms[Int(next[bucket])] = UInt32(number)
        next[bucket] += 1
        index += 1
      }
    }
    return (counts, terms)
  }

  /// Calls `body` with every term that holds `word`, of at least three bytes, behind its beginning.
  func forEachTerm(containing word: Span<UInt8>, _ body: (Int) -> Void) {
    guard word.count >= 3 else { return }
    var best = 0
    var bestCount = Int.max
    for index in 0..<word.count - 2 {
      let bucket = Self.trigram(word[index], word[index + 1], word[index + 2])
      let count = Int(trigramStarts[bucket + 1] - trigramStarts[bucket])
      if count < bestCount {
        best = bucket
        bestCount = count
      }
    }
    var previous = -1
    for place in Int(trigramStarts[best])..<Int(trigramStarts[best + 1]) {
      let number = Int(trigramTerms[place])
      // A term that holds the trigram twice stands there twice, side by side.
      if number != previous, contains(number, word) { body(number) }
      previous = number
    }
  }

  private func contains(_ number: Int, _ word: Span<UInt8>) -> Bool {
    let range = term(number)
    guard range.count > word.count else { return false }
    for start in range.lowerBound + 1...range.upperBound - word.count {
      var index = 0
      while index < word.count, termText[start + index] == word[index] { index += 1 }
      if index == word.count { return true }
    }
    return false
  }

  // MARK: Typing errors

  /// The letters and digits of a word as a set; others share the last bits.
  private static func letters(_ text: [UInt8], _ range: Range<Int>) -> UInt64 {
    var letters: UInt64 = 0
    for index in range { letters |= letterBit(text[index]) }
    return letters
  }

  @inline(__always)
  private static func letterBit(_ byte: UInt8) -> UInt64 {
    if byte &- UInt8(ascii: "a") < 26 { return 1 << UInt64(byte &- UInt8(ascii: "a")) }
    if byte &- UInt8(ascii: "0") < 10 { return 1 << UInt64(byte &- UInt8(ascii: "0") + 26) }
    return 1 << UInt64(36 + (byte & 0x1B) % 28)
  }

  private static func groupBySize(
    _ text: [UInt8],
    _ starts: [UInt32]
  ) -> ([UInt32], [UInt32], [UInt64]) {
    var counts = [UInt32](repeating: 0, count: termSizeMax + 2)
    for number in 0..<starts.count - 1 {
      counts[Int(starts[number + 1] - starts[number]) + 1] += 1
    }
    for place in 1..<counts.count { counts[place] += counts[place - 1] }
    var terms = [UInt32](repeating: 0, count: starts.count - 1)
    var letters = [UInt64](repeating: 0, count: starts.count - 1)
    var next = counts
    for number in 0..<starts.count - 1 {
      let range = Int(starts[number])..<Int(starts[number + 1])
      let place = Int(next[range.count])
      terms[place] = UInt32(number)
      letters[place] = Self.letters(text, range)
      next[range.count] += 1
    }
    return (counts, terms, letters)
  }

  /// Calls `body` with every term that at most `errorMax` insertions, deletions, substitutions and
  /// transpositions of neighbours make of `word`, and with how many.
  func forEachTerm(near word: Span<UInt8>, errorMax: Int, _ body: (Int, Int) -> Void) {
    guard (1...Self.termSizeMax).contains(word.count) else { return }
    var wanted: UInt64 = 0
    for index in word.indices { wanted |= Self.letterBit(word[index]) }
    let distance = EditDistance(word)
    let sizes = max(1, word.count - errorMax)...min(Self.termSizeMax, word.count + errorMax)
    let range = Int(sizeStarts[sizes.lowerBound])..<Int(sizeStarts[sizes.upperBound + 1])
    for place in range {
      // Each error brings at most one letter in and takes at most one away.
      let difference = lettersBySize[place] ^ wanted
      guard difference.nonzeroBitCount <= 2 * errorMax else { continue }
      let number = Int(termsBySize[place])
      let errors = distance.to(termText.span.extracting(term(number)), max: errorMax)
      if errors > 0, errors <= errorMax { body(number, errors) }
    }
  }

  // MARK: Exact names

  /// The assignments whose service name or alias is exactly `name` but for case, best first.
  func exact(_ name: Span<UInt8>, in registry: Registry) -> [Int] {
    var key: [UInt8] = []
    Tokens.appendFolded(name, to: &key)
    key.removeAll { !Tokens.isWordByte($0) }
    guard !key.isEmpty, let number = term(equalTo: key.span.extracting(first: Self.termSizeMax))
    else {
      return []
    }
    var found: [Int] = []
    for place in postingRange(number) {
      let posting = postings[place]
      guard !posting.fields.isDisjoint(with: [.serviceKey, .aliasKey]) else { continue }
      let record = registry.records[posting.record]
      let isNamed =
        registry.equalsIgnoringCase(record.service, name)
        || registry.aliases(of: record).contains {
          registry.equalsIgnoringCase(registry.listed($0), name)
        }
      if isNamed { found.append(posting.record) }
    }
    return found.sorted {
      let left = registry.records[$0]
      let right = registry.records[$1]
      let leftRank = (left.hasPort ? 0 : 1, Int(left.precedence))
      let rightRank = (right.hasPort ? 0 : 1, Int(right.precedence))
      return leftRank == rightRank ? $0 < $1 : leftRank < rightRank
    }
  }
}

extension SearchIndex.Posting {
  fileprivate init(_ rawValue: UInt32) { self.rawValue = rawValue }
}

extension Registry {
  /// Whether the text at `range` is `other` but for ASCII case.
  func equalsIgnoringCase(_ range: TextRange, _ other: Span<UInt8>) -> Bool {
    guard Int(range.size) == other.count, !range.isEmpty else { return false }
    for index in other.indices
    where Tokens.lowercased(text[range.bytes.lowerBound + index])
      != Tokens.lowercased(other[index])
    {
      return false
    }
    return true
  }
}
