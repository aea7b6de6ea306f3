import HTTP
import Testing

@testable import Server

/// One connection's life under a seed: a client, a network and a clock that do what they like.
///
/// Every step does one thing that may happen at any time, and then checks what must hold at all
/// times.
struct Simulation: ~Copyable {
  enum Failure: Error, CustomStringConvertible {
    case broken(String, seed: UInt64, step: Int)

    var description: String {
      switch self {
      case .broken(let what, let seed, let step): "\(what) (seed \(seed), step \(step))"
      }
    }
  }

  private let seed: UInt64
  private var random: SeededGenerator
  private let scenario: Scenario
  private let wire: Wire
  private let responder = NumberingResponder()
  private var connection: Connection<WireTransport>
  private var bench: Workbench
  private var buffer = ReceiveBuffer()
  private var work: (any ResponseWork)?
  /// What the client has still to send.
  private var unsent = ByteQueue()
  private let expected: [UInt8]
  /// How much the client has got, all of it as expected.
  private var gotCount = 0
  private var gotSomethingElse = false
  private var readableIsDue = false
  private var writableIsDue = false
  private var goesOn = false
  private var wouldDeliverTwice = false
  private var isOver = false
  /// Whether the client or the clock did something after which answers may rightly be missing.
  private var mayBeCutShort = false
  private let hasSpuriousWakeups: Bool
  private(set) var steps = 0

  init(seed: UInt64) {
    self.seed = seed
    random = SeededGenerator(seed: seed)
    scenario = Scenario(using: &random)
    unsent.put(scenario.bytes)
    expected = scenario.answers.flatMap { $0 }
    hasSpuriousWakeups = random.chance(20)
    let window = [50, 500, 5_000, 65_536, 1_000_000].randomElement(using: &random) ?? 50
    wire = Wire(window: window)
    bench = Workbench(
      limits: Limits(),
      statistics: Statistics(),
      quotas: Quotas(Limits()),
      now: 1_000
    )
    connection = Connection(
      WireTransport(wire: wire),
      handshakes: false,
      peer: .none,
      responder: responder,
      bench
    )
  }

  /// Runs to the end of the connection, or until the client has all it may expect.
  mutating func run() throws(Failure) {
    let isPatient = random.chance(60)
    while !isOver {
      steps += 1
      if steps > 100_000 { throw broken("does not come to an end") }
      let before = bench.now
      try step(isPatient: isPatient)
      try check(since: before)
      // A client that has finished is still owed the end.
      if gotCount == expected.count, connection.state.phase == .idle, unsent.isEmpty,
        !wire.clientFinished
      {
        break
      }
    }
    try checkEnd()
  }

  private func broken(_ what: String) -> Failure { .broken(what, seed: seed, step: steps) }

  // MARK: What may happen

  private mutating func step(isPatient: Bool) throws(Failure) {
    switch Int.random(in: 0..<100, using: &random) {
    case 0..<25: clientSends()
    case 25..<45: networkDelivers()
    case 45..<70: clientReads()
    case 70..<94: serverTurns()
    case 94..<97: try timePasses(isPatient: isPatient)
    case 97 where !isPatient && random.chance(3): clientResets()
    case 98 where unsent.isEmpty && random.chance(20): clientFinishes()
    case 99 where !isPatient && random.chance(2): serverDrains()
    default: spuriousWakeup()
    }
  }

  private mutating func clientSends() {
    guard !unsent.isEmpty, !wire.isReset, !wire.clientFinished else { return }
    let most = [3, 30, 300, 100_000].randomElement(using: &random) ?? 1
    let count = min(unsent.count, Int.random(in: 1...most, using: &random))
    wire.underway.put(unsent.take(count))
  }

  private mutating func networkDelivers() {
    if !wire.underway.isEmpty {
      let count = Int.random(in: 1...wire.underway.count, using: &random)
      wire.arrived.put(wire.underway.take(count))
      readableIsDue = true
    } else if wire.clientFinished, !wire.endArrived {
      wire.endArrived = true
      readableIsDue = true
    }
  }

  private mutating func clientReads() {
    guard !wire.written.isEmpty else { return }
    let count = Int.random(in: 1...wire.written.count, using: &random)
    get(wire.written.take(count))
    if wire.writerWaits {
      wire.writerWaits = false
      writableIsDue = true
    }
  }

  /// What the client got has to go on where the last bytes ended.
  private mutating func get(_ bytes: ArraySlice<UInt8>) {
    let end = gotCount + bytes.count
    if end > expected.count || expected[gotCount..<end] != bytes { gotSomethingElse = true }
    gotCount = end
  }

  private mutating func serverTurns() {
    guard !isOver else { return }
    if let work, connection.state.phase == .waiting, random.chance(50) {
      if work.advance() {
        self.work = nil
        take(connection.resume(&bench))
      }
      return
    }
    guard readableIsDue || writableIsDue || goesOn else { return }
    let readable = readableIsDue
    let writable = writableIsDue
    readableIsDue = false
    writableIsDue = false
    goesOn = false
    turn(readable: readable, writable: writable)
  }

  private mutating func turn(readable: Bool, writable: Bool) {
    let peerFinished = readable && (wire.endArrived || wire.isReset)
    let others = answerOthers()
    bench.gathersAnswers = random.chance(50)
    let verdict = connection.turn(
      readable: readable,
      writable: writable,
      peerFinished: peerFinished,
      &buffer,
      &bench
    )
    if verdict == .deliver {
      let run = bench.batch.endRun()
      _ = answerOthers()
      take(connection.deliver(run, &bench))
      bench.batch.removeAll()
    } else {
      take(verdict)
      bench.batch.remove(from: others)
    }
  }

