import Dispatch
import Posix
import Synchronization

/// What the signals that have come mean.
enum SignalRequest: Equatable, Sendable {
  /// SIGHUP: read files anew.
  case reload
  /// The first SIGTERM or SIGINT: end when the requests in hand are answered.
  case stop
  /// The second one: whoever sends it does not want to wait.
  case stopNow
}

/// Turns signals into requests, one after the other.
struct SignalInterpreter {
  private var isStopping = false

  /// - Returns: `nil` for a signal that changes nothing any more.
  mutating func interpret(_ signal: ProcessSignal) -> SignalRequest? {
    switch signal {
    case .hangup: return isStopping ? nil : .reload
    case .terminate, .interrupt:
      defer { isStopping = true }
      return isStopping ? .stopNow : .stop
    }
  }
}

/// Receives SIGTERM, SIGINT and SIGHUP on a serial queue. To be made first thing: until then a
/// signal does what it does to any process.
final class Signals {
  private let sources: [any DispatchSourceSignal]

  /// - Parameters:
  ///   - queue: A serial queue, on which `handler` is called.
  ///   - installed: Called once all three are received here.
  init(
    on queue: DispatchQueue,
    installed: (@Sendable () -> Void)? = nil,
    handler: @escaping @Sendable (SignalRequest) -> Void
  ) {
    let interpreter = SharedInterpreter()
    let pending = DispatchGroup()
    sources = ProcessSignal.allCases.map { signal in
      let source = DispatchSource.makeSignalSource(signal: signal.number, queue: queue)
      source.setEventHandler {
        if let request = interpreter.interpret(signal) { handler(request) }
      }
      pending.enter()
      source.setRegistrationHandler { pending.leave() }
      source.activate()
      return source
    }
    if let installed { pending.notify(queue: queue, execute: installed) }
  }

  deinit {
    for source in sources { source.cancel() }
  }
}

/// The interpreter that the three handlers share. They run on one serial queue, so nobody waits.
private final class SharedInterpreter: Sendable {
  private let interpreter = Mutex(SignalInterpreter())

  func interpret(_ signal: ProcessSignal) -> SignalRequest? {
    interpreter.withLock { $0.interpret(signal) }
  }
}
