/// What stands behind an engine that speaks HTTP: it gives an answer to each request.
///
/// The engine makes one responder for each event loop and calls it on that loop only, so a responder
/// may keep buffers and streams of its own without a lock.
package protocol Responder: AnyObject {
  /// Answers one request, whose head is whole and whose content has been passed over.
  ///
  /// - Parameters:
  ///   - head: What the head says. Ranges in it are places in `bytes`.
  ///   - bytes: The head as it came.
  ///   - batch: Takes the answer. Its `persistence` and `omitsContent` are set; what is already in
  ///     it belongs to earlier requests.
  func respond(
    to head: borrowing RequestHead, in bytes: Span<UInt8>, into batch: inout ResponseBatch
  ) -> Disposition

  /// Says what is wrong with a request that cannot be read. The connection closes after it.
  func refuse(_ fault: RequestHeadFault, into batch: inout ResponseBatch)
}

/// What a responder did with a request.
package enum Disposition: Equatable, Sendable {
  /// The whole answer is in the batch.
  case ready
  /// There is no answer yet. The engine asks again with the same request when the data changes or
  /// after so many milliseconds, whichever is first (`Prefer: wait`, RFC 7240 §4.3).
  case held(milliseconds: UInt32)
}
