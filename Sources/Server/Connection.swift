internal import HTTP

/// One client's connection: reads requests, has them answered, and writes the answers in their
/// order.
///
/// It performs what ``ConnectionState`` decides. Its turns are short: one read, so many answers;
/// then others have theirs. What was answered in a turn is delivered by one write, together with
/// what others were answered.
struct Connection<Link: Transport & ~Copyable>: ~Copyable {
  /// What the loop has to do after a turn.
  enum Verdict: Equatable {
    /// Nothing until something becomes ready or the deadline comes.
    case park
    /// Another turn soon, since not all was used up.
    case goOn
    /// Send what the turn has put into the batch, with ``deliver(_:_:)``, before anything else.
    case deliver
    /// Forget the connection.
    case discard
  }

  /// Why a whole request has no answer yet.
  enum Postponement {
    case held
    case unfinished(any ResponseWork)
  }

  /// A request whose content has not come whole. The head stays in ``carry``.
  struct PendingContent {
    var discarder: ContentDiscarder
    let headSize: Int
    /// Content after the head that has been seen already.
    var seen: Int
  }

  var state: ConnectionState
  /// The phase that ``Statistics`` have this connection in, which is that at the end of a turn.
  private var countedPhase: ConnectionState.Phase
  /// Why the request at the front has no answer yet, if so.
  var postponement: Postponement?
  /// Whether the loop has not seen ``postponement`` yet.
  var isNewlyPostponed = false
  var transport: Link
  let responder: any Responder
  var peer: Peer
  var parser: RequestHeadParser
  /// What came but was not used up: the beginning of a request, or requests whose turn is to come.
  var carry: [UInt8] = []
  var pendingContent: PendingContent?
  var unsent = SendBuffer()
  /// Whether the transport may have more to read.
  var mayRead = true
  /// Whether ``carry`` may hold a whole request.
  var mayTake = false
  /// Whether the peer is known to have finished, though its last bytes may be unread.
  var endIsNear = false
  /// Whether its last byte has been read.
  var sawEnd = false
  /// Whether a write failed, so that nothing more can be sent.
  var isBroken = false
  var discarded = 0
  /// The size of a postponed request with its content.
  var postponedSize = 0
  var postponedPersistence = Persistence.persistent
  var postponedOmitsContent = false
  var lastProgress: UInt64

  init(
    _ transport: consuming Link,
    handshakes: Bool,
    peer: Peer,
    responder: any Responder,
    _ bench: borrowing Workbench
  ) {
    state = ConnectionState(handshakes: handshakes, limits: bench.limits, at: bench.now)
    countedPhase = state.phase
    parser = RequestHeadParser(limits: bench.limits.head)
    lastProgress = bench.now
    self.transport = transport
    self.peer = peer
    self.responder = responder
    bench.statistics.moveConnection(from: .closed, to: state.phase)
  }

  /// What waits to be written, in bytes; what others share not counted.
  var unsentPrivateSize: Int { unsent.privateSize }

  /// The same with what is shared.
  var unsentSize: Int { unsent.size }

  /// What came and waits for its turn, in bytes.
  var carrySize: Int { carry.count }

  // MARK: Turns

  /// The transport became ready, or an earlier turn left something over.
  ///
  /// - Parameter peerFinished: Whether the peer has finished sending, or is gone.
  mutating func turn(
    readable: Bool,
    writable: Bool,
    peerFinished: Bool,
    _ buffer: inout ReceiveBuffer,
    _ bench: inout Workbench
  ) -> Verdict {
    if readable || peerFinished || writable && transport.readAwaitsRoom { mayRead = true }
    if peerFinished { endIsNear = true }
    if state.phase == .handshaking, !shakeHands(&bench) { return conclude(&bench) }
    if writable, !unsent.isEmpty { flush(&bench) }
    switch state.phase {
    case .idle, .receiving: if takeTurn(&buffer, &bench) { return .deliver }
    case .waiting where peerFinished: perform(.peerFinished, &bench)
    case .waiting: break
    case .closing, .lingering: discard(&buffer, &bench)
    case .handshaking, .closed: break
    }
    return conclude(&bench)
  }

  /// Sends what the last turn answered.
  mutating func deliver(_ run: ResponseBatch.Run, _ bench: inout Workbench) -> Verdict {
    send(run, &bench)
    seeToTheEnd(&bench)
    return conclude(&bench)
  }

  /// The deadline may have come.
  mutating func timePassed(_ bench: inout Workbench) -> Verdict {
    countEnd(bench)
    perform(.timePassed, &bench)
    return conclude(&bench)
  }

  /// The loop is going to stop.
  mutating func drain(_ bench: inout Workbench) -> Verdict {
    perform(.drained, &bench)
    return conclude(&bench)
  }

  /// Ends the connection, which is idle.
  mutating func close(_ bench: inout Workbench) {
    perform(.failed, &bench)
    countPhase(&bench)
  }

  /// Gives the connection up to make room, with all that was still to be sent.
  mutating func giveUp(_ bench: inout Workbench) {
    transport.prepareReset()
    perform(.failed, &bench)
    countPhase(&bench)
  }

  /// Makes a postponed answer, since data changed or its work is done. One that was held back and
  /// would be the same as before is held on.
  mutating func resume(_ bench: inout Workbench) -> Verdict {
    answerPostponed(mayHold: !endIsNear && !bench.isDraining, &bench)
    return conclude(&bench)
  }

  /// The end of a turn.
  private mutating func conclude(_ bench: inout Workbench) -> Verdict {
    countPhase(&bench)
    return verdict
  }

