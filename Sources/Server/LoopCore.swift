internal import HTTP
internal import Posix
internal import TLS

/// What a loop works with: all of it belongs to the one thread that runs it.
///
/// It is a value that is not copied, so the compiler sees for itself that nobody else touches it;
/// as properties of an object each would be looked after at every access, at the cost of a fifth of
/// all instructions.
struct LoopCore: ~Copyable {
  /// Where a connection lives between its turns. A turn borrows it as a whole, so that it is looked
  /// after once and not at every access to one of its parts.
  final class Client {
    var connection: Connection<SocketTransport>
    init(_ connection: consuming Connection<SocketTransport>) { self.connection = connection }
  }

  typealias Verdict = Connection<SocketTransport>.Verdict

  let statistics: Statistics
  let mailbox: Mailbox
  let limits: Limits
  var epoll: Epoll
  var listeners: [ListenerSlot] = []
  var table = ConnectionTable<Client>()
  var deadlines: Deadlines
  var bench: Workbench
  var buffer = ReceiveBuffer()
  /// What the batch holds for whom. Sending wakes a client, which costs as much as answering one;
  /// done for several at a time it costs less, so all have their answers sooner.
  var outbox: [(run: ResponseBatch.Run, token: UInt64)] = []
  /// When the first of it was begun, on the clock of the answers.
  var gathersSince: UInt64 = 0
  /// Tokens of connections that have more to do than one turn allows.
  var ready: [UInt64] = []
  /// Tokens of connections whose handshake has something to go on with.
  var shaking: [UInt64] = []
  /// Tokens of connections that wait for their data to change.
  var held: [UInt64] = []
  /// Answers being made in pieces; the first one is being worked on.
  var works: [(token: UInt64, work: any ResponseWork)] = []
  var due: [Int] = []
  /// When to try to accept again after a famine.
  var acceptsAgainAt: UInt64 = 0
  var acceptsNothing = false
  /// When to look again whether memory or connections are short.
  var relievesAt: UInt64 = 0
  var isStopped = false
  var wasIdle = false

  /// A listener and whether the kernel is watching it for us.
  final class ListenerSlot {
    var listener: Listener
    var isWatched = false
    init(_ listener: consuming Listener) { self.listener = listener }
  }

  static let mailboxToken = UInt64.max
  /// Tokens from here on name listeners.
  static let listenerTokens = UInt64.max - 1024
  /// Connections accepted before others have their turn.
  static let acceptsPerTurn = 64

  /// - Throws: When there is no descriptor for the loop's own needs.
  init(
    limits: Limits,
    statistics: Statistics,
    mailbox: Mailbox,
    quotas: Quotas
  ) throws(Errno) {
    // All that may fail comes first.
    let epoll = try Epoll()
    try epoll.add(mailbox.number, token: Self.mailboxToken, interest: .readable)
    let now = SystemClock.monotonicMilliseconds()
    self.limits = limits
    self.statistics = statistics
    self.mailbox = mailbox
    self.epoll = epoll
    deadlines = Deadlines(at: now)
    bench = Workbench(limits: limits, statistics: statistics, quotas: quotas, now: now)
  }

  /// Gives the loop a listener.
  mutating func add(_ listener: consuming Listener) throws(Errno) {
    listeners.append(ListenerSlot(listener))
    try watch(listeners.count - 1)
  }

  /// Serves until it is told to stop.
  mutating func run() {
    while !isStopped { turn() }
  }

  // MARK: One turn

  mutating func turn() {
    let timeout = timeout()
    let count = (try? epoll.wait(timeoutMilliseconds: timeout)) ?? 0
    wasIdle = count == 0
    updateTime()
    bench.gathersAnswers = count > 1
    for index in 0..<count {
      let event = epoll[index]
      if event.token == Self.mailboxToken {
        deliver()
        readMessages()
      } else if event.token >= Self.listenerTokens {
        _ = accept(by: Int(event.token - Self.listenerTokens))
      } else if let slot = table.slot(of: event.token) {
        serve(slot, event.readiness)
        if mustDeliver { deliver() }
      }
    }
    deliver()
    bench.gathersAnswers = false
    serveReady()
    shakeHands()
    work()
    keepTime()
    if bench.isDraining, table.count == 0 { isStopped = true }
  }

  /// Mutating only so that it works in place: else the whole core, 1.4 KiB, is copied for it.
  mutating func timeout() -> Int32 {
    if !ready.isEmpty || !shaking.isEmpty || !works.isEmpty { return 0 }
    var wait: UInt64?
    if !deadlines.isEmpty {
      // While there is traffic a tick is near enough; only an idle loop looks for the next
      // deadline.
      wait =
        wasIdle ? deadlines.millisecondsToNext(from: bench.now) : Deadlines.tickMilliseconds
    }
    if acceptsNothing { wait = min(wait ?? .max, pause(until: acceptsAgainAt)) }
    // Those who do not read wake nobody, and hold what others are to have.
    if bench.quotas.unwrittenBytes.isFull { wait = min(wait ?? .max, pause(until: relievesAt)) }
    return wait.map { Int32(clamping: $0) } ?? -1
  }

  private func pause(until time: UInt64) -> UInt64 { time > bench.now ? time - bench.now : 1 }

  mutating func updateTime() {
    bench.now = SystemClock.monotonicMilliseconds()
    let seconds = SystemClock.secondsSince1970()
    if seconds != bench.batch.now.secondsSince1970 {
      bench.batch.setDate(DateField(secondsSince1970: seconds))
    }
  }

