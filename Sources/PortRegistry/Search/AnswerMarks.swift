/// Narrows the assignments down, word by word, to those that answer every word of a question.
///
/// An answer is its class and, below that, its field, in one byte, so that the lesser of two is the
/// better one. A mark is an answer beneath the stamp of the round that it was written in. Stamps
/// count down, so a mark of this round is less than any older one, and a single comparison tells
/// both whether an answer is new and whether it is better.
///
/// One is kept and used again; older marks are stale by their stamps alone.
struct AnswerMarks: ~Copyable {
  /// Which marks a round writes and which it writes over.
  private struct Round {
    var stamp: UInt32 = 0
    /// A mark above this one is left alone: that assignment did not answer the word before.
    var oldest = UInt32.max

    /// The least mark of this round, and the greatest.
    var first: UInt32 { stamp << 8 }
    var last: UInt32 { first | 0xFF }
    /// Whether assignments may come in that had no answer before.
    var bringsMembers: Bool { oldest == .max }
  }

  /// By the place of the assignment.
  private var marks: [UInt32] = []
  private var round = Round()
  /// The assignments that answered every word so far, in no order.
  private var members: [UInt32] = []
  /// What each of them was before the round at hand.
  private var earlier: [UInt32] = []

  /// A question takes a round for each word, and as many again for typing errors.
  private static let stampMin = UInt32(2 * Query.wordCountMax)
  private static let stampMax: UInt32 = 1 << 24 - 1

  init() {}

  // MARK: Rounds

  /// Begins with no answer at all.
  mutating func begin(recordCount: Int) {
    members.removeAll(keepingCapacity: true)
    if marks.count != recordCount || round.stamp < Self.stampMin {
      marks = Array(repeating: .max, count: recordCount)
      round.stamp = Self.stampMax
    }
    round.stamp -= 1
    round.oldest = .max
  }

  /// Begins the round of another word, which keeps those that answer that one too.
  mutating func beginNext() {
    earlier.removeAll(keepingCapacity: true)
    for number in members { earlier.append(marks[Int(number)] & 0xFF) }
    round.oldest = round.last
    round.stamp -= 1
  }

  /// Ends such a round: joins its answers to those before, the worst class and the best field.
  mutating func endNext() {
    var kept = 0
    for place in members.indices {
      let number = members[place]
      let mark = marks[Int(number)]
      guard mark >> 8 == round.stamp else { continue }
      let before = earlier[place]
      marks[Int(number)] =
        round.first | max(mark & 0xF0, before & 0xF0) | min(mark & 0xF, before & 0xF)
      members[kept] = number
      kept += 1
    }
    members.removeLast(members.count - kept)
    round.oldest = .max
  }

  // MARK: Answers

  /// Whether no assignment has an answer.
  var isEmpty: Bool { members.isEmpty }

  /// Whether some answer is more than a part of a word or a typing error.
  var hasRealMatch: Bool {
    let worst = Grade.answer(.word, 0xF)
    for number in members where marks[Int(number)] & 0xFF <= worst { return true }
    return false
  }

  /// How many assignments have an answer.
  var count: Int { members.count }

  /// Appends the place of every answer among the first `limit` assignments.
  func appendKeys(_ ranks: [RankingKey], limit: Int, to keys: inout [RankingKey]) {
    let members = members.span
    let marks = marks.span
    let ranks = ranks.span
    keys.append(addingCapacity: members.count) { keys in
      for place in members.indices {
        let number = Int(members[place])
        if number < limit { keys.append(RankingKey(ranks[number], answer: marks[number])) }
      }
    }
  }

  /// Notes that an assignment was asked for by its number.
  mutating func noteNumber(_ number: Int) {
    let mark = round.first | Grade.answer(.number, 0)
    let old = marks[number]
    guard mark < old else { return }
    marks[number] = mark
    if old > round.last { members.append(UInt32(truncatingIfNeeded: number)) }
  }

  /// Notes that `terms`, which stand together, answer the word at hand in all assignments that hold
  /// them.
  mutating func note(_ terms: Range<Int>, of index: SearchIndex, _ grade: Grade) {
    guard !terms.isEmpty else { return }
    Self.append(to: &members, and: &marks) { [round] members, marks in
      let postings = index.postings
      let places = index.postingRange(terms)
      Self.note(postings.span.extracting(places), grade.answers, round, &marks, &members)
    }
  }

  /// Notes the same of all terms that hold `word`, of at least three bytes, behind their beginning.
  mutating func note(containing word: Span<UInt8>, of index: SearchIndex, _ grade: Grade) {
    Self.append(to: &members, and: &marks) { [round] members, marks in
      let postings = index.postings
      index.forEachTerm(containing: word) { term in
        let places = index.postingRange(term)
        Self.note(postings.span.extracting(places), grade.answers, round, &marks, &members)
      }
    }
  }

  /// Notes the same of all terms that are 1...`errorMax` typing errors from `word`.
  mutating func note(
    near word: Span<UInt8>,
    errorMax: Int,
    _ distance: EditDistance,
    of index: SearchIndex,
    _ grade: Grade
  ) {
    Self.append(to: &members, and: &marks) { [round] members, marks in
      let postings = index.postings
      index.forEachTerm(near: word, errorMax: errorMax, distance) { term in
        let places = index.postingRange(term)
        Self.note(postings.span.extracting(places), grade.answers, round, &marks, &members)
      }
    }
  }

  @inline(__always)
  private static func append(
    to members: inout [UInt32],
    and marks: inout [UInt32],
    _ body: (inout OutputSpan<UInt32>, inout MutableSpan<UInt32>) -> Void
  ) {
    var marks = marks.mutableSpan
    members.append(addingCapacity: marks.count - members.count) { body(&$0, &marks) }
  }

  @inline(__always)
  private static func note(
    _ postings: Span<SearchIndex.Posting>,
    _ answers: [UInt32],
    _ round: Round,
    _ marks: inout MutableSpan<UInt32>,
    _ members: inout OutputSpan<UInt32>
  ) {
    for place in postings.indices {
      let posting = postings[place]
      let mark = round.first | answers[Int(posting.fields.rawValue)]
      let old = marks[posting.record]
      // A better answer may be there.
      guard mark < old, old <= round.oldest else { continue }
      marks[posting.record] = mark
      // Further words bring no new members.
      if round.bringsMembers, old > round.last { members.append(posting.number) }
    }
  }
}
