internal import HTTP

/// One client's connection: reads requests, has them answered, and writes the answers in their order.
///
/// It performs what ``ConnectionState`` decides. Its turns are short: one read, so many answers, one
/// write; then others have theirs.
final class Connection<Link: Transport & ~Copyable> {
  /// What the loop has to do after a turn.
  enum Verdict: Equatable {
    /// Nothing until something becomes ready or the deadline comes.
    case park
    /// Another turn soon, since not all was used up.
    case goOn
    /// Forget the connection.
    case discard
  }

  /// Why a whole request has no answer yet.
  enum Postponement {
    case held
    case unfinished(any ResponseWork)
  }

  /// A request whose content has not come whole. The head stays in ``carry``.
  private struct PendingContent {
    var discarder: ContentDiscarder
    let headSize: Int
    /// Content after the head that has been seen already.
    var seen: Int
  }

  private(set) var state: ConnectionState
  /// Why the request at the front has no answer yet, if so.
  private(set) var postponement: Postponement?
  /// Whether the loop has not seen ``postponement`` yet.
  var isNewlyPostponed = false
  private var transport: Link
  private let responder: any Responder
  private var peer: Peer
  private var parser: RequestHeadParser
  /// What came but was not used up: the beginning of a request, or requests whose turn is to come.
  private var carry: [UInt8] = []
  private var pendingContent: PendingContent?
  private var unsent = SendBuffer()
  /// Whether the transport may have more to read.
  private var mayRead = true
  /// Whether ``carry`` may hold a whole request.
  private var mayTake = false
  /// Whether the peer is known to have finished, though its last bytes may be unread.
  private var endIsNear = false
  /// Whether its last byte has been read.
  private var sawEnd = false
  /// Whether a write failed, so that nothing more can be sent.
  private var isBroken = false
  private var discarded = 0
  /// The size of a postponed request with its content.
  private var postponedSize = 0
  private var postponedPersistence = Persistence.persistent
  private var postponedOmitsContent = false
  private(set) var lastProgress: UInt64

  init(
    _ transport: consuming Link,
    handshakes: Bool,
    peer: Peer,
    responder: any Responder,
    _ bench: borrowing Workbench
  ) {
    state = ConnectionState(handshakes: handshakes, limits: bench.limits, at: bench.now)
    parser = RequestHeadParser(limits: bench.limits.head)
    lastProgress = bench.now
    self.transport = transport
    self.peer = peer
    self.responder = responder
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
  func turn(
    readable: Bool,
    writable: Bool,
    peerFinished: Bool,
    _ buffer: inout ReceiveBuffer,
    _ bench: inout Workbench
  ) -> Verdict {
    if readable || peerFinished { mayRead = true }
    if peerFinished { endIsNear = true }
    if state.phase == .handshaking, !shakeHands(&bench) { return verdict }
    if writable, !unsent.isEmpty { flush(&bench) }
    switch state.phase {
    case .idle, .receiving: takeTurn(&buffer, &bench)
    case .waiting where peerFinished: perform(.peerFinished, &bench)
    case .waiting: break
    case .closing, .lingering: discard(&buffer, &bench)
    case .handshaking, .closed: break
    }
    return verdict
  }

  /// The deadline may have come.
  func timePassed(_ bench: inout Workbench) -> Verdict {
    countEnd(bench)
    perform(.timePassed, &bench)
    return verdict
  }

  /// The loop is going to stop.
  func drain(_ bench: inout Workbench) -> Verdict {
    perform(.drained, &bench)
    return verdict
  }

  /// Ends the connection, which is idle.
  func close(_ bench: inout Workbench) {
    perform(.failed, &bench)
  }

  /// Gives the connection up to make room, with all that was still to be sent.
  func giveUp(_ bench: inout Workbench) {
    transport.prepareReset()
    perform(.failed, &bench)
  }

  /// Makes a postponed answer now: its data changed, or its work is done.
  func resume(_ bench: inout Workbench) -> Verdict {
    answerPostponed(&bench)
    return verdict
  }

  private var verdict: Verdict {
    switch state.phase {
    case .closed: .discard
    case .idle, .receiving:
      unsent.isEmpty && (mayTake || mayRead) ? .goOn : .park
    case .closing, .lingering: mayRead ? .goOn : .park
    case .handshaking, .waiting: .park
    }
  }

  private func shakeHands(_ bench: inout Workbench) -> Bool {
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
      send(&bench)
      return false
    case .failed:
      bench.statistics.count(.handshake)
      perform(.failed, &bench)
      return false
    }
  }

