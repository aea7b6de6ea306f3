/// Gathers the words of all assignments while an index is built.
struct TermCollector {
  struct Occurrence {
    let term: UInt32
    /// Of an assignment and the fields (``SearchIndex/Posting``).
    var posting: UInt32
    let position: TextPosition
  }

  /// The assignment at hand.
  var record = 0
  private(set) var terms: TermTable
  private(set) var occurrences: [Occurrence] = []

  /// The words of the text at hand, run together.
  private var key: [UInt8] = []
  /// Where in it the word at hand begins.
  private var wordStart = 0
  private var wordCount = 0
  /// Where in it the words end so far (``TermTable/borders``).
  private var borders: UInt64 = 0
  /// Where in the registry's text the field begins, and the word at hand.
  private var fieldStart = 0
  private var wordPosition = 0
  /// Whether all of the field is ASCII so far.
  private var isASCII = true

  /// The only terms to gather; `nil` for all.
  private let wanted: QuestionTerms?

  /// Gathers all words of so many assignments.
  init(expecting recordCount: Int) {
    wanted = nil
    terms = TermTable(expecting: recordCount)
    occurrences.reserveCapacity(recordCount * 10)
  }

  /// Gathers what one question can find.
  init(of wanted: QuestionTerms) {
    self.wanted = wanted
    terms = TermTable(expecting: 0)
  }

  /// Adds the words of a name, and its key: all of them run together.
  mutating func addName(
    _ source: Span<UInt8>,
    _ range: Range<Int>,
    _ field: FieldSet,
    _ keyField: FieldSet
  ) {
    guard !range.isEmpty else { return }
    let before = occurrences.count
    addWords(source, range, field)
    if wordCount > 1 {
      add(0..<key.count, keyField, TextPosition(range.lowerBound, isExact: false), borders)
    } else if occurrences.count > before {
      // The only word is the key as well.
      occurrences[before].posting |= UInt32(keyField.rawValue)
    }
  }

  mutating func addWords(_ source: Span<UInt8>, _ range: Range<Int>, _ field: FieldSet) {
    guard !range.isEmpty else { return }
    key.removeAll(keepingCapacity: true)
    wordStart = 0
    wordCount = 0
    borders = 0
    fieldStart = range.lowerBound
    isASCII = true
    let source = source.extracting(range)
    var index = 0
    while index < source.count {
      if key.count == wordStart { wordPosition = fieldStart + index }
      // Nearly all is letters and digits that stand for themselves.
      let start = index
      key.append(addingCapacity: source.count - index) { key in
        while index < source.count, let byte = Self.plainFold(source[index]) {
          key.append(byte)
          index += 1
        }
      }
      if index > start { continue }
      let (first, second, size) = Tokens.fold(source, at: index)
      if size > 1 { isASCII = false }
      if first == 0 {
        for place in index..<index + size { key.append(source[place]) }
      } else if first != Tokens.nothing {
        if Tokens.isWordByte(first) {
          key.append(first)
          if second != 0 { key.append(second) }
        } else {
          endWord(field)
        }
      }
      index += size
    }
    endWord(field)
  }

  /// What a letter or digit of ASCII is folded to; `nil` for all else.
  @inline(__always)
  private static func plainFold(_ byte: UInt8) -> UInt8? {
    let folded = Tokens.lowercased(byte)
    return folded < 0x80 && Tokens.isWordByte(folded) ? folded : nil
  }

  private mutating func endWord(_ field: FieldSet) {
    guard wordStart < key.count else { return }
    let position = TextPosition(isASCII ? wordPosition : fieldStart, isExact: isASCII)
    add(wordStart..<key.count, field, position, TermTable.allBorders)
    wordStart = key.count
    wordCount += 1
    borders |= 1 << wordStart
  }

  /// Adds what stands at `range` of the key.
  private mutating func add(
    _ range: Range<Int>,
    _ field: FieldSet,
    _ position: TextPosition,
    _ borders: UInt64
  ) {
    let key = key
    let term = key.span.extracting(range).extracting(first: SearchIndex.termSizeMax)
    if let wanted, !wanted.mayHold(term) { return }
    let posting = SearchIndex.Posting(record: record, fields: field)
    occurrences.append(
      Occurrence(
        term: terms.number(of: term, borders),
        posting: posting.rawValue,
        position: position
      )
    )
  }
}

/// Numbers distinct terms in the order in which they first come.
struct TermTable {
  private(set) var text: [UInt8] = []
  private var starts: [UInt32] = [0]
  /// The first eight bytes of each term, big-endian.
  private(set) var heads: [UInt64] = []
  /// Where each term has a border between two words that it was run together from: a bit for each
  /// byte that one of its occurrences has a border before; all where it is a word itself.
  private(set) var borders: [UInt64] = []
  static let allBorders = UInt64.max
  private var hashes: [UInt32] = []
  /// Open addressing over the hashes: 0 is free, else a term's number plus one.
  private var slots: [UInt32]

