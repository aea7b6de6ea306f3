/// How an assignment answers a question; the order is the first key of the ranking.
package enum MatchClass: UInt8, Comparable, Sendable {
  /// The port was asked for by number.
  case number
  /// The question is the service name, an alias, or the printed name.
  case name
  /// Such a name begins with the question.
  case prefix
  /// Every word of the question stands in the assignment; the last may be unfinished.
  case word
  /// Every word stands at least within another.
  case substring
  /// Some word was mistyped.
  case fuzzy

  package static func < (left: MatchClass, right: MatchClass) -> Bool {
    left.rawValue < right.rawValue
  }
}

/// Where an item stands in the order of answers. Lower is better, and no two items share one.
///
/// From the highest bit: class, site, use, exact before alias, field, official, port number, and last
/// the item's own place, so that a cursor can name any point of the order.
package struct RankingKey: Comparable, Hashable, Sendable {
  package let rawValue: UInt64

  package init(rawValue: UInt64) { self.rawValue = rawValue }

  init(_ matchClass: MatchClass, field: Int, record: AssignmentRecord, number: Int) {
    var key = UInt64(matchClass.rawValue)
    key = key << 1 | (record.isIn(.site) ? 0 : 1)
    key = key << 4 | UInt64(9 - min(record.use, 9))
    key = key << 4 | UInt64(field)
    key = key << 1 | (record.isOfficial ? 0 : 1)
    key = key << 17 | (record.hasPort ? UInt64(record.first) : 65_536)
    key = key << 24 | UInt64(number)
    rawValue = key
  }

  /// The place of an item that was not searched for: the order of ports.
  init(browsing number: Int) { rawValue = UInt64(number) }

  package var number: Int { Int(rawValue & 0xFF_FFFF) }

  package static func < (left: RankingKey, right: RankingKey) -> Bool {
    left.rawValue < right.rawValue
  }
}

