/// How an assignment answers a question, and where in it: made for the items that are shown only.
///
/// One is kept and used again, so finding allocates nothing once warm.
package struct Match: Sendable {
  package enum Kind: UInt8, CaseIterable, Sendable {
    /// The port was asked for by number.
    case number
    /// The question is the service name or the printed name.
    case exact
    /// The question is an alias.
    case alias
    /// A name begins with the question.
    case prefix
    /// Its words are there, the last perhaps unfinished.
    case word
    /// Its words stand within others.
    case substring
    /// Some word was mistyped.
    case fuzzy
  }

  /// A member of an assignment that may answer, in the order in which fields rank.
  package enum Field: UInt8, CaseIterable, Sendable {
    case service
    case aliases
    case name
    case description
    case note
    case trojans
    case port
  }

  package private(set) var kind = Kind.number
  package private(set) var field = Field.port
  /// Which of the aliases or trojans it is, counted from 0.
  package private(set) var element = 0
  /// What of that member's text answers, in code points, in order and apart from each other. Empty
  /// where the answer is not a part of the text, as a number within a range is not.
  package private(set) var spans: [Range<Int>] = []

  private var text = FoldedText()

  package init() {}

  /// Finds how the assignment at `key` of a search for `query` answers it.
  package mutating func find(
    _ key: RankingKey,
    of query: borrowing Query,
    in registry: Registry
  ) {
    spans.removeAll(keepingCapacity: true)
    let record = registry.records[key.number]
    kind = Self.kind(key)
    if kind == .number {
      field = .port
      for ports in query.ports where ports.first == record.first && !record.isRange {
        if ports.last == ports.first { spans.append(0..<Self.digitCount(record.first)) }
        break
      }
      return
    }
    // The field that ranks first; then any other, since words may be spread over several.
    let first = Field(rawValue: UInt8(key.field)) ?? .service
    if findIn(first, record, query, registry) { return }
    for other in Field.allCases where other != first && other != .port {
      if findIn(other, record, query, registry) { return }
    }
    field = first
    element = 0
  }

  private static func kind(_ key: RankingKey) -> Kind {
    switch key.matchClass {
    case .number: .number
    case .name: key.field == 1 ? .alias : .exact
    case .prefix: .prefix
    case .word: .word
    case .substring: .substring
    case .fuzzy: .fuzzy
    }
  }

  private static func digitCount(_ port: UInt16) -> Int {
    port < 10 ? 1 : port < 100 ? 2 : port < 1000 ? 3 : port < 10_000 ? 4 : 5
  }

  // MARK: Fields

  private mutating func findIn(
    _ field: Field,
    _ record: AssignmentRecord,
    _ query: borrowing Query,
    _ registry: Registry
  ) -> Bool {
    self.field = field
    element = 0
    switch field {
    case .service: return findIn(record.service, query, registry)
    case .aliases: return findIn(registry.aliases(of: record), query, registry)
    case .name: return findIn(record.name, query, registry)
    case .description: return findIn(record.description, query, registry)
    case .note: return findIn(record.note, query, registry)
    case .trojans: return findIn(registry.trojans(of: record), query, registry)
    case .port: return false
    }
  }

  private mutating func findIn(
    _ items: Range<Int>,
    _ query: borrowing Query,
    _ registry: Registry
  ) -> Bool {
    for place in items {
      element = place - items.lowerBound
      if findIn(registry.listed(place), query, registry) { return true }
    }
    return false
  }

  private mutating func findIn(
    _ range: TextRange,
    _ query: borrowing Query,
    _ registry: Registry
  ) -> Bool {
    guard !range.isEmpty else { return false }
    let words = registry.text
    text.fold(words.span.extracting(range.bytes))
    switch kind {
    case .number: break
    case .exact, .alias: findKey(query, whole: true)
    case .prefix: findKey(query, whole: false)
    case .word, .substring, .fuzzy: findWords(query)
    }
    return !spans.isEmpty
  }

  // MARK: Spans

  /// The question, with all its words or without those that say nothing, at the text's beginning.
  private mutating func findKey(_ query: borrowing Query, whole: Bool) {
    let size =
      begins(query.fullKey.span, whole)
      ? query.fullKey.count
      : begins(query.key.span, whole) ? query.key.count : 0
    if size > 0 { spans.append(text.points(0..<size)) }
  }

  private func begins(_ key: Span<UInt8>, _ whole: Bool) -> Bool {
    !key.isEmpty && text.matches(key, at: 0) && (!whole || key.count == text.bytes.count)
  }

  private mutating func findWords(_ query: borrowing Query) {
    for range in query.words {
      let word = query.text.span.extracting(range)
      if let start = text.position(of: word) {
        insert(text.points(start..<start + word.count))
      } else if kind == .fuzzy, let near = text.word(near: word) {
        insert(text.points(near))
      }
    }
    if spans.isEmpty, kind == .fuzzy, let near = text.whole(near: query.key.span) {
      insert(text.points(near))
    }
  }

  /// Keeps spans in order, and joins those that overlap.
  private mutating func insert(_ span: Range<Int>) {
    if spans.isEmpty { return spans.append(span) }
    var joined = span
    spans.removeAll {
      guard $0.overlaps(joined) else { return false }
      joined = min($0.lowerBound, joined.lowerBound)..<max($0.upperBound, joined.upperBound)
      return true
    }
    let place = spans.firstIndex { $0.lowerBound > joined.lowerBound } ?? spans.count
    spans.insert(joined, at: place)
  }
}

