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

    let hasNext = list.find(question, after: after, in: store)
    leadOn(hasNext ? list.page.last?.rawValue : nil, binding, bytes, head.target, &answer)
    return sendPage(answer, question, negotiation, &batch)
  }

  /// The tag's digest: of everything that the content follows from, so that it need not be made.
  private func tag(
    _ binding: ContentDigest,
    _ question: borrowing Question,
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
    _ question: borrowing Question,
    _ negotiation: Negotiation,
    _ batch: inout ResponseBatch
  ) -> Disposition {
    if negotiation.mediaType == .json {
      list.write(question, next: next.cursor, from: store, into: &writer)
      return send(answer, writer.bytes, .composed, negotiation, &batch)
    }
    table.beginAssignments()
    for key in list.page { table.appendAssignment(key.number, of: store.registry) }
    text.removeAll(keepingCapacity: true)
    switch negotiation.mediaType {
    case .json, .plainText: table.writeText(to: &text)
    case .csv: table.writeCSV(to: &text)
    case .html:
      HTMLPage.writeList(
        question.isSearch
          ? "\(String(decoding: question.words, as: UTF8.self)): \(list.total) found"
          : "\(list.total) assignments",
        question: question.words,
        next: next.target,
        store.fixed.dashboard.pageFiles,
        table,
        to: &text
      )
    }
    return send(answer, text, .composed, negotiation, &batch)
  }

  /// Makes the answer lead on behind `key`; `nil` on the last page.
  func leadOn(
    _ key: UInt64?,
    _ binding: ContentDigest,
    _ bytes: Span<UInt8>,
    _ target: RequestTarget,
    _ answer: inout RepresentationHead
  ) {
    guard let key else { return next.end() }
    next.lead(behind: key, binding, parameters, bytes, target, extra: answer.extra)
    answer.extra = next.lines
  }
}
