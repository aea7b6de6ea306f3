/// How an assignment answers a question, and where in it: made for the items that are shown only.
///
/// One is kept and used again, so finding allocates nothing once warm.
package struct Match: Sendable {
  package enum Kind: String, Sendable {
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

  package private(set) var kind = Kind.number
  /// The member of the assignment that answers; `aliases/1` is the second of the aliases.
  package private(set) var field = "port"
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
      field = "port"
      for ports in query.ports where ports.first == record.first && !record.isRange {
        if ports.last == ports.first { spans.append(0..<Self.digitCount(record.first)) }
        break
      }
      return
    }
    // The field that ranks first; then any other, since words may be spread over several.
    let first = key.field
    if findIn(first, record, query, registry) { return }
    for other in 0..<Self.fieldCount where other != first {
      if findIn(other, record, query, registry) { return }
    }
    field = Self.fieldName(first)
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

  private static let fieldCount = 6

  private static func fieldName(_ place: Int) -> String {
    switch place {
    case 0: "service"
    case 1: "aliases"
    case 2: "name"
    case 3: "description"
    case 4: "note"
    default: "trojans"
    }
  }

  private mutating func findIn(
    _ place: Int,
    _ record: AssignmentRecord,
    _ query: borrowing Query,
    _ registry: Registry
  ) -> Bool {
    switch place {
    case 0: return findIn("service", record.service, query, registry)
    case 1: return findIn("aliases/", registry.aliases(of: record), query, registry)
    case 2: return findIn("name", record.name, query, registry)
    case 3: return findIn("description", record.description, query, registry)
    case 4: return findIn("note", record.note, query, registry)
    default: return findIn("trojans/", registry.trojans(of: record), query, registry)
    }
  }

  private mutating func findIn(
    _ list: String,
    _ items: Range<Int>,
    _ query: borrowing Query,
    _ registry: Registry
  ) -> Bool {
    for place in items {
      if findIn(list, registry.listed(place), query, registry) {
        field = list + String(place - items.lowerBound)
        return true
      }
    }
    return false
  }

  private mutating func findIn(
    _ name: String,
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
    if spans.isEmpty { return false }
    field = name
    return true
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
  private(set) var bytes: [UInt8] = []
  /// The code point that each byte came from.
  private var pointOf: [Int] = []
  /// Whether each byte begins a word.
  private var beginsWord: [Bool] = []

  mutating func fold(_ source: Span<UInt8>) {
    bytes.removeAll(keepingCapacity: true)
    pointOf.removeAll(keepingCapacity: true)
    beginsWord.removeAll(keepingCapacity: true)
    var index = 0
    var point = 0
    var isNewWord = true
    while index < source.count {
      let (first, second, size) = Tokens.fold(source, at: index)
      if first == 0 {
        for place in index..<index + size { append(source[place], point, &isNewWord) }
      } else {
        append(first, point, &isNewWord)
        if second != 0 { append(second, point, &isNewWord) }
      }
      index += size
      point += 1
    }
  }

  private mutating func append(_ byte: UInt8, _ point: Int, _ isNewWord: inout Bool) {
    guard Tokens.isWordByte(byte) else {
      isNewWord = true
      return
    }
    bytes.append(byte)
    pointOf.append(point)
    beginsWord.append(isNewWord)
    isNewWord = false
  }

  /// The code points of the bytes at `range`, which is not empty.
  func points(_ range: Range<Int>) -> Range<Int> {
    pointOf[range.lowerBound]..<pointOf[range.upperBound - 1] + 1
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
    for start in 0...bytes.count - word.count where matches(word, at: start) {
      if beginsWord[start] { return start }
      if within == nil { within = start }
    }
    return within
  }

  /// The first word that few typing errors make of `word`.
  func word(near word: Span<UInt8>) -> Range<Int>? {
    var start = 0
    while start < bytes.count {
      var end = start + 1
      while end < bytes.count, !beginsWord[end] { end += 1 }
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

extension RankingKey {
  fileprivate var field: Int { Int(rawValue >> 42 & 0xF) }
}
