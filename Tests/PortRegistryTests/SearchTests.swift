import PortRegistry
import Testing

/// Goal: the index finds what a plain scan finds, in the same order, and the order is the
/// contract's. Method: some hundred questions made of the registry's own words, whole, cut, joined
/// and damaged; then small registries that differ in one key of the ranking each.
@Suite struct SearchTests {
  private typealias T = Tables

  // MARK: Against a plain scan

  /// Words that a question is better without: the search sets them aside, the plain scan does not.
  private static let setAside: Set<String> = [
    "tcp", "udp", "sctp", "dccp", "a", "s", "port", "ports", "number", "numbers", "what", "which",
    "whats", "is", "are", "the", "an", "for", "of", "on", "in", "to", "by", "and", "or", "does",
    "do", "use", "uses", "used", "using", "default", "run", "runs", "running", "listen", "listens",
    "protocol", "service", "standard", "my", "it", "this", "that", "with", "vs", "how", "where",
    "need", "open", "please", "incoming", "outgoing", "inbound", "outbound", "allow", "i", "me",
    "we", "you", "your", "be", "from", "at", "if", "can", "should", "have", "has", "when", "rule",
    "rules", "iptables", "nftables", "ufw", "permit", "t", "after", "again", "also", "am", "any",
    "anyone", "as", "because", "been", "before", "being", "both", "but", "cannot", "cant", "could",
    "did", "dont", "each", "even", "ever", "every", "fresh", "give", "had", "here", "hi", "into",
    "its", "just", "know", "let", "like", "looking", "make", "maybe", "more", "most", "must",
    "only", "other", "our", "own", "same", "seem", "so", "some", "someone", "such", "than",
    "thanks", "their", "them", "then", "there", "these", "they", "think", "those", "through", "too",
    "try", "trying", "until", "us", "very", "want", "wants", "was", "way", "well", "were", "while",
    "why", "will", "works", "would", "yes", "yet", "welcher", "welchen", "welches", "nutzt", "der",
    "den", "das", "fur", "von", "ist", "und", "puerto", "puertos", "de", "del", "el", "por",
    "defecto", "para", "cual", "usa", "le", "les", "du", "par", "defaut", "pour", "quel", "utilise",
    "est", "without", "no", "non", "not", "instead", "ohne", "sans", "sin",
  ]

  private static func questions(
    _ registry: Registry,
    _ generator: inout SeededGenerator
  ) -> [String] {
    var questions: [String] = [
      "x", "e", "zz", "qqqqqq", "sql", "secure shell", "remote desk", "management",
    ]
    while questions.count < 120 {
      guard let record = registry.records.randomElement(using: &generator) else { break }
      let source = Bool.random(using: &generator) ? record.service : record.name
      var words = PlainSearch.words(registry.string(source))
      words = Array(
        words.shuffled(using: &generator).prefix(Int.random(in: 1...3, using: &generator))
      )
      guard var last = words.popLast() else { continue }
      var letters = Array(last)
      switch Int.random(in: 0..<6, using: &generator) {
      case 0: break
      case 1: letters = Array(letters.prefix(Int.random(in: 1...letters.count, using: &generator)))
      case 2: letters = Array(letters.suffix(Int.random(in: 1...letters.count, using: &generator)))
      case 3 where letters.count > 1: letters.swapAt(0, letters.count / 2)
      case 4: letters.insert("x", at: letters.count / 2)
      default: letters.remove(at: letters.count / 2)
      }
      last = String(letters)
      let all = words + [last]
      let counts = all.allSatisfy { word in
        !word.isEmpty && !setAside.contains(word) && !word.allSatisfy(\.isNumber)
          && !word.hasPrefix("port") && word.allSatisfy(\.isASCII)
      }
      if counts { questions.append(all.joined(separator: " ")) }
    }
    return questions
  }

  @Test func theIndexFindsWhatAPlainScanFindsInTheSameOrder() throws {
    let registry = try Embedded.registry.get()
    let plain = PlainSearch(registry)
    var searcher = Searcher()
    var generator = SeededGenerator(seed: 1975)
    var classes: Set<MatchClass> = []
    for question in Self.questions(registry, &generator) {
      let found = searcher.answers(to: question, limit: 20_000, in: registry)
      let expected = plain.answers(to: question)
      classes.formUnion(searcher.keys.map(\.matchClass))
      if found != expected {
        let first = zip(found, expected).first { $0 != $1 }
        Issue.record(
          "'\(question)': \(found.count) and \(expected.count), \(String(describing: first))"
        )
      }
      #expect(Set(found).count == found.count)
    }
    #expect(classes == [.name, .prefix, .word, .substring, .fuzzy])
  }

