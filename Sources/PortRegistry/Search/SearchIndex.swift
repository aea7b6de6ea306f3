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

  /// How a key ranks: a service name, then an alias, then another name.
  var keyRank: Int { contains(.serviceKey) ? 0 : contains(.aliasKey) ? 1 : 2 }
}

/// The words of all assignments, sorted, with where each occurs: built once, at load.
package final class SearchIndex: Sendable {
  /// What an index is to find.
  package enum Scope: Sendable {
    /// All that a search may ask for.
    case words
    /// What one question asks for, for a program that asks once and ends.
    case question(Query)
    /// Nothing, for one that asks by number or by exact name: names are looked through one by one.
    case nothing
  }

  /// A term and the fields of one assignment it occurs in, in four bytes.
  struct Posting: Sendable {
    let rawValue: UInt32

    init(record: Int, fields: FieldSet) {
      rawValue = UInt32(truncatingIfNeeded: record) << 8 | UInt32(fields.rawValue)
    }

    var record: Int { Int(rawValue >> 8) }
    var number: UInt32 { rawValue >> 8 }
    var fields: FieldSet { FieldSet(rawValue: UInt8(truncatingIfNeeded: rawValue)) }
  }

  /// Longer terms are cut, in bytes: nobody types more of a word.
  static let termSizeMax = 63

  /// The bytes of all terms, in their order, without anything between, and some behind the last.
  let termText: [UInt8]
  /// Where each term begins; one more than there are terms.
  let termStarts: [UInt32]
  /// The first eight bytes of each term, big-endian, so that most comparisons are one.
  private let heads: [UInt64]
  /// Where each term's postings begin.
  let postingStarts: [UInt32]
  let postings: [Posting]
  /// Where each posting's term stands in the field of its assignment that ranks first.
  let positions: [TextPosition]
  /// What each assignment brings to its place in the order of answers, whatever is asked.
  let ranks: [RankingKey]
  let wordTrigrams: Trigrams
  let borderTrigrams: Trigrams
  let termsBySize: TermsBySize
  /// Whether all names are in it.
  let isWhole: Bool

  package var termCount: Int { termStarts.count - 1 }

  func term(_ number: Int) -> Range<Int> {
    Int(termStarts[number])..<Int(termStarts[number + 1])
  }

  func postingRange(_ number: Int) -> Range<Int> { postingRange(number..<number + 1) }

  /// The postings of terms that stand together do so as well.
  func postingRange(_ terms: Range<Int>) -> Range<Int> {
    Int(postingStarts[terms.lowerBound])..<Int(postingStarts[terms.upperBound])
  }

  // MARK: Building

  init(records: [AssignmentRecord], lists: [TextRange], text: [UInt8], scope: Scope) {
    let collector = Self.gather(records, lists, text.span, scope)
    let order = collector.terms.sorted()
    var rank = [UInt32](repeating: 0, count: order.count)
    var termText: [UInt8] = []
    var termStarts: [UInt32] = [0]
    var heads: [UInt64] = []
    termText.reserveCapacity(collector.terms.text.count + 8)
    termStarts.reserveCapacity(order.count + 1)
    heads.reserveCapacity(order.count)
    for (place, term) in order.enumerated() {
      rank[Int(term)] = UInt32(place)
      termText.append(contentsOf: collector.terms.text[collector.terms.range(Int(term))])
      termStarts.append(UInt32(termText.count))
      heads.append(collector.terms.heads[Int(term)])
    }
    // So that eight bytes can be read of any term.
    termText += Array(repeating: 0, count: 8)
    (postingStarts, postings, positions) = Self.sortPostings(collector, rank)
    let borders = order.map { collector.terms.borders[Int($0)] }
    wordTrigrams = Trigrams(ofWords: termText, termStarts, borders)
    borderTrigrams = Trigrams(ofBorders: termText, termStarts, borders)
    termsBySize = TermsBySize(termText, termStarts)
    ranks = records.enumerated().map { RankingKey(of: $1, number: $0) }
    isWhole = if case .words = scope { true } else { false }
    self.termText = termText
    self.termStarts = termStarts
    self.heads = heads
  }

  /// Gathers the words of all assignments, as far as they are to be found.
  private static func gather(
    _ records: [AssignmentRecord],
    _ lists: [TextRange],
    _ text: Span<UInt8>,
    _ scope: Scope
  ) -> TermCollector {
    var collector: TermCollector
    switch scope {
    case .words: collector = TermCollector(expecting: records.count)
    case .question(let query): collector = TermCollector(of: QuestionTerms(of: query))
    case .nothing: return TermCollector(expecting: 0)
    }
    for (number, record) in records.enumerated() {
      collector.record = number
      collector.addName(text, record.service.bytes, .service, .serviceKey)
      for place in record.aliases.indices {
        collector.addName(text, lists[place].bytes, .alias, .aliasKey)
      }
      collector.addName(text, record.name.bytes, .name, .nameKey)
      // Where the name is a printed one, IANA's title is a name as well.
      collector.addName(text, record.description.bytes, .description, .nameKey)
      collector.addWords(text, record.note.bytes, .note)
      for place in record.trojans.indices {
        collector.addWords(text, lists[place].bytes, .note)
      }
    }
    return collector
  }

  /// Brings the occurrences into the order of their terms and joins those of one assignment, of
  /// which the first is the one whose field ranks first.
  private static func sortPostings(
    _ collector: TermCollector,
    _ rank: [UInt32]
  ) -> (starts: [UInt32], postings: [Posting], positions: [TextPosition]) {
    var counts = [UInt32](repeating: 0, count: rank.count + 1)
    for occurrence in collector.occurrences { counts[Int(rank[Int(occurrence.term)]) + 1] += 1 }
    for place in counts.indices.dropFirst() { counts[place] += counts[place - 1] }
    // The posting above, its position below.
    var sorted = [UInt64](repeating: 0, count: collector.occurrences.count)
    var next = counts
    for occurrence in collector.occurrences {
      let place = Int(rank[Int(occurrence.term)])
      sorted[Int(next[place])] =
        UInt64(occurrence.posting) << 32 | UInt64(occurrence.position.rawValue)
      next[place] += 1
    }
    var starts: [UInt32] = []
    var postings: [Posting] = []
    var positions: [TextPosition] = []
    starts.reserveCapacity(rank.count + 1)
    postings.reserveCapacity(sorted.count)
    positions.reserveCapacity(sorted.count)
    for term in rank.indices {
      starts.append(UInt32(postings.count))
      var pending: UInt32?
      for place in Int(counts[term])..<Int(counts[term + 1]) {
        let posting = UInt32(sorted[place] >> 32)
        if let open = pending, open >> 8 == posting >> 8 {
          pending = open | posting
        } else {
          if let open = pending { postings.append(Posting(open)) }
          positions.append(TextPosition(rawValue: UInt32(truncatingIfNeeded: sorted[place])))
          pending = posting
        }
      }
      if let open = pending { postings.append(Posting(open)) }
    }
    starts.append(UInt32(postings.count))
    return (starts, postings, positions)
  }

  // MARK: Finding terms

  /// The first eight bytes of a word, big-endian.
  static func head(_ word: Span<UInt8>) -> UInt64 {
    var head: UInt64 = 0
    let count = min(word.count, 8)
    for index in 0..<count { head = head << 8 | UInt64(word[index]) }
    return head << UInt64(64 - 8 * count)
  }

  /// The number of the first term that is not before `word`.
  private func lowerBound(_ word: Span<UInt8>) -> Int {
    let head = Self.head(word)
    var low = 0
    var count = termCount
    while count > 0 {
      let half = count / 2
      let middle = low + half
      // Which half it is cannot be foretold, so there is no branch; that both begin alike is rare.
      var isBefore = heads[middle] < head
      if heads[middle] == head { isBefore = self.isBefore(middle, word) }
      low = isBefore ? middle + 1 : low
      count = isBefore ? count - half - 1 : half
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
    return range.count >= word.count && matches(range.lowerBound, word)
  }

  /// The number of the term that is `word`.
  func term(equalTo word: Span<UInt8>) -> Int? {
    let number = lowerBound(word)
    guard number < termCount, term(number).count == word.count, begins(number, word) else {
      return nil
    }
    return number
  }

  /// Whether assignment `number` has a term.
  func has(_ term: Int, in number: Int) -> Bool {
    postings[postingRange(term)].contains { $0.record == number }
  }

  /// Whether it is a name of the assignment, words run together.
  func isName(_ term: Int, of number: Int) -> Bool {
    postings[postingRange(term)].contains {
      $0.record == number && !$0.fields.isDisjoint(with: .keys)
    }
  }

  /// How many assignments have `word`, or else how often words stand that begin with it.
  func postingCount(of word: Span<UInt8>) -> Int {
    let terms = terms(beginningWith: word)
    guard let first = terms.first else { return 0 }
    return postingRange(term(first).count == word.count ? first..<first + 1 : terms).count
  }

  // MARK: Substrings and typing errors

  /// Calls `body` with every term that holds `word`, of at least three bytes, behind its beginning;
  /// with some perhaps more than once.
  @inline(__always)
  func forEachTerm(containing word: Span<UInt8>, _ body: (Int) -> Void) {
    forEachTerm(wordTrigrams, wordTrigrams.rarestOffset(in: word), word, body)
    for offset in 0..<word.count - 2 { forEachTerm(borderTrigrams, offset, word, body) }
  }

  /// Calls `body` with each term in which `trigrams` has the one that stands at `offset` of `word`,
  /// and that has all of the word there.
  @inline(__always)
  private func forEachTerm(
    _ trigrams: Trigrams,
    _ offset: Int,
    _ word: Span<UInt8>,
    _ body: (Int) -> Void
  ) {
    let part = Trigrams.Part(of: word, at: offset)
    let (beginning, mask) = word.beginning
    let text = termText
    var previous = -1
    for place in trigrams.places(of: word, at: offset)
    where place.agrees(with: part) && place.term != previous && place.offset > offset {
      if !part.isWhole {
        let term = term(place.term)
        let start = term.lowerBound + place.offset - offset
        guard start + word.count <= term.upperBound,
          (text.span.eightBytes(at: start) ^ beginning) & mask == 0, matches(start, word, from: 8)
        else { continue }
      }
      previous = place.term
      body(place.term)
    }
  }

  /// Whether `word` stands at `start`, as far as it goes on behind so many bytes.
  @inline(__always)
  private func matches(_ start: Int, _ word: Span<UInt8>, from known: Int = 0) -> Bool {
    var index = known
    while index < word.count {
      if termText[start + index] != word[index] { return false }
      index += 1
    }
    return true
  }

  /// Calls `body` with every term that is 1...`errorMax` typing errors from `word`, which has
  /// 1...63 bytes and which `distance` measures from.
  @inline(__always)
  func forEachTerm(
    near word: Span<UInt8>,
    errorMax: Int,
    _ distance: EditDistance,
    _ body: (Int) -> Void
  ) {
    let text = termText
    termsBySize.forEachCandidate(near: word, errorMax: errorMax) { number in
      let errors = distance.to(text.span.extracting(term(number)), max: errorMax)
      if errors > 0, errors <= errorMax { body(number) }
    }
  }
}

extension SearchIndex.Posting {
  fileprivate init(_ rawValue: UInt32) { self.rawValue = rawValue }
}
