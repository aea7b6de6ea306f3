import PortRegistry
import Testing

/// Goal: what is highlighted is what was asked for, counted in code points of the text as it is
/// stored, whatever folding made of it.
@Suite struct MatchSpanTests {
  private typealias T = Tables

  private static let questions: [(String, Range<Int>)] = [
    ("caf", 0..<3), ("cafe", 0..<5), ("café", 0..<5), ("cafe\u{301}", 0..<5), ("bar", 6..<9),
    ("cafebar", 0..<9), ("stras", 0..<5), ("strasse", 0..<6), ("straße", 0..<6),
    ("strassepp", 0..<8), ("straße++", 0..<8), ("asse", 3..<6), ("日本", 0..<2), ("本", 1..<2),
    ("日本語", 0..<3), ("net日", 0..<4),
  ]

  @Test(arguments: questions)
  func aSpanIsCountedInCodePoints(question: String, span: Range<Int>) throws {
    let registry = try T.registry(iana: [
      T.row(7, "tcp", "x", "Cafe\u{301} bar"), T.row(8, "tcp", "y", "Stra\u{DF}e++"),
      T.row(9, "tcp", "z", "日本語"), T.row(10, "tcp", "w", "Net日"),
    ])
    let found = try #require(Self.spans(question, in: registry).first)
    #expect(found.field == .name)
    #expect(found.spans == [span])
  }

  private static let words = [
    "sql", "SQL", "net", "Net", "x", "C4", "database", "Protocol", "a", "mysql", "Intranet",
  ]
  private static let separators = [" ", "-", "*", " / ", ", ", "."]

  /// Where a word stands that the index has met is known, or else found eight bytes at a time, or,
  /// from an accent on, code point by code point. It must change nothing but which of several places
  /// is shown.
  @Test(arguments: [("z ", "\u{E9} ", ""), ("", "", " \u{E9}zz")])
  func spansDoNotDependOnAnAccentBesideThem(
    plainBefore: String,
    accentBefore: String,
    accentBehind: String
  ) throws {
    var generator = SeededGenerator(seed: 8)
    for _ in 0..<60 {
      let texts = (0..<8).map { _ in
        (0..<Int.random(in: 1...6, using: &generator)).reduce(into: "") { text, _ in
          if !text.isEmpty { text += Self.separators.randomElement(using: &generator) ?? " " }
          text += Self.words.randomElement(using: &generator) ?? ""
        }
      }
      let plain = try Self.registry(texts.map { plainBefore + $0 + " zzz" })
      let accented = try Self.registry(
        texts.map { accentBefore + $0 + (accentBehind.isEmpty ? " zzz" : accentBehind) }
      )
      for question in ["sql", "net", "sqlnet", "xa", "ql", "database", "databse", "c4", "c4net"] {
        let expected = Self.spans(question, in: accented)
        let found = Self.spans(question, in: plain)
        #expect(found.map(\.port) == expected.map(\.port), "\(question) in \(texts)")
        for (found, expected) in zip(found, expected) {
          #expect(found.kind == expected.kind)
          if found.kind == .word || found.kind == .substring {
            #expect(Self.isShown(question, by: found), "\(question) in \(texts)")
            #expect(Self.isShown(question, by: expected), "\(question) in \(texts)")
          } else {
            #expect(found.spans == expected.spans, "\(question) in \(texts)")
          }
        }
      }
    }
  }

  private static func registry(_ texts: [String]) throws -> Registry {
    try T.registry(
      iana: texts.enumerated().map { place, text in T.row(place + 7, "tcp", "q", text) }
    )
  }

  /// Whether there is one span, of that word, and at the beginning of a word if it has to be.
  private static func isShown(_ word: String, by found: Found) -> Bool {
    guard found.spans.count == 1, let span = found.spans.first else { return false }
    let text = Array(found.text)
    let letters = text[span].filter { $0.isLetter || $0.isNumber }
    let before = text[..<span.lowerBound].last
    let begins = before.map { !$0.isLetter && !$0.isNumber } ?? true
    return String(letters).lowercased() == word && (begins || found.kind == .substring)
  }

  private struct Found {
    let port: UInt16
    let text: String
    let kind: Match.Kind
    let field: Match.Field
    let spans: [Range<Int>]
  }

  private static func spans(_ question: String, in registry: Registry) -> [Found] {
    var query = Query()
    let bytes = Array(question.utf8)
    query.parse(bytes.span)
    var searcher = Searcher()
    searcher.search(query, in: registry, filter: Filter())
    var page: [RankingKey] = []
    searcher.page(after: nil, limit: 20, into: &page)
    var match = Match()
    var positions: [TextPosition?] = []
    searcher.findPositions(of: page, of: query, in: registry, into: &positions)
    return zip(page, positions).map { key, position in
      match.find(key, of: query, at: position, in: registry)
      return Found(
        port: registry.records[key.number].first,
        text: registry.string(registry.records[key.number].name),
        kind: match.kind,
        field: match.field,
        spans: (0..<match.spans.count).map { match.spans[$0] }
      )
    }
  }
}