/// Finds and orders the answers to one question after another, on one thread.
///
/// Keeps what it needs between questions, so a search allocates nothing once warm.
package final class Searcher {
  /// What the question made of one assignment so far. Valid in the epoch it was written in.
  private struct Mark {
    var epoch: UInt32 = 0
    /// How many words of the question it has answered.
    var words: UInt8 = 0
    var matchClass: UInt8 = 0
    /// The best class of the word at hand.
    var current: UInt8 = 0
    /// The best field so far.
    var field: UInt8 = 0
  }

  private var marks: [Mark] = []
  private var epoch: UInt32 = 0
  private var candidates: [UInt32] = []
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
        collectWords(query, registry, allowsErrors: true)
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
    if marks.count != registry.records.count {
      marks = Array(repeating: Mark(), count: registry.records.count)
      epoch = 0
    }
    candidates.removeAll(keepingCapacity: true)
    epoch &+= 1
    if epoch == 0 {
      for index in marks.indices { marks[index].epoch = 0 }
      epoch = 1
    }
  }

  /// Notes a whole answer, unless a better one is there.
  private func note(_ number: Int, _ matchClass: MatchClass, field: Int) {
    if marks[number].epoch != epoch {
      marks[number] = Mark(
        epoch: epoch,
        words: 0xFF,
        matchClass: matchClass.rawValue,
        current: 0,
        field: UInt8(field)
      )
      candidates.append(UInt32(number))
    } else if matchClass.rawValue < marks[number].matchClass
      || (matchClass.rawValue == marks[number].matchClass && field < Int(marks[number].field))
    {
      marks[number].matchClass = matchClass.rawValue
      marks[number].field = UInt8(field)
      marks[number].words = 0xFF
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
        let field =
          posting.fields.contains(.serviceKey) ? 0 : posting.fields.contains(.aliasKey) ? 1 : 2
        note(posting.record, isWhole ? .name : .prefix, field: field)
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
    beginRound()
    var round: [UInt32] = []
    swap(&round, &self.round)  // A local one may be changed by the closures below.
    round.removeAll(keepingCapacity: true)
    let wordCount = UInt8(clamping: query.words.count)
    for (place, range) in query.words.enumerated() {
      let word = query.text.span.extracting(range)
      let isLast = place == query.words.count - 1
      let position = UInt8(clamping: place)
      let terms = index.terms(beginningWith: word)
      for term in terms {
        let isWhole = index.term(term).count == word.count
        let grade: MatchClass = isWhole || isLast ? .word : .substring
        visit(term, index, position, grade, &round)
      }
      index.forEachTerm(containing: word) { term in
        visit(term, index, position, .substring, &round)
      }
      if allowsErrors, !Self.isNumber(word) {
        let errorMax = word.count >= 8 ? 2 : word.count >= 4 ? 1 : 0
        if errorMax > 0 {
          index.forEachTerm(near: word, errorMax: errorMax) { term, _ in
            visit(term, index, position, .fuzzy, &round)
          }
        }
      }
      settle(position, &round)
      if round.isEmpty { break }
    }
    for number in round {
      let mark = wordMarks[Int(number)]
      guard mark.words == wordCount, let grade = MatchClass(rawValue: mark.matchClass) else {
        continue
      }
      note(Int(number), grade, field: Int(mark.field))
    }
    swap(&round, &self.round)
    if !query.words.isEmpty, allowsErrors { collectMistypedName(query, index) }
  }

  /// The assignments that answered every word so far.
  private var round: [UInt32] = []
  private var wordMarks: [Mark] = []
  private var wordEpoch: UInt32 = 0

  /// Makes all marks of words stale at once.
  private func beginRound() {
    if wordMarks.count != marks.count {
      wordMarks = Array(repeating: Mark(), count: marks.count)
      wordEpoch = 0
    }
    wordEpoch &+= 1
    if wordEpoch == 0 {
      for index in wordMarks.indices { wordMarks[index].epoch = 0 }
      wordEpoch = 1
    }
  }

  /// Notes that `term` answers the word at `position` in all assignments that hold it.
  private func visit(
    _ term: Int,
    _ index: SearchIndex,
    _ position: UInt8,
    _ grade: MatchClass,
    _ round: inout [UInt32]
  ) {
    for place in index.postingRange(term) {
      let posting = index.postings[place]
      let fields = posting.fields
      let words = fields.intersection(.words)
      // A key alone answers where the word runs over the border between two words of a name.
      let field = words.isEmpty ? 2 : words.rawValue.trailingZeroBitCount
      if grade == .fuzzy, words.isEmpty || field > 2 { continue }
      let effective = words.isEmpty && grade == .word ? MatchClass.substring : grade
      let number = posting.record
      if wordMarks[number].epoch != wordEpoch {
        guard position == 0 else { continue }
        wordMarks[number] = Mark(
          epoch: wordEpoch,
          words: 0,
          matchClass: 0,
          current: effective.rawValue,
          field: UInt8(field)
        )
        round.append(UInt32(number))
      } else if wordMarks[number].words == position {
        if wordMarks[number].current == 0 || effective.rawValue < wordMarks[number].current {
          wordMarks[number].current = effective.rawValue
        }
        if field < wordMarks[number].field { wordMarks[number].field = UInt8(field) }
      }
    }
  }

  /// Drops those that the word at `position` did not answer.
  private func settle(_ position: UInt8, _ round: inout [UInt32]) {
    var kept = 0
    for place in round.indices {
      let number = Int(round[place])
      let current = wordMarks[number].current
      guard wordMarks[number].words == position, current != 0 else { continue }
      wordMarks[number].matchClass = max(wordMarks[number].matchClass, current)
      wordMarks[number].current = 0
      wordMarks[number].words = position + 1
      round[kept] = round[place]
      kept += 1
    }
    round.removeLast(round.count - kept)
  }

  /// A name of several words that was mistyped as a whole.
  private func collectMistypedName(_ query: borrowing Query, _ index: SearchIndex) {
    let key = query.key.span
    guard query.words.count > 1, key.count >= 4, !Self.isNumber(key) else { return }
    index.forEachTerm(near: key, errorMax: key.count >= 8 ? 2 : 1) { term, _ in
      for place in index.postingRange(term) {
        let posting = index.postings[place]
        guard !posting.fields.isDisjoint(with: .keys) else { continue }
        note(posting.record, .fuzzy, field: posting.fields.contains(.serviceKey) ? 0 : 1)
      }
    }
  }

  private static func isNumber(_ word: Span<UInt8>) -> Bool {
    for index in word.indices where !Tokens.isDigit(word[index]) { return false }
    return true
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
