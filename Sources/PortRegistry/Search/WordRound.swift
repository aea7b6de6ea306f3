/// Narrows the assignments down, word by word, to those that answer every word of a question.
///
/// One is kept and used again. All marks become stale at once when the epoch goes up.
struct WordRound {
  /// What the words so far made of one assignment. Valid in the epoch it was written in.
  private struct Mark {
    var epoch: UInt32 = 0
    /// How many words it has answered.
    var wordCount: UInt8 = 0
    /// The best answer to the word at hand: its class, and below that its field; 0 for none.
    var current: UInt8 = 0
    /// The worst class of the words so far.
    var matchClass: UInt8 = 0
    /// The best field of the words so far.
    var field: UInt8 = .max
  }

  private var marks: [Mark] = []
  private var epoch: UInt32 = 0
  /// The assignments that answered every word so far.
  private(set) var members: [UInt32] = []

  mutating func begin(recordCount: Int) {
    members.removeAll(keepingCapacity: true)
    if marks.count != recordCount || epoch == .max {
      marks = Array(repeating: Mark(), count: recordCount)
      epoch = 0
    }
    epoch += 1
  }

  /// Notes that `term` answers the word at `position` in all assignments that hold it.
  mutating func visit(_ term: Int, _ index: SearchIndex, _ position: Int, _ grade: MatchClass) {
    for place in index.postingRange(term) {
      let posting = index.postings[place]
      let words = posting.fields.intersection(.words)
      // A key alone answers where the word runs over the border between two words of a name.
      let field = words.isEmpty ? 2 : words.rawValue.trailingZeroBitCount
      if grade == .fuzzy, words.isEmpty || field > 2 { continue }
      let effective = words.isEmpty && grade == .word ? MatchClass.substring : grade
      let answer = effective.rawValue << 4 | UInt8(field)
      let number = posting.record
      if marks[number].epoch != epoch {
        guard position == 0 else { continue }
        marks[number] = Mark(epoch: epoch, current: answer)
        members.append(UInt32(number))
      } else if marks[number].wordCount == position,
        marks[number].current == 0 || answer < marks[number].current
      {
        marks[number].current = answer
      }
    }
  }

  /// Drops those that the word at `position` did not answer.
  mutating func settle(_ position: Int) {
    var kept = 0
    for place in members.indices {
      let number = Int(members[place])
      let current = marks[number].current
      guard current != 0 else { continue }
      marks[number].matchClass = max(marks[number].matchClass, current >> 4)
      marks[number].field = min(marks[number].field, current & 0xF)
      marks[number].current = 0
      marks[number].wordCount = UInt8(position + 1)  // At most ``Query/wordCountMax``.
      members[kept] = members[place]
      kept += 1
    }
    members.removeLast(members.count - kept)
  }

  /// How a member answers the question as a whole.
  func answer(of member: UInt32) -> (matchClass: MatchClass, field: Int) {
    let mark = marks[Int(member)]
    return (MatchClass(rawValue: mark.matchClass) ?? .fuzzy, Int(mark.field))
  }
}
