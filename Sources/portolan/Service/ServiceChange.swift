import Dispatch
import HTTP
import Logging
import Posix
import Server
import Synchronization
import TLS

// How the service changes and ends. All of this runs on the control queue but the reading of a
// reload, so that a stop never waits for a file.
extension Service {
  // MARK: Reload

  /// What a reload has read.
  private struct Reading: Sendable {
    let resolved: ResolvedConfiguration
    let dataset: Dataset
    let context: TLSContext?
  }

  /// Reads configuration, data and certificates again and takes them into use, or leaves everything
  /// as it is and says why. What is asked for meanwhile is one more reload, after this one.
  func reload() {
    let (isStopping, begins) = state.withLock { ($0.isStopping, $0.reload.request()) }
    guard !isStopping else { return }
    accessLog?.reopen { [log] error in
      log.error("the access log cannot be opened anew: \(error)")
    }
    guard begins else { return }
    notifier.reloading()
    reading.async { [self] in
      let outcome = Result { () throws(Failure) -> Reading in try read() }
      control.async { [self] in finishReload(outcome) }
    }
  }

  private func finishReload(_ outcome: Result<Reading, Failure>) {
    let (isStopping, isWantedAgain) = state.withLock { ($0.isStopping, $0.reload.finish()) }
    // Too late: what is in use goes on to the end.
    guard !isStopping else { return }
    switch outcome {
    case .success(let reading): take(reading)
    case .failure(let failure):
      state.withLock { $0.reloadsFailed += 1 }
      notes.set(reloadFault: failure.reason)
      log.error("reload refused, the old state goes on: \(failure.reason)")
    }
    notifier.ready(status: "serving")
    if isWantedAgain { reload() }
  }

  private func read() throws(Failure) -> Reading {
    let resolved = try readConfiguration()
    return Reading(
      resolved: resolved,
      dataset: try Self.data(resolved.configuration),
      context: try Self.context(resolved.configuration, ticketKeys)
    )
  }

  private func readConfiguration() throws(Failure) -> ResolvedConfiguration {
    do {
      return try loader.load()
    } catch {
      let reasons = error.faults.map(\.description).joined(separator: "; ")
      throw Failure(status: .configuration, reason: reasons)
    }
  }

  private func take(_ reading: Reading) {
    let (resolved, dataset, context) = (reading.resolved, reading.dataset, reading.context)
    let (stale, hadContext) = state.withLock { state in
      let stale = state.resolved.needingRestart(for: resolved)
      let hadContext = state.context != nil
      state.resolved = resolved
      state.dataset = dataset
      if hadContext { state.context = context ?? state.context }
      state.reloadsDone += 1
      state.reloadedSecondsSince1970 = UInt64(max(0, SystemClock.secondsSince1970()))
      return (stale, hadContext)
    }
    threshold.level = resolved.configuration.logLevel
    publish(dataset)
    if hadContext, let context {
      engine.replaceContext(context)
      notes.set(certificates: context.certificates)
    }
    notes.set(registry: dataset.summary)
    notes.set(reloadFault: nil)
    for setting in stale {
      log.warning("\(setting.name) has a new value that only a restart takes up")
    }
    log.info("reloaded")
    warn(of: dataset)
    background.async { [self] in prepareAnswers() }
  }

  /// So many warnings are logged one by one.
  private static let loggedWarningCountMax = 100

  /// Says what of the data is allowed, but perhaps not meant.
  func warn(of dataset: Dataset) {
    for warning in dataset.warnings.prefix(Self.loggedWarningCountMax) { log.warning("\(warning)") }
    let rest = dataset.warnings.count - Self.loggedWarningCountMax
    if rest > 0 { log.warning("\(rest) more like these; portolan check-config prints all") }
  }

  // MARK: Stopping

  /// Not ready at once; accepting goes on for a while, so that balancers can notice; then every
  /// connection ends with its next answer.
  func stop() {
    let configuration = state.withLock { state in
      state.isStopping = true
      return state.resolved.configuration
    }
    health.beginDraining()
    notifier.stopping(status: "stopping")
    log.info("stopping")
    let delay = DispatchTimeInterval.seconds(configuration.shutdownDelaySeconds)
    control.asyncAfter(deadline: .now() + delay) { [self] in
      engine.drain()
      let limit = DispatchTimeInterval.seconds(configuration.drainTimeoutSeconds)
      control.asyncAfter(deadline: .now() + limit) { [self] in engine.stop() }
    }
  }

  // MARK: Figures

  /// What the page of metrics is made of, now.
  func metrics() -> Metrics {
    let (dataset, reloads, failures, reloaded) = state.withLock {
      ($0.dataset, $0.reloadsDone, $0.reloadsFailed, $0.reloadedSecondsSince1970)
    }
    var service = ServiceFigures()
    service.certificates = notes.certificates.map {
      (name: $0.path, value: UInt64(max(0, $0.notAfter)))
    }
    service.reloadsDone = reloads
    service.reloadsFailed = failures
    service.reloadedSecondsSince1970 = reloaded
    service.registryAssignments = dataset.assignmentCounts.map { (name: $0.layer, value: $0.count) }
    service.registrySecondsSince1970 = dataset.secondsSince1970
    service.logDropped = StandardErrorSink.shared.droppedCount
    service.accessLogDropped = accessLog?.droppedCount ?? 0
    service.rateLimited = meters.reduce(0) { $0 + $1.count(.tooManyRequests) }
    return Metrics(
      meters: meters,
      engine: engineFigures(),
      service: service,
      process: ProcessStatistics.read()
    )
  }

  private func engineFigures() -> EngineFigures {
    let all = engine.loops.map(\.statistics)
    func sum(_ counter: (Statistics) -> Int) -> UInt64 {
      UInt64(max(0, all.reduce(0) { $0 + counter($1) }))
    }
    var figures = EngineFigures()
    figures.connections = ConnectionState.Phase.open.map { phase in
      (name: "\(phase)", value: sum { $0.connections(in: phase) })
    }
    figures.heldRequests = sum { $0.held.value }
    figures.acceptedConnections = sum { $0.accepted.value }
    figures.acceptFailures = sum { $0.acceptFailures.value }
    figures.refusals = Statistics.Refusal.allCases.map { refusal in
      (name: refusal.name, value: sum { $0.value(of: refusal) })
    }
    figures.receivedBytes = sum { $0.bytesReceived.value }
    figures.sentBytes = sum { $0.bytesSent.value }
    let resumed = sum { $0.handshakesResumed.value }
    figures.handshakes = [
      (name: "full", value: sum { $0.handshakes.value } - resumed),
      (name: "resumed", value: resumed),
      (name: "failed", value: sum { $0.value(of: .handshake) }),
    ]
    return figures
  }
}
