/// Finds and orders the answers to one question after another, on one thread.
///
/// Keeps what it needs between questions, so a search allocates nothing once warm. A value that is
/// not copied, so the compiler sees for itself that nobody else touches it.
package struct Searcher: ~Copyable {
  private var marks = AnswerMarks()
  private var distance = EditDistance()
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
    if !query.ports.isEmpty, query.words.isEmpty {
      for ports in query.ports { collectPorts(ports, registry) }
    } else {
      collectWords(query, registry.index, allowsErrors: false)
      collectNames(query, registry.index)
      if !query.ports.isEmpty, query.words.count > 1 { collectPortsWithWords(query, registry) }
      if query.ports.isEmpty {
        if marks.count < Self.answersEnough, !marks.hasRealMatch {
          marks.begin(recordCount: registry.records.count)
          collectWords(query, registry.index, allowsErrors: true)
          collectMistypedName(query, registry.index)
        }
      } else if !marks.hasRealMatch {
        // `localhost:3000`: the words lead nowhere, the number does.
        for ports in query.ports { collectPorts(ports, registry) }
      }
    }
    listKeys(query, registry, filter)
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
    page.removeAll(keepingCapacity: true)
    guard limit > 0, key?.rawValue != .max else { return }
    let keys = keys.span
    let least = key.map { $0.rawValue + 1 } ?? 0
    var read = 0
    page.append(addingCapacity: min(limit, keys.count)) { page in
      while read < keys.count, page.count < limit {
        if keys[read].rawValue >= least { page.append(keys[read]) }
        read += 1
      }
    }
    page.sort()
    guard read < keys.count else { return }
    let others = keys.extracting(read..<keys.count)
    var span = page.mutableSpan
    var reach = span[limit - 1].rawValue - least
    for index in others.indices {
      let candidate = others[index]
      // What is below the least comes out far beyond all that can be reached.
      guard candidate.rawValue &- least < reach else { continue }
      // The others make room: pages are short, and few candidates come this far.
      var place = limit - 1
      while place > 0, candidate < span[place - 1] {
        span[place] = span[place - 1]
        place -= 1
      }
      span[place] = candidate
      reach = span[limit - 1].rawValue - least
    }
  }

  /// Finds where in the registry's text the field begins that each item of a page answers `query`
  /// with. It is known for questions of one word only, as the words of others may stand in several
  /// fields.
  package func findFields(
    of page: [RankingKey],
    of query: borrowing Query,
    in registry: Registry,
    into fieldStarts: inout [Int?]
  ) {
    fieldStarts.removeAll(keepingCapacity: true)
    let isKnown = query.isOneWord
    for key in page {
      let isWord = isKnown && key.matchClass != .number
      fieldStarts.append(isWord ? Int(registry.index.fieldStarts[marks.place(key.number)]) : nil)
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

  /// `redis 6379`: what holds one of the numbers and answers the other words.
  private mutating func collectPortsWithWords(_ query: borrowing Query, _ registry: Registry) {
    for ports in query.ports where ports.first == ports.last {
      for place in registry.memberRange(of: ports.first) {
        let number = registry.member(at: place)
        var all = true
        for word in query.words {
          let text = query.text.span.extracting(word)
          if RegistryTable.decimal(text).map({ $0 == Int(ports.first) }) ?? false { continue }
          if !registry.mentions(text, number) { all = false }
        }
        if all { collect(number, ports, registry) }
      }
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

  /// A name of several words that was mistyped as a whole.
  private mutating func collectMistypedName(_ query: borrowing Query, _ index: SearchIndex) {
    guard query.words.count > 1 else { return }
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
      collectWord(at: position, of: query, index, allowsErrors: allowsErrors)
      if position > 0 { marks.endNext() }
    }
  }

  private mutating func collectWord(
    at position: Int,
    of query: borrowing Query,
    _ index: SearchIndex,
    allowsErrors: Bool
  ) {
    let word = query.text.span.extracting(query.words[position])
    if query.isOneWord {
      note(word, of: index, whole: .wordOrName, beginning: .wordOrPrefix)
    } else {
      // The last word may be unfinished.
      let isLast = position == query.words.count - 1
      note(word, of: index, whole: .word, beginning: isLast ? .word : .substring)
    }
    if word.count >= 3 { marks.note(containing: word, of: index, .substring) }
    if allowsErrors { note(near: word, of: index, .fuzzy) }
  }

  private mutating func note(near word: Span<UInt8>, of index: SearchIndex, _ grade: Grade) {
    let errorMax = Self.errorMax(word)
    guard errorMax > 0 else { return }
    distance.begin(word)
    marks.note(near: word, errorMax: errorMax, distance, of: index, grade)
  }

  /// How many typing errors a word may have: one from 4 letters on, two from 8, none in a number.
  static func errorMax(_ word: Span<UInt8>) -> Int {
    for index in word.indices where !Tokens.isDigit(word[index]) {
      return word.count >= 8 ? 2 : word.count >= 4 ? 1 : 0
    }
    return 0
  }
}

extension Registry {
  /// Whether a word stands in, or begins a word of, assignment `number`.
  func mentions(_ word: Span<UInt8>, _ number: Int) -> Bool {
    for term in index.terms(beginningWith: word) {
      for place in index.postingRange(term) where index.postings[place].record == number {
        return true
      }
    }
    return false
  }
}
