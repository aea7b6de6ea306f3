internal import HTTP

// How a connection takes requests from its bytes and has them answered.
extension Connection where Link: ~Copyable {
  mutating func takeFromCarry(_ bench: inout Workbench) {
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
  mutating func keepRest(_ bytes: Span<UInt8>, from start: Int) {
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

  /// Answers the requests in `bytes`, as many as a turn may.
  ///
  /// - Returns: How many bytes are used up.
  mutating func take(_ bytes: Span<UInt8>, _ bench: inout Workbench) -> Int {
    var start = 0
    var answers = 0
    mayTake = false
    while start < bytes.count, state.takesRequests {
      if answers == bench.limits.answersPerTurn
        || bench.batch.runSize >= bench.limits.answerBytesPerTurn
        || bench.batch.runSize + unsent.size > bench.limits.unwrittenBytes
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
  mutating func requestSize(
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

  mutating func answer(_ bytes: Span<UInt8>, _ size: Int, _ bench: inout Workbench) {
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
      bench.quotas.heldAnswers.add(1)
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

  /// Answers the request whose answer was held back or has been in the making.
  ///
  /// - Parameter mayHold: Whether an answer that was held back may be held on.
  mutating func answerPostponed(mayHold: Bool, _ bench: inout Workbench) {
    guard let postponement, state.phase == .waiting else { return }
    beginBatch(&bench)
    bench.batch.circumstances.mayHold = mayHold
    bench.batch.persistence = bench.isDraining ? .close : postponedPersistence
    bench.batch.omitsContent = postponedOmitsContent
    let closes = bench.batch.persistence == .close
    switch postponement {
    case .held:
      switch respondAgain(&bench) {
      case .held: return
      case .ready: leaveHeld(&bench)
      case .unfinished(let work):
        leaveHeld(&bench)
        self.postponement = .unfinished(work)
        isNewlyPostponed = true
        return perform(.postponed(deadline: .max), &bench)
      }
    case .unfinished(let work):
      self.postponement = nil
      work.finish(into: &bench.batch)
    }
    carry.removeFirst(min(postponedSize, carry.count))
    perform(.answered(closes: closes), &bench)
    mayTake = !carry.isEmpty
    sendAtOnce(&bench)
    seeToTheEnd(&bench)
  }

  /// Asks the responder again for an answer that it held back.
  mutating func respondAgain(_ bench: inout Workbench) -> Disposition {
    bench.batch.circumstances.wasHeld = true
    var bytes: [UInt8] = []
    swap(&bytes, &carry)
    defer { swap(&bytes, &carry) }
    var parser = RequestHeadParser(limits: bench.limits.head)
    // It was read before, so it cannot fail now.
    _ = try? parser.resume(over: bytes.span, into: &bench.head)
    let request = bytes.span.extracting(0..<min(bench.head.size, bytes.count))
    return responder.respond(to: bench.head, in: request, into: &bench.batch)
  }

  mutating func leaveHeld(_ bench: inout Workbench) {
    postponement = nil
    bench.quotas.heldAnswers.add(-1)
    bench.statistics.held.add(-1)
  }

  /// Answers a request that cannot be read; nothing after it is read as another.
  mutating func refuse(
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
  static func beginsWithHead(_ bytes: Span<UInt8>) -> Bool {
    bytes.count >= 5 && bytes.extracting(0..<5).equals("HEAD ")
  }
}
