import PortRegistry

/// One search and its first answers, for commands that ask once and end.
enum RegistrySearch {
  static func answers(
    to query: Query,
    limit: Int,
    in registry: Registry,
    filter: Filter = Filter()
  ) -> [Assignment] {
    var searcher = Searcher()
    searcher.search(query, in: registry, filter: filter)
    var page: [RankingKey] = []
    searcher.page(after: nil, limit: limit, into: &page)
    return page.map { registry.assignment(at: $0.number) }
  }
}
