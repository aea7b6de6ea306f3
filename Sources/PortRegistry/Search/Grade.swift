/// What terms that match in one way make of the fields that they stand in.
///
/// An answer is its class and, below that, its field, in eight bits, so that the lesser of two is
/// the better one. There are only 256 sets of fields, so each has its answer worked out beforehand.
struct Grade: Sendable {
  /// What terms are that answer a word.
  static let word = Grade(words: .word)
  static let substring = Grade(words: .substring)
  static let fuzzy = Grade(words: .fuzzy)

  /// What terms are that answer the whole question, where they are the key of a name.
  static let name = Grade(names: .name)
  static let prefix = Grade(names: .prefix)
  static let fuzzyName = Grade(names: .fuzzy)

  /// Both at once, where the question is one word.
  static let wordOrName = Grade(words: .word, names: .name)
  static let wordOrPrefix = Grade(words: .word, names: .prefix)

  /// What stands in ``answers`` for fields that do not count: worse than any answer, whatever is
  /// put before its eight bits.
  private static let none = UInt32.max

  /// By the raw value of a ``FieldSet``; each where a mark has it (``AnswerMarks``), above 32 bits.
  let answers: [UInt64]

  /// The places of the name and of the last field.
  private static let nameField = 2
  private static let noteField = 4

  private init(words: MatchClass? = nil, names: MatchClass? = nil) {
    answers = (0...UInt8.max).map { rawValue in
      let fields = FieldSet(rawValue: rawValue)
      let answer = min(
        words.map { Self.answer($0, ofWordIn: fields) } ?? Self.none,
        names.map { Self.answer($0, ofKeyIn: fields) } ?? Self.none
      )
      return UInt64(answer) << 32
    }
  }

  static func answer(_ matchClass: MatchClass, _ field: Int) -> UInt32 {
    UInt32(matchClass.rawValue) << 4 | UInt32(truncatingIfNeeded: field)
  }

  private static func answer(_ matchClass: MatchClass, ofWordIn fields: FieldSet) -> UInt32 {
    let isFuzzy = matchClass == .fuzzy
    let words = fields.intersection(.words).rawValue
    if words == 0 {
      // A key alone answers where a word runs over the border between two words of a name. Where it
      // does not, one of these words answers as well, and has to be the better answer.
      return isFuzzy ? none : answer(max(matchClass, .substring), noteField)
    }
    let field = words.trailingZeroBitCount
    // Descriptions and remarks have too many words to be searched for slips.
    return field > (isFuzzy ? nameField : noteField) ? none : answer(matchClass, field)
  }

  private static func answer(_ matchClass: MatchClass, ofKeyIn fields: FieldSet) -> UInt32 {
    fields.isDisjoint(with: .keys) ? none : answer(matchClass, fields.keyRank)
  }
}
