/// The life of a connection as a value: state × event → state and effect.
///
/// It knows no socket and no clock. Whoever owns it tells it what happened and when, in
/// milliseconds of a clock that never goes back, and performs the effect it returns.
package struct ConnectionState: Equatable, Sendable {
  package enum Phase: Int, CaseIterable, Sendable {
    /// TLS is being negotiated.
    case handshaking
    /// No byte of a request has come since the last answer.
    case idle
    /// Part of a request has come.
    case receiving
    /// A request has come whole and its answer is not made yet.
    case waiting
    /// No further request is taken; what is left of the answers is being sent.
    case closing
    /// Our side has finished; what the client still sends is thrown away, so that a reset does not
    /// destroy the answer on its way (RFC 9112 §9.6).
    case lingering
    case closed

    /// Those that a connection can be seen in.
    package static let open = allCases.filter { $0 != .closed }
  }

  package enum Event: Equatable, Sendable {
    /// The handshake is over.
    case established
    /// Bytes of a request have come, but not all.
    case requestBegan
    /// The request's answer will be made later, by `deadline` at the latest.
    case postponed(deadline: UInt64)
    /// The answer is on its way; `closes` if it is the last one.
    case answered(closes: Bool)
    /// The kernel took some of what waited, but not all.
    case sentSome
    /// Nothing waits to be sent any more.
    case sentAll
    /// The client has finished sending, and every request that came whole has been taken.
    case peerFinished
    /// Enough was thrown away.
    case discardedEnough
    /// Time has passed.
    case timePassed
    /// The server is going to stop.
    case drained
    /// The connection is of no more use.
    case failed
  }

  package enum Effect: Equatable, Sendable {
    case none
    /// Answer that the request took too long, then report ``Event/answered(closes:)``.
    case refuseLateRequest
    /// Make the postponed answer now.
    case answerNow
    /// Send nothing more, and say so to the client.
    case finishSending
    /// Give the connection up.
    case close
    /// Give it up at once and leave nothing behind, since the client takes nothing.
    case reset
  }

  package private(set) var phase: Phase
  /// Whether the server is going to stop, so that the next answer is the last.
  package private(set) var isDraining = false
  private var peerHasFinished = false
  /// Whether something waits that the kernel would not take.
  private var isBlocked = false
  /// When the phase ends by itself.
  private var phaseDeadline: UInt64
  /// When the client will have taken nothing for too long.
  private var stallDeadline = UInt64.max

  /// - Parameter handshakes: Whether TLS has to be negotiated first.
  package init(handshakes: Bool, limits: Limits, at now: UInt64) {
    phase = handshakes ? .handshaking : .idle
    phaseDeadline = now + (handshakes ? limits.handshakeMilliseconds : limits.idleMilliseconds)
  }

  /// When ``Event/timePassed`` is due at the latest.
  package var deadline: UInt64 { min(phaseDeadline, stallDeadline) }

  /// Whether a request may be taken.
  package var takesRequests: Bool { phase == .idle || phase == .receiving }

  package mutating func handle(_ event: Event, limits: Limits, at now: UInt64) -> Effect {
    switch (event, phase) {
    case (_, .closed): return .none

    case (.failed, _): return end(.close)

    case (.timePassed, _) where now >= stallDeadline: return end(.reset)
    case (.timePassed, _) where now < phaseDeadline: return .none
    case (.timePassed, .receiving):
      phaseDeadline = .max
      return .refuseLateRequest
    case (.timePassed, .waiting):
      phaseDeadline = .max
      return .answerNow
    case (.timePassed, .idle) where isBlocked:
      // The stall deadline speaks for a client that still has an answer to take.
      phaseDeadline = now + limits.idleMilliseconds
      return .none
    case (.timePassed, .handshaking), (.timePassed, .idle), (.timePassed, .closing),
      (.timePassed, .lingering):
      return end(.close)

    case (.established, .handshaking):
      phase = .idle
      phaseDeadline = now + idleMilliseconds(limits)
      return .none

    case (.requestBegan, .idle):
      phase = .receiving
      phaseDeadline = now + limits.requestMilliseconds
      return .none
    case (.requestBegan, .receiving): return .none

    case (.postponed(let deadline), .idle), (.postponed(let deadline), .receiving),
      (.postponed(let deadline), .waiting):
      phase = .waiting
      phaseDeadline = deadline
      return .none

    case (.answered(let closes), .idle), (.answered(let closes), .receiving),
      (.answered(let closes), .waiting):
      phase = closes ? .closing : .idle
      phaseDeadline = closes ? .max : now + idleMilliseconds(limits)
      return .none

    case (.sentSome, _):
      isBlocked = true
      stallDeadline = now + limits.stallMilliseconds
      return .none
    case (.sentAll, .closing):
      unblock()
      if peerHasFinished { return end(.close) }
      phase = .lingering
      phaseDeadline = now + limits.lingerMilliseconds
      return .finishSending
    case (.sentAll, _):
      unblock()
      return .none

    case (.peerFinished, .idle), (.peerFinished, .receiving):
      peerHasFinished = true
      if !isBlocked { return end(.close) }
      phase = .closing
      phaseDeadline = .max
      return .none
    case (.peerFinished, .waiting):
      peerHasFinished = true
      phaseDeadline = .max
      return .answerNow
    case (.peerFinished, .closing):
      peerHasFinished = true
      return .none
    case (.peerFinished, .handshaking), (.peerFinished, .lingering): return end(.close)

    case (.discardedEnough, .lingering): return end(.close)

    case (.drained, .idle):
      isDraining = true
      phaseDeadline = min(phaseDeadline, now + limits.silenceMilliseconds)
      return .none
    case (.drained, .waiting):
      isDraining = true
      phaseDeadline = .max
      return .answerNow
    case (.drained, .handshaking), (.drained, .receiving), (.drained, .closing),
      (.drained, .lingering):
      isDraining = true
      return .none

    // What cannot happen: the owner reports these in the phases above only. A wrong report gives
    // the connection up rather than the process.
    case (.established, _), (.requestBegan, _), (.postponed, _), (.answered, _),
      (.discardedEnough, _):
      return end(.close)
    }
  }

  private func idleMilliseconds(_ limits: Limits) -> UInt64 {
    isDraining ? limits.silenceMilliseconds : limits.idleMilliseconds
  }

  private mutating func unblock() {
    isBlocked = false
    stallDeadline = .max
  }

  private mutating func end(_ effect: Effect) -> Effect {
    phase = .closed
    phaseDeadline = .max
    stallDeadline = .max
    return effect
  }
}
