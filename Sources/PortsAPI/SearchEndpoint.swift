import HTTP
import JSON
import PortRegistry

// `/ports?q=…`, and `/ports` for all
extension APIResponder {
  func answerPorts(
    _ negotiation: Negotiation,
    _ head: borrowing RequestHead,
    _ bytes: Span<UInt8>,
    _ batch: inout ResponseBatch
  ) throws(Problem) -> Disposition {
    try refuseWhenOverloaded(batch)
    if parameters.names("port") {
      return try answerBatch(negotiation, head, bytes, &batch)
    }
    var negotiation = negotiation
    var reader = ParameterReader(parameters, allowed: Question.parameters)
    let question = Question(&reader)
    negotiation.mediaType = reader.mediaType(negotiation.mediaType)
    try reader.finish()
    let binding = question.binding(store.digest)
    var after: RankingKey?
    if let cursor = question.cursor {
      after = RankingKey(rawValue: try Cursor.read(cursor.span, binding))
    }
    var answer = RepresentationHead(data: negotiation.mediaType, store.shared)
    answer.digest = tag(binding, question, after, negotiation.mediaType)
    if let end = try decide(answer, &negotiation, head, bytes, &batch) { return end }
    if question.limit > DeferredAnswer.itemsFloor, !batch.circumstances.hasWaited {
      return .unfinished(DeferredAnswer(self, head, bytes, batch))
    }

    let hasNext = find(question, after: after)
    next.removeAll(keepingCapacity: true)
    if hasNext, let last = page.last { Cursor.write(last.rawValue, binding, to: &next) }
    nextTarget.removeAll(keepingCapacity: true)
    if hasNext {
      writeNextTarget(bytes, head.target)
      answer.extra.append(contentsOf: "Link: <".utf8)
      answer.extra.append(contentsOf: nextTarget)
      answer.extra.append(contentsOf: ">; rel=\"next\"\r\n".utf8)
    }
    return sendPage(answer, question, negotiation, &batch)
  }

  /// The tag's digest: of everything that the content follows from, so that it need not be made.
  private func tag(
    _ binding: ContentDigest,
    _ question: Question,
    _ after: RankingKey?,
    _ type: MediaType
  ) -> UInt64 {
    var digest = binding
    digest.append(UInt64(question.limit))
    digest.append(question.hasFacets ? UInt8(1) : 0)
    digest.append(after?.rawValue ?? UInt64.max)
    digest.append(type.rawValue)
    return digest.finish()
  }

  /// Lists the answers, and brings those of the page into ``page``.
  ///
  /// - Returns: Whether there are more behind them.
  private func find(_ question: Question, after: RankingKey?) -> Bool {
    if question.isSearch {
      query.parse(question.words.span)
      searcher.search(query, in: store.registry, filter: question.filter)
    } else {
      searcher.browse(store.registry, filter: question.filter)
    }
    searcher.page(after: after, limit: question.limit + 1, into: &page)
    var hasNext = page.count > question.limit
    if hasNext { page.removeLast() }
    // A page that would be too long ends earlier; what is left comes with the next.
    var size = 0
    for (place, key) in page.enumerated() {
      size += assignmentSize(key.number) + Self.matchBytes
      if place > 0, size > Self.answerBytesMax {
        page.removeLast(page.count - place)
        hasNext = true
        break
      }
    }
    return hasNext
  }

  /// How long one answer may be, in bytes. A page that would be longer is cut.
  static let answerBytesMax = 256 * 1024
  /// Room for an item's `match`.
  private static let matchBytes = 128

  func refuseWhenOverloaded(_ batch: borrowing ResponseBatch) throws(Problem) {
    if batch.circumstances.isOverloaded {
      throw Problem(
        .overloaded,
        "too many answers wait to be read; single ports are still served, lists in a second"
      )
    }
  }

  // MARK: Writing

  private func sendPage(
    _ answer: RepresentationHead,
    _ question: Question,
    _ negotiation: Negotiation,
    _ batch: inout ResponseBatch
  ) -> Disposition {
    if negotiation.mediaType == .json {
      writePage(question)
      return send(answer, writer.bytes, .composed, negotiation, &batch)
    }
    table.beginAssignments()
    for key in page { table.appendAssignment(key.number, of: store.registry) }
    text.removeAll(keepingCapacity: true)
    switch negotiation.mediaType {
    case .json, .plainText: table.writeText(to: &text)
    case .csv: table.writeCSV(to: &text)
    case .html:
      HTMLPage.writeList(
        question.isSearch
          ? "\(String(decoding: question.words, as: UTF8.self)): \(searcher.keys.count) found"
          : "\(searcher.keys.count) assignments",
        question: question.words,
        next: nextTarget,
        store.fixed.dashboard.pageFiles,
        table,
        to: &text
      )
    }
    return send(answer, text, .composed, negotiation, &batch)
  }

  private func writePage(_ question: Question) {
    let registry = store.registry
    writer.removeAll()
    PageBody.begin(total: searcher.keys.count, into: &writer)
    for key in page {
      writeAssignment(key.number)
      if question.isSearch {
        match.find(key, of: query, in: registry)
        AssignmentBody.write(match, into: &writer)
      }
      writer.endObject()
    }
    let counts =
      question.hasFacets ? FacetCounts(searcher.keys, registry, question.filter) : nil
    PageBody.end(next: next.isEmpty ? nil : next, counts: counts, into: &writer)
    writer.endText()
  }

  /// Writes the target of the next page: the query as it came, with another cursor.
  func writeNextTarget(_ bytes: Span<UInt8>, _ target: RequestTarget) {
    for index in target.path { nextTarget.append(bytes[index]) }
    nextTarget.append(UInt8(ascii: "?"))
    let query = target.query ?? 0..<0
    var start = query.lowerBound
    var pair = 0
    while start < query.upperBound {
      var end = start
      while end < query.upperBound, bytes[end] != UInt8(ascii: "&") { end += 1 }
      // An empty part makes no pair.
      if end > start, pair < parameters.pairs.count {
        let isCursor = parameters.text[parameters.pairs[pair].name].elementsEqual("cursor".utf8)
        pair += 1
        if !isCursor {
          for index in start..<end { nextTarget.append(bytes[index]) }
          nextTarget.append(UInt8(ascii: "&"))
        }
      }
      start = end + 1
    }
    nextTarget.append(contentsOf: "cursor=".utf8)
    nextTarget.append(contentsOf: next)
  }
}
