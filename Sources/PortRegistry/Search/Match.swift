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
  /// What of that member's text answers. Empty where the answer is not a part of the text, as a
  /// number within a range is not.
  package private(set) var spans = MatchSpans()

  /// A word of the text, where it is held against a mistyped one.
  private var word: [UInt8] = []
  /// From the mistyped word, and how much is allowed.
  private var distance = EditDistance()
  private var errorMax = 0

  package init() {}

  /// Finds how the assignment at `key` of a search for `query` answers it.
  ///
  /// - Parameter position: Where the search met the answer, if that is known
  ///   (``Searcher/findPositions(of:of:in:into:)``). All is looked through if it is not there.
  package mutating func find(
    _ key: RankingKey,
    of query: borrowing Query,
    at position: TextPosition?,
    in registry: Registry
  ) {
    spans.removeAll()
    let record = registry.records[key.number]
    kind = Self.kind(key)
    if kind == .number {
      field = .port
      for ports in query.ports where ports.first == record.first && !record.isRange {
        if ports.last == ports.first { spans.insert(0..<Self.digitCount(record.first)) }
        break
      }
      return
    }
    // The field that ranks first; then any other, since words may be spread over several.
    let first = Field(rawValue: UInt8(key.field)) ?? .service
    if let position, takesAnyPlace, find(at: position, in: first, record, query, registry) {
      return
    }
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

  // MARK: Where the search met it

  /// Whether one place is as good as another: of names that begin alike, and of words that may have
  /// been meant, the first is the best known.
  private var takesAnyPlace: Bool { kind != .prefix && kind != .fuzzy }

  private mutating func find(
    at position: TextPosition,
    in field: Field,
    _ record: AssignmentRecord,
    _ query: borrowing Query,
    _ registry: Registry
  ) -> Bool {
    self.field = field
    element = 0
    switch field {
    case .service: return find(at: position, in: record.service, query, registry)
    case .name: return find(at: position, in: record.name, query, registry)
    case .description: return find(at: position, in: record.description, query, registry)
    case .note: return find(at: position, in: record.note, query, registry)
    case .aliases:
      for place in registry.aliases(of: record) {
        let alias = registry.listed(place)
        if alias.bytes.contains(position.start) {
          return find(at: position, in: alias, query, registry)
        }
        element += 1
      }
      return false
    case .trojans, .port: return false
    }
  }

  private mutating func find(
    at position: TextPosition,
    in range: TextRange,
    _ query: borrowing Query,
    _ registry: Registry
  ) -> Bool {
    let bytes = range.bytes
    guard bytes.contains(position.start) else { return false }
    guard position.isExact, kind == .word || kind == .substring else {
      return findIn(range, query, registry)
    }
    let text = registry.text
    let rest = position.start..<bytes.upperBound
    guard let place = PlainText.firstPosition(of: query.key.span, in: rest, of: text.span) else {
      return findIn(range, query, registry)
    }
    spans.insert(place.lowerBound - bytes.lowerBound..<place.upperBound - bytes.lowerBound)
    return true
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
    let text = registry.text
    switch kind {
    case .number: break
    case .exact, .alias: findKey(query, in: range.bytes, of: text.span, whole: true)
    case .prefix: findKey(query, in: range.bytes, of: text.span, whole: false)
    case .word, .substring, .fuzzy: findWords(query, in: range.bytes, of: text.span)
    }
    return !spans.isEmpty
  }

  // MARK: Spans

  /// The question, with all its words or without those that say nothing, at the text's beginning.
  private mutating func findKey(
    _ query: borrowing Query,
    in range: Range<Int>,
    of text: Span<UInt8>,
    whole: Bool
  ) {
    var span = Self.beginning(query.fullKey.span, of: range, of: text, whole: whole)
    if span == nil, query.fullKey != query.key {
      span = Self.beginning(query.key.span, of: range, of: text, whole: whole)
    }
    if let span { spans.insert(span) }
  }

  private static func beginning(
    _ key: Span<UInt8>,
    of range: Range<Int>,
    of text: Span<UInt8>,
    whole: Bool
  ) -> Range<Int>? {
    guard !key.isEmpty else { return nil }
    if case .span(let span) = PlainText.beginning(key, of: range, of: text, whole: whole) {
      return span
    }
    let source = text.extracting(range)
    var walk = FoldedWalk()
    guard let end = walk.match(key, in: source) else { return nil }
    if whole, walk.next(in: source) != nil { return nil }
    return 0..<end
  }

  private mutating func findWords(
    _ query: borrowing Query,
    in range: Range<Int>,
    of text: Span<UInt8>
  ) {
    for place in query.words.indices {
      let word = query.text.span.extracting(query.words[place])
      if let span = Self.position(of: word, in: range, of: text) {
        spans.insert(span)
      } else if kind == .fuzzy, let near = findWord(near: word, in: range, of: text) {
        spans.insert(near)
      }
    }
    if spans.isEmpty, kind == .fuzzy,
      let near = findWhole(near: query.key.span, in: text.extracting(range))
    {
      spans.insert(near)
    }
  }

  /// Where in `range` of `text` a word stands: at the beginning of a word, or else anywhere.
  private static func position(
    of word: Span<UInt8>,
    in range: Range<Int>,
    of text: Span<UInt8>
  ) -> Range<Int>? {
    switch PlainText.position(of: word, in: range, of: text) {
    case .span(let span): span
    case .notPlain: foldedPosition(of: word, in: text.extracting(range))
    }
  }

  private static func foldedPosition(of word: Span<UInt8>, in source: Span<UInt8>) -> Range<Int>? {
    var within: Range<Int>?
    var walk = FoldedWalk()
    while walk.skip(to: word[0], in: source) {
      let beginsWord = walk.beginsWord
      guard beginsWord || within == nil else { continue }
      var ahead = walk
      let start = walk.point
      guard let end = ahead.match(word.extracting(1..<word.count), in: source) else { continue }
      if beginsWord { return start..<end }
      within = start..<end
    }
    return within
  }

  // MARK: Typing errors

  /// The first word that few typing errors make of `wanted`.
  private mutating func findWord(
    near wanted: Span<UInt8>,
    in range: Range<Int>,
    of text: Span<UInt8>
  ) -> Range<Int>? {
    guard beginErrors(of: wanted) else { return nil }
    let found = PlainText.firstWord(in: range, of: text) { place in
      guard abs(place.count - distance.size) <= errorMax else { return false }
      word.removeAll(keepingCapacity: true)
      for index in place { word.append(Tokens.lowercased(text[index])) }
      return isNear
    }
    if case .span(let span) = found { return span }
    let source = text.extracting(range)
    var walk = FoldedWalk()
    var start = 0
    word.removeAll(keepingCapacity: true)
    while true {
      let end = walk.point + 1
      let byte = walk.next(in: source)
      if byte == nil || walk.beginsWord {
        if isNear { return start..<end }
        word.removeAll(keepingCapacity: true)
        start = walk.point
      }
      guard let byte else { return nil }
      word.append(byte)
    }
  }

  /// The whole text, its words run together, if few typing errors make it of `key`.
  private mutating func findWhole(near key: Span<UInt8>, in source: Span<UInt8>) -> Range<Int>? {
    guard beginErrors(of: key) else { return nil }
    var walk = FoldedWalk()
    word.removeAll(keepingCapacity: true)
    while let byte = walk.next(in: source) { word.append(byte) }
    return isNear ? 0..<walk.point + 1 : nil
  }

  /// Makes ready to look for what errors make of `wanted`; false if it is too short or too long to
  /// have any.
  private mutating func beginErrors(of wanted: Span<UInt8>) -> Bool {
    errorMax = wanted.count >= 8 ? 2 : wanted.count >= 4 ? 1 : 0
    guard errorMax > 0, wanted.count <= SearchIndex.termSizeMax else { return false }
    distance.begin(wanted)
    return true
  }

  /// Whether few typing errors lie between what is wanted and ``word``.
  private var isNear: Bool {
    guard !word.isEmpty, word.count <= SearchIndex.termSizeMax,
      abs(word.count - distance.size) <= errorMax
    else { return false }
    return distance.to(word.span, max: errorMax) <= errorMax
  }
}
