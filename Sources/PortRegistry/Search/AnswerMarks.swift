/// Narrows the assignments down, word by word, to those that answer every word of a question.
///
/// An answer is its class and, below that, its field, in one byte, so that the lesser of two is the
/// better one. A mark is an answer beneath the stamp of the round that it was written in, and above
/// the place of the posting that it came from. Stamps count down, so a mark of this round is less
/// than any older one, and a single comparison tells both whether an answer is new and whether it
/// is better.
///
/// One is kept and used again; older marks are stale by their stamps alone.
struct AnswerMarks: ~Copyable {
  /// Which marks a round writes and which it writes over.
  fileprivate struct Round {
    /// Of 24 bits.
    var stamp: UInt64 = 0
    /// A mark above this one is left alone: that assignment did not answer the word before.
    var oldest = UInt64.max

    /// The least mark of this round, and the greatest.
    var first: UInt64 { stamp << 40 }
    var last: UInt64 { first | 0xFF_FFFF_FFFF }
    /// Whether assignments may come in that had no answer before.
    var bringsMembers: Bool { oldest == .max }
  }

  /// By the place of the assignment.
  private var marks: [UInt64] = []
  private var round = Round()
  /// The assignments that answered every word so far, in no order, as far as ``count``. There is
  /// room for one more than there are: the place behind the last is written before it is known
  /// whether it counts.
  private var members: [UInt32] = []
  /// How many assignments have an answer.
  private(set) var count = 0
  /// What each of them was before the round at hand.
  private var earlier: [UInt64] = []

  /// A question takes a round for each word, and as many again for typing errors.
  private static let stampMin = UInt64(2 * Query.wordCountMax)
  private static let stampMax: UInt64 = 1 << 24 - 1

  /// What a mark's lower bits hold.
  private static let classBits: UInt64 = 0xF0 << 32
  private static let fieldBits: UInt64 = 0x0F << 32
  private static let placeBits: UInt64 = 0xFFFF_FFFF

  init() {}

  // MARK: Rounds

  /// Begins with no answer at all.
  mutating func begin(recordCount: Int) {
    count = 0
    if marks.count != recordCount || round.stamp < Self.stampMin {
      marks = Array(repeating: .max, count: recordCount)
      members = Array(repeating: 0, count: recordCount + 1)
      round.stamp = Self.stampMax
    }
    round.stamp -= 1
    round.oldest = .max
  }

  /// Begins the round of another word, which keeps those that answer that one too.
  mutating func beginNext() {
    earlier.removeAll(keepingCapacity: true)
    for number in members[..<count] { earlier.append(marks[Int(number)]) }
    round.oldest = round.last
    round.stamp -= 1
  }

  /// Ends such a round: joins its answers to those before, the worst class and the best field.
  mutating func endNext() {
    var kept = 0
    for place in 0..<count {
      let number = members[place]
      let mark = marks[Int(number)]
      guard mark <= round.last else { continue }
      let before = earlier[place]
      marks[Int(number)] =
        round.first | max(mark & Self.classBits, before & Self.classBits)
        | min(mark & Self.fieldBits, before & Self.fieldBits) | mark & Self.placeBits
      members[kept] = number
      kept += 1
    }
    count = kept
    round.oldest = .max
  }

  // MARK: Answers

  /// Whether no assignment has an answer.
  var isEmpty: Bool { count == 0 }

  /// Calls `body` with every assignment that has an answer.
  func forEach(_ body: (Int) -> Void) {
    for number in members[..<count] { body(Int(number)) }
  }

  func contains(where isMeant: (Int) -> Bool) -> Bool {
    members[..<count].contains { isMeant(Int($0)) }
  }

  /// Keeps those that `isKept` says yes to.
  mutating func keep(where isKept: (Int) -> Bool) {
    var kept = 0
    for place in 0..<count where isKept(Int(members[place])) {
      members[kept] = members[place]
      kept += 1
    }
    count = kept
  }

  /// Whether some answer is more than a part of a word or a typing error.
  var hasRealMatch: Bool {
    let worst = Grade.answer(.word, 0xF)
    return members[..<count].contains { Self.answer(of: marks[Int($0)]) <= worst }
  }