/// The word bytes of a text, folded and run together as keys are, with where each came from.
private struct FoldedText: Sendable {
  /// Where a byte came from.
  private struct Origin: Sendable {
    private let rawValue: UInt32

    init(point: Int, beginsWord: Bool) {
      rawValue = UInt32(truncatingIfNeeded: point) << 1 | (beginsWord ? 1 : 0)
    }

    /// The number of the code point.
    var point: Int { Int(rawValue >> 1) }
    var beginsWord: Bool { rawValue & 1 == 1 }
  }

  private(set) var bytes: [UInt8] = []
  private var origins: [Origin] = []

  mutating func fold(_ source: Span<UInt8>) { Self.fold(source, &bytes, &origins) }

  private static func fold(
    _ source: Span<UInt8>,
    _ bytes: inout [UInt8],
    _ origins: inout [Origin]
  ) {
    bytes.removeAll(keepingCapacity: true)
    origins.removeAll(keepingCapacity: true)
    // Folded text is never longer.
    bytes.append(addingCapacity: source.count) { bytes in
      origins.append(addingCapacity: source.count) { origins in
        fold(source, &bytes, &origins)
      }
    }
  }

  private static func fold(
    _ source: Span<UInt8>,
    _ bytes: inout OutputSpan<UInt8>,
    _ origins: inout OutputSpan<Origin>
  ) {
    var index = 0
    var point = 0
    var beginsWord = true
    while index < source.count {
      let (first, second, size) = Tokens.fold(source, at: index)
      if first != 0, !Tokens.isWordByte(first) {
        beginsWord = true
      } else if first != 0 {
        bytes.append(first)
        origins.append(Origin(point: point, beginsWord: beginsWord))
        beginsWord = false
        if second != 0 {
          bytes.append(second)
          origins.append(Origin(point: point, beginsWord: false))
        }
      } else {
        for place in index..<index + size {
          bytes.append(source[place])
          origins.append(Origin(point: point, beginsWord: beginsWord))
          beginsWord = false
        }
      }
      index += size
      point += 1
    }
  }

  /// The code points of the bytes at `range`, which is not empty.
  func points(_ range: Range<Int>) -> Range<Int> {
    origins[range.lowerBound].point..<origins[range.upperBound - 1].point + 1
  }

  func matches(_ word: Span<UInt8>, at start: Int) -> Bool {
    guard start + word.count <= bytes.count else { return false }
    for index in word.indices where bytes[start + index] != word[index] { return false }
    return true
  }

  /// Where `word` stands: at the beginning of a word, or else anywhere.
  func position(of word: Span<UInt8>) -> Int? {
    guard !word.isEmpty, word.count <= bytes.count else { return nil }
    var within: Int?
    let first = word[0]
    for start in 0...bytes.count - word.count
    where bytes[start] == first && matches(word, at: start) {
      if origins[start].beginsWord { return start }
      if within == nil { within = start }
    }
    return within
  }

  /// The first word that few typing errors make of `word`.
  func word(near word: Span<UInt8>) -> Range<Int>? {
    var start = 0
    while start < bytes.count {
      var end = start + 1
      while end < bytes.count, !origins[end].beginsWord { end += 1 }
      if isNear(word, start..<end) { return start..<end }
      start = end
    }
    return nil
  }

  func whole(near key: Span<UInt8>) -> Range<Int>? {
    !bytes.isEmpty && isNear(key, 0..<bytes.count) ? 0..<bytes.count : nil
  }

  private func isNear(_ word: Span<UInt8>, _ range: Range<Int>) -> Bool {
    let errorMax = word.count >= 8 ? 2 : word.count >= 4 ? 1 : 0
    guard errorMax > 0, word.count <= SearchIndex.termSizeMax,
      range.count <= SearchIndex.termSizeMax, abs(range.count - word.count) <= errorMax
    else { return false }
    return EditDistance(word).to(bytes.span.extracting(range), max: errorMax) <= errorMax
  }
}
