// What everybody knows is likely to be meant, whatever stands beside it.
extension Registry {
  /// From this use on (0…9) everybody knows a service.
  private static let wellKnownUse = 5

  /// Whether everybody knows the assignment.
  func isWellKnown(_ number: Int) -> Bool { records[number].use >= Self.wellKnownUse }

  /// The term that is the name of something that everybody knows and stands in `query`: one of
  /// three words or two that follow each other, else the rarest word that is one.
  ///
  /// - Parameter order: The words of `query`.
  func wellKnownName(in query: borrowing Query, rarestFirst order: [WordRank]) -> Int? {
    for size in [3, 2] where query.words.count >= size {
      for first in 0...query.words.count - size {
        let words = query.words[first..<first + size]
        let range = query.words[first].lowerBound..<query.words[first + size - 1].upperBound
        // Noise may stand between them, or a word that came before.
        guard range.count == words.map(\.count).reduce(0, +) else { continue }
        if let term = wellKnownName(query.text.span.extracting(range)) { return term }
      }
    }
    for rank in order where !rank.isUnknown {
      let word = query.text.span.extracting(query.words[rank.position])
      if let term = wellKnownName(word) { return term }
    }
    return nil
  }

  private func wellKnownName(_ name: Span<UInt8>) -> Int? {
    guard let term = index.term(equalTo: name) else { return nil }
    let isKnown = index.postings[index.postingRange(term)].contains {
      isWellKnown($0.record) && !$0.fields.isDisjoint(with: .keys)
    }
    return isKnown ? term : nil
  }
}
