import HTTP
import JSON
import Synchronization

/// The three questions that are asked of a service's health.
enum HealthProbe: Sendable {
  /// Is it alive, or should it be started anew?
  case live
  /// Should it be sent requests?
  case ready
  /// Both at once.
  case health

  init?(path: Span<UInt8>) {
    switch path.count {
    case 6 where path.equals("/livez"): self = .live
    case 7 where path.equals("/readyz"): self = .ready
    case 8 where path.equals("/healthz"): self = .health
    default: return nil
    }
  }
}

/// One thing that must be well.
struct HealthCheck: Sendable {
  enum Finding: Equatable, Sendable {
    case ok
    /// Well, and there is something to know.
    case noted(String)
    case failing(String)

    var isFailing: Bool { if case .failing = self { true } else { false } }
  }

  let name: String
  /// Whether the program must be started anew when this fails; else it only gets no requests.
  let isVital: Bool
  /// Asked at every probe, on whichever loop it comes to: must be quick and wait for nothing.
  let examine: @Sendable () -> Finding
}

/// What all checks of one probe found.
struct HealthReport: Equatable, Sendable {
  struct Line: Equatable, Sendable {
    let name: String
    let finding: HealthCheck.Finding
  }

  let lines: [Line]

  var isOK: Bool { !lines.contains { $0.finding.isFailing } }
}

/// The health of the program, shared by all loops.
final class Health: Sendable {
  private let checks: [HealthCheck]
  private let isDraining = Atomic<Bool>(false)

  init(checks: [HealthCheck]) {
    self.checks = checks
  }

  /// From now on the program is not ready, whatever else is well: it is about to stop.
  func beginDraining() {
    isDraining.store(true, ordering: .relaxed)
  }

  func report(_ probe: HealthProbe) -> HealthReport {
    var lines: [HealthReport.Line] = []
    for check in checks where probe != .live || check.isVital {
      lines.append(HealthReport.Line(name: check.name, finding: check.examine()))
    }
    if probe != .live {
      let isStopping = isDraining.load(ordering: .relaxed)
      lines.append(
        HealthReport.Line(
          name: "stopping",
          finding: isStopping ? .failing("the program is stopping") : .ok
        )
      )
    }
    return HealthReport(lines: lines)
  }
}

extension HealthReport {
  /// The answer on any listener: one word, and nothing about what is inside.
  func writeShort(into batch: inout ResponseBatch) {
    let content = Array((isOK ? "ok\n" : "failing\n").utf8)
    write(content.span, type: "text/plain; charset=utf-8", into: &batch)
  }

  /// The answer for those who run the program, with every check.
  func writeVerbose(into batch: inout ResponseBatch) {
    var writer = JSONWriter(capacity: 256)
    writer.beginObject()
    writer.name("status")
    writer.value(isOK ? "ok" : "failing")
    writer.name("checks")
    writer.beginArray()
    for line in lines {
      writer.beginObject()
      writer.name("name")
      writer.value(line.name)
      writer.name("status")
      switch line.finding {
      case .ok: writer.value("ok")
      case .noted(let detail):
        writer.value("ok")
        writer.name("detail")
        writer.value(detail)
      case .failing(let detail):
        writer.value("failing")
        writer.name("detail")
        writer.value(detail)
      }
      writer.endObject()
    }
    writer.endArray()
    writer.endObject()
    writer.endText()
    write(writer.bytes.span, type: "application/json", into: &batch)
  }

  private func write(_ content: Span<UInt8>, type: String, into batch: inout ResponseBatch) {
    batch.beginHead(isOK ? .ok : .serviceUnavailable)
    batch.appendField("Content-Type", type)
    batch.appendField("Cache-Control", "no-store")
    batch.appendField("X-Content-Type-Options", "nosniff")
    batch.appendContentLength(content.count)
    batch.endHead(content: content)
  }
}
