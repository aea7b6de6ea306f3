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
      while index < source.count, Self.isPlain(source[index]) { index += 1 }
      if index > start {
        key.append(addingCapacity: index - start) { key in
          for place in start..<index { key.append(Tokens.lowercased(source[place])) }
        }
        continue
      }
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

  @inline(__always)
  private static func isPlain(_ byte: UInt8) -> Bool {
    byte < 0x80 && Tokens.isWordByte(Tokens.lowercased(byte))
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
    var hash: UInt32 = 2_166_136_261
    for index in term.indices { hash = (hash ^ UInt32(term[index])) &* 16_777_619 }
    hash ^= hash >> 15
    let mask = slots.count - 1
    var slot = Int(hash) & mask
    while slots[slot] != 0 {
      let number = slots[slot] - 1
      if hashes[Int(number)] == hash, equals(Int(number), term) {
        self.borders[Int(number)] |= borders
        return number
      }
      slot = (slot + 1) & mask
    }
    let number = UInt32(hashes.count)
    slots[slot] = number + 1
    hashes.append(hash)
    heads.append(SearchIndex.head(term))
    self.borders.append(borders)
    for index in term.indices { text.append(term[index]) }
    starts.append(UInt32(text.count))
    if hashes.count * 2 > slots.count { grow() }
    return number
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

  private func equals(_ number: Int, _ term: Span<UInt8>) -> Bool {
    let range = range(number)
    guard range.count == term.count else { return false }
    for index in term.indices where text[range.lowerBound + index] != term[index] {
      return false
    }
    return true
  }

  /// The terms' numbers in the order of their bytes.
  func sorted() -> [UInt32] {
    var order = (0..<UInt32(hashes.count)).map { (head: heads[Int($0)], number: $0) }
    order.sort { left, right in
      if left.head != right.head { return left.head < right.head }
      let a = range(Int(left.number))
      let b = range(Int(right.number))
      if a.count <= 8 || b.count <= 8 { return a.count < b.count }
      return text[a].lexicographicallyPrecedes(text[b])
    }
    return order.map(\.number)
  }
}