  private mutating func countPhase(_ bench: inout Workbench) {
    guard state.phase != countedPhase else { return }
    bench.statistics.moveConnection(from: countedPhase, to: state.phase)
    countedPhase = state.phase
  }

  var verdict: Verdict {
    switch state.phase {
    case .closed: .discard
    case .idle, .receiving:
      unsent.isEmpty && (mayTake || mayRead) ? .goOn : .park
    case .closing, .lingering: mayRead ? .goOn : .park
    case .handshaking, .waiting: .park
    }
  }

  mutating func shakeHands(_ bench: inout Workbench) -> Bool {
    switch transport.handshake() {
    case .done:
      bench.statistics.handshakes.add(1)
      if transport.isResumed { bench.statistics.handshakesResumed.add(1) }
      if let subject = transport.certificateSubject {
        peer = peer.with(certificateSubject: subject)
      }
      perform(.established, &bench)
      mayRead = true
      return true
    case .wouldBlock:
      return false
    case .plainRequest:
      perform(.established, &bench)
      refuse(.wrongProtocol, omitsContent: false, &bench)
      sendAtOnce(&bench)
      return false
    case .failed:
      bench.statistics.count(.handshake)
      perform(.failed, &bench)
      return false
    }
  }

  /// - Returns: Whether the batch has answers that are still to be delivered.
  mutating func takeTurn(_ buffer: inout ReceiveBuffer, _ bench: inout Workbench) -> Bool {
    guard unsent.size <= bench.limits.unwrittenBytes else { return false }
    beginBatch(&bench)
    if mayTake {
      takeFromCarry(&bench)
    } else if mayRead {
      switch buffer.fill(from: &transport) {
      case .bytes(let count):
        bench.statistics.bytesReceived.add(count)
        mayRead = mayHoldMore(afterReading: count)
        let received = buffer.bytes.span.extracting(0..<count)
        if carry.isEmpty {
          keepRest(received, from: take(received, &bench))
        } else {
          carry.append(copying: received)
          takeFromCarry(&bench)
        }
      case .wouldBlock: mayRead = transport.hasBufferedInput
      case .endOfStream:
        mayRead = false
        sawEnd = true
      case .failed:
        breakOff(&bench)
        return false
      }
    }
    if bench.gathersAnswers, bench.batch.runSize > 0 { return true }
    sendAtOnce(&bench)
    seeToTheEnd(&bench)
    return false
  }

  /// Once all is answered that a peer has sent who has finished, so does this side.
  mutating func seeToTheEnd(_ bench: inout Workbench) {
    if sawEnd, !mayTake, state.phase != .closed { perform(.peerFinished, &bench) }
  }

  /// A short read of a stream has emptied it (epoll(7)), unless the transport itself keeps some or
  /// the end of the stream is still to be read: that was announced together with the bytes before
  /// it.
  func mayHoldMore(afterReading count: Int) -> Bool {
    count == ReceiveBuffer.capacity || endIsNear || transport.hasBufferedInput
  }

  mutating func beginBatch(_ bench: inout Workbench) {
    bench.batch.circumstances.peer = peer
    bench.batch.circumstances.isOverloaded = bench.quotas.unwrittenBytes.isFull
    bench.batch.circumstances.wasHeld = false
    bench.batch.circumstances.mayHold =
      !endIsNear && !bench.isDraining && !bench.quotas.heldAnswers.isFull
  }

  // MARK: The end

  /// Throws away what still comes after the last answer.
  mutating func discard(_ buffer: inout ReceiveBuffer, _ bench: inout Workbench) {
    guard mayRead else { return }
    switch buffer.fill(from: &transport) {
    case .bytes(let count):
      discarded += count
      mayRead = mayHoldMore(afterReading: count)
      if discarded > bench.limits.lingerBytes, state.phase == .lingering {
        perform(.discardedEnough, &bench)
      }
    case .wouldBlock: mayRead = transport.hasBufferedInput
    case .endOfStream:
      mayRead = false
      perform(.peerFinished, &bench)
    case .failed: breakOff(&bench)
    }
  }

  mutating func perform(_ event: ConnectionState.Event, _ bench: inout Workbench) {
    switch state.handle(event, limits: bench.limits, at: bench.now) {
    case .none: break
    // An answer that was not sent whole is cut off, and must look it.
    case .close: if unsent.isEmpty { transport.announceEnd() }
    case .refuseLateRequest:
      beginBatch(&bench)
      refuse(.timeout, omitsContent: Self.beginsWithHead(carry.span), &bench)
      carry = []
      sendAtOnce(&bench)
    case .answerNow:
      // Work under way is not cut short; it ends by itself.
      if case .held = postponement { answerPostponed(mayHold: false, &bench) }
    case .finishSending:
      carry = []
      transport.finishSending()
      mayRead = true
    case .reset: transport.prepareReset()
    }
    if state.phase == .closed { releaseMemory(&bench) }
  }

  mutating func releaseMemory(_ bench: inout Workbench) {
    if case .held = postponement { leaveHeld(&bench) }
    postponement = nil
    bench.quotas.unwrittenBytes.add(-unsent.privateSize)
    unsent = SendBuffer()
  }

  func countEnd(_ bench: borrowing Workbench) {
    guard bench.now >= state.deadline else { return }
    switch state.phase {
    case .idle: bench.statistics.count(unsent.isEmpty ? .idle : .stall)
    case .handshaking: bench.statistics.count(.handshake)
    case .closing: bench.statistics.count(.stall)
    case .receiving, .waiting, .lingering, .closed: break
    }
  }
}
