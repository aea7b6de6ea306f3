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
    round.oldest = round.stamp << 8 | 0xFF
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
        round.stamp << 8 | max(mark & 0xF0, before & 0xF0) | min(mark & 0xF, before & 0xF)
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
    let worst = UInt32(Grade.answer(.word, 0xF))
    for number in members where marks[Int(number)] & 0xFF <= worst { return true }
    return false
  }

  /// How many assignments have an answer.
  var count: Int { members.count }

  /// Calls `body` with every assignment that has an answer, and the answer.
  @inline(__always)
  func forEach(_ body: (_ number: Int, _ answer: UInt32) -> Void) {
    for number in members { body(Int(number), marks[Int(number)] & 0xFF) }
  }

  /// Notes that an assignment was asked for by its number.
  mutating func noteNumber(_ number: Int) {
    let mark = round.stamp << 8 | UInt32(Grade.answer(.number, 0))
    let old = marks[number]
    guard mark < old else { return }
    marks[number] = mark
    if old >> 8 != round.stamp { members.append(UInt32(truncatingIfNeeded: number)) }
  }

  /// Notes that `terms`, which stand together, answer the word at hand in all assignments that hold
  /// them.
  mutating func note(_ terms: Range<Int>, of index: SearchIndex, _ grade: Grade) {
    guard !terms.isEmpty else { return }
    Self.append(to: &members, and: &marks) { [round] members, marks in
      Self.note(index.postingRange(terms), of: index, grade.answers, round, &marks, &members)
    }
  }

  /// Notes the same of terms that stand anywhere.
  mutating func note(_ terms: [Int], of index: SearchIndex, _ grade: Grade) {
    guard !terms.isEmpty else { return }
    Self.append(to: &members, and: &marks) { [round] members, marks in
      for term in terms {
        Self.note(index.postingRange(term), of: index, grade.answers, round, &marks, &members)
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
    _ places: Range<Int>,
    of index: SearchIndex,
    _ answers: [UInt8],
    _ round: Round,
    _ marks: inout MutableSpan<UInt32>,
    _ members: inout OutputSpan<UInt32>
  ) {
    for place in places {
      let posting = index.postings[place]
      let answer = answers[Int(posting.fields.rawValue)]
      let mark = round.stamp << 8 | UInt32(answer)
      let old = marks[posting.record]
      // A better answer may be there.
      guard mark < old, old <= round.oldest, answer != Grade.none else { continue }
      marks[posting.record] = mark
      // Further words bring no new members.
      if round.oldest == .max, old >> 8 != round.stamp { members.append(posting.number) }
    }
  }
}
