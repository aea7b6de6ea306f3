/// Which terms can answer one question: those that hold one of its words, or could be one of them
/// mistyped.
///
/// ``Searcher`` looks at no others, so an index of these alone gives the same answers. Some that it
/// could leave out are kept: telling them apart costs more than having them.
struct QuestionTerms: Sendable {
  private struct Word: Sendable {
    let text: [UInt8]
    let letters: UInt32
    let errorMax: Int
  }

  private var words: [Word] = []

  init(of query: Query) {
    var texts = query.words.map { Array(query.text[$0]) }
    // A name is found by all its words run together.
    texts += [query.key, query.fullKey]
    for text in texts where !text.isEmpty && !words.contains(where: { $0.text == text }) {
      words.append(
        Word(
          text: text,
          letters: TermsBySize.letters(text.span),
          errorMax: EditDistance.errorMax(text.span)
        )
      )
    }
  }

  /// Whether `term` may be among those that the question finds.
  func mayHold(_ term: Span<UInt8>) -> Bool {
    let letters = TermsBySize.letters(term)
    for word in words {
      // Each error brings at most one letter in and takes at most one away.
      if abs(term.count - word.text.count) <= word.errorMax,
        (letters ^ word.letters).nonzeroBitCount <= 2 * word.errorMax
      {
        return true
      }
      if word.letters & ~letters == 0, Self.holds(term, word.text.span) { return true }
    }
    return false
  }

  private static func holds(_ term: Span<UInt8>, _ word: Span<UInt8>) -> Bool {
    var start = 0
    while start + word.count <= term.count {
      var size = 0
      while size < word.count, term[start + size] == word[size] { size += 1 }
      if size == word.count { return true }
      start += 1
    }
    return false
  }
}