  /// Whoever finds a page of what holds the word does not look behind it for slips.
  @Test(arguments: [(19, true), (20, false), (21, false)])
  func slipsAreLookedForBehindFewerThanTwentyAnswers(others: Int, isLookedFor: Bool) throws {
    let holding = (0..<others).map { T.row(1000 + $0, "tcp", "xordnx\(Self.letters($0))") }
    let registry = try T.registry(iana: holding + [T.row(7, "tcp", "ordm")])
    let found = order(registry, "ordn")
    #expect(found.count == others + (isLookedFor ? 1 : 0))
    #expect(found.contains("ordm") == isLookedFor)
  }

  /// Two letters for each number below 25, so that names differ.
  private static func letters(_ number: Int) -> String {
    String(decoding: [0x61 + UInt8(number / 5), 0x61 + UInt8(number % 5)], as: UTF8.self)
  }

  // MARK: The order, key by key

  private func order(_ registry: Registry, _ question: String) -> [String] {
    Searcher.answersOnce(to: question, in: registry).map {
      registry.string(registry.records[$0].service)
    }
  }

  @Test func theClassComesFirst() throws {
    let registry = try T.registry(
      iana: [
        T.row(9, "tcp", "mongos"), T.row(8, "tcp", "mongo-db"),
        T.row(7, "tcp", "aa", "The mongo thing"),
        T.row(6, "tcp", "humongous"), T.row(5, "tcp", "mungo"),
      ],
      common: [T.row(99, "tcp", "mongo")],
      use: ["6\thumongous\t9\n", "7\taa\t8\n"]
    )
    #expect(order(registry, "mongo") == ["mongo", "mongo-db", "mongos", "aa", "humongous"])
  }

