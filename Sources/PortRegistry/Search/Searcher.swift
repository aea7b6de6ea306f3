/// Finds and orders the answers to one question after another, on one thread.
///
/// Keeps what it needs between questions, so a search allocates nothing once warm.
package final class Searcher {
  /// What the question made of one assignment so far. Valid in the epoch it was written in.
  private struct Mark {
    var epoch: UInt32 = 0
    var matchClass: UInt8 = 0
    var field: UInt8 = 0
  }

  private var marks: [Mark] = []
  private var epoch: UInt32 = 0
  private var candidates: [UInt32] = []
  private var round = WordRound()
  /// The keys of all answers, in no order.
  package private(set) var keys: [RankingKey] = []

  package init() {}

  /// Finds all answers to `query` that pass `filter`.
  package func search(_ query: borrowing Query, in registry: Registry, filter: Filter) {
    keys.removeAll(keepingCapacity: true)
    begin(registry)
    if !query.ports.isEmpty, query.words.isEmpty {
      for ports in query.ports { collectPorts(ports, query, registry) }
    } else {
      if !query.ports.isEmpty, query.words.count > 1 { collectPortsWithWords(query, registry) }
      collectNames(query, registry)
      collectWords(query, registry, allowsErrors: false)
      if !hasRealMatch {
        if query.ports.isEmpty {
          collectWords(query, registry, allowsErrors: true)
        } else {
          // `localhost:3000`: the words lead nowhere, the number does.
          for ports in query.ports { collectPorts(ports, query, registry) }
        }
      }
    }
    for candidate in candidates {
      let number = Int(candidate)
      let mark = marks[number]
      guard let matchClass = MatchClass(rawValue: mark.matchClass) else { continue }
      let record = registry.records[number]
      guard record.hasPort, matchesTransport(query, record),
        filter.accepts(record, in: registry)
      else { continue }
      keys.append(
        RankingKey(matchClass, field: Int(mark.field), record: record, number: number)
      )
    }
  }

  /// Every assignment that passes `filter`, in the order of ports.
  package func browse(_ registry: Registry, filter: Filter) {
    keys.removeAll(keepingCapacity: true)
    for number in 0..<registry.portedCount
    where filter.accepts(registry.records[number], in: registry) {
      keys.append(RankingKey(browsing: number))
    }
  }

  /// The best `limit` answers behind `key`, in order.
  package func page(after key: RankingKey?, limit: Int, into page: inout [RankingKey]) {
    page.removeAll(keepingCapacity: true)
    for candidate in keys {
      if let key, candidate <= key { continue }
      if page.count == limit {
        guard let worst = page.last, candidate < worst else { continue }
        page.removeLast()
      }
      // Binary insertion: pages are short.
      var low = 0
      var high = page.count
      while low < high {
        let middle = (low + high) / 2
        if page[middle] < candidate { low = middle + 1 } else { high = middle }
      }
      page.insert(candidate, at: low)
    }
  }

  // MARK: Candidates

  private func begin(_ registry: Registry) {
    candidates.removeAll(keepingCapacity: true)
    if marks.count != registry.records.count || epoch == .max {
      marks = Array(repeating: Mark(), count: registry.records.count)
      epoch = 0
    }
    epoch += 1
  }

  /// Notes a whole answer, unless a better one is there.
  private func note(_ number: Int, _ matchClass: MatchClass, field: Int) {
    if marks[number].epoch != epoch {
      marks[number] = Mark(
        epoch: epoch,
        matchClass: matchClass.rawValue,
        field: UInt8(field)
      )
      candidates.append(UInt32(number))
    } else if matchClass.rawValue < marks[number].matchClass
      || (matchClass.rawValue == marks[number].matchClass && field < Int(marks[number].field))
    {
      marks[number].matchClass = matchClass.rawValue
      marks[number].field = UInt8(field)
    }
  }

  private func matchesTransport(_ query: borrowing Query, _ record: AssignmentRecord) -> Bool {
    query.transports.isEmpty || !query.transports.isDisjoint(with: record.transports)
  }

  private var hasRealMatch: Bool {
    candidates.contains { marks[Int($0)].matchClass <= MatchClass.word.rawValue }
  }

  // MARK: Numbers

  private func collectPorts(
    _ ports: Query.Ports,
    _ query: borrowing Query,
    _ registry: Registry
  ) {
    if ports.first == ports.last {
      for place in registry.memberRange(of: ports.first) {
        collect(registry.member(at: place), ports, registry)
      }
    } else {
      for number in 0..<registry.portedCount {
        let record = registry.records[number]
        if record.first <= ports.last, record.last >= ports.first {
          collect(number, ports, registry)
        }
      }
    }
  }

  private func collect(_ number: Int, _ ports: Query.Ports, _ registry: Registry) {
    if let transport = ports.transport,
      !registry.records[number].transports.contains(transport)
    {
      return
    }
    note(number, .number, field: 0)
  }

  /// `redis 6379`: what holds one of the numbers and answers the other words.
  private func collectPortsWithWords(_ query: borrowing Query, _ registry: Registry) {
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

  private func collectNames(_ query: borrowing Query, _ registry: Registry) {
    let index = registry.index
    if query.fullKey != query.key { collectKey(query.fullKey.span, index, prefixes: false) }
    collectKey(query.key.span, index, prefixes: true)
  }

  private func collectKey(_ key: Span<UInt8>, _ index: SearchIndex, prefixes: Bool) {
    guard !key.isEmpty else { return }
    let terms = index.terms(beginningWith: key)
    for term in terms {
      let isWhole = index.term(term).count == key.count
      if !isWhole, !prefixes { break }
      for place in index.postingRange(term) {
        let posting = index.postings[place]
        guard !posting.fields.isDisjoint(with: .keys) else { continue }
        note(posting.record, isWhole ? .name : .prefix, field: posting.fields.keyRank)
      }
    }
  }

  // MARK: Words

  private func collectWords(
    _ query: borrowing Query,
    _ registry: Registry,
    allowsErrors: Bool
  ) {
    let index = registry.index
    var round = WordRound()
    swap(&round, &self.round)  // A local one may be changed by the closures below.
    round.begin(recordCount: registry.records.count)
    for (position, range) in query.words.enumerated() {
      let word = query.text.span.extracting(range)
      let isLast = position == query.words.count - 1
      for term in index.terms(beginningWith: word) {
        let isWhole = index.term(term).count == word.count
        round.visit(term, index, position, isWhole || isLast ? .word : .substring)
      }
      index.forEachTerm(containing: word) { term in
        round.visit(term, index, position, .substring)
      }
      if allowsErrors {
        index.forEachTerm(near: word, errorMax: Self.errorMax(word)) { term in
          round.visit(term, index, position, .fuzzy)
        }
      }
      round.settle(position)
      if round.members.isEmpty { break }
    }
    for member in round.members {
      let (matchClass, field) = round.answer(of: member)
      note(Int(member), matchClass, field: field)
    }
    swap(&round, &self.round)
    if allowsErrors { collectMistypedName(query, index) }
  }

  /// A name of several words that was mistyped as a whole.
  private func collectMistypedName(_ query: borrowing Query, _ index: SearchIndex) {
    guard query.words.count > 1 else { return }
    let key = query.key.span
    index.forEachTerm(near: key, errorMax: Self.errorMax(key)) { term in
      for place in index.postingRange(term) {
        let posting = index.postings[place]
        guard !posting.fields.isDisjoint(with: .keys) else { continue }
        note(posting.record, .fuzzy, field: posting.fields.keyRank)
      }
    }
  }

  /// How many typing errors a word may have: one from 4 letters on, two from 8, none in a number.
  private static func errorMax(_ word: Span<UInt8>) -> Int {
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
