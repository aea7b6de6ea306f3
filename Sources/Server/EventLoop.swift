internal import Dispatch
internal import HTTP
package import Posix
internal import TLS

/// One thread's worth of connections: waits for readiness, gives each connection its turn, keeps time.
///
/// A loop shares nothing that changes with another one but its mailbox. It runs on a serial queue of
/// its own, from ``start(whenStopped:)`` until it is told to stop.
package final class EventLoop: @unchecked Sendable {
  // Unchecked because all mutable state below belongs to the queue alone: `start` hands the loop over
  // to it, and from then on other threads reach only `mailbox` and `statistics`.
  private typealias Client = Connection<SocketTransport>

  package let statistics = Statistics()
  private let queue: DispatchQueue
  private let name: String
  private let mailbox: Mailbox
  private let limits: Limits
  private var epoll: Epoll
  private var listeners: [ListenerSlot] = []
  private var table = ConnectionTable<Client>()
  private var deadlines: Deadlines
  private var bench: Workbench
  private var buffer = ReceiveBuffer()
  /// Tokens of connections that have more to do than one turn allows.
  private var ready: [UInt64] = []
  /// Tokens of connections whose handshake has something to go on with.
  private var shaking: [UInt64] = []
  /// Tokens of connections that wait for their data to change.
  private var held: [UInt64] = []
  /// Answers being made in pieces; the first one is being worked on.
  private var works: [(token: UInt64, work: any ResponseWork)] = []
  private var due: [Int] = []
  /// When accepting may begin again after a famine.
  private var acceptsAgainAt: UInt64 = 0
  private var acceptsNothing = false
  /// When to look again whether memory or connections are short.
  private var relievesAt: UInt64 = 0
  private var isStopped = false
  private var wasIdle = false

  /// A listener and whether the kernel is watching it for us.
  private final class ListenerSlot {
    var listener: Listener
    var isWatched = false
    init(_ listener: consuming Listener) { self.listener = listener }
  }

  private static let mailboxToken = UInt64.max
  /// Tokens from here on name listeners.
  private static let listenerTokens = UInt64.max - 1024
  /// Connections accepted before others have their turn.
  private static let acceptsPerTurn = 64

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

  private func turn() {
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

  private func timeout() -> Int32 {
    if !ready.isEmpty || !shaking.isEmpty || !works.isEmpty { return 0 }
    var wait: UInt64?
    if !deadlines.isEmpty {
      // While there is traffic a tick is near enough; only an idle loop looks for the next deadline.
      wait =
        wasIdle ? deadlines.millisecondsToNext(from: bench.now) : Deadlines.tickMilliseconds
    }
    if acceptsNothing, acceptsAgainAt > 0 {
      let pause = acceptsAgainAt > bench.now ? acceptsAgainAt - bench.now : 1
      wait = min(wait ?? .max, pause)
    }
    return wait.map { Int32(clamping: $0) } ?? -1
  }

  private func updateTime() {
    bench.now = SystemClock.monotonicMilliseconds()
    let seconds = SystemClock.secondsSince1970()
    if seconds != bench.batch.now.secondsSince1970 {
      bench.batch.setDate(DateField(secondsSince1970: seconds))
    }
  }

  // MARK: Connections

  private func serve(_ slot: Int, _ readiness: Readiness) {
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
      peerFinished: !readiness.isDisjoint(with: [.peerFinished, .hungUp, .failed])
    )
  }

  private func giveTurn(
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

  private func resume(_ client: Client) -> Client.Verdict {
    bench.batch.circumstances.beganNanoseconds = SystemClock.monotonicNanoseconds()
    return client.resume(&bench)
  }

  /// Does what a turn leaves to the loop.
  private func finish(_ slot: Int, _ verdict: Client.Verdict) {
    guard let client = table[slot] else { return }
    switch verdict {
    case .park: break
    case .goOn: ready.append(table.token(of: slot))
    case .discard: return remove(slot)
    }
    deadlines.set(slot, to: client.state.deadline)
    if client.isNewlyPostponed { enqueue(slot, client) }
  }

  private func enqueue(_ slot: Int, _ client: Client) {
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

  private func remove(_ slot: Int) {
    deadlines.set(slot, to: .max)
    table.remove(slot)
    statistics.open.add(-1)
    if acceptsNothing, acceptsAgainAt == 0 { acceptAgain() }
  }

  private func serveReady() {
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
  private func shakeHands() {
    let count = min(limits.handshakesPerTurn, shaking.count)
    for token in shaking.prefix(count) {
      guard let slot = table.slot(of: token), let client = table[slot] else { continue }
      giveTurn(slot, client, readable: true, writable: true)
    }
    shaking.removeFirst(count)
  }

  private func work() {
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

  // MARK: Time

  private func keepTime() {
    due.removeAll(keepingCapacity: true)
    deadlines.advance(to: bench.now, appendingDueTo: &due)
    for slot in due {
      guard let client = table[slot] else { continue }
      finish(slot, client.timePassed(&bench))
    }
    if acceptsNothing, acceptsAgainAt > 0, bench.now >= acceptsAgainAt { acceptAgain() }
    if bench.now >= relievesAt {
      relievesAt = bench.now + Deadlines.tickMilliseconds
      relieveMemory()
      relieveTable()
    }
  }

  /// While memory is short, closes the connections that have gone longest without progress.
  private func relieveMemory() {
    while bench.memory.isFull {
      var worst: (slot: Int, client: Client)?
      for slot in table.slots {
        guard let client = table[slot], client.unsentPrivateSize > 0 else { continue }
        if client.lastProgress < worst?.client.lastProgress ?? .max { worst = (slot, client) }
      }
      guard let worst else { return }
      statistics.count(.memory)
      worst.client.giveUp(&bench)
      remove(worst.slot)
    }
  }

  /// While four fifths of the connections are taken, closes those that have been idle for a while.
  private func relieveTable() {
    guard table.count * 5 > limits.connections * 4 else { return }
    for slot in table.slots {
      guard let client = table[slot], client.state.phase == .idle, client.unsentPrivateSize == 0,
        bench.now - client.lastProgress >= limits.idleUnderPressureMilliseconds
      else { continue }
      statistics.count(.idle)
      client.close(&bench)
      remove(slot)
    }
  }

  // MARK: Accepting

  private func watch(_ index: Int) throws(Errno) {
    let slot = listeners[index]
    guard !slot.isWatched else { return }
    try epoll.add(
      slot.listener.socket.number,
      token: Self.listenerTokens + UInt64(index),
      interest: slot.listener.isShared ? [.readable, .exclusive] : .readable
    )
    slot.isWatched = true
  }

  /// Takes connections from the listener's queue, as many as a turn may.
  ///
  /// - Returns: Whether more may be there.
  private func accept(by index: Int) -> Bool {
    let slot = listeners[index]
    guard slot.isWatched else { return false }
    for _ in 0..<Self.acceptsPerTurn {
      guard table.count < limits.connections else {
        acceptNothing(until: 0)
        return false
      }
      do throws(Errno) {
        switch try slot.listener.socket.accept() {
        case .accepted(let socket, let address): admit(socket, address, slot.listener)
        case .wouldBlock: return false
        case .aborted: continue
        }
      } catch {
        statistics.acceptFailures.add(1)
        acceptNothing(until: bench.now + limits.famineMilliseconds)
        return false
      }
    }
    return true
  }

  private func admit(
    _ socket: consuming Socket,
    _ address: SocketAddress,
    _ listener: borrowing Listener
  ) {
    let number = socket.number
    let isSecure = listener.context != nil
    let peer = Peer(address: address.hostBytes, port: address.port, isSecure: isSecure)
    guard let transport = try? SocketTransport(socket, context: listener.context) else {
      statistics.acceptFailures.add(1)
      return
    }
    let client = Client(
      transport,
      handshakes: isSecure,
      peer: peer,
      responder: listener.responder,
      bench
    )
    let slot = table.insert(client)
    statistics.accepted.add(1)
    statistics.open.add(1)
    do throws(Errno) {
      try epoll.add(
        number,
        token: table.token(of: slot),
        interest: [.readable, .writable, .peerFinished, .edgeTriggered]
      )
    } catch {
      // ENOSPC or ENOMEM: the kernel cannot watch it, so nobody can serve it.
      statistics.acceptFailures.add(1)
      return remove(slot)
    }
    deadlines.set(slot, to: client.state.deadline)
  }

  /// Stops watching the listeners, so that a queue that cannot be emptied does not spin the loop.
  ///
  /// - Parameter until: When to try again, or 0: when a connection ends.
  private func acceptNothing(until time: UInt64) {
    acceptsNothing = true
    acceptsAgainAt = time
    for slot in listeners where slot.isWatched {
      epoll.remove(slot.listener.socket.number)
      slot.isWatched = false
    }
  }

  private func acceptAgain() {
    acceptsNothing = false
    acceptsAgainAt = 0
    guard !bench.isDraining else { return }
    for index in listeners.indices {
      do throws(Errno) {
        try watch(index)
      } catch {
        return acceptNothing(until: bench.now + limits.famineMilliseconds)
      }
    }
  }

  // MARK: Messages

  private func readMessages() {
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

  private func askHeldAgain() {
    var tokens: [UInt64] = []
    swap(&tokens, &held)
    for token in tokens {
      guard let slot = table.slot(of: token), let client = table[slot],
        case .held = client.postponement
      else { continue }
      finish(slot, resume(client))
    }
  }

  /// Takes what has queued up, closes the listeners, and lets every connection end with its next answer.
  private func drain() {
    for index in listeners.indices { while accept(by: index) {} }
    bench.isDraining = true
    listeners = []
    for slot in table.slots {
      guard let client = table[slot] else { continue }
      finish(slot, client.drain(&bench))
    }
  }
}
