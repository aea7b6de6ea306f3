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

  @inline(__always)
  static func answer(_ matchClass: MatchClass, _ field: Int) -> UInt32 {
    UInt32(matchClass.rawValue) << 4 | UInt32(truncatingIfNeeded: field)
  }

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
    let worst = Self.answer(.word, 0xF)
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
    let mark = round.stamp << 8 | Self.answer(.number, 0)
    let old = marks[number]
    guard mark < old else { return }
    marks[number] = mark
    if old >> 8 != round.stamp { members.append(UInt32(truncatingIfNeeded: number)) }
  }

  /// Notes that `terms` answer the word at hand in all assignments that hold them.
  mutating func note(_ terms: some Sequence<Int>, of index: SearchIndex, _ grade: MatchClass) {
    Self.note(terms, index, Grade(ofWords: grade), round, &marks, &members)
  }

  /// Notes that `terms` answer the whole question, where they are the key of a name.
  mutating func noteKeys(_ terms: some Sequence<Int>, of index: SearchIndex, _ grade: MatchClass) {
    Self.note(terms, index, Grade(ofKeys: grade), round, &marks, &members)
  }

  private static func note(
    _ terms: some Sequence<Int>,
    _ index: SearchIndex,
    _ grade: Grade,
    _ round: Round,
    _ marks: inout [UInt32],
    _ members: inout [UInt32]
  ) {
    let postings = index.postings
    var span = marks.mutableSpan
    members.append(addingCapacity: span.count - members.count) { members in
      for term in terms {
        for place in index.postingRange(term) {
          let posting = postings[place]
          guard let answer = grade.answer(posting.fields) else { continue }
          let mark = round.stamp << 8 | answer
          let old = span[posting.record]
          // A better answer may be there.
          guard mark < old, old <= round.oldest else { continue }
          span[posting.record] = mark
          // Further words bring no new members.
          if round.oldest == .max, old >> 8 != round.stamp { members.append(posting.number) }
        }
      }
    }
  }
}

/// What terms that match in one way make of the fields that they stand in.
private struct Grade {
  private let whole: UInt32
  /// A key alone answers where a word runs over the border between two words of a name; `nil` where
  /// it does not count.
  private let acrossWords: UInt32?
  /// Descriptions and remarks have too many words to be searched for slips.
  private let fieldMax: Int
  private let isOfKeys: Bool

  /// The places of the name and of the last field.
  private static let name = 2
  private static let note = 4

  init(ofWords matchClass: MatchClass) {
    let isFuzzy = matchClass == .fuzzy
    whole = AnswerMarks.answer(matchClass, 0)
    acrossWords = isFuzzy ? nil : AnswerMarks.answer(max(matchClass, .substring), Self.name)
    fieldMax = isFuzzy ? Self.name : Self.note
    isOfKeys = false
  }

  init(ofKeys matchClass: MatchClass) {
    whole = AnswerMarks.answer(matchClass, 0)
    acrossWords = nil
    fieldMax = Self.name
    isOfKeys = true
  }

  @inline(__always)
  func answer(_ fields: FieldSet) -> UInt32? {
    if isOfKeys {
      return fields.isDisjoint(with: .keys) ? nil : whole | UInt32(fields.keyRank)
    }
    let words = fields.intersection(.words).rawValue
    if words == 0 { return acrossWords }
    let field = words.trailingZeroBitCount
    return field > fieldMax ? nil : whole | UInt32(truncatingIfNeeded: field)
  }
}