  private func takeTurn(_ buffer: inout ReceiveBuffer, _ bench: inout Workbench) {
    guard unsent.size <= bench.limits.unwrittenBytes else { return }
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
      case .failed: return breakOff(&bench)
      }
    }
    send(&bench)
    if sawEnd, !mayTake, state.phase != .closed { perform(.peerFinished, &bench) }
  }

  /// A short read of a stream has emptied it (epoll(7)), unless the transport itself keeps some or the
  /// end of the stream is still to be read: that was announced together with the bytes before it.
  private func mayHoldMore(afterReading count: Int) -> Bool {
    count == ReceiveBuffer.capacity || endIsNear || transport.hasBufferedInput
  }

  private func beginBatch(_ bench: inout Workbench) {
    bench.batch.circumstances.peer = peer
    bench.batch.circumstances.isOverloaded = bench.memory.isFull
    bench.batch.circumstances.wasHeld = false
    bench.batch.circumstances.mayHold =
      !endIsNear && !bench.isDraining && bench.heldCount < bench.limits.heldAnswers
  }

  private func takeFromCarry(_ bench: inout Workbench) {
    var bytes: [UInt8] = []
    swap(&bytes, &carry)
    let taken = take(bytes.span, &bench)
    if taken == 0, pendingContent == nil {
      swap(&bytes, &carry)
    } else {
      keepRest(bytes.span, from: taken)
    }
  }

  /// Keeps what is not used up, less content that has been passed over.
  private func keepRest(_ bytes: Span<UInt8>, from start: Int) {
    guard start < bytes.count, state.phase != .closing else { return }
    guard var content = pendingContent else {
      carry.append(copying: bytes.extracting(start..<bytes.count))
      return
    }
    carry.append(copying: bytes.extracting(start..<start + content.headSize))
    carry.append(copying: bytes.extracting(start + content.headSize + content.seen..<bytes.count))
    content.seen = 0
    pendingContent = content
  }

  // MARK: Requests

  /// Answers the requests in `bytes`, as many as a turn may.
  ///
  /// - Returns: How many bytes are used up.
  private func take(_ bytes: Span<UInt8>, _ bench: inout Workbench) -> Int {
    var start = 0
    var answers = 0
    mayTake = false
    while start < bytes.count, state.takesRequests {
      if answers == bench.limits.answersPerTurn
        || bench.batch.size >= bench.limits.answerBytesPerTurn
        || bench.batch.size + unsent.size > bench.limits.unwrittenBytes
      {
        mayTake = true
        return start
      }
      do {
        let rest = bytes.extracting(start..<bytes.count)
        guard let size = try requestSize(rest, &bench) else {
          if state.phase == .idle { perform(.requestBegan, &bench) }
          return start
        }
        answers += 1
        answer(rest, size, &bench)
        if state.phase == .waiting { return start }
        start += size
      } catch {
        let isHead = Self.beginsWithHead(bytes.extracting(start..<bytes.count))
        refuse(error, omitsContent: isHead, &bench)
        return bytes.count
      }
    }
    return start
  }

  /// The size of the request at the front with its content, once it is there whole. Its head is on
  /// the bench then.
  private func requestSize(
    _ bytes: Span<UInt8>,
    _ bench: inout Workbench
  ) throws(RequestHeadFault) -> Int? {
    if var content = pendingContent {
      content.seen += try content.discarder.consume(
        bytes.extracting(content.headSize + content.seen..<bytes.count)
      )
      pendingContent = content
      guard content.discarder.isDone else { return nil }
      pendingContent = nil
      parser.reset()
      _ = try parser.resume(over: bytes.extracting(0..<content.headSize), into: &bench.head)
      return content.headSize + content.seen
    }
    guard try parser.resume(over: bytes, into: &bench.head) == .complete else { return nil }
    if bench.head.target.isHTTPS, !peer.isSecure { throw .schemeNotSecured }
    let headSize = bench.head.size
    if bench.head.framing == .none { return headSize }
    var discarder = ContentDiscarder(bench.head.framing, limits: bench.limits.head)
    let seen = try discarder.consume(bytes.extracting(headSize..<bytes.count))
    if discarder.isDone { return headSize + seen }
    pendingContent = PendingContent(discarder: discarder, headSize: headSize, seen: seen)
    if bench.head.expectsContinue, bytes.count == headSize { bench.batch.appendContinue() }
    return nil
  }

  private func answer(_ bytes: Span<UInt8>, _ size: Int, _ bench: inout Workbench) {
    let request = bytes.extracting(0..<bench.head.size)
    bench.statistics.requests.add(1)
    bench.batch.persistence = bench.isDraining ? .close : bench.head.persistence
    bench.batch.omitsContent = bench.head.method == .head
    let closes = bench.batch.persistence == .close
    switch responder.respond(to: bench.head, in: request, into: &bench.batch) {
    case .ready:
      perform(.answered(closes: closes), &bench)
      return
    case .held(let milliseconds):
      postponement = .held
      bench.heldCount += 1
      bench.statistics.held.add(1)
      perform(.postponed(deadline: bench.now + UInt64(milliseconds)), &bench)
    case .unfinished(let work):
      postponement = .unfinished(work)
      perform(.postponed(deadline: .max), &bench)
    }
    isNewlyPostponed = true
    postponedSize = size
    postponedPersistence = bench.batch.persistence
    postponedOmitsContent = bench.batch.omitsContent
  }

  private func answerPostponed(_ bench: inout Workbench) {
    guard let postponement, state.phase == .waiting else { return }
    self.postponement = nil
    beginBatch(&bench)
    bench.batch.circumstances.mayHold = false
    bench.batch.persistence = bench.isDraining ? .close : postponedPersistence
    bench.batch.omitsContent = postponedOmitsContent
    let closes = bench.batch.persistence == .close
    switch postponement {
    case .held:
      leaveHeld(&bench)
      bench.batch.circumstances.wasHeld = true
      var bytes: [UInt8] = []
      swap(&bytes, &carry)
      var parser = RequestHeadParser(limits: bench.limits.head)
      if (try? parser.resume(over: bytes.span, into: &bench.head)) == .complete {
        let request = bytes.span.extracting(0..<bench.head.size)
        _ = responder.respond(to: bench.head, in: request, into: &bench.batch)
      }
      swap(&bytes, &carry)
    case .unfinished(let work):
      work.finish(into: &bench.batch)
    }
    carry.removeFirst(min(postponedSize, carry.count))
    perform(.answered(closes: closes), &bench)
    mayTake = !carry.isEmpty
    send(&bench)
    if sawEnd, !mayTake, state.phase != .closed { perform(.peerFinished, &bench) }
  }

  private func leaveHeld(_ bench: inout Workbench) {
    bench.heldCount -= 1
    bench.statistics.held.add(-1)
  }

  /// Answers a request that cannot be read; nothing after it is read as another.
  private func refuse(
    _ fault: RequestHeadFault,
    omitsContent: Bool,
    _ bench: inout Workbench
  ) {
    bench.statistics.count(Statistics.Refusal(fault))
    bench.batch.persistence = .close
    bench.batch.omitsContent = omitsContent
    responder.refuse(fault, into: &bench.batch)
    pendingContent = nil
    perform(.answered(closes: true), &bench)
  }

  /// RFC 9110 §9.3.2: whatever its answer is, a HEAD request gets no content.
  private static func beginsWithHead(_ bytes: Span<UInt8>) -> Bool {
    bytes.count >= 5 && bytes.extracting(0..<5).equals("HEAD ")
  }

  // MARK: Sending

  /// Sends what the batch holds, and keeps what the kernel does not take.
  private func send(_ bench: inout Workbench) {
    if state.phase == .closed { return bench.batch.removeAll() }
    if !bench.batch.isEmpty {
      let sent = unsent.isEmpty ? sendDirectly(bench) : 0
      if isBroken {
        bench.batch.removeAll()
        return breakOff(&bench)
      }
      if sent < bench.batch.size {
        let before = unsent.privateSize
        unsent.append(bench.batch, from: sent)
        bench.memory.add(unsent.privateSize - before)
      }
      bench.batch.removeAll()
      if !unsent.isEmpty { return perform(.sentSome, &bench) }
    } else if !unsent.isEmpty {
      return
    }
    perform(.sentAll, &bench)
  }

  /// - Returns: How many bytes of the batch were taken.
  private func sendDirectly(_ bench: borrowing Workbench) -> Int {
    if bench.batch.attachments.isEmpty {
      return sendWhole(bench.batch.bytes.span, more: false, bench)
    }
    var sent = 0
    var isOpen = true
    let size = bench.batch.size
    bench.batch.forEachSegment { segment in
      guard isOpen else { return }
      let taken =
        switch segment {
        case .own(let range):
          sendWhole(
            bench.batch.bytes.span.extracting(range),
            more: sent + range.count < size,
            bench
          )
        case .shared(let content):
          sendWhole(content.span, more: sent + content.count < size, bench)
        }
      sent += taken
      isOpen = taken == segment.count
    }
    return sent
  }

  /// Writes until all is taken or nothing more is.
  private func sendWhole(_ bytes: Span<UInt8>, more: Bool, _ bench: borrowing Workbench) -> Int {
    var sent = 0
    while sent < bytes.count {
      switch transport.write(bytes.extracting(sent..<bytes.count), more: more) {
      case .bytes(let count):
        sent += count
        lastProgress = bench.now
      case .wouldBlock:
        bench.statistics.bytesSent.add(sent)
        return sent
      case .failed:
        isBroken = true
        return sent
      }
    }
    bench.statistics.bytesSent.add(sent)
    return sent
  }

  private func flush(_ bench: inout Workbench) {
    var waiting = SendBuffer()
    swap(&waiting, &unsent)
    let before = waiting.privateSize
    let sent = waiting.drain { bytes, more in sendWhole(bytes, more: more, bench) }
    swap(&waiting, &unsent)
    bench.memory.add(unsent.privateSize - before)
    if isBroken { return breakOff(&bench) }
    if unsent.isEmpty {
      perform(.sentAll, &bench)
    } else if sent > 0 {
      perform(.sentSome, &bench)
    }
  }

  private func breakOff(_ bench: inout Workbench) {
    bench.statistics.count(.reset)
    perform(.failed, &bench)
  }

  // MARK: The end

  /// Throws away what still comes after the last answer.
  private func discard(_ buffer: inout ReceiveBuffer, _ bench: inout Workbench) {
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

  private func perform(_ event: ConnectionState.Event, _ bench: inout Workbench) {
    switch state.handle(event, limits: bench.limits, at: bench.now) {
    case .none, .close: break
    case .refuseLateRequest:
      beginBatch(&bench)
      refuse(.timeout, omitsContent: Self.beginsWithHead(carry.span), &bench)
      carry = []
      send(&bench)
    case .answerNow:
      // Work under way is not cut short; it ends by itself.
      if case .held = postponement { answerPostponed(&bench) }
    case .finishSending:
      carry = []
      transport.finishSending()
      mayRead = true
    case .reset: transport.prepareReset()
    }
    if state.phase == .closed { releaseMemory(&bench) }
  }

  private func releaseMemory(_ bench: inout Workbench) {
    if case .held = postponement { leaveHeld(&bench) }
    postponement = nil
    bench.memory.add(-unsent.privateSize)
    unsent = SendBuffer()
  }

  private func countEnd(_ bench: borrowing Workbench) {
    guard bench.now >= state.deadline else { return }
    switch state.phase {
    case .idle: bench.statistics.count(unsent.isEmpty ? .idle : .stall)
    case .handshaking: bench.statistics.count(.handshake)
    case .closing: bench.statistics.count(.stall)
    case .receiving, .waiting, .lingering, .closed: break
    }
  }
}
