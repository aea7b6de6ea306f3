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
  /// Whether those numbers can mean nothing else, as behind a host or the word *port*: then other
  /// words only choose among what is at them.
  private(set) var isOfPorts = false
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
    isOfPorts = false
    let folded = folded
    readParts(folded.span)
    chooseWords()
  }

  // MARK: Parts

  /// Looks at the parts between blanks and other separators one after another, for ports and words.
  private mutating func readParts(_ folded: Span<UInt8>) {
    // Behind the word *port* come numbers of ports.
    var isBehindPort = false
    var start = 0
    while start < folded.count {
      while start < folded.count, Self.isSeparator(folded[start]) { start += 1 }
      var end = start
      while end < folded.count, !Self.isSeparator(folded[end]) { end += 1 }
      // `80/443`
      if let slash = Self.slash(between: start..<end, of: folded) { end = slash }
      guard end > start else { break }
      let source = folded.extracting(start..<end)
      let part = QuestionPart(source)
      let before = allWords.count
      if let ports = part.ports {
        let isCertain = part.isCertain || isBehindPort
        append(ports, isCertain: isCertain)
        if !isCertain { appendWords(source.extracting(part.words)) }
      } else {
        appendWords(source.extracting(part.words))
        for word in allWords[before...] where isPort(word) || !isNoise(word) {
          isBehindPort = isPort(word)
        }
      }
      start = end + 1
    }
  }

  /// Where a slash stands behind digits and before one.
  private static func slash(between range: Range<Int>, of folded: Span<UInt8>) -> Int? {
    for place in range where !Tokens.isDigit(folded[place]) {
      let isBetween =
        folded[place] == UInt8(ascii: "/") && place > range.lowerBound
        && place + 1 < range.upperBound && Tokens.isDigit(folded[place + 1])
      return isBetween ? place : nil
    }
    return nil
  }

  private static func isSeparator(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: " "), UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "?"),
      UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "`"), UInt8(ascii: "("),
      UInt8(ascii: ")"), UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "<"),
      UInt8(ascii: ">"), UInt8(ascii: "="), UInt8(ascii: "#"), UInt8(ascii: "|"):
      true
    default: false
    }
  }

  /// Numbers that are ports for certain leave no room for others, which are something else then.
  private mutating func append(_ ports: Ports, isCertain: Bool) {
    if isCertain, !isOfPorts {
      self.ports.removeAll(keepingCapacity: true)
      isOfPorts = true
    }
    if isCertain || !isOfPorts { self.ports.append(ports) }
  }

  // MARK: Words

  private mutating func appendWords(_ part: Span<UInt8>) {
    var start = text.count
    for index in part.indices {
      if Tokens.isWordByte(part[index]) {
        text.append(part[index])
      } else {
        endWord(&start)
      }
    }
    endWord(&start)
  }

  private mutating func endWord(_ start: inout Int) {
    guard text.count > start else { return }
    if text.count - start > SearchIndex.termSizeMax {
      text.removeLast(text.count - start - SearchIndex.termSizeMax)
    }
    allWords.append(start..<text.count)
    start = text.count
  }

  /// Sets aside transports and words that say nothing, unless nothing else is there.
  private mutating func chooseWords() {
    fullKey.append(contentsOf: text.prefix(SearchIndex.termSizeMax))
    // Every part a number: what is left of the words only says so.
    let numbersOnly =
      !ports.isEmpty && allWords.allSatisfy { isNoise($0) || isNumber($0) || transport($0) != nil }
    if numbersOnly {
      takeTransports()
      fullKey.removeAll(keepingCapacity: true)
      return
    }
    // One word alone is what is asked for, whatever it is.
    let meaningful = allWords.enumerated().contains { place, word in
      allWords.count > 1 && !isNoise(word) && transport(word) == nil && !isDenied(at: place)
    }
    for (place, word) in allWords.enumerated() {
      if meaningful, isDenied(at: place) {
        continue
      } else if meaningful, let transport = transport(word) {
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

  private func isNumber(_ word: Range<Int>) -> Bool {
    text[word].allSatisfy { Tokens.isDigit($0) }
  }

  /// Whether it is a number or, as `v3` is, a version.
  func isVersion(_ word: Range<Int>) -> Bool {
    text[word].first == UInt8(ascii: "v") && word.count > 1
      ? isNumber(word.dropFirst()) : isNumber(word)
  }

  /// Whether it says that numbers behind it are ports, as `dport` and `DPT` do in rules and logs of
  /// firewalls.
  private func isPort(_ word: Range<Int>) -> Bool {
    isOne(of: Self.portWords, word)
  }

  private func isNoise(_ word: Range<Int>) -> Bool {
    isOne(of: Self.noise, word)
  }

  /// `ldap without ssl`, `instead of ssl`: whether the word at `place`, or the one that it follows
  /// but for noise, says what is not meant.
  private func isDenied(at place: Int) -> Bool {
    if isOne(of: Self.denials, allWords[place]) { return true }
    // `not working` denies nothing.
    guard let before = allWords[..<place].last(where: { !isNoise($0) }) else { return false }
    return isOne(of: Self.denials, before)
      && !text[allWords[place]].suffix(3).elementsEqual("ing".utf8)
  }

  private func isOne(of heads: [UInt64], _ word: Range<Int>) -> Bool {
    guard word.count <= 8 else { return false }
    let head = SearchIndex.head(text.span.extracting(word))
    var places = heads.indices
    while places.count > 1 {
      let middle = places.lowerBound + places.count / 2
      places = heads[middle] <= head ? middle..<places.upperBound : places.lowerBound..<middle
    }
    return heads[places.lowerBound] == head
  }

  private static let denials = heads([
    "without", "no", "non", "not", "instead", "ohne", "sans", "sin",
  ])

  private static let portWords = heads(["port", "ports", "dport", "dports", "dpt"])

  /// Words around a question that narrow nothing, in the languages that people ask in most.
  private static let noise = heads([
    "a", "s", "port", "ports", "number", "numbers", "what", "which", "whats", "is", "are", "the",
    "an", "for", "of", "on", "in", "to", "by", "and", "or", "does", "do", "use", "uses", "used",
    "using", "default", "run", "runs", "running", "listen", "listens", "protocol", "service",
    "standard", "my", "it", "this", "that", "with", "vs", "how", "where", "need", "open",
    "please", "incoming", "outgoing", "inbound", "outbound", "allow", "i", "me", "we", "you",
    "your", "be", "from", "at", "if", "can", "should", "have", "has", "when", "rule", "rules",
    "iptables", "nftables", "ufw", "permit", "t", "after", "again", "also", "am", "any", "anyone",
    "as", "because", "been", "before", "being", "both", "but", "cannot", "cant", "could", "did",
    "dont", "each", "even", "ever", "every", "fresh", "give", "had", "here", "hi", "into", "its",
    "just", "know", "let", "like", "looking", "make", "maybe", "more", "most", "must", "only",
    "other", "our", "own", "same", "seem", "so", "some", "someone", "such", "than", "thanks",
    "their", "them", "then", "there", "these", "they", "think", "those", "through", "too", "try",
    "trying", "until", "us", "very", "want", "wants", "was", "way", "well", "were", "while", "why",
    "will", "works", "would", "yes", "yet",
    "welcher", "welchen", "welches", "nutzt", "der", "den", "das", "fur", "von", "ist", "und",
    "puerto", "puertos", "de", "del", "el", "por", "defecto", "para", "cual", "usa",
    "le", "les", "du", "par", "defaut", "pour", "quel", "utilise", "est",
  ])

  /// Words of at most eight letters, each as one number, in order.
  private static func heads(_ words: [String]) -> [UInt64] {
    words.map { word in
      let letters = Array(word.utf8)
      return SearchIndex.head(letters.span)
    }
    .sorted()
  }
}
