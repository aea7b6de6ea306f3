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
  ]

  @Test(arguments: questions)
  func aSpanIsCountedInCodePoints(question: String, span: Range<Int>) throws {
    let registry = try T.registry(iana: [
      T.row(7, "tcp", "x", "Cafe\u{301} bar"), T.row(8, "tcp", "y", "Stra\u{DF}e++"),
      T.row(9, "tcp", "z", "日本語"),
    ])
    var query = Query()
    let bytes = Array(question.utf8)
    query.parse(bytes.span)
    var searcher = Searcher()
    searcher.search(query, in: registry, filter: Filter())
    var page: [RankingKey] = []
    searcher.page(after: nil, limit: 1, into: &page)
    var match = Match()
    match.find(try #require(page.first), of: query, in: registry)
    #expect(match.field == .name)
    #expect(match.spans.count == 1)
    #expect(match.spans[0] == span)
  }
}
