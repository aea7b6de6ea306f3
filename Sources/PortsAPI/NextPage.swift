import HTTP

/// What leads on from the page at hand, kept between requests.
struct NextPage: ~Copyable {
  /// The cursor that the next page begins behind; empty on the last page.
  private(set) var cursor: [UInt8] = []
  /// The lines of one answer alone, that with the target among them; lent to its head.
  private(set) var lines: [UInt8] = []
  private var targetPlace = 0..<0

  /// The target of the next page; empty on the last one.
  var target: ArraySlice<UInt8> { lines[targetPlace] }

  private static let linkBeginning = Array("Link: <".utf8)
  private static let linkEnd = Array(">; rel=\"next\"\r\n".utf8)
  private static let cursorName = Array("cursor=".utf8)

  /// There is none.
  mutating func end() {
    cursor.removeAll(keepingCapacity: true)
    lines.removeAll(keepingCapacity: true)
    targetPlace = 0..<0
  }

  /// Leads on behind `key`: by the cursor, and by a Link (RFC 8288 §3) to the target of the request
  /// with another cursor.
  ///
  /// - Parameters:
  ///   - binding: What the cursor holds for (``Cursor``).
  ///   - parameters: The request's query, taken apart.
  ///   - target: The request's target in `bytes`.
  ///   - extra: Lines that the answer has besides.
  mutating func lead(
    behind key: UInt64,
    _ binding: ContentDigest,
    _ parameters: QueryParameters,
    _ bytes: Span<UInt8>,
    _ target: RequestTarget,
    extra: [UInt8]
  ) {
    end()
    Cursor.write(key, binding, to: &cursor)
    lines.append(contentsOf: extra)
    lines.append(contentsOf: Self.linkBeginning)
    let start = lines.count
    lines.append(copying: bytes.extracting(target.path))
    lines.append(UInt8(ascii: "?"))
    appendQuery(parameters, bytes, target.query ?? 0..<0)
    lines.append(contentsOf: Self.cursorName)
    lines.append(contentsOf: cursor)
    targetPlace = start..<lines.count
    lines.append(contentsOf: Self.linkEnd)
  }

  /// Appends the query as it came, but for a cursor.
  private mutating func appendQuery(
    _ parameters: QueryParameters,
    _ bytes: Span<UInt8>,
    _ query: Range<Int>
  ) {
    var start = query.lowerBound
    var pair = 0
    while start < query.upperBound {
      var end = start
      while end < query.upperBound, bytes[end] != UInt8(ascii: "&") { end += 1 }
      // An empty part makes no pair.
      if end > start, pair < parameters.pairs.count {
        let name = parameters.text.span.extracting(parameters.pairs[pair].name)
        pair += 1
        if !name.equals("cursor") {
          lines.append(copying: bytes.extracting(start..<end))
          lines.append(UInt8(ascii: "&"))
        }
      }
      start = end + 1
    }
  }
}
