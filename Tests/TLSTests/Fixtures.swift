import Glibc
import Posix

@testable import TLS

/// The certificates of the tests, made once per run by `make-certificates`.
enum Fixtures {
  private static let sources = String(#filePath.dropLast("/Fixtures.swift".count))

  static let folder: String = {
    // A peer that has gone must be an outcome, not the end of the tests.
    signal(SIGPIPE, SIG_IGN)
    var template = Array("/tmp/portolan-tls-XXXXXX".utf8CString)
    let folder = unsafe mkdtemp(&template).map { unsafe String(cString: $0) } ?? ""
    let made = try? Command(["\(sources)/make-certificates", folder]).finish()
    precondition(made?.status == 0, "no certificates: \(made?.output ?? "not started")")
    atexit { _ = try? Command(["rm", "-rf", Fixtures.folder]).finish() }
    return folder
  }()

  static func path(_ name: String) -> String { "\(folder)/\(name)" }

  static func files(
    _ chain: String,
    key: String
  ) -> TLSConfiguration.CertificateFiles {
    TLSConfiguration.CertificateFiles(chain: path(chain), privateKey: path(key))
  }

  /// A context that serves the named certificates.
  static func context(
    _ names: [String] = ["one"],
    clients: TLSConfiguration.ClientCertificates = .none,
    modernOnly: Bool = false,
    ticketKeys: TicketKeys = TicketKeys()
  ) throws -> TLSContext {
    let configuration = TLSConfiguration(
      certificates: names.map { files("\($0).pem", key: "\($0).key") },
      clientCertificates: clients,
      modernOnly: modernOnly
    )
    return try TLSContext(
      configuration,
      ticketKeys: ticketKeys,
      now: SystemClock.secondsSince1970()
    )
  }

  /// Starts the Python client with a script; see `client.py`.
  static func client(_ script: String, inheriting sockets: [CInt]) throws -> Command {
    try Command(
      ["python3", "-B", "-W", "ignore", "\(sources)/client.py", folder, script],
      inheriting: sockets
    )
  }
}
