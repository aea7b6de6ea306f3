internal import Dispatch
internal import HTTP
package import Posix
internal import TLS

/// One thread's worth of connections: waits for readiness, gives each connection its turn, keeps
/// time.
///
/// A loop shares nothing that changes with another one but its mailbox. It runs on a serial queue
/// of its own, from ``start(whenStopped:)`` until it is told to stop.
package final class EventLoop: @unchecked Sendable {
  // Unchecked because all mutable state below belongs to the queue alone: `start` hands the loop
  // over to it, and from then on other threads reach only `mailbox` and `statistics`.
  typealias Client = Connection<SocketTransport>

  package let statistics = Statistics()
  let queue: DispatchQueue
  let name: String
  let mailbox: Mailbox
  let limits: Limits
  var epoll: Epoll
  var listeners: [ListenerSlot] = []
  var table = ConnectionTable<Client>()
  var deadlines: Deadlines
  var bench: Workbench
  var buffer = ReceiveBuffer()
  /// Tokens of connections that have more to do than one turn allows.
  var ready: [UInt64] = []
  /// Tokens of connections whose handshake has something to go on with.
  var shaking: [UInt64] = []
  /// Tokens of connections that wait for their data to change.
  var held: [UInt64] = []
  /// Answers being made in pieces; the first one is being worked on.
  var works: [(token: UInt64, work: any ResponseWork)] = []
  var due: [Int] = []
  /// When accepting may begin again after a famine.
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

  /// - Parameter memory: Shared by all loops.
  /// - Throws: When there is no descriptor or memory for the loop's own needs.
  package init(
    name: String,
    limits: Limits,
    memory: UnwrittenMemory
  ) throws(Errno) {
    let now = SystemClock.monotonicMilliseconds()
    self.name = name
    self.limits = limits
    mailbox = try Mailbox()
    epoll = try Epoll()
    deadlines = Deadlines(at: now)
    queue = DispatchQueue(label: name)
    bench = Workbench(limits: limits, statistics: statistics, memory: memory, now: now)
    try epoll.add(mailbox.number, token: Self.mailboxToken, interest: .readable)
  }

  /// Gives the loop a listener, before it is started.
  package func add(_ listener: consuming Listener) throws(Errno) {
    listeners.append(ListenerSlot(listener))
    try watch(listeners.count - 1)
  }

  /// Asks something of the loop, from any thread.
  package func post(_ message: LoopMessage) { mailbox.put(message) }

  /// Begins to serve. Calls `whenStopped` on the loop's queue once everything has ended.
  package func start(whenStopped: @escaping @Sendable () -> Void) {
    queue.async {
      ProcessLimits.nameThread(self.name)
      while !self.isStopped { self.turn() }
      whenStopped()
    }
  }

  // MARK: One turn

  func turn() {
    let count = (try? epoll.wait(timeoutMilliseconds: timeout())) ?? 0
    wasIdle = count == 0
    updateTime()
    for index in 0..<count {
      let event = epoll[index]
      if event.token == Self.mailboxToken {
        readMessages()
      } else if event.token >= Self.listenerTokens {
        _ = accept(by: Int(event.token - Self.listenerTokens))
      } else if let slot = table.slot(of: event.token) {
        serve(slot, event.readiness)
      }
    }
    serveReady()
    shakeHands()
    work()
    keepTime()
    if bench.isDraining, table.count == 0 { isStopped = true }
  }

  func timeout() -> Int32 {
    if !ready.isEmpty || !shaking.isEmpty || !works.isEmpty { return 0 }
    var wait: UInt64?
    if !deadlines.isEmpty {
      // While there is traffic a tick is near enough; only an idle loop looks for the next
      // deadline.
      wait =
        wasIdle ? deadlines.millisecondsToNext(from: bench.now) : Deadlines.tickMilliseconds
    }
    if acceptsNothing, acceptsAgainAt > 0 {
      let pause = acceptsAgainAt > bench.now ? acceptsAgainAt - bench.now : 1
      wait = min(wait ?? .max, pause)
    }
    return wait.map { Int32(clamping: $0) } ?? -1
  }

  func updateTime() {
    bench.now = SystemClock.monotonicMilliseconds()
    let seconds = SystemClock.secondsSince1970()
    if seconds != bench.batch.now.secondsSince1970 {
      bench.batch.setDate(DateField(secondsSince1970: seconds))
    }
  }

  // MARK: Connections

  func serve(_ slot: Int, _ readiness: Readiness) {
    guard let client = table[slot] else { return }
    if client.state.phase == .handshaking {
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

  func giveTurn(
    _ slot: Int,
    _ client: Client,
    readable: Bool,
    writable: Bool,
    peerFinished: Bool = false
  ) {
    bench.batch.circumstances.beganNanoseconds = SystemClock.monotonicNanoseconds()
    finish(
      slot,
      client.turn(
        readable: readable,
        writable: writable,
        peerFinished: peerFinished,
        &buffer,
        &bench
      )
    )
  }

  func resume(_ client: Client) -> Client.Verdict {
    bench.batch.circumstances.beganNanoseconds = SystemClock.monotonicNanoseconds()
    return client.resume(&bench)
  }

  /// Does what a turn leaves to the loop.
  func finish(_ slot: Int, _ verdict: Client.Verdict) {
    guard let client = table[slot] else { return }
    switch verdict {
    case .park: break
    case .goOn: ready.append(table.token(of: slot))
    case .discard: return remove(slot)
    }
    deadlines.set(slot, to: client.state.deadline)
    if client.isNewlyPostponed { enqueue(slot, client) }
  }

  func enqueue(_ slot: Int, _ client: Client) {
    client.isNewlyPostponed = false
    switch client.postponement {
    case .held:
      // Those that were answered meanwhile are dropped before the list outgrows its members.
      if held.count > 2 * bench.heldCount + 64 {
        held.removeAll { table.slot(of: $0) == nil }
      }
      held.append(table.token(of: slot))
    case .unfinished(let work): works.append((table.token(of: slot), work))
    case nil: break
    }
  }

  func remove(_ slot: Int) {
    deadlines.set(slot, to: .max)
    table.remove(slot)
    statistics.open.add(-1)
    if acceptsNothing, acceptsAgainAt == 0 { acceptAgain() }
  }

  func serveReady() {
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
  func shakeHands() {
    let count = min(limits.handshakesPerTurn, shaking.count)
    for token in shaking.prefix(count) {
      guard let slot = table.slot(of: token), let client = table[slot] else { continue }
      giveTurn(slot, client, readable: true, writable: true)
    }
    shaking.removeFirst(count)
  }

  func work() {
    guard let (token, work) = works.first else { return }
    guard let slot = table.slot(of: token), let client = table[slot],
      case .unfinished(let current) = client.postponement, current === work
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

  func readMessages() {
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

  func askHeldAgain() {
    var tokens: [UInt64] = []
    swap(&tokens, &held)
    for token in tokens {
      guard let slot = table.slot(of: token), let client = table[slot],
        case .held = client.postponement
      else { continue }
      finish(slot, resume(client))
    }
  }

  /// Takes what has queued up, closes the listeners, and lets every connection end with its next
  /// answer.
  func drain() {
    for index in listeners.indices { while accept(by: index) {} }
    bench.isDraining = true
    listeners = []
    for slot in table.slots {
      guard let client = table[slot] else { continue }
      finish(slot, client.drain(&bench))
    }
  }
}
