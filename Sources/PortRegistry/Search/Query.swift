/// A question as people ask it, understood: numbers, transports and words.
///
/// One is kept and used again, so understanding allocates nothing once warm.
package struct Query: Sendable {
  /// A port or a range of ports that the question names.
  struct Ports: Equatable, Sendable {
    let first: UInt16
    let last: UInt16
    /// The transport written beside the number, as in `443/tcp`.
    let transport: TransportProtocol?
  }

  /// The words, folded, one behind the other.
  private(set) var text: [UInt8] = []
  /// Where each word that counts stands in ``text``, each word once.
  private(set) var words: [Range<Int>] = []
  /// Ports that are asked for by number.
  private(set) var ports: [Ports] = []
  /// Transports that are asked for beside a name; empty for any.
  private(set) var transports: TransportSet = []
  /// All words run together, as a name's key is.
  private(set) var key: [UInt8] = []
  /// The same with the words that say nothing.
  private(set) var fullKey: [UInt8] = []

  /// What stands behind this many different words is not looked at. Answering takes a look at every
  /// occurrence of every word, so this bounds what the worst question costs.
  static let wordCountMax = 32

  private var folded: [UInt8] = []
  private var allWords: [Range<Int>] = []

  package init() {}

  /// Understands one question.
  package init(_ question: String) {
    let bytes = Array(question.utf8)
    parse(bytes.span)
  }

  /// Whether nothing is asked.
  package var isEmpty: Bool { words.isEmpty && ports.isEmpty && fullKey.isEmpty }

  /// Whether all that counts is a single word, said once.
  var isOneWord: Bool { words.count == 1 && words[0].count == key.count }

  /// Understands `question`: UTF-8 without control characters.
  package mutating func parse(_ question: Span<UInt8>) {
    text.removeAll(keepingCapacity: true)
    words.removeAll(keepingCapacity: true)
    allWords.removeAll(keepingCapacity: true)
    ports.removeAll(keepingCapacity: true)
    transports = []
    key.removeAll(keepingCapacity: true)
    fullKey.removeAll(keepingCapacity: true)
    folded.removeAll(keepingCapacity: true)
    Tokens.appendFolded(question, to: &folded)
    let folded = folded
    splitParts(folded.span)
    splitWords(folded.span)
    chooseWords()
  }

  // MARK: Numbers

  /// Looks at the parts between blanks and commas, and takes those that name ports.
  private mutating func splitParts(_ folded: Span<UInt8>) {
    var start = 0
    while start < folded.count {
      while start < folded.count, Self.isSeparator(folded[start]) { start += 1 }
      var end = start
      while end < folded.count, !Self.isSeparator(folded[end]) { end += 1 }
      if end > start, let part = Self.ports(folded.extracting(start..<end)) { ports.append(part) }
      start = end
    }
  }

  private static func isSeparator(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: ",") || byte == UInt8(ascii: ";")
      || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "(")
      || byte == UInt8(ascii: ")") || byte == UInt8(ascii: "#")
  }

  /// `443`, `:443`, `443/tcp`, `tcp/443`, `443-445`, `port443`, `localhost:443`, `[::1]:443`,
  /// `http://localhost:443/`; leading zeros are dropped.
  private static func ports(_ part: Span<UInt8>) -> Ports? {
    var part = part
    var transport: TransportProtocol?
    if let mark = position(of: UInt8(ascii: "/"), in: part)
      ?? position(of: UInt8(ascii: ":"), in: part).flatMap({ $0 > 0 ? $0 : nil })
    {
      let left = part.extracting(0..<mark)
      let right = part.extracting(mark + 1..<part.count)
      if let name = RegistryTable.transport(right) {
        transport = name
        part = left
      } else if let name = RegistryTable.transport(left) {
        transport = name
        part = right
      } else if part[mark] == UInt8(ascii: "/") {
        // The authority of a URL stands between two slashes and the next one.
        guard left.count > 1, left[left.count - 1] == UInt8(ascii: ":"), right.count > 1,
          right[0] == UInt8(ascii: "/")
        else { return nil }
        part = right.extracting(1..<right.count)
        if let path = position(of: UInt8(ascii: "/"), in: part) { part = part.extracting(0..<path) }
      }
    }
    part = part.extracting(hostSize(part)..<part.count)
    if part.count > 4, part[0] == UInt8(ascii: "p"), part[1] == UInt8(ascii: "o"),
      part[2] == UInt8(ascii: "r"), part[3] == UInt8(ascii: "t")
    {
      part = part.extracting(4..<part.count)
    }
    if let dash = position(of: UInt8(ascii: "-"), in: part) {
      guard let first = number(part.extracting(0..<dash)),
        let last = number(part.extracting(dash + 1..<part.count)), first <= last
      else { return nil }
      return Ports(first: first, last: last, transport: transport)
    }
    guard let port = number(part) else { return nil }
    return Ports(first: port, last: port, transport: transport)
  }

  /// How much of a part is `localhost:`, `127.0.0.1:`, `[::1]:`, `*:` or `:::`.
  private static func hostSize(_ part: Span<UInt8>) -> Int {
    guard let first = position(of: UInt8(ascii: ":"), in: part) else { return 0 }
    var last = first
    for index in first..<part.count where part[index] == UInt8(ascii: ":") { last = index }
    // More than one colon is an address of IPv6, which has a port only behind brackets, or where
    // nothing else is said.
    let isHost = first == last || part[last - 1] == UInt8(ascii: "]") || (first == 0 && last == 2)
    return isHost ? last + 1 : 0
  }

  private static func position(of byte: UInt8, in part: Span<UInt8>) -> Int? {
    for index in part.indices where part[index] == byte { return index }
    return nil
  }

  private static func number(_ digits: Span<UInt8>) -> UInt16? {
    guard !digits.isEmpty else { return nil }
    var value: UInt32 = 0
    for index in digits.indices {
      guard Tokens.isDigit(digits[index]) else { return nil }
      value = value * 10 + UInt32(digits[index] &- UInt8(ascii: "0"))
      guard value <= 65_535 else { return nil }
    }
    return UInt16(value)
  }

  // MARK: Words

  private mutating func splitWords(_ folded: Span<UInt8>) {
    var index = 0
    var start = text.count
    while index <= folded.count {
      if index < folded.count, Tokens.isWordByte(folded[index]) {
        text.append(folded[index])
      } else if text.count > start {
        if text.count - start > SearchIndex.termSizeMax {
          text.removeLast(text.count - start - SearchIndex.termSizeMax)
        }
        allWords.append(start..<text.count)
        start = text.count
      }
      index += 1
    }
  }

  /// Sets aside transports and words that say nothing, unless nothing else is there.
  private mutating func chooseWords() {
    fullKey.append(contentsOf: text.prefix(SearchIndex.termSizeMax))
    // Every part a number: what is left of the words only says so.
    let numbersOnly = !ports.isEmpty && allWords.allSatisfy { isNoise($0) || isPartOfNumber($0) }
    if numbersOnly {
      takeTransports()
      fullKey.removeAll(keepingCapacity: true)
      return
    }
    // One word alone is what is asked for, whatever it is.
    let meaningful =
      allWords.count > 1 && allWords.contains { !isNoise($0) && transport($0) == nil }
    for word in allWords {
      if meaningful, let transport = transport(word) {
        transports.insert(TransportSet(transport))
      } else if !(meaningful && isNoise(word)) {
        key.append(contentsOf: text[word])
        if words.count < Self.wordCountMax, !words.contains(where: { text[$0] == text[word] }) {
          words.append(word)
        }
      }
    }
    if key.count > SearchIndex.termSizeMax {
      key.removeLast(key.count - SearchIndex.termSizeMax)
    }
  }

  private mutating func takeTransports() {
    // `443 tcp`: a transport of its own holds for all numbers. One beside a number is that one's.
    guard ports.allSatisfy({ $0.transport == nil }) else { return }
    for word in allWords {
      if let transport = transport(word) { transports.insert(TransportSet(transport)) }
    }
  }

  private func transport(_ word: Range<Int>) -> TransportProtocol? {
    RegistryTable.transport(text.span.extracting(word))
  }

  private func isPartOfNumber(_ word: Range<Int>) -> Bool {
    transport(word) != nil
      || text[word].allSatisfy { Tokens.isDigit($0) }
      || (text[word].starts(with: "port".utf8)
        && text[word].dropFirst(4).allSatisfy { Tokens.isDigit($0) })
  }

  private func isNoise(_ word: Range<Int>) -> Bool {
    word.count <= 8 && Self.noise.contains(SearchIndex.head(text.span.extracting(word)))
  }

  /// Words around a question that narrow nothing: of at most eight letters, each as one number.
  private static let noise: [UInt64] = [
    "a", "s", "port", "ports", "number", "numbers", "what", "which", "whats", "is", "are", "the",
    "an", "for", "of", "on", "in", "to", "by", "and", "or", "does", "do", "use", "uses", "used",
    "using", "default", "run", "runs", "running", "listen", "listens", "protocol", "service",
    "standard", "my", "it", "this", "that", "with", "vs", "how", "where", "need", "open",
    "please",
  ].map { word in
    let letters = Array(word.utf8)
    return SearchIndex.head(letters.span)
  }
}