  init(expecting recordCount: Int) {
    var capacity = 1 << 14
    while capacity < recordCount * 8 { capacity *= 2 }
    slots = Array(repeating: 0, count: capacity)
    text.reserveCapacity(recordCount * 16)
  }

  func range(_ number: Int) -> Range<Int> { Int(starts[number])..<Int(starts[number + 1]) }

  /// The number of `term`, a new one if it has not come before.
  mutating func number(of term: Span<UInt8>, _ borders: UInt64) -> UInt32 {
    let head = SearchIndex.head(term)
    let hash = Self.hash(head, term)
    let mask = slots.count - 1
    var slot = Int(hash) & mask
    while slots[slot] != 0 {
      let number = slots[slot] - 1
      if heads[Int(number)] == head, isEqual(Int(number), term) {
        self.borders[Int(number)] |= borders
        return number
      }
      slot = (slot + 1) & mask
    }
    let number = UInt32(hashes.count)
    slots[slot] = number + 1
    hashes.append(hash)
    heads.append(head)
    self.borders.append(borders)
    text.append(addingCapacity: term.count) { text in
      for index in term.indices { text.append(term[index]) }
    }
    starts.append(UInt32(text.count))
    if hashes.count * 2 > slots.count { grow() }
    return number
  }

  private static func hash(_ head: UInt64, _ term: Span<UInt8>) -> UInt32 {
    var hash = head
    var index = 8
    while index < term.count {
      hash = (hash ^ UInt64(term[index])) &* 1_099_511_628_211
      index += 1
    }
    // The upper bits have a part of all.
    return UInt32(truncatingIfNeeded: (hash &* 0x9E37_79B9_7F4A_7C15) >> 32)
  }

  private mutating func grow() {
    var larger = [UInt32](repeating: 0, count: slots.count * 2)
    let mask = larger.count - 1
    for (number, hash) in hashes.enumerated() {
      var slot = Int(hash) & mask
      while larger[slot] != 0 { slot = (slot + 1) & mask }
      larger[slot] = UInt32(number) + 1
    }
    slots = larger
  }

  /// Whether a term that begins with the same eight bytes, or is as short, goes on as `term` does.
  private func isEqual(_ number: Int, _ term: Span<UInt8>) -> Bool {
    if term.count <= 8 { return true }
    let range = range(number)
    guard range.count == term.count else { return false }
    for index in 8..<term.count where text[range.lowerBound + index] != term[index] {
      return false
    }
    return true
  }

  /// The terms' numbers in the order of their bytes.
  func sorted() -> [UInt32] {
    var order = sortedByHead()
    let (text, starts, heads) = (text, starts, heads)
    var start = 0
    while start < order.count {
      let head = heads[Int(order[start])]
      var end = start + 1
      while end < order.count, heads[Int(order[end])] == head { end += 1 }
      if end > start + 1 {
        order[start..<end].sort { left, right in
          let a = Int(starts[Int(left)])..<Int(starts[Int(left) + 1])
          let b = Int(starts[Int(right)])..<Int(starts[Int(right) + 1])
          return text[a].lexicographicallyPrecedes(text[b])
        }
      }
      start = end
    }
    return order
  }

  /// In the order of their first eight bytes, of which the last are put in order first.
  private func sortedByHead() -> [UInt32] {
    var order = heads.enumerated().map { Head(bytes: $1, number: UInt32($0)) }
    var next = order
    for shift in stride(from: UInt64(0), to: 64, by: 8) {
      var target = next.mutableSpan
      Self.sort(order.span, by: shift, into: &target)
      swap(&order, &next)
    }
    return order.map(\.number)
  }

  private struct Head {
    let bytes: UInt64
    let number: UInt32
  }

  /// Brings terms into the order of one byte; those that agree in it stay in theirs.
  private static func sort(
    _ terms: Span<Head>,
    by shift: UInt64,
    into sorted: inout MutableSpan<Head>
  ) {
    var next: [256 of Int] = .init(repeating: 0)
    for index in terms.indices { next[Int(terms[index].bytes >> shift & 0xFF)] &+= 1 }
    var start = 0
    for byte in next.indices {
      let count = next[byte]
      next[byte] = start
      start &+= count
    }
    for index in terms.indices {
      let byte = Int(terms[index].bytes >> shift & 0xFF)
      sorted[next[byte]] = terms[index]
      next[byte] &+= 1
    }
  }
}
