/// Finds and orders the answers to one question after another, on one thread.
///
/// Keeps what it needs between questions, so a search allocates nothing once warm. A value that is
/// not copied, so the compiler sees for itself that nobody else touches it.
package struct Searcher: ~Copyable {
  private var marks = AnswerMarks()
  private var distance = EditDistance()
  /// The words of the question, the rarest first, where that matters.
  private var order: [WordRank] = []
  /// By assignment: how much of the question it has, where none has all.
  private var weights: [Int] = []
  /// The keys of all answers, in no order.
  package private(set) var keys: [RankingKey] = []

  /// Where so many assignments hold what was asked as a part of a word, nobody looks behind them
  /// for what was perhaps mistyped.
  private static let answersEnough = 20

  package init() {}

  /// Finds all answers to `query` that pass `filter`.
  package mutating func search(
    _ query: borrowing Query,
    in registry: Registry,
    filter: borrowing Filter
  ) {
    marks.begin(recordCount: registry.records.count)
    if query.words.isEmpty {
      collectPorts(query, registry)
    } else if query.isOfPorts {
      orderWords(query, registry.index)
      collectPortsMentioned(query, registry, among: order.count)
      if marks.isEmpty { collectPorts(query, registry) }
    } else {
      collectWords(query, registry.index, allowsErrors: false)
      collectNames(query, registry.index)
      if !query.ports.isEmpty {
        orderWords(query, registry.index)
        collectPortsMentioned(query, registry, among: 1)
      }
      if !marks.hasRealMatch { lookFurther(query, registry) }
    }
    listKeys(query, registry, filter)
  }

  /// Looks for what was perhaps meant, where no assignment holds all words but as parts of others.
  private mutating func lookFurther(_ query: borrowing Query, _ registry: Registry) {
    let allowsErrors = marks.count < Self.answersEnough
    if query.words.count > 1 {
      orderWords(query, registry.index)
      // Words that are only parts of others mean less than some that stand there as they are.
      if !marks.isEmpty { collectMostWords(query, registry, allowsErrors: false) }
      if !marks.hasRealMatch { collectAll(query, registry, allowsErrors: allowsErrors) }
      if marks.isEmpty {
        collectMostWords(query, registry, allowsErrors: true)
        if !marks.hasRealMatch, !marks.contains(where: registry.isWellKnown) {
          collectWellKnown(query, registry)
        }
      }
    } else if allowsErrors {
      collectAll(query, registry, allowsErrors: true)
    }
    // `my app 3000`: where words leave so much open, the number is what was meant.
    if !query.ports.isEmpty, marks.isEmpty || marks.count >= Self.answersEnough {
      marks.begin(recordCount: registry.records.count)
      collectPorts(query, registry)
    }
  }

  /// What has all words, mistyped perhaps.
  private mutating func collectAll(
    _ query: borrowing Query,
    _ registry: Registry,
    allowsErrors: Bool
  ) {
    marks.begin(recordCount: registry.records.count)
    collectWords(query, registry.index, allowsErrors: allowsErrors)
    if allowsErrors { collectMistypedName(query, registry.index) }
  }

  /// Every assignment that passes `filter`, in the order of ports.
  package mutating func browse(_ registry: Registry, filter: borrowing Filter) {
    keys.removeAll(keepingCapacity: true)
    let acceptsAll = filter.isEmpty
    for number in 0..<registry.portedCount
    where acceptsAll || filter.accepts(registry.records[number], in: registry) {
      keys.append(RankingKey(browsing: number))
    }
  }

  /// The best `limit` answers behind `key`, in order.
  package func page(after key: RankingKey?, limit: Int, into page: inout [RankingKey]) {
    keys.takeLeast(limit, after: key, into: &page)
  }

  /// Finds where each item of a page answers `query`. It is known for questions of one word only,
  /// as the words of others may stand in several fields.
  package func findPositions(
    of page: [RankingKey],
    of query: borrowing Query,
    in registry: Registry,
    into positions: inout [TextPosition?]
  ) {
    positions.removeAll(keepingCapacity: true)
    let isKnown = query.isOneWord
    for key in page {
      let isWord = isKnown && key.matchClass != .number
      positions.append(isWord ? marks.position(key.number, of: registry.index) : nil)
    }
  }

  /// Makes keys of the answers that are to be listed.
  private mutating func listKeys(
    _ query: borrowing Query,
    _ registry: Registry,
    _ filter: borrowing Filter
  ) {
    keys.removeAll(keepingCapacity: true)
    // Those without a port come last among the records.
    marks.appendKeys(registry.index.ranks, limit: registry.portedCount, to: &keys)
    let transports = query.transports
    if !transports.isEmpty {
      keys.removeAll { transports.isDisjoint(with: registry.records[$0.number].transports) }
    }
    if !filter.isEmpty {
      keys.removeAll { [filter = copy filter] in
        !filter.accepts(registry.records[$0.number], in: registry)
      }
    }
  }

  // MARK: Numbers

  /// All that is at the ports that `query` names.
  private mutating func collectPorts(_ query: borrowing Query, _ registry: Registry) {
    for ports in query.ports { collectPorts(ports, registry) }
  }

  private mutating func collectPorts(_ ports: Query.Ports, _ registry: Registry) {
    if ports.first == ports.last {
      for place in registry.memberRange(of: ports.first) {
        collect(registry.member(at: place), ports, registry)
      }
    } else {
      for number in 0..<registry.portedCount {
        let record = registry.records[number]
        if record.first > ports.last { break }
        if record.last >= ports.first { collect(number, ports, registry) }
      }
    }
  }

  private mutating func collect(_ number: Int, _ ports: Query.Ports, _ registry: Registry) {
    if let transport = ports.transport,
      !registry.records[number].transports.contains(transport)
    {
      return
    }
    marks.noteNumber(number)
  }

  /// `redis 6379`: of what is at the ports, all that has the rarest word that any of it does, where
  /// only the `limit` rarest are looked at, and none that so many have that it says little.
  private mutating func collectPortsMentioned(
    _ query: borrowing Query,
    _ registry: Registry,
    among limit: Int
  ) {
    for rank in order.prefix(limit) where rank.count < Self.answersEnough {
      let word = query.text.span.extracting(query.words[rank.position])
      guard let term = registry.index.term(equalTo: word) else { continue }
      for ports in query.ports where ports.first == ports.last {
        for place in registry.memberRange(of: ports.first) {
          let number = registry.member(at: place)
          if registry.index.has(term, in: number) { collect(number, ports, registry) }
        }
      }
      if !marks.isEmpty { return }
    }
  }

  // MARK: Names

  private mutating func collectNames(_ query: borrowing Query, _ index: SearchIndex) {
    if query.fullKey != query.key, let term = index.term(equalTo: query.fullKey.span) {
      marks.note(term..<term + 1, of: index, .name)
    }
    // What is one word was looked up as a name together with it.
    guard !query.key.isEmpty, !query.isOneWord else { return }
    note(query.key.span, of: index, whole: .name, beginning: .prefix)
  }

  /// Notes the term that is `word`, and the terms that begin with it.
  private mutating func note(
    _ word: Span<UInt8>,
    of index: SearchIndex,
    whole: Grade,
    beginning: Grade
  ) {
    var terms = index.terms(beginningWith: word)
    if let first = terms.first, index.term(first).count == word.count {
      marks.note(first..<first + 1, of: index, whole)
      terms = first + 1..<terms.upperBound
    }
    marks.note(terms, of: index, beginning)
  }

  /// A name of several words that was mistyped as a whole. `irc server` is not one of them: a short
  /// word that there is was meant, though other names are a letter away.
  private mutating func collectMistypedName(_ query: borrowing Query, _ index: SearchIndex) {
    guard query.words.count > 1 else { return }
    for word in query.words {
      let word = query.text.span.extracting(word)
      if EditDistance.errorMax(word) == 0, index.term(equalTo: word) != nil { return }
    }
    note(near: query.key.span, of: index, .fuzzyName)
  }

  // MARK: Words

  private mutating func collectWords(
    _ query: borrowing Query,
    _ index: SearchIndex,
    allowsErrors: Bool
  ) {
    for position in query.words.indices {
      if position > 0 {
        if marks.isEmpty { return }
        marks.beginNext()
      }
      collectWord(at: position, of: query, index)
      collectParts(at: position, of: query, index, allowsErrors: allowsErrors)
      if position > 0 { marks.endNext() }
    }
  }

  /// What has the word, or, if it is unfinished, words that begin with it.
  private mutating func collectWord(
    at position: Int,
    of query: borrowing Query,
    _ index: SearchIndex
  ) {
    let word = query.text.span.extracting(query.words[position])
    if query.isOneWord {
      note(word, of: index, whole: .wordOrName, beginning: .wordOrPrefix)
    } else {
      // The last word may be unfinished.
      let isLast = position == query.words.count - 1
      note(word, of: index, whole: .word, beginning: isLast ? .word : .substring)
    }
  }

  /// What has the word within others, or others that it may be, mistyped.
  private mutating func collectParts(
    at position: Int,
    of query: borrowing Query,
    _ index: SearchIndex,
    allowsErrors: Bool
  ) {
    let word = query.text.span.extracting(query.words[position])
    if word.count >= 3 { marks.note(containing: word, of: index, .substring) }
    // What somebody writes in earnest is not mistyped.
    if allowsErrors, index.term(equalTo: word) == nil {
      note(near: word, of: index, .fuzzy)
    }
  }

  // MARK: Words that are not all there

  /// Brings the words of a question into ``order``.
  private mutating func orderWords(_ query: borrowing Query, _ index: SearchIndex) {
    order.removeAll(keepingCapacity: true)
    for (position, word) in query.words.enumerated() {
      let count =
        query.isVersion(word) ? nil : index.postingCount(of: query.text.span.extracting(word))
      order.append(WordRank(position, count: count))
    }
    order.sort()
  }

  /// Where no assignment has all words: those that have most of them, each word weighing as much as
  /// it is rare. A word that nobody knows, but perhaps mistyped, has to be among them: else the
  /// question is about something that is not here.
  private mutating func collectMostWords(
    _ query: borrowing Query,
    _ registry: Registry,
    allowsErrors: Bool
  ) {
    weights.removeAll(keepingCapacity: true)
    weights.append(contentsOf: repeatElement(0, count: registry.records.count))
    // At the least a word, and all that are unknown.
    var most = max(WordRank.weightMin, order.count(where: \.isUnknown) * WordRank.weightOfUnknown)
    for rank in order {
      marks.begin(recordCount: registry.records.count)
      collect(rank, of: query, registry.index, allowsErrors: allowsErrors)
      marks.forEach { number in
        weights[number] += rank.weight
        most = max(most, weights[number])
      }
    }
    marks.begin(recordCount: registry.records.count)
    for rank in order { collect(rank, of: query, registry.index, allowsErrors: allowsErrors) }
    marks.keep { weights[$0] == most }
  }

  /// `fritzbox vnc`: beside what nobody knows, a name that everybody does.
  private mutating func collectWellKnown(_ query: borrowing Query, _ registry: Registry) {
    guard let term = registry.wellKnownName(in: query, rarestFirst: order) else { return }
    marks.begin(recordCount: registry.records.count)
    marks.note(term..<term + 1, of: registry.index, .word)
    marks.keep { registry.isWellKnown($0) && registry.index.isName(term, of: $0) }
  }

  private mutating func collect(
    _ rank: WordRank,
    of query: borrowing Query,
    _ index: SearchIndex,
    allowsErrors: Bool
  ) {
    collectWord(at: rank.position, of: query, index)
    if rank.isUnknown, allowsErrors {
      collectParts(at: rank.position, of: query, index, allowsErrors: true)
    }
  }

  private mutating func note(near word: Span<UInt8>, of index: SearchIndex, _ grade: Grade) {
    let errorMax = EditDistance.errorMax(word)
    guard errorMax > 0 else { return }
    distance.begin(word)
    marks.note(near: word, errorMax: errorMax, distance, of: index, grade)
  }
}