  /// The batch may hold answers of other connections, before and behind this one's.
  private mutating func answerOthers() -> ResponseBatch.Run {
    for _ in 0..<Int.random(in: 0...2, using: &random) {
      bench.batch.beginHead(.ok)
      let content = [UInt8](repeating: UInt8(ascii: "?"), count: random.chance(20) ? 20_000 : 20)
      bench.batch.endHead(sharing: content)
    }
    return bench.batch.endRun()
  }

  private mutating func timePasses(isPatient: Bool) throws(Failure) {
    if case .held = connection.postponement, random.chance(50) {
      // Data changed, though not always what this answer is made from.
      responder.holds = random.chance(30)
      let deadline = connection.state.deadline
      take(connection.resume(&bench))
      if case .held = connection.postponement {
        if connection.state.deadline != deadline { throw broken("moved the end of a wait") }
      } else if responder.holds, !connection.endIsNear, !bench.isDraining {
        throw broken("answered before the data changed")
      }
      responder.holds = true
      return
    }
    let jump = isPatient ? 10 : [10, 100, 1_000, 21_000].randomElement(using: &random) ?? 10
    bench.now += UInt64(jump)
    if jump > 500 { mayBeCutShort = true }
    if case .held = connection.postponement, isPatient { bench.now = connection.state.deadline }
    if !isOver, bench.now >= connection.state.deadline {
      let before = connection.state
      take(connection.timePassed(&bench))
      if isPatient, connection.state.phase == .closed, before.phase != .lingering {
        mayBeCutShort = true
      }
    }
  }

  private mutating func clientResets() {
    wire.isReset = true
    mayBeCutShort = true
    readableIsDue = true
  }

  private mutating func clientFinishes() {
    wire.clientFinished = true
  }

  private mutating func serverDrains() {
    guard !isOver, !bench.isDraining else { return }
    mayBeCutShort = true
    bench.isDraining = true
    take(connection.drain(&bench))
  }

  private mutating func spuriousWakeup() {
    // Not in every life, lest they hide that a real one was missed.
    guard !isOver, hasSpuriousWakeups else { return }
    turn(readable: random.chance(50), writable: random.chance(50))
  }

  private mutating func take(_ verdict: Connection<WireTransport>.Verdict) {
    switch verdict {
    case .park: break
    case .goOn: goesOn = true
    case .deliver: wouldDeliverTwice = true
    case .discard: isOver = true
    }
    if connection.isNewlyPostponed {
      connection.isNewlyPostponed = false
      if case .unfinished(let work) = connection.postponement { self.work = work }
    }
  }

  // MARK: What must hold

  private func check(since before: UInt64) throws(Failure) {
    if !bench.batch.isEmpty { throw broken("left something in the loop's batch") }
    if wouldDeliverTwice { throw broken("has answers to deliver after a delivery") }
    if responder.answersAfterFault > 0 { throw broken("answered a request after a fault") }
    if connection.carrySize > bench.limits.head.headBytes + 2 * ReceiveBuffer.capacity {
      throw broken("holds \(connection.carrySize) bytes of requests")
    }
    // One answer may go over the mark, but none is begun above it.
    if connection.unsentSize > bench.limits.unwrittenBytes + 41_000 {
      throw broken("holds \(connection.unsentSize) bytes of answers")
    }
    if isOver != (connection.state.phase == .closed) { throw broken("is closed but not forgotten") }
    if isOver, bench.quotas.unwrittenBytes.taken != 0 { throw broken("keeps memory after the end") }
    if isOver, bench.quotas.heldAnswers.taken != 0 { throw broken("is held after the end") }
    for phase in ConnectionState.Phase.open {
      let expected = phase == connection.state.phase ? 1 : 0
      let counted = bench.statistics.connections(in: phase)
      if counted != expected { throw broken("is counted \(counted) times as \(phase)") }
    }
    if bench.statistics.open != (isOver ? 0 : 1) { throw broken("is open or not, and miscounted") }
    if !isOver, connection.state.deadline == .max, connection.unsentSize > 0 {
      throw broken("waits for its client for ever")
    }
    if !isOver, bench.now > before, connection.state.deadline <= bench.now {
      throw broken("let a deadline pass")
    }
    // Time and drain may put a 408 or a Connection field where something else was expected.
    if gotSomethingElse, !mayBeCutShort { throw broken("answered something else") }
  }

  private mutating func checkEnd() throws(Failure) {
    if mayBeCutShort { return }
    get(wire.written.take(wire.written.count))
    guard gotCount == expected.count, !gotSomethingElse else {
      throw broken("ended with \(gotCount) of \(expected.count) bytes answered")
    }
    if scenario.endsConnection, isOver, !wire.serverFinished, !wire.clientFinished {
      throw broken("closed without finishing its side first")
    }
  }
}

/// Goal: whatever clients, networks and clocks do, answers come whole and in order, nothing is
/// answered after a fault, deadlines are kept and buffers stay small.
/// Method: lives under seeds counted up from one that is printed, until enough steps are done.
/// SIMULATION_SEED and SIMULATION_STEPS in the environment choose others.
@Suite struct SimulationTests {
  @Test func aMillionStepsBreakNoPromise() throws {
    let chosen = ProcessEnvironment.value(of: "SIMULATION_SEED").flatMap { UInt64($0) }
    let first = chosen ?? UInt64.random(in: 0..<1 << 32)
    let stepCount =
      ProcessEnvironment.value(of: "SIMULATION_STEPS").flatMap { Int($0) } ?? 1_000_000
    print("simulator: seed \(first), \(stepCount) steps")
    var seed = first
    var steps = 0
    while steps < stepCount {
      var simulation = Simulation(seed: seed)
      try simulation.run()
      steps += simulation.steps
      seed += 1
    }
    print("simulator: \(seed - first) connections, \(steps) steps, no promise broken")
  }
}
