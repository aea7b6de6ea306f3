import PortRegistry
import Testing

/// Goal: a question is understood as people mean it, whatever it holds, within a bounded time.
@Suite struct QueryTests {
  private typealias T = Tables

  private let registry = Result {
    try T.registry(
      iana: [
        T.row(443, "tcp,udp", "https", "http over TLS"), T.row(443, "sctp", "other"),
        T.row(5432, "tcp", "postgresql", "PostgreSQL Database"), T.row(8080, "tcp", "http-alt"),
        T.row(8100, "tcp", "xprint"), T.row(80, "tcp", "http"), T.row(21, "tcp", "ftp"),
        T.row(0, "udp", "nought"), T.row(65_535, "udp", "utmost"),
      ])
  }

  private func found(_ question: String) throws -> [String] {
    let registry = try registry.get()
    return Searcher.answersOnce(to: question, in: registry).map {
      registry.string(registry.records[$0].service)
    }
  }

  private static let questions: [(String, [String])] = [
    ("443", ["https", "other"]), ("000443", ["https", "other"]), ("443/tcp", ["https"]),
    ("tcp/443", ["https"]), ("443 udp", ["https"]), ("udp 443", ["https"]), (":8080", ["http-alt"]),
    ("443/sctp", ["other"]), ("443/dccp", []), ("8000-8100", ["http-alt", "xprint"]),
    ("80,443", ["http", "https", "other"]),
    ("port 5432", ["postgresql"]), ("port5432", ["postgresql"]),
    ("what is port 5432?", ["postgresql"]),
    ("_https._tcp", ["https"]), ("127.0.0.1:5432", ["postgresql"]), ("[::1]:5432", ["postgresql"]),
    ("[::]:5432", ["postgresql"]), (":::5432", ["postgresql"]), ("*:5432", ["postgresql"]),
    ("localhost:5432", ["postgresql"]), ("db.example.org:5432", ["postgresql"]),
    ("tcp://10.0.0.1:5432", ["postgresql"]), ("http://localhost:8080/admin", ["http-alt"]),
    ("postgresql:5432", ["postgresql"]), ("connection to 5432 refused", ["postgresql"]),
    ("2001:db8::80", []), ("70000", []), ("-1", []), ("0", ["nought"]), ("65535", ["utmost"]),
    ("65536", []),
    (
      "0-65535",
      ["nought", "ftp", "http", "https", "other", "postgresql", "http-alt", "xprint", "utmost"]
    ),
    ("443-80", []), ("", []), (" ", []), ("???", []), ("FTP", ["ftp"]), ("ftp ftp ftp", ["ftp"]),
    ("database postgresql", ["postgresql"]), ("POSTGRESQL?", ["postgresql"]),
    ("pöstgresql", ["postgresql"]), ("po\u{308}stgresql", ["postgresql"]),
    ("FTP\u{301}\u{302}", ["ftp"]),
    // URLs
    ("postgresql://user:secret@db.example.org:5432/app?x=1", ["postgresql"]),
    ("postgresql://db:5432", ["postgresql"]), ("jdbc:postgresql://db/app", ["postgresql"]),
    ("ftp://example.org/pub", ["ftp"]), ("https://[2001:db8::1]:8080/", ["http-alt"]),
    ("https://[2001:db8::1]/", ["https"]), ("localhost:8080/admin", ["http-alt"]), ("://", []),
    // Names of DNS
    ("_ftp._tcp.example.org", ["ftp"]), ("_ftp._tcp.example.org.", ["ftp"]),
    ("_ftp._udp.example.org", []), ("_ftp", ["ftp"]), ("_", []), ("_._tcp", []),
    // Addresses
    ("192.168.1.254", []), ("10.0.0.0/24", []), ("fe80::1", []), ("localhost", []),
    ("a::21", []), ("[::1", []), ("127.0.0.1.21", ["ftp"]), ("*.21", ["ftp"]),
    ("ftp 192.168.1.254", ["ftp"]),
    // Hexadecimal
    ("0x15", ["ftp"]), ("0x1538", ["postgresql"]), ("0X1538", ["postgresql"]),
    ("0xffff", ["utmost"]),
    ("0x", []), ("0x1ffff", []), ("0x15g", []),
    // Lists
    ("80/443", ["http", "https", "other"]), ("443/tcp/80", []),
    ("0.0.0.0:8080->80/tcp, :::8080->80/tcp", ["http", "http-alt"]),
    ("port 80 or 443", ["http", "https", "other"]),
    ("::1:5432", ["postgresql"]), ("::1:5432:1", []),
    // What is not meant
    ("ftp without http", ["ftp"]), ("ftp not https", ["ftp"]), ("ftp instead of https", ["ftp"]),
    ("non-http ftp", ["ftp"]),
    ("http without", ["http", "https", "http-alt"]), ("without ftp", []),
    // Other languages, and talk of firewalls
    ("puerto por defecto de ftp", ["ftp"]), ("port par défaut du ftp", ["ftp"]),
    ("welchen Port nutzt ftp", ["ftp"]), ("does anyone know ftp", ["ftp"]),
    ("iptables rule for ftp", ["ftp"]),
    // What programs print
    ("dial tcp [::1]:5432: connect: connection refused", ["postgresql"]),
    ("ssh: connect to host example.org port 21: Connection refused", ["ftp"]),
    ("IN=eth0 PROTO=TCP SPT=51123 DPT=21 WINDOW=1024", ["ftp"]),
    ("upload to example.org:21 failed (110)", ["ftp"]),
    ("Is it at tcp://localhost:21. Is it running?", ["ftp"]), ("bind: 0.0.0.0:21!", ["ftp"]),
    // A number beside a word may be a version; the word leads.
    ("ftp:7", ["ftp"]), ("ftp 80", ["ftp"]), ("ftp port 80", ["http"]),
    ("database 8080", ["postgresql"]),
    ("database at 5432", ["postgresql"]), ("my app 8080", ["http-alt"]),
    ("database port 443", ["https", "other"]), ("http port 443", ["https"]),
  ]