  // MARK: Connections

  mutating func serve(_ slot: Int, _ readiness: Readiness) {
    guard let client = table[slot] else { return }
    if client.connection.state.phase == .handshaking {
      shaking.append(table.token(of: slot))
      return
    }
    giveTurn(
      slot,
      client,
      readable: readiness.contains(.readable),
      writable: readiness.contains(.writable),
      peerFinished: readiness.tellsOfTheEnd
    )
  }

  mutating func giveTurn(
    _ slot: Int,
    _ client: Client,
    readable: Bool,
    writable: Bool,
    peerFinished: Bool = false
  ) {
    bench.batch.circumstances.beganNanoseconds = SystemClock.monotonicNanoseconds()
    finish(
      slot,
      client.connection.turn(
        readable: readable,
        writable: writable,
        peerFinished: peerFinished,
        &buffer,
        &bench
      )
    )
  }

  mutating func resume(_ client: Client) -> Verdict {
    bench.batch.circumstances.beganNanoseconds = SystemClock.monotonicNanoseconds()
    return client.connection.resume(&bench)
  }

  /// Does what a turn leaves to the loop.
  mutating func finish(_ slot: Int, _ verdict: Verdict) {
    guard let client = table[slot] else { return }
    switch verdict {
    case .park: break
    case .goOn: ready.append(table.token(of: slot))
    case .deliver:
      if outbox.isEmpty { gathersSince = bench.batch.circumstances.beganNanoseconds }
      return outbox.append((bench.batch.endRun(), table.token(of: slot)))
    case .discard: return remove(slot)
    }
    deadlines.set(slot, to: client.connection.state.deadline)
    if client.connection.isNewlyPostponed { enqueue(slot, client) }
  }

  /// Whether the answers gathered are many, or the first of them has waited long.
  var mustDeliver: Bool {
    bench.batch.size >= limits.gatheredBytes
      || bench.batch.circumstances.beganNanoseconds &- gathersSince >= limits.gatheringNanoseconds
  }

  /// Sends the answers that have been gathered.
  mutating func deliver() {
    if outbox.isEmpty { return }
    for (run, token) in outbox {
      guard let slot = table.slot(of: token), let client = table[slot] else { continue }
      finish(slot, client.connection.deliver(run, &bench))
    }
    outbox.removeAll(keepingCapacity: true)
    bench.batch.removeAll()
  }

  mutating func enqueue(_ slot: Int, _ client: Client) {
    client.connection.isNewlyPostponed = false
    switch client.connection.postponement {
    case .held:
      // Those that were answered meanwhile are dropped before the list outgrows its members.
      if held.count > 2 * statistics.held.value + 64 {
        held.removeAll { table.slot(of: $0) == nil }
      }
      held.append(table.token(of: slot))
    case .unfinished(let work): works.append((table.token(of: slot), work))
    case nil: break
    }
  }

  mutating func remove(_ slot: Int) {
    deadlines.set(slot, to: .max)
    table.remove(slot)
    bench.quotas.connections.add(-1)
    if acceptsNothing { acceptAgain() }
  }

  mutating func serveReady() {
    var tokens: [UInt64] = []
    swap(&tokens, &ready)
    for token in tokens {
      guard let slot = table.slot(of: token), let client = table[slot] else { continue }
      giveTurn(slot, client, readable: false, writable: false)
    }
    // Keeps the storage for the next turn, unless new ones have come.
    if ready.isEmpty {
      tokens.removeAll(keepingCapacity: true)
      swap(&tokens, &ready)
    }
  }

  /// A handshake costs as much as a hundred requests, so only a few have their turn at a time.
  mutating func shakeHands() {
    let count = min(limits.handshakesPerTurn, shaking.count)
    for token in shaking.prefix(count) {
      guard let slot = table.slot(of: token), let client = table[slot] else { continue }
      giveTurn(slot, client, readable: true, writable: true)
    }
    shaking.removeFirst(count)
  }

  mutating func work() {
    guard let (token, work) = works.first else { return }
    guard let slot = table.slot(of: token), let client = table[slot],
      case .unfinished(let current) = client.connection.postponement, current === work
    else {
      works.removeFirst()
      return
    }
    if work.advance() {
      works.removeFirst()
      finish(slot, resume(client))
    }
  }

  // MARK: Messages

  mutating func readMessages() {
    for message in mailbox.takeAll() {
      switch message {
      case .update(let change):
        for slot in listeners { change(slot.listener.responder) }
        askHeldAgain()
      case .replaceContext(let context):
        for slot in listeners where slot.listener.context != nil {
          slot.listener.context = context
        }
      case .perform(let errand): errand()
      case .drain: drain()
      case .stop: isStopped = true
      }
    }
  }

  mutating func askHeldAgain() {
    var tokens: [UInt64] = []
    swap(&tokens, &held)
    for token in tokens {
      guard let slot = table.slot(of: token), let client = table[slot],
        case .held = client.connection.postponement
      else { continue }
      let verdict = resume(client)
      if case .held = client.connection.postponement { held.append(token) }
      finish(slot, verdict)
    }
  }

  /// Takes what has queued up, closes the listeners, and lets every connection end with its next
  /// answer.
  mutating func drain() {
    for index in listeners.indices { while accept(by: index) {} }
    bench.isDraining = true
    listeners = []
    for slot in table.slots {
      guard let client = table[slot] else { continue }
      finish(slot, client.connection.drain(&bench))
    }
  }
}
