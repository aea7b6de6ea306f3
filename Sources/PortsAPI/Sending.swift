import Gzip
import HTTP

// How an answer leaves: its conditions first, then its coding, then its head and content.
extension APIResponder {
  /// Evaluates the request's conditions (RFC 9110 §13.2).
  ///
  /// A client that takes gzip may hold the plain form from before, or know that short content is
  /// never coded; so the plain form's tag counts too, and chooses that form.
  ///
  /// - Returns: How the request ends without content, or `nil` if content is to be sent.
  func decide(
    _ answer: RepresentationHead,
    _ negotiation: inout Negotiation,
    _ head: borrowing RequestHead,
    _ bytes: Span<UInt8>,
    _ batch: inout ResponseBatch
  ) throws(Problem) -> Disposition? {
    guard negotiation.hasConditions, let digest = answer.digest else { return nil }
    var outcome = Preconditions.evaluate(
      head,
      in: bytes,
      tag: EntityTag(digest: digest, coding: negotiation.coding),
      lastModified: answer.lastModified,
      now: batch.now
    )
    if negotiation.coding == .gzip, outcome != .notModified {
      let plain = Preconditions.evaluate(
        head,
        in: bytes,
        tag: EntityTag(digest: digest, coding: .identity),
        lastModified: answer.lastModified,
        now: batch.now
      )
      if plain == .notModified || (plain == .proceed && outcome == .failed) {
        outcome = plain
        negotiation.coding = .identity
      }
    }
    switch outcome {
    case .proceed: return nil
    case .failed:
      throw Problem(
        .preconditionFailed,
        "the data is no longer as If-Match or If-Unmodified-Since has it"
      )
    case .notModified:
      if negotiation.waitSeconds > 0, batch.circumstances.mayHold,
        head.first(.ifNoneMatch) != nil
      {
        return .held(milliseconds: UInt32(negotiation.grantedSeconds) * 1000)
      }
      begin(.notModified, negotiation, &batch)
      answer.writeNotModified(negotiation.coding, to: &batch.bytes)
      batch.endHead()
      return .ready
    }
  }

  /// The lines that come first in every answer that is not a problem.
  func begin(_ status: Status, _ negotiation: Negotiation, _ batch: inout ResponseBatch) {
    batch.beginHead(status)
    batch.appendLines(originLines)
    if batch.circumstances.wasHeld { negotiation.writeWait(to: &batch) }
  }

  /// Sends the prepared answer to a single port.
  func send(
    _ number: Int,
    _ negotiation: Negotiation,
    _ head: borrowing RequestHead,
    _ bytes: Span<UInt8>,
    _ batch: inout ResponseBatch
  ) throws(Problem) -> Disposition {
    var negotiation = negotiation
    let entry = store.ports.entries[number]
    if entry.identity.contentSize < RepresentationStore.gzipFloorBytes
      || (store.hasGzipForms && entry.gzip == nil)
    {
      negotiation.coding = .identity
    }
    if negotiation.hasConditions || negotiation.coding == .gzip {
      return try sendChosen(entry, negotiation, head, bytes, &batch)
    }
    begin(.ok, negotiation, &batch)
    batch.endHead(
      prepared: store.ports.bytes,
      at: entry.identity.place,
      headSize: Int(entry.identity.headSize)
    )
    return .ready
  }

  /// The same where there is something to decide.
  private func sendChosen(
    _ entry: PreparedPorts.Entry,
    _ negotiation: Negotiation,
    _ head: borrowing RequestHead,
    _ bytes: Span<UInt8>,
    _ batch: inout ResponseBatch
  ) throws(Problem) -> Disposition {
    var negotiation = negotiation
    var answer = RepresentationHead(data: .json, store.shared)
    answer.digest = entry.digest
    if let end = try decide(answer, &negotiation, head, bytes, &batch) { return end }
    if negotiation.coding == .gzip, let form = entry.gzip {
      begin(.ok, negotiation, &batch)
      batch.endHead(
        prepared: store.ports.gzipBytes,
        at: form.place,
        headSize: Int(form.headSize)
      )
      return .ready
    }
    let content = Array(store.ports.bytes[entry.identity.content])
    return send(answer, content, .fixed, negotiation, &batch)
  }

  /// Sends what was made at load.
  func send(
    _ fixed: Representation,
    _ negotiation: Negotiation,
    _ head: borrowing RequestHead,
    _ bytes: Span<UInt8>,
    _ batch: inout ResponseBatch
  ) throws(Problem) -> Disposition {
    var negotiation = negotiation
    if fixed.content.count < RepresentationStore.gzipFloorBytes
      || (store.hasGzipForms && fixed.gzip == nil)
    {
      negotiation.coding = .identity
    }
    if let end = try decide(fixed.head, &negotiation, head, bytes, &batch) { return end }
    if negotiation.coding == .gzip, let gzip = fixed.gzip {
      begin(.ok, negotiation, &batch)
      fixed.head.write(.gzip, contentSize: gzip.count, to: &batch.bytes)
      batch.endHead(sharing: gzip)
      return .ready
    }
    if negotiation.coding == .identity {
      begin(.ok, negotiation, &batch)
      fixed.head.write(.identity, contentSize: fixed.content.count, to: &batch.bytes)
      batch.endHead(sharing: fixed.content)
      return .ready
    }
    return send(fixed.head, fixed.content, .fixed, negotiation, &batch)
  }

  /// Sends content that was made for this request, in the coding that was negotiated.
  func send(
    _ answer: RepresentationHead,
    _ content: [UInt8],
    _ level: ContentLevel,
    _ negotiation: Negotiation,
    _ batch: inout ResponseBatch
  ) -> Disposition {
    if negotiation.coding == .gzip, content.count >= RepresentationStore.gzipFloorBytes {
      if content.count > ContentCoder.piecewiseFloorBytes {
        if let encoder = coder.piecewiseEncoder(level) {
          return .unfinished(
            work(answer, content, encoder, negotiation, wasHeld: batch.circumstances.wasHeld)
          )
        }
      } else if coder.encode(content.span, level) {
        begin(.ok, negotiation, &batch)
        answer.write(.gzip, contentSize: coder.coded.count, to: &batch.bytes)
        batch.endHead(copying: coder.coded)
        return .ready
      }
    }
    begin(.ok, negotiation, &batch)
    answer.write(.identity, contentSize: content.count, to: &batch.bytes)
    batch.endHead(copying: content)
    return .ready
  }

  private func work(
    _ answer: RepresentationHead,
    _ content: [UInt8],
    _ encoder: GzipEncoder,
    _ negotiation: Negotiation,
    wasHeld: Bool
  ) -> GzipWork {
    let originLines = originLines
    return GzipWork(encoder, content) { batch, coded in
      batch.beginHead(.ok)
      batch.appendLines(originLines)
      if wasHeld { negotiation.writeWait(to: &batch) }
      answer.write(.gzip, contentSize: coded.count, to: &batch.bytes)
      batch.endHead(copying: coded)
    }
  }
}