  @Test(arguments: questions)
  func aQuestionIsUnderstood(question: String, services: [String]) throws {
    #expect(try found(question) == services)
  }

  @Test func wordsBehindTheLastThatCountsAreNotLookedAt() throws {
    let many = (0..<400).map { "w\($0)" }.joined(separator: " ")
    #expect(try found("ftp " + many) == [])
    #expect(try found(String(repeating: "ftp ", count: 400)) == ["ftp"])
  }

  @Test func noQuestionTraps() throws {
    let registry = try Embedded.registry.get()
    var searcher = Searcher()
    var generator = SeededGenerator(seed: 9110)
    let pieces = [
      "-", "/", ":", "[", "]", "tcp", "443", "65536", "é", "ß", "日", "e\u{301}", " ", ".", "a",
      "port", "//", "\u{2013}", "\u{1F600}",
    ]
    for _ in 0..<2_000 {
      var text = ""
      for _ in 0..<Int.random(in: 0..<12, using: &generator) {
        text += pieces.randomElement(using: &generator) ?? ""
      }
      _ = searcher.answers(to: text, limit: 5, in: registry)
      // Bytes that are not UTF-8 do not get here, but must not harm either.
      var query = Query()
      let bytes = (0..<Int.random(in: 0..<40, using: &generator)).map { _ in
        UInt8.random(in: .min ... .max, using: &generator)
      }
      query.parse(bytes.span)
      searcher.search(query, in: registry, filter: Filter())
    }
  }

  /// The worst that 256 code points can ask.
  private static let worstQuestions: [String] = {
    let letters = (0..<26).map { String(UnicodeScalar(97 + UInt8($0))) }
    let manyLetters = (0..<128).map { letters[$0 % 26] }
    let manyPairs = (0..<85).map { "e" + letters[$0 % 26] }
    let manyNumbers = (0..<28).map { "manage\($0)" }
    let manyErrors = (0..<26).map { "managem" + letters[$0] + "nt" }
    let repeated = ["e ", "0-65535,", "1,", "é", "x", "0", "\u{1F600}"].map {
      String(repeating: $0, count: 256 / $0.count)
    }
    let joined = [manyLetters, manyPairs, manyNumbers, manyErrors].map {
      String($0.joined(separator: " ").prefix(256))
    }
    return repeated + joined
  }()

  /// Each is answered within a time that only a runaway would need: this is a debug build, and a
  /// release build takes a twentieth.
  @Test(arguments: worstQuestions)
  func theWorstQuestionsAreBounded(question: String) throws {
    let registry = try Embedded.registry.get()
    var searcher = Searcher()
    _ = searcher.answers(to: question, limit: 20, in: registry)
    let took = ContinuousClock().measure {
      _ = searcher.answers(to: question, limit: 20, in: registry)
    }
    #expect(took < .milliseconds(500))
  }
}