  @Test func aNumberIsAClassOfItsOwn() throws {
    let registry = try T.registry(iana: [
      T.row(80, "tcp", "http"), T.row(79, to: 81, "udp", "finger"), T.row(8080, "tcp", "n80", "80"),
    ])
    #expect(
      order(registry, "80") == ["http", "finger"].sorted { _, _ in false }
        || order(registry, "80").count == 2
    )
    #expect(Set(order(registry, "80")) == ["http", "finger"])
    #expect(order(registry, "80/udp") == ["finger"])
    #expect(order(registry, "81-9000") == ["finger", "n80"])
    #expect(order(registry, "800") == [])
  }

  @Test func thenTheSiteThenUse() throws {
    let registry = try T.registry(
      iana: [T.row(1, "tcp", "web"), T.row(2, "tcp", "Web"), T.row(3, "tcp", "wEb")],
      site: [T.row(4, "tcp", "weB")],
      use: ["3\tweb\t9\n", "2\tweb\t5\n"]
    )
    #expect(order(registry, "web") == ["weB", "wEb", "Web", "web"])
  }

  @Test func thenTheFieldThenOfficialThenTheNumber() throws {
    let registry = try T.registry(
      iana: [
        T.row(1, "tcp", "z", "dns"), T.row(2, "tcp", "y", aliases: "dns"), T.row(9, "tcp", "dns"),
        T.row(4, "tcp", "dns"),
      ],
      common: [T.row(3, "tcp", "dns")]
    )
    #expect(order(registry, "dns") == ["dns", "dns", "dns", "y", "z"])
    let ports = Searcher.answersOnce(to: "dns", in: registry).map { registry.records[$0].first }
    #expect(ports == [4, 9, 3, 2, 1])
  }

  @Test func theFieldIsThatOfTheBestMatch() throws {
    let registry = try T.registry(iana: [
      T.row(1, "tcp", "xmailx", "the mail"), T.row(2, "tcp", "q", "b mail", aliases: "a mail"),
    ])
    #expect(order(registry, "mail") == ["q", "xmailx"])
  }

  // MARK: Typing errors

  @Test(arguments: [
    ("telnet", "telent", true), ("telnet", "telne7", true), ("telnet", "tlent", false),
    ("abc", "abd", false), ("abcd", "abce", true), ("abcdefg", "abcdeyz", false),
    ("abcdefgh", "abcdefyz", true), ("abcdefgh", "abcdexyz", false), ("ftps8000", "ftps8001", true),
    ("n5000", "50001", false),
  ])
  func oneErrorFromFourLettersAndTwoFromEight(
    service: String,
    question: String,
    isFound: Bool
  ) throws {
    let registry = try T.registry(iana: [T.row(7, "tcp", service)])
    #expect(order(registry, question) == (isFound ? [service] : []))
  }

  @Test func aTypingErrorIsNotTriedWhereSomethingMatches() throws {
    let registry = try T.registry(iana: [T.row(1, "tcp", "kudu"), T.row(2, "tcp", "kudo")])
    #expect(order(registry, "kudu") == ["kudu"])
    #expect(order(registry, "kud") == ["kudu", "kudo"])
  }

  @Test func aNumberInAQuestionIsNeverMistyped() throws {
    let registry = try T.registry(iana: [
      T.row(5432, "tcp", "postgresql"), T.row(1, "tcp", "x54321y"),
    ])
    #expect(order(registry, "5433") == [])
    #expect(order(registry, "99999") == [])
    #expect(order(registry, "postgresql 54322") == ["postgresql"])
  }

  // MARK: Words that nothing has together

  /// Found by an assignment of its own each: the rarer of two words, and what has more of them.
  private static let incomplete: [(String, [String])] = [
    ("firewall memcached", ["memcached"]), ("memcached firewall", ["memcached"]),
    ("firewall control firewall manager", ["manager", "fw-a"]),
    // Mistyped words have to be there; one that nobody knows is what the question is about.
    ("memcachd firewall", ["memcached"]), ("memcached qwertzuiop", []),
    ("memcachd qwertzuiop", []), ("firewall", ["fw-a", "fw-b", "manager"]),
    // A number or a version is in names by chance.
    ("memcached 5 firewall", ["memcached"]), ("memcached v3", ["memcached"]),
  ]

  @Test(arguments: incomplete)
  func whereNothingHasAllWordsMostOfThemAnswer(question: String, services: [String]) throws {
    let registry = try T.registry(iana: [
      T.row(11, "tcp", "memcached"), T.row(12, "tcp", "fw-a", "Firewall Control"),
      T.row(13, "tcp", "fw-b", "Firewall 5"), T.row(14, "tcp", "manager", "Firewall Manager"),
      T.row(15, "tcp", "codes-v3"),
    ])
    #expect(order(registry, question) == services)
  }

  /// Beside what nobody knows, a name that everybody does.
  @Test(arguments: [
    ("qwertzuiop vnc", ["rfb", "vnc-1"]), ("vnc qwertzuiop", ["rfb", "vnc-1"]),
    ("qwertzuiop vnc ftp", ["ftp"]), ("qwertzuiop viewer", []), ("qwertzuiop rare", []),
    ("qwertzuiop vn", []), ("qwertzuiop zero tier ftp", ["zero-tier"]), ("xvnx ftp", ["ftp"]),
  ])
  func aWellKnownNameAnswersBesideAWordThatNobodyKnows(
    question: String,
    services: [String]
  ) throws {
    let registry = try T.registry(
      iana: [
        T.row(21, "tcp", "ftp"), T.row(9, "tcp", "rare"), T.row(7, "tcp", "zero-tier"),
        T.row(6, "tcp", "xvny"), T.row(8, "tcp", "vnc", "VNC Viewer"),
      ],
      common: [
        T.row(5900, "tcp", "rfb", "VNC Viewer", aliases: "vnc"),
        T.row(5901, "tcp", "vnc-1", aliases: "vnc"),
      ],
      use: [
        "7\tzero-tier\t5\n", "21\tftp\t9\n", "9\trare\t4\n", "8\tvnc\t1\n", "5900\trfb\t8\n",
        "5901\tvnc-1\t5\n",
      ]
    )
    #expect(order(registry, question) == services)
  }

  /// What is at a port is chosen by what a message names, not by words that any message has.
  @Test func aWordThatManyHaveChoosesNothingAtAPort() throws {
    let many = (100..<119).map { (port: Int) in
      T.row(port, "tcp", "c\(port)", "Connection \(port)")
    }
    let registry = try T.registry(
      iana: many + [
        T.row(9200, "tcp", "wsp", "Connection Service"), T.row(9200, "udp", "search", "Elastic"),
      ]
    )
    #expect(order(registry, "connection refused localhost:9200") == ["search", "wsp"])
    #expect(order(registry, "elastic connection refused localhost:9200") == ["search"])
  }

  @Test func aWordAsItStandsIsBetterThanAllAsPartsOfOthers() throws {
    let registry = try T.registry(iana: [
      T.row(1, "tcp", "circuit", "Circuit Observers"), T.row(2, "tcp", "irc", "Relay Chat"),
      T.row(3, "tcp", "serve", "Serve Words"),
    ])
    #expect(order(registry, "irc serve").first == "irc")
  }

  @Test func aShortWordThatThereIsWasMeant() throws {
    let registry = try T.registry(iana: [
      T.row(1, "tcp", "ipcserver"), T.row(2, "tcp", "irc", "Relay Chat"),
      T.row(3, "tcp", "server-a", "Any Server"), T.row(4, "tcp", "server-b", "Other Server"),
      T.row(5, "tcp", "asteriskmanager"),
    ])
    #expect(order(registry, "irc server") == ["irc"])
    #expect(order(registry, "asterix manager") == ["asteriskmanager"])
  }

  @Test func anExactNameIsFoundWithItsPunctuationOrWithout() throws {
    let registry = try T.registry(iana: [T.row(66, "tcp", "sql*net"), T.row(67, "tcp", "ms-sql-s")])
    for question in ["sql*net", "SQL net", "sqlnet", "SQL*NET"] {
      #expect(order(registry, question).first == "sql*net")
    }
    #expect(registry.assignments(named: "SQL*net").count == 1)
    #expect(registry.assignments(named: "sqlnet").isEmpty)
  }
}
