import HTTP
import Posix

/// What the engine counts, all loops together.
struct EngineFigures: Sendable {
  /// How many connections are in each state now, by the state's name.
  var connections: [(name: String, value: UInt64)] = []
  var acceptedConnections: UInt64 = 0
  /// How many requests wait for a change now.
  var heldRequests: UInt64 = 0
  /// How often a connection could not be taken, or not be watched.
  var acceptFailures: UInt64 = 0
  /// How many requests or connections were turned away, by reason.
  var refusals: [(name: String, value: UInt64)] = []
  var receivedBytes: UInt64 = 0
  var sentBytes: UInt64 = 0
  /// How many TLS handshakes ended which way: `full`, `resumed`, `failed`.
  var handshakes: [(name: String, value: UInt64)] = []
}

/// What the program around the engine knows.
struct ServiceFigures: Sendable {
  /// For each certificate: a name for it, and the end of its validity in seconds since 1970.
  var certificates: [(name: String, value: UInt64)] = []
  var reloadsDone: UInt64 = 0
  var reloadsFailed: UInt64 = 0
  /// When the data and certificates in use were read, in seconds since 1970.
  var reloadedSecondsSince1970: UInt64 = 0
  /// How many assignments each layer has, by the layer's name.
  var registryAssignments: [(name: String, value: UInt64)] = []
  /// When the newest table was made, in seconds since 1970.
  var registrySecondsSince1970: UInt64 = 0
  var accessLogDropped: UInt64 = 0
  var logDropped: UInt64 = 0
  var rateLimited: UInt64 = 0
}

/// The page at `/metrics`.
///
/// Names and units follow what Prometheus asks of them: seconds and bytes, totals that only grow.
/// The end of a certificate is a moment, not a number of days, so that a rule can do its own
/// counting.
struct Metrics {
  let meters: [RequestMeter]
  let engine: EngineFigures
  let service: ServiceFigures
  let process: ProcessStatistics

  func page() -> [UInt8] {
    var text = MetricsText()
    writeRequests(&text)
    writeEngine(&text)
    writeService(&text)
    writeProcess(&text)
    return text.bytes
  }

  private func writeRequests(_ text: inout MetricsText) {
    text.begin("http_requests_total", .counter, "Requests answered.")
    for route in RouteLabel.allCases {
      for method in MethodLabel.allCases {
        for status in Status.allCases {
          let count = meters.reduce(0) { $0 &+ $1.count(route, method, status) }
          // Most of the table never happens; a series begins with its first request.
          guard count > 0 else { continue }
          text.sample(
            count,
            [
              "route": route.name, "method": method.name, "status": String(status.code),
            ]
          )
        }
      }
    }
    text.begin(
      "http_request_duration_seconds",
      .histogram,
      "Time from the first byte read to the answer made."
    )
    for route in RouteLabel.allCases {
      var counts = [UInt64](repeating: 0, count: RequestMeter.bucketBoundsNanoseconds.count + 1)
      for meter in meters {
        for (place, count) in meter.bucketCounts(route).enumerated() { counts[place] &+= count }
      }
      text.histogram(
        boundsNanoseconds: RequestMeter.bucketBoundsNanoseconds,
        counts: counts,
        sumNanoseconds: meters.reduce(0) { $0 &+ $1.durationSumNanoseconds(route) },
        label: (name: "route", value: route.name)
      )
    }
  }

  private func writeEngine(_ text: inout MetricsText) {
    text.begin("http_connections", .gauge, "Open connections by what they do.")
    for (state, count) in engine.connections { text.sample(count, ["state": state]) }
    text.single(
      "http_connections_accepted_total",
      .counter,
      "Connections accepted.",
      engine.acceptedConnections
    )
    text.single(
      "http_accept_failures_total",
      .counter,
      "Connections that the kernel would not hand over, most often for want of a descriptor.",
      engine.acceptFailures
    )
    text.begin("http_refusals_total", .counter, "Requests and connections turned away.")
    for (reason, count) in engine.refusals { text.sample(count, ["reason": reason]) }
    text.single(
      "http_received_bytes_total",
      .counter,
      "Bytes read from clients.",
      engine.receivedBytes
    )
    text.single("http_sent_bytes_total", .counter, "Bytes written to clients.", engine.sentBytes)
    text.begin("tls_handshakes_total", .counter, "TLS handshakes by how they ended.")
    for (result, count) in engine.handshakes { text.sample(count, ["result": result]) }
  }

  private func writeService(_ text: inout MetricsText) {
    text.begin(
      "tls_certificate_not_after_timestamp_seconds",
      .gauge,
      "When a certificate becomes invalid."
    )
    for (name, seconds) in service.certificates { text.sample(seconds, ["certificate": name]) }
    text.begin("portolan_reloads_total", .counter, "Reloads by how they ended.")
    text.sample(service.reloadsDone, ["result": "done"])
    text.sample(service.reloadsFailed, ["result": "failed"])
    text.single(
      "portolan_reloaded_timestamp_seconds",
      .gauge,
      "When the data in use was read.",
      service.reloadedSecondsSince1970
    )
    text.begin("portolan_registry_assignments", .gauge, "Assignments by the layer that has them.")
    for (layer, count) in service.registryAssignments { text.sample(count, ["layer": layer]) }
    text.single(
      "portolan_registry_timestamp_seconds",
      .gauge,
      "When the newest table was made.",
      service.registrySecondsSince1970
    )
    text.single(
      "portolan_access_log_dropped_lines_total",
      .counter,
      "Lines of the access log that could not be written.",
      service.accessLogDropped
    )
    text.single(
      "portolan_log_dropped_lines_total",
      .counter,
      "Lines of the program's own log that could not be written.",
      service.logDropped
    )
    text.single(
      "http_rate_limited_requests_total",
      .counter,
      "Requests refused because their network asked too often.",
      service.rateLimited
    )
    text.single(
      "http_held_requests",
      .gauge,
      "Requests that wait for a change.",
      engine.heldRequests
    )
    text.begin("portolan_build_info", .gauge, "The program's version; always 1.")
    text.sample(1, ["version": ProgramVersion.current])
  }

  private func writeProcess(_ text: inout MetricsText) {
    text.begin("process_cpu_seconds_total", .counter, "Processor time used.")
    text.sample(nanoseconds: process.processorNanoseconds)
    text.single(
      "process_resident_memory_bytes",
      .gauge,
      "Memory present.",
      process.residentBytes
    )
    text.single("process_virtual_memory_bytes", .gauge, "Memory mapped.", process.virtualBytes)
    text.single("process_open_fds", .gauge, "Descriptors open.", process.openDescriptors)
    text.single(
      "process_max_fds",
      .gauge,
      "Descriptors that may be open.",
      process.openDescriptorsMax
    )
    text.begin("process_start_time_seconds", .gauge, "When the process began.")
    text.sample(nanoseconds: process.startMilliseconds &* 1_000_000)
  }
}
