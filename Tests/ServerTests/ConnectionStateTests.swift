import Testing

@testable import Server

/// Goal: what each event does in each phase, said once more, as a table.
/// Method: the shortest way into a phase, then one event.
@Suite struct ConnectionStateTests {
  private typealias Event = ConnectionState.Event
  private typealias Phase = ConnectionState.Phase
  private typealias Effect = ConnectionState.Effect

  private static let limits = Limits()
  private static let start: UInt64 = 1_000
  private static let phases: [Phase] = [
    .handshaking, .idle, .receiving, .waiting, .closing, .lingering, .closed,
  ]

  /// A connection in `phase` since ``start``.
  private static func state(in phase: Phase) -> ConnectionState {
    var state = ConnectionState(handshakes: phase == .handshaking, limits: limits, at: start)
    let way: [Event] =
      switch phase {
      case .handshaking, .idle: []
      case .receiving: [.requestBegan]
      case .waiting: [.postponed(deadline: start + 500)]
      case .closing: [.answered(closes: true)]
      case .lingering: [.answered(closes: true), .sentAll]
      case .closed: [.failed]
      }
    for event in way { _ = state.handle(event, limits: limits, at: start) }
    return state
  }

  /// What `event` leads to in the phases that it may happen in. In all others the owner is wrong,
  /// and the connection is given up.
  private static func expected(_ event: Event, in phase: Phase) -> (Phase, Effect)? {
    switch (event, phase) {
    case (.established, .handshaking): (.idle, .none)
    case (.requestBegan, .idle), (.requestBegan, .receiving): (.receiving, .none)
    case (.postponed, .idle), (.postponed, .receiving), (.postponed, .waiting): (.waiting, .none)
    case (.answered(let closes), .idle), (.answered(let closes), .receiving),
      (.answered(let closes), .waiting):
      (closes ? .closing : .idle, .none)
    case (.sentSome, _): (phase, .none)
    case (.sentAll, .closing): (.lingering, .finishSending)
    case (.sentAll, _): (phase, .none)
    case (.peerFinished, .waiting): (.waiting, .answerNow)
    case (.peerFinished, .closing): (.closing, .none)
    case (.drained, .waiting): (.waiting, .answerNow)
    case (.drained, _): (phase, .none)
    // Nothing is due yet.
    case (.timePassed, _): (phase, .none)
    default: nil
    }
  }

  @Test func everyEventInEveryPhase() {
    let events: [Event] = [
      .established, .requestBegan, .postponed(deadline: 2_000), .answered(closes: false),
      .answered(closes: true), .sentSome, .sentAll, .peerFinished, .discardedEnough, .timePassed,
      .drained, .failed,
    ]
    for phase in Self.phases {
      for event in events {
        var state = Self.state(in: phase)
        #expect(state.phase == phase)
        let effect = state.handle(event, limits: Self.limits, at: Self.start + 1)
        let (next, does): (Phase, Effect) =
          phase == .closed ? (.closed, .none) : Self.expected(event, in: phase) ?? (.closed, .close)
        #expect(state.phase == next, "\(event) in \(phase)")
        #expect(effect == does, "\(event) in \(phase)")
        if next == .closed { #expect(state.deadline == .max) }
      }
    }
  }

  @Test func everyPhaseEndsAtItsDeadline() {
    let ends: [(Phase, UInt64, Effect, Phase)] = [
      (.handshaking, Self.limits.handshakeMilliseconds, .close, .closed),
      (.idle, Self.limits.idleMilliseconds, .close, .closed),
      (.receiving, Self.limits.requestMilliseconds, .refuseLateRequest, .receiving),
      (.waiting, 500, .answerNow, .waiting),
      (.lingering, Self.limits.lingerMilliseconds, .close, .closed),
    ]
    for (phase, milliseconds, effect, next) in ends {
      var state = Self.state(in: phase)
      let due = Self.start + milliseconds
      #expect(state.deadline == due, "\(phase)")
      #expect(state.handle(.timePassed, limits: Self.limits, at: due - 1) == .none)
      #expect(state.handle(.timePassed, limits: Self.limits, at: due) == effect, "\(phase)")
      #expect(state.phase == next)
    }
  }

  /// An idle client that still has an answer to take is not idle: progress is what counts.
  @Test func aClientThatTakesItsAnswerSlowlyIsKept() {
    var state = Self.state(in: .idle)
    var now = Self.start
    for _ in 0..<10 {
      #expect(state.handle(.sentSome, limits: Self.limits, at: now) == .none)
      #expect(state.deadline <= now + Self.limits.stallMilliseconds)
      now += Self.limits.stallMilliseconds - 1
      #expect(state.handle(.timePassed, limits: Self.limits, at: now) == .none)
      #expect(state.phase == .idle)
    }
    #expect(now > Self.start + Self.limits.idleMilliseconds)
    #expect(state.handle(.timePassed, limits: Self.limits, at: now + 1) == .reset)
    #expect(state.phase == .closed)
  }

  @Test func aDrainShortensWhatIsIdle() {
    var idle = Self.state(in: .idle)
    _ = idle.handle(.drained, limits: Self.limits, at: Self.start)
    #expect(idle.deadline == Self.start + Self.limits.silenceMilliseconds)
    // After the handshake, too.
    var young = Self.state(in: .handshaking)
    _ = young.handle(.drained, limits: Self.limits, at: Self.start)
    _ = young.handle(.established, limits: Self.limits, at: Self.start + 5)
    #expect(young.deadline == Self.start + 5 + Self.limits.silenceMilliseconds)
    #expect(young.isDraining)
  }

  /// A client that has finished sending gets what is on its way, and then the end.
  @Test func aHalfClosedClientIsServedFirst() {
    for event in [Event.peerFinished, .answered(closes: true)] {
      var state = Self.state(in: .receiving)
      _ = state.handle(.sentSome, limits: Self.limits, at: Self.start)
      #expect(state.handle(event, limits: Self.limits, at: Self.start) == .none)
      #expect(state.handle(.peerFinished, limits: Self.limits, at: Self.start) == .none)
      #expect(state.phase == .closing)
      #expect(!state.takesRequests)
      #expect(state.handle(.sentAll, limits: Self.limits, at: Self.start) == .close)
    }
  }
}
