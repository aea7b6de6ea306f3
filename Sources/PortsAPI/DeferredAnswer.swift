import HTTP

/// An answer that takes long to make, such as a page of a thousand assignments. It waits for its
/// turn among others of its kind, so that short answers need not wait for it.
final class DeferredAnswer: ResponseWork {
  /// Lists of more items than this wait for their turn.
  static let itemsFloor = 100

  private let responder: APIResponder
  private let head: RequestHead
  private var bytes: [UInt8] = []
  private var made: ResponseBatch
  /// What is left once the answer turns out to be long to code as well.
  private var rest: (any ResponseWork)?

  init(
    _ responder: APIResponder,
    _ head: borrowing RequestHead,
    _ bytes: Span<UInt8>,
    _ batch: borrowing ResponseBatch
  ) {
    self.responder = responder
    self.head = copy head
    self.bytes.append(copying: bytes)
    made = ResponseBatch(capacity: 0)
    made.setDate(batch.now)
    made.persistence = batch.persistence
    made.omitsContent = batch.omitsContent
    made.commonLines = batch.commonLines
    made.circumstances = batch.circumstances
    made.circumstances.hasWaited = true
    made.circumstances.mayHold = false
  }

  func advance() -> Bool {
    if let rest { return rest.advance() }
    let bytes = bytes
    if case .unfinished(let work) = responder.respond(to: head, in: bytes.span, into: &made) {
      rest = work
      return false
    }
    return true
  }

  func finish(into batch: inout ResponseBatch) {
    // Others' answers may have filled the memory while this one waited for its turn.
    let isOverloaded = batch.circumstances.isOverloaded
    if let rest, !isOverloaded { return rest.finish(into: &batch) }
    if batch.persistence == made.persistence, !isOverloaded { return batch.append(made) }
    // Or the server began to drain, and the answer has to say that it is the last one.
    made.removeAll()
    made.persistence = batch.persistence
    made.circumstances.isOverloaded = isOverloaded
    let bytes = bytes
    if case .unfinished(let work) = responder.respond(to: head, in: bytes.span, into: &made) {
      while !work.advance() {}
      return work.finish(into: &batch)
    }
    batch.append(made)
  }
}
