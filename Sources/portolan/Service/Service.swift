import Dispatch
import HTTP
import Logging
import PortRegistry
import PortsAPI
import Posix
import Server
import Synchronization
import TLS

/// The service as a whole: data, listeners and loops, and the way they start, change and stop.
///
/// All that changes does so on one serial queue, `control`: signals, reloads once they are read,
/// timers. Loops are told by message.
final class Service: Sendable {
  /// Why the service does not start.
  struct Failure: Error {
    let status: ExitStatus
    let reason: String
  }

  /// What belongs to the control queue.
  struct State: ~Copyable {
    var resolved: ResolvedConfiguration
    var dataset: Dataset
    var context: TLSContext?
    var reload = ReloadTurn.none
    var reloadsDone: UInt64 = 0
    var reloadsFailed: UInt64 = 0
    var reloadedSecondsSince1970: UInt64
    var isStopping = false
  }

  let loader: ConfigurationLoader
  let engine: Engine
  let health: Health
  let meters: [RequestMeter]
  let accessLog: AccessLog?
  let limiter: RateLimiter?
  let notifier: SystemdNotifier
  let log: Logger
  let threshold: LogThreshold
  let ticketKeys: TicketKeys
  /// The queue on which signals come.
  let control: DispatchQueue
  /// Where answers are made ready and memory is given back, so that signals are heard meanwhile.
  let background = DispatchQueue(label: "portolan.background")
  /// Where a reload reads its files, which may take as long as it likes.
  let reading = DispatchQueue(label: "portolan.reload")
  let notes: HealthNotes
  let state: Mutex<State>

  /// Serves until it is told to stop.
  ///
  /// - Parameters:
  ///   - resolved: What to do.
  ///   - loader: Reads the configuration anew at a reload.
  static func run(
    _ resolved: ResolvedConfiguration,
    loader: ConfigurationLoader
  ) -> ExitStatus {
    do throws(Failure) {
      // Signals first: one that comes while data is read must end the program as it does later.
      let requests = SignalRequests()
      let signals = requests.receive()
      let ended = DispatchSemaphore(value: 0)
      let service = try Service(resolved, loader: loader, control: requests.queue)
      let attachments = try service.start(requests) { ended.signal() }
      ended.wait()
      withExtendedLifetime((signals, attachments)) { service.accessLog?.flush() }
      return .success
    } catch {
      Terminal.complain(error.reason)
      return error.status
    }
  }

  private init(
    _ resolved: ResolvedConfiguration,
    loader: ConfigurationLoader,
    control: DispatchQueue
  ) throws(Failure) {
    let configuration = resolved.configuration
    self.control = control
    let environment = ProcessEnvironment.variables()
    self.loader = loader
    ProcessLimits.ignoreFailedWrites()
    ProcessLimits.mapLargeMemory()
    threshold = LogThreshold(configuration.logLevel)
    log = Self.logger(configuration, threshold)
    notifier = SystemdNotifier(environment: environment, processID: ProcessEnvironment.processID)
    ticketKeys = TicketKeys()
    let now = SystemClock.secondsSince1970()
    let dataset = try Self.data(configuration)
    let context = try Self.context(configuration, ticketKeys)
    let loopCount = configuration.workers ?? ProcessLimits.processorCount()
    let limits = try Self.limits(configuration)
    do throws(Errno) {
      engine = try Engine(loopCount: loopCount, limits: limits)
      accessLog = try AccessLog(
        configuration.accessLog,
        format: configuration.accessLogFormat,
        laneCount: loopCount
      )
    } catch {
      throw Failure(status: .inputOutput, reason: "cannot start: \(error)")
    }
    meters = (0..<loopCount).map { _ in RequestMeter() }
    limiter =
      configuration.requestsPerSecond > 0
      ? RateLimiter(
        requestsPerSecond: configuration.requestsPerSecond,
        burst: configuration.burstRequests
      ) : nil
    let notes = HealthNotes()
    notes.set(registry: dataset.summary)
    notes.set(certificates: context?.certificates ?? [])
    health = Health(checks: notes.checks)
    self.notes = notes
    state = Mutex(
      State(
        resolved: resolved,
        dataset: dataset,
        context: context,
        reloadedSecondsSince1970: UInt64(max(0, now))
      )
    )
  }

  private static func logger(_ configuration: Configuration, _ threshold: LogThreshold) -> Logger {
    let format = LineLogHandler.Format(
      configuration.logFormat,
      isTerminal: StandardStream.error.isTerminal
    )
    return Logger(label: "portolan") { _ in LineLogHandler(format, threshold: threshold) }
  }

  static func data(_ configuration: Configuration) throws(Failure) -> Dataset {
    do {
      return try Dataset(configuration)
    } catch {
      throw Failure(status: .badData, reason: error.description)
    }
  }

  static func context(
    _ configuration: Configuration,
    _ ticketKeys: TicketKeys
  ) throws(Failure) -> TLSContext? {
    guard let tls = configuration.tlsConfiguration else { return nil }
    do {
      return try TLSContext(tls, ticketKeys: ticketKeys, now: SystemClock.secondsSince1970())
    } catch {
      throw Failure(status: .configuration, reason: error.description)
    }
  }

  /// The engine's limits, as far as the operator sets them and the kernel allows them.
  private static func limits(_ configuration: Configuration) throws(Failure) -> Limits {
    let descriptors: Int
    do throws(Errno) {
      descriptors = try ProcessLimits.raiseDescriptorLimit()
    } catch {
      throw Failure(status: .inputOutput, reason: "the limit of descriptors is unknown: \(error)")
    }
    guard descriptors >= 128 else {
      throw Failure(
        status: .configuration,
        reason: "only \(descriptors) descriptors may be open; at least 128 are needed (ulimit -n)"
      )
    }
    var limits = Limits()
    // What is not for connections serves files, the loops' own needs and the access log.
    let connections = min(configuration.maxConnections, descriptors - 64)
    limits.connections = max(1, connections)
    limits.idleMilliseconds = UInt64(configuration.idleTimeoutSeconds) * 1000
    limits.heldAnswers = configuration.heldRequestsMax
    return limits
  }
}