  /// Where the term stands that answered the latest word in assignment `number`, if one did.
  func position(_ number: Int, of index: SearchIndex) -> TextPosition {
    index.positions[Int(marks[number] & Self.placeBits)]
  }

  @inline(__always)
  private static func answer(of mark: UInt64) -> UInt32 {
    UInt32(truncatingIfNeeded: mark >> 32) & 0xFF
  }

  /// Appends the place of every answer among the first `limit` assignments.
  func appendKeys(_ ranks: [RankingKey], limit: Int, to keys: inout [RankingKey]) {
    let members = members.span.extracting(first: count)
    let marks = marks.span
    let ranks = ranks.span
    keys.append(addingCapacity: count) { keys in
      for place in members.indices {
        let number = Int(members[place])
        if number < limit {
          keys.append(RankingKey(ranks[number], answer: Self.answer(of: marks[number])))
        }
      }
    }
  }

  /// Notes that an assignment was asked for by its number.
  mutating func noteNumber(_ number: Int) {
    let mark = round.first | UInt64(Grade.answer(.number, 0)) << 32
    guard mark < marks[number] else { return }
    if marks[number] > round.last {
      members[count] = UInt32(truncatingIfNeeded: number)
      count += 1
    }
    marks[number] = mark
  }

  /// Notes that `terms`, which stand together, answer the word at hand in all assignments that hold
  /// them.
  mutating func note(_ terms: Range<Int>, of index: SearchIndex, _ grade: Grade) {
    guard !terms.isEmpty else { return }
    let postings = index.postings
    let answers = grade.answers
    let round = round
    var place = count
    Self.withSpans(&marks, &members) { marks, members in
      let places = index.postingRange(terms)
      round.note(postings.span, places, answers.span, &marks, &members, &place)
    }
    count = place
  }

  /// Notes the same of all terms that hold `word`, of at least three bytes, behind their beginning.
  mutating func note(containing word: Span<UInt8>, of index: SearchIndex, _ grade: Grade) {
    let postings = index.postings
    let answers = grade.answers
    let round = round
    var place = count
    Self.withSpans(&marks, &members) { marks, members in
      let postings = postings.span
      let answers = answers.span
      index.forEachTerm(containing: word) { term in
        let places = index.postingRange(term)
        round.note(postings, places, answers, &marks, &members, &place)
      }
    }
    count = place
  }

  /// Notes the same of all terms that are 1...`errorMax` typing errors from `word`.
  mutating func note(
    near word: Span<UInt8>,
    errorMax: Int,
    _ distance: EditDistance,
    of index: SearchIndex,
    _ grade: Grade
  ) {
    index.forEachTerm(near: word, errorMax: errorMax, distance) { term in
      note(term..<term + 1, of: index, grade)
    }
  }

  @inline(__always)
  private static func withSpans(
    _ marks: inout [UInt64],
    _ members: inout [UInt32],
    _ body: (inout MutableSpan<UInt64>, inout MutableSpan<UInt32>) -> Void
  ) {
    var marks = marks.mutableSpan
    var members = members.mutableSpan
    body(&marks, &members)
  }
}

extension AnswerMarks.Round {
  /// Notes what the terms whose postings stand at `places` answer.
  ///
  /// - Parameters:
  ///   - answers: What they make of the fields they stand in (``Grade``).
  ///   - count: How many members there are.
  @inline(__always)
  fileprivate func note(
    _ postings: Span<SearchIndex.Posting>,
    _ places: Range<Int>,
    _ answers: Span<UInt64>,
    _ marks: inout MutableSpan<UInt64>,
    _ members: inout MutableSpan<UInt32>,
    _ count: inout Int
  ) {
    // What an assignment's mark is cannot be foretold, so as little as can be hangs on branches.
    for place in places {
      let posting = postings[place]
      let mark = first | answers[Int(posting.fields.rawValue)] | UInt64(truncatingIfNeeded: place)
      let old = marks[posting.record]
      if bringsMembers {
        marks[posting.record] = min(mark, old)
        members[count] = posting.number
        count &+= old > last && mark <= last ? 1 : 0
      } else if old <= oldest {
        marks[posting.record] = min(mark, old)
      }
    }
  }
}
