import Posix
import Synchronization
import TLS

/// What the service tells those who ask for its health in detail, and changes with a reload.
///
/// A reload that was refused leaves what was there in use, so it makes nothing unready.
final class HealthNotes: Sendable {
  private struct Notes {
    var registry: String?
    var reloadFault: String?
    var certificates: [ServedCertificate] = []
  }

  private let notes = Mutex(Notes())

  func set(registry: String) { notes.withLock { $0.registry = registry } }

  func set(reloadFault: String?) { notes.withLock { $0.reloadFault = reloadFault } }

  func set(certificates: [ServedCertificate]) { notes.withLock { $0.certificates = certificates } }

  var certificates: [ServedCertificate] { notes.withLock { $0.certificates } }

  /// The checks that read these notes, in the order of the report.
  var checks: [HealthCheck] {
    [
      // A program that answers has its registry: without one it does not start.
      HealthCheck(name: "registry", isVital: true) { self.registry },
      HealthCheck(name: "reload", isVital: false) { self.reload },
      HealthCheck(name: "certificates", isVital: false) { self.validity },
    ]
  }

  private var registry: HealthCheck.Finding {
    notes.withLock { $0.registry }.map { .noted($0) } ?? .ok
  }

  private var reload: HealthCheck.Finding {
    notes.withLock { $0.reloadFault }.map { .noted("refused: \($0)") } ?? .ok
  }

  /// Whether every certificate is still valid, and for how many days.
  private var validity: HealthCheck.Finding {
    let now = SystemClock.secondsSince1970()
    let certificates = certificates
    if certificates.isEmpty { return .ok }
    if let expired = certificates.first(where: { $0.notAfter <= now }) {
      return .failing("\(expired.path) has expired")
    }
    let days = certificates.map { "\($0.path): \(($0.notAfter - now) / 86_400) days left" }
    return .noted(days.joined(separator: ", "))
  }
}
