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
  /// How many assignments each of ``terms`` is in.
  private var holders: [Int] = []

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
    holders = terms.map { _ in 0 }
    for page in pages {
      for term in Set((page.words + page.keys).joined()) { holders[term] += 1 }
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
    // What somebody writes in earnest is not mistyped.
    let mayErr = errors && errorMax > 0 && !Self.isNumber(word) && !terms.contains(word)
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

  private static func isNumber(_ word: [UInt8]) -> Bool { word.allSatisfy { 48...57 ~= $0 } }

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
    let key = all.joined()
    var found = answers(words, key: key, errors: false)
    if !hasRealMatch(found) {
      let further = further(words, found)
      let mayErr = found.count(where: { $0 != nil }) < 20
      if hasRealMatch(further) {
        found = further
      } else if mayErr {
        let mistyped = answers(words, key: key, errors: true)
        found = zip(found, mistyped).map(best)
      }
      if !found.contains(where: { $0 != nil }), words.count > 1 {
        found = mostWords(words, errors: true)
        let isKnown = found.indices.contains { found[$0] != nil && isWellKnown($0) }
        if !hasRealMatch(found), !isKnown, let known = wellKnown(words) { found = known }
      }
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
    // A short word that there is was meant.
    let isMeant = words.contains { $0.utf8.count < 4 && terms.contains(Array($0.utf8)) }
    let ofKey = kinships(key, errors: errors && words.count > 1 && !isMeant)
    return pages.map { page in
      best(name(page, ofKey), everyWord(page, ofWords))
    }
  }

  private func hasRealMatch(_ found: [Answer?]) -> Bool {
    found.contains { $0.map { $0.0 <= .word } ?? false }
  }

  /// Where words are only parts of others, what has most of them as they are.
  private func further(_ words: [String], _ found: [Answer?]) -> [Answer?] {
    guard words.count > 1, found.contains(where: { $0 != nil }) else { return [] }
    return mostWords(words, errors: false)
  }

  /// What has most of the words, each weighing as much as it is rare, and all that nobody knows.
  private func mostWords(_ words: [String], errors: Bool) -> [Answer?] {
    var sums = pages.map { _ in 0 }
    var answers: [Answer?] = pages.map { _ in nil }
    var unknownCount = 0
    for (place, word) in words.enumerated() {
      let count = holderCount(word)
      let isVersion = word.wholeMatch(of: /v?[0-9]+/) != nil
      let isUnknown = count == 0 && !isVersion
      var weight = max(2, 2 * (count.leadingZeroBitCount - 50))
      if isVersion { weight = 1 }
      if isUnknown { weight = 1_000 }
      if isUnknown { unknownCount += 1 }
      let kinships = kinships(word, errors: errors && isUnknown).map {
        $0 == .within && !(errors && isUnknown) ? .none : $0
      }
      for (number, page) in pages.enumerated() {
        guard let one = one(page, kinships, isLast: place == words.count - 1) else { continue }
        answers[number] = best(answers[number], one)
        sums[number] += weight
      }
    }
    let most = max(sums.max() ?? 0, unknownCount > 0 ? 1_000 * unknownCount : 2)
    return answers.indices.map { sums[$0] == most ? answers[$0] : nil }
  }

  /// How many have the word, or words that begin with it.
  private func holderCount(_ word: String) -> Int {
    let exact = kinships(word, errors: false)
    let counts = [Kinship.whole, .prefix].map { wanted in
      exact.indices.filter { exact[$0] == wanted }.map { holders[$0] }.reduce(0, +)
    }
    return counts[0] > 0 ? counts[0] : counts[1]
  }

  private func isWellKnown(_ number: Int) -> Bool { registry.records[number].use >= 5 }

  /// What is known to everybody, and has as its name three or two of the words that follow each
  /// other, or the rarest of them.
  private func wellKnown(_ words: [String]) -> [Answer?]? {
    var names = [3, 2].filter { $0 <= words.count }.flatMap { size in
      (0...words.count - size).map { words[$0..<$0 + size].joined() }
    }
    let counts = words.map { (word: $0, count: holderCount($0)) }
    names += counts.sorted { $0.count < $1.count }.map(\.word)
    for word in names {
      let whole = kinships(word, errors: false).map { $0 == .whole ? $0 : .none }
      let answers = pages.enumerated().map { number, page in
        name(page, whole) != nil && isWellKnown(number)
          ? one(page, whole, isLast: false) ?? (.substring, 4) : nil
      }
      if answers.contains(where: { $0 != nil }) { return answers }
    }
    return nil
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
      answer = best(answer, (.substring, 4))
    }
    return answer
  }
}
