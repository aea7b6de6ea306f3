import Foundation
import PortRegistry
import Testing

/// Goal: people find what they ask for. Tests/Search/README.md says what is asked and what is
/// right. Method: ask every question, take the first three answers, and count.
/// `PORTOLAN_SEARCH_MISSES` set in the environment prints the questions of the tune set that were
/// missed; those of the held set are never printed, so that nothing is tuned on them.
@Suite struct SearchScoreTests {
  /// The least share, in percent, that may be right at rank 1 and among the first 3: what the
  /// search has reached, rounded down.
  private static let floors: [String: (first: Double, three: Double)] = [
    "tune": (first: 99.2, three: 99.3),
    "held": (first: 97.0, three: 98.2),
  ]

  private struct Question {
    let set: String
    let text: String
    /// The expected port; `nil` if nothing should be found.
    let port: UInt16?
    let service: String?
  }

  private static func questions() throws -> [Question] {
    try Tables.file("Tests/Search/questions.tsv").split(separator: "\n").compactMap { line in
      let cells = line.components(separatedBy: "\t")
      guard !line.hasPrefix("#"), cells.count == 4, cells[0] != "set" else { return nil }
      let parts = cells[2].split(separator: "/", maxSplits: 1).map(String.init)
      return Question(
        set: cells[0],
        text: cells[1],
        port: UInt16(parts[0]),
        service: parts.count > 1 ? parts[1].lowercased() : nil
      )
    }
  }

  @Test func enoughQuestionsAreAnsweredAsTheyShouldBe() throws {
    let registry = try Embedded.registry.get()
    var searcher = Searcher()
    let prints = ProcessInfo.processInfo.environment["PORTOLAN_SEARCH_MISSES"] != nil
    var counts: [String: (all: Int, first: Int, three: Int)] = [:]
    for question in try Self.questions() {
      let answers = searcher.answers(to: question.text, limit: 3, in: registry)
      let ranks = answers.indices.filter {
        Self.isRight(registry.records[answers[$0]], question, registry)
      }
      let isFirst = question.port == nil ? answers.isEmpty : ranks.first == 0
      let isAmongThree = question.port == nil ? answers.isEmpty : !ranks.isEmpty
      let before = counts[question.set] ?? (0, 0, 0)
      counts[question.set] = (
        before.all + 1, before.first + (isFirst ? 1 : 0), before.three + (isAmongThree ? 1 : 0)
      )
      if prints, !isFirst, question.set == "tune" {
        let shown = answers.map {
          "\(registry.records[$0].first)/\(registry.string(registry.records[$0].service))"
        }
        print(
          "missed: \(question.text) → \(shown), not \(question.port ?? 0)/\(question.service ?? "")"
        )
      }
    }
    for (set, count) in counts.sorted(by: { $0.key < $1.key }) {
      let first = 100 * Double(count.first) / Double(count.all)
      let three = 100 * Double(count.three) / Double(count.all)
      print(
        "search, \(set) set of \(count.all): \(first.formatted(.number.precision(.fractionLength(1)))) % right at rank 1, \(three.formatted(.number.precision(.fractionLength(1)))) % among the first 3"
      )
      let floor = try #require(Self.floors[set])
      #expect(first >= floor.first)
      #expect(three >= floor.three)
    }
  }

  private static func isRight(
    _ record: AssignmentRecord,
    _ question: Question,
    _ registry: Registry
  ) -> Bool {
    guard let port = question.port, record.first <= port, port <= record.last else { return false }
    return question.service.map { $0 == registry.string(record.service).lowercased() } ?? true
  }
}

extension Searcher {
  /// The places of the best answers to a question among the registry's records.
  mutating func answers(
    to question: String,
    limit: Int = 1_000,
    in registry: Registry,
    filter: Filter = Filter()
  ) -> [Int] {
    var query = Query()
    query.parse(Array(question.utf8).span)
    search(query, in: registry, filter: filter)
    var page: [RankingKey] = []
    self.page(after: nil, limit: limit, into: &page)
    return page.map(\.number)
  }

  /// The same of a searcher that is asked once.
  static func answersOnce(to question: String, in registry: Registry) -> [Int] {
    var searcher = Searcher()
    return searcher.answers(to: question, in: registry)
  }
}
