/// What stands behind an engine that speaks HTTP: it gives an answer to each request.
///
/// The engine is given one responder for each event loop and listener, and calls it on that loop
/// only, so a responder may keep buffers and streams of its own without a lock.
package protocol Responder: AnyObject {
  /// Answers one request, whose head is whole and whose content has been passed over.
  ///
  /// - Parameters:
  ///   - head: What the head says. Ranges in it are places in `bytes`.
  ///   - bytes: The head as it came.
  ///   - batch: Takes the answer. Its ``ResponseBatch/persistence``, ``ResponseBatch/omitsContent``
  ///     and ``ResponseBatch/circumstances`` are set; what is already in it belongs to earlier
  ///     requests.
  func respond(
    to head: borrowing RequestHead,
    in bytes: Span<UInt8>,
    into batch: inout ResponseBatch
  ) -> Disposition

  /// Says what is wrong with a request that cannot be read. The connection closes after it.
  func refuse(_ fault: RequestHeadFault, into batch: inout ResponseBatch)
}

/// What a responder did with a request.
package enum Disposition {
  /// The whole answer is in the batch.
  case ready
  /// There is no answer yet, and nothing is in the batch (`Prefer: wait`, RFC 7240 §4.3). The
  /// engine asks again with the same request whenever data changes, and the answer may be held on.
  /// So many milliseconds after the first time it asks with ``Circumstances/mayHold`` false.
  case held(milliseconds: UInt32)
  /// The answer takes longer than a turn may; nothing is in the batch yet. The engine advances the
  /// work between other events, one work of a loop at a time, in the order they came.
  case unfinished(any ResponseWork)
}

/// An answer that is made in pieces, so that one connection's long answer does not hold up the
/// others.
package protocol ResponseWork: AnyObject {
  /// Does one piece.
  ///
  /// - Returns: Whether the answer is whole, so that ``finish(into:)`` may be called.
  func advance() -> Bool

  /// Puts the answer into the batch, once. `persistence` and `omitsContent` are set as they were.
  func finish(into batch: inout ResponseBatch)
}

/// What an engine lets a responder know beside the request itself.
package struct Circumstances {
  /// Who asks.
  package var peer: Peer
  /// Whether the answer may be held back (``Disposition/held(milliseconds:)``).
  package var mayHold = false
  /// Whether the answer has been held back already.
  package var wasHeld = false
  /// Whether the request has already waited for its turn among those that take long to answer.
  package var hasWaited = false
  /// Whether unwritten answers fill the memory set aside for them: what is not prepared is then
  /// refused.
  package var isOverloaded = false
  /// When the engine began with the bytes that the request came in, in nanoseconds of a clock that
  /// never goes back.
  package var beganNanoseconds: UInt64 = 0

  package init(peer: Peer) {
    self.peer = peer
  }
}
