import JSON
import PortRegistry

/// What a list is found and written with, kept between requests.
///
/// A value that is not copied: a request borrows it as a whole, so that it is looked after once and
/// not at every access to one of its parts.
struct ListBench: ~Copyable {
  private var query = Query()
  private var searcher = Searcher()
  private var match = Match()
  /// For assignments that are not ready.
  private var scratch = JSONWriter()
  /// What was seen of the page, kept so that nobody takes looking at it for useless.
  private var glance: UInt8 = 0
  /// The items of the page at hand, in order.
  private(set) var page: [RankingKey] = []
  /// Where each of them answers.
  private var positions: [TextPosition?] = []

  /// How long one answer may be, in bytes. A page that would be longer is cut.
  static let answerBytesMax = 256 * 1024
  /// Room for an item's `match`.
  private static let matchBytes = 128

  /// How many items all pages have together.
  var total: Int { searcher.keys.count }

  /// Finds the answers, and brings those of the page into ``page``.
  ///
  /// - Returns: Whether there are more behind them.
  mutating func find(
    _ question: borrowing Question,
    after: RankingKey?,
    in store: RepresentationStore
  ) -> Bool {
    if question.isSearch {
      query.parse(question.words.span)
      searcher.search(query, in: store.registry, filter: question.filter)
    } else {
      searcher.browse(store.registry, filter: question.filter)
    }
    searcher.page(after: after, limit: question.limit + 1, into: &page)
    let hasNext = page.count > question.limit
    if hasNext { page.removeLast() }
    return cutPage(of: store) || hasNext
  }

  /// Ends a page that would be too long earlier; what is left comes with the next.
  ///
  /// - Returns: Whether it would have been.
  private mutating func cutPage(of store: RepresentationStore) -> Bool {
    if page.count * (store.ports.assignmentSizeMax + Self.matchBytes) <= Self.answerBytesMax {
      return false
    }
    var size = 0
    for place in page.indices {
      size += store.assignmentSize(page[place].number, with: &scratch) + Self.matchBytes
      if place > 0, size > Self.answerBytesMax {
        page.removeLast(page.count - place)
        return true
      }
    }
    return false
  }

  /// Writes the page as JSON.
  mutating func write(
    _ question: borrowing Question,
    next: [UInt8],
    from store: RepresentationStore,
    into writer: inout JSONWriter
  ) {
    writer.removeAll()
    PageBody.begin(total: total, into: &writer)
    if question.isSearch {
      searcher.findPositions(of: page, of: query, in: store.registry, into: &positions)
      glance = store.glance(at: page, positions)
    }
    let matchBody = MatchBody.shared
    for (place, key) in page.enumerated() {
      store.writeAssignment(key.number, into: &writer)
      if question.isSearch {
        match.find(key, of: query, at: positions[place], in: store.registry)
        matchBody.end(match, into: &writer)
      } else {
        writer.endObject()
      }
    }
    let counts =
      question.hasFacets ? FacetCounts(searcher.keys, store.registry, question.filter) : nil
    PageBody.end(next: next, counts: counts, into: &writer)
    writer.endText()
  }
}
