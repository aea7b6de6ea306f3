import Dispatch
import HTTP
import Logging
import PortsAPI
import Posix
import Server
import Synchronization
import TLS

// How the service starts: listeners first, then loops, then all that may wait.
extension Service {
  /// What must live as long as the service does.
  struct Attachments {
    fileprivate let watcher: FileWatcher
    fileprivate let watchdog: (any DispatchSourceTimer)?
  }

  /// - Parameters:
  ///   - requests: What signals ask for; those that came so far are answered now.
  ///   - whenStopped: Called once, when every loop has ended.
  func start(
    _ requests: SignalRequests,
    whenStopped: @escaping @Sendable () -> Void
  ) throws(Failure) -> Attachments {
    let announcements = try listen()
    engine.start(whenStopped: whenStopped)
    requests.answer { [self] request in
      switch request {
      case .reload: reload()
      case .stop: stop()
      case .stopNow: engine.stop()
      }
    }
    for line in announcements { Terminal.announce(line) }
    // Not before: whoever waits for the lines above may take the first with an address in it.
    warn(of: state.withLock { $0.dataset })
    notifier.ready(status: announcements.joined(separator: ", "))
    background.async { [self] in prepareAnswers() }
    // A reload may name other files, so they are asked for each time.
    let watcher = FileWatcher(
      { [self] in state.withLock { $0.resolved.configuration.watchedFiles } },
      on: control
    ) { [self] in reload() }
    return Attachments(watcher: watcher, watchdog: watchdog())
  }

  // MARK: Listeners

  /// Opens all listeners, those handed over first.
  ///
  /// - Returns: What to tell, a line for each.
  private func listen() throws(Failure) -> [String] {
    let inherited: InheritedListeners
    do {
      inherited = try InheritedListeners(
        environment: ProcessEnvironment.variables(),
        processID: ProcessEnvironment.processID
      )
    } catch {
      throw Failure(status: .configuration, reason: error.description)
    }
    let (configuration, context) = state.withLock { ($0.resolved.configuration, $0.context) }
    var lines: [ListenerRole: [String]] = [:]
    for entry in inherited.entries {
      lines[entry.role, default: []].append(try adopt(entry, context))
    }
    if !inherited.entries.contains(where: { $0.role == .http }) {
      for address in configuration.listen {
        lines[.http, default: []].append(try open(address, .http, nil))
      }
    }
    for address in configuration.tlsListen {
      lines[.https, default: []].append(try open(address, .https, context))
    }
    // Groups that the library does not know are left out, so those that are left are told.
    if let context, lines[.https] != nil {
      lines[.https]?.append("TLS groups \(context.groups.joined(separator: ":"))")
    }
    if let address = configuration.adminListen {
      lines[.admin, default: []].append(try open(address, .admin, nil))
    }
    return ListenerRole.allCases.flatMap { lines[$0] ?? [] }
  }

  private func open(
    _ address: SocketAddress,
    _ role: ListenerRole,
    _ context: TLSContext?
  ) throws(Failure) -> String {
    do {
      let bound = try engine.listen(on: address, context: context) { makeResponder(role, $0) }
      return Self.line(role, bound)
    } catch {
      throw Failure(status: .unavailable, reason: error.description)
    }
  }

  private func adopt(
    _ entry: InheritedListeners.Entry,
    _ context: TLSContext?
  ) throws(Failure) -> String {
    guard entry.role != .https || context != nil else {
      throw Failure(
        status: .configuration,
        reason: "LISTEN_FDNAMES names an https socket, but there is no tls_certificate"
      )
    }
    do {
      let socket = try InheritedListeners.adopt(entry)
      let bound = try engine.adopt(
        socket,
        context: entry.role == .https ? context : nil
      ) { makeResponder(entry.role, $0) }
      return Self.line(entry.role, bound)
    } catch {
      throw Failure(status: .configuration, reason: "\(error)")
    }
  }

  private static func line(_ role: ListenerRole, _ address: SocketAddress) -> String {
    switch role {
    case .http: "listening on http://\(address)"
    case .https: "listening on https://\(address)"
    case .admin: "admin on http://\(address)"
    }
  }

  private func makeResponder(_ role: ListenerRole, _ index: Int) -> any Responder {
    let (configuration, store) = state.withLock { ($0.resolved.configuration, $0.dataset.store) }
    if role == .admin {
      let problems = APIResponder(store: store)
      return AdminResponder(health: health, metrics: { [self] in metrics().page() }) {
        problems.refuse($0, into: &$1)
      }
    }
    return ServiceResponder(
      store: store,
      health: health,
      meter: meters[index],
      lane: accessLog?.lane(index),
      policy: ServiceResponder.Policy(
        trustedProxies: configuration.trustedProxies,
        limiter: limiter,
        hstsMaxAgeSeconds: configuration.hstsMaxAgeSeconds
      )
    )
  }

  // MARK: Background

  /// Makes ready what is asked for most, first as it is, then in gzip, and lets the loops have
  /// each.
  func prepareAnswers() {
    let plain = state.withLock { $0.dataset }
    // Of several reloads in a row the first to come here prepares the latest data.
    guard !plain.isPrepared else { return }
    let prepared = plain.prepared()
    if take(prepared, insteadOf: plain) { take(prepared.withGzipForms(), insteadOf: prepared) }
    returnMemory()
  }

  /// Gives back what earlier data took, once every loop has let it go.
  private func returnMemory() {
    let waiting = LoopRoll(count: engine.loops.count, answered: 0)
    // What a loop is told it does in order, so by then it has the latest data.
    engine.perform { [background] in
      if waiting.answer() { background.async { ProcessLimits.returnFreeMemory() } }
    }
  }

  /// - Returns: Whether `plain` was still in use: a reload may have brought other data meanwhile.
  @discardableResult
  private func take(_ better: Dataset, insteadOf plain: Dataset) -> Bool {
    let isCurrent = state.withLock { state in
      guard state.dataset === plain else { return false }
      state.dataset = better
      return true
    }
    if isCurrent { publish(better) }
    return isCurrent
  }

  func publish(_ dataset: Dataset) {
    let store = dataset.store
    engine.update { ($0 as? ServiceResponder)?.adopt(store) }
  }

  /// Tells the service manager that the program is alive, as long as every loop turns.
  private func watchdog() -> (any DispatchSourceTimer)? {
    guard let interval = notifier.watchdogMicroseconds else { return nil }
    let answers = LoopRoll(count: engine.loops.count, answered: engine.loops.count)
    let timer = DispatchSource.makeTimerSource(queue: control)
    let period = DispatchTimeInterval.microseconds(Int(clamping: interval / 3))
    timer.schedule(deadline: .now(), repeating: period)
    timer.setEventHandler { [self] in
      if answers.beginRound() { notifier.watchdog() }
      engine.perform { answers.answer() }
    }
    timer.activate()
    return timer
  }
}

/// Counts the loops that have answered since they were last asked.
private final class LoopRoll: Sendable {
  private let count: Int
  private let answers: Atomic<Int>

  /// - Parameter answered: How many have answered so far.
  init(count: Int, answered: Int) {
    self.count = count
    answers = Atomic(answered)
  }

  /// - Returns: Whether all have answered the round before.
  func beginRound() -> Bool { answers.exchange(0, ordering: .relaxed) >= count }

  /// - Returns: Whether all have answered now.
  @discardableResult
  func answer() -> Bool { answers.add(1, ordering: .relaxed).newValue == count }
}
