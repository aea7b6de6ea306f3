import PortRegistry

/// The rules of the search in the plainest form: every assignment is held against the question, one
/// after another. For questions of words that all count; numbers are not understood.
struct PlainSearch {
  /// How a word of a question is related to a term of an assignment.
  private enum Kinship {
    case none, whole, prefix, within, mistyped
  }

  /// What one assignment can be found by, as places in ``terms``.
  private struct Page {
    /// Words of service, aliases, name, description, and note with trojans.
    var words: [Set<Int>] = Array(repeating: [], count: 5)
    /// Service, aliases and names, each with its words run together.
    var keys: [Set<Int>] = Array(repeating: [], count: 3)
  }

  private typealias Answer = (MatchClass, Int)

  private let registry: Registry
  private var terms: [[UInt8]] = []
  private var pages: [Page] = []

  init(_ registry: Registry) {
    self.registry = registry
    var places: [String: Int] = [:]
    func place(_ term: String) -> Int {
      if let place = places[term] { return place }
      places[term] = terms.count
      terms.append(Array(term.utf8))
      return terms.count - 1
    }
    for record in registry.records {
      var page = Page()
      func add(_ range: TextRange, words: Int, key: Int?) {
        let found = Self.words(registry.string(range))
        page.words[words].formUnion(found.map(place))
        if let key, !found.isEmpty {
          page.keys[key].insert(place(String(found.joined().prefix(63))))
        }
      }
      add(record.service, words: 0, key: 0)
      for alias in registry.aliases(of: record) { add(registry.listed(alias), words: 1, key: 1) }
      add(record.name, words: 2, key: 2)
      add(record.description, words: 3, key: 2)
      add(record.note, words: 4, key: nil)
      for trojan in registry.trojans(of: record) {
        add(registry.listed(trojan), words: 4, key: nil)
      }
      pages.append(page)
    }
  }

  static func words(_ text: String) -> [String] {
    text.lowercased().replacing("++", with: "pp").split {
      $0.isASCII && !$0.isLetter && !$0.isNumber
    }
    .map { String($0.prefix(63)) }
  }

  // MARK: Terms

  private func kinships(_ word: String, errors: Bool) -> [Kinship] {
    let word = Array(word.utf8)
    let errorMax = word.count >= 8 ? 2 : word.count >= 4 ? 1 : 0
    let mayErr = errors && errorMax > 0 && word.contains { $0 < 48 || $0 > 57 }
    return terms.map { term in
      if term == word { return .whole }
      if term.starts(with: word) { return .prefix }
      if word.count >= 3, Self.isWithin(term, word) { return .within }
      if mayErr, abs(word.count - term.count) <= errorMax,
        EditDistanceTests.plain(word, term) <= errorMax
      {
        return .mistyped
      }
      return .none
    }
  }

  private static func isWithin(_ term: [UInt8], _ word: [UInt8]) -> Bool {
    guard term.count > word.count else { return false }
    for start in 1...term.count - word.count
    where term[start] == word[0] && term[start..<start + word.count].elementsEqual(word) {
      return true
    }
    return false
  }

  // MARK: Answers

  /// The places of all answers, best first.
  func answers(to question: String) -> [Int] {
    let all = Self.words(question)
    let words = all.enumerated().filter { all.firstIndex(of: $0.element) == $0.offset }
      .map(\.element)
    var found = answers(words, key: all.joined(), errors: false)
    if found.count(where: { $0 != nil }) < 20,
      !found.contains(where: { $0.map { $0.0 <= .word } ?? false })
    {
      let mistyped = answers(words, key: all.joined(), errors: true)
      found = zip(found, mistyped).map(best)
    }
    let ranked = found.enumerated().compactMap { place, answer -> (rank: [Int], place: Int)? in
      let record = registry.records[place]
      guard let (matchClass, field) = answer, record.hasPort else { return nil }
      let rank = [
        Int(matchClass.rawValue), record.isIn(.site) ? 0 : 1, 9 - Int(record.use), field,
        record.isOfficial ? 0 : 1, Int(record.first), place,
      ]
      return (rank, place)
    }
    return ranked.sorted { $0.rank.lexicographicallyPrecedes($1.rank) }.map(\.place)
  }

  private func answers(_ words: [String], key: String, errors: Bool) -> [Answer?] {
    let ofWords = words.map { kinships($0, errors: errors) }
    let ofKey = kinships(key, errors: errors && words.count > 1)
    return pages.map { page in
      best(name(page, ofKey), everyWord(page, ofWords))
    }
  }

  private func best(_ left: Answer?, _ right: Answer?) -> Answer? {
    guard let left, let right else { return left ?? right }
    return left <= right ? left : right
  }

  private func name(_ page: Page, _ kinships: [Kinship]) -> Answer? {
    let grades: [(Kinship, MatchClass)] = [
      (.whole, .name), (.prefix, .prefix), (.mistyped, .fuzzy),
    ]
    for (kinship, grade) in grades {
      for field in 0..<3 where page.keys[field].contains(where: { kinships[$0] == kinship }) {
        return (grade, field)
      }
    }
    return nil
  }

  private func everyWord(_ page: Page, _ words: [[Kinship]]) -> Answer? {
    var whole: Answer?
    for (place, kinships) in words.enumerated() {
      guard let (grade, field) = one(page, kinships, isLast: place == words.count - 1) else {
        return nil
      }
      whole = (max(grade, whole?.0 ?? grade), min(field, whole?.1 ?? field))
    }
    return whole
  }

  /// How one word answers: in the best class that there is, in the best field of that class.
  private func one(_ page: Page, _ kinships: [Kinship], isLast: Bool) -> Answer? {
    var answer: Answer?
    for (field, terms) in page.words.enumerated() {
      for term in terms {
        switch kinships[term] {
        case .whole: answer = best(answer, (.word, field))
        case .prefix: answer = best(answer, (isLast ? .word : .substring, field))
        case .within: answer = best(answer, (.substring, field))
        case .mistyped: if field <= 2 { answer = best(answer, (.fuzzy, field)) }
        case .none: break
        }
      }
    }
    for key in page.keys.joined() where [.whole, .prefix, .within].contains(kinships[key]) {
      answer = best(answer, (.substring, 2))
    }
    return answer
  }
}
