import Logging
import Posix

/// What the program was told to do, read and checked. ``Setting/all`` says what each value means
/// and gives the defaults; the values here only stand until they are read.
struct Configuration: Sendable {
  // Listeners
  var listen: [SocketAddress] = []
  var tlsListen: [SocketAddress] = []
  var adminListen: SocketAddress?
  var workers: Int?

  // TLS
  var tlsCertificates: [String] = []
  var tlsKeys: [String] = []
  var tlsClientAuthorities: String?
  var tlsClientAuthenticationAsked: ClientAuthentication?
  var tlsModern = false
  var tlsGroups: String?
  var hstsMaxAgeSeconds = 0

  // Data
  var registry: String?
  var site: String?
  var corsOrigins: [CORSOrigin] = []

  // Limits
  var maxConnections = 1
  var idleTimeoutSeconds = 1
  var heldRequestsMax = 0
  var requestsPerSecond = 0
  var burstRequests = 1
  var trustedProxies: [IPNetwork] = []

  // Logs
  var logLevel = Logger.Level.info
  var logFormat = LogFormat.automatic
  var accessLog = AccessLogDestination.off
  var accessLogFormat = AccessLogFormat.json

  // Stopping
  var shutdownDelaySeconds = 0
  var drainTimeoutSeconds = 0

  /// Whether clients are asked for a certificate. Naming authorities without saying more requires
  /// one: whoever names them means it.
  var tlsClientAuthentication: ClientAuthentication {
    tlsClientAuthenticationAsked ?? (tlsClientAuthorities == nil ? .none : .required)
  }

  /// Each certificate file with the file of its key.
  var tlsIdentities: [(certificate: String, key: String)] {
    zip(tlsCertificates, tlsKeys).map { (certificate: $0, key: $1) }
  }
}

/// Whether a TLS client must say who it is.
enum ClientAuthentication: String, CaseIterable, Sendable {
  case none
  case requested
  case required
}

/// How the program's own log is written.
enum LogFormat: String, CaseIterable, Sendable {
  case json
  case logfmt
  case text
  /// `text` on a terminal, `json` anywhere else.
  case automatic = "auto"
}

/// How requests are logged.
enum AccessLogFormat: String, CaseIterable, Sendable {
  case json
  /// The format that tools for Apache and nginx read.
  case combined
}

/// Where requests are logged.
enum AccessLogDestination: Equatable, Sendable {
  case off
  case standardOutput
  case file(String)

  init(text: String) {
    switch text {
    case "off": self = .off
    case "-": self = .standardOutput
    default: self = .file(text)
    }
  }
}

/// An origin that may read answers from a browser (RFC 6454 §6.2), or `*` for all.
struct CORSOrigin: Equatable, Sendable {
  let text: String

  /// - Returns: `nil` unless it is `*` or `http(s)://HOST[:PORT]`, which browsers send in lower
  ///   case and without a path.
  init?(parsing text: String) {
    self.text = text
    if text == "*" { return }
    let schemes = ["https://", "http://"]
    guard let scheme = schemes.first(where: { text.hasPrefix($0) }) else { return nil }
    let authority = text.dropFirst(scheme.count)
    let isAuthority = authority.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
        UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: ":"), UInt8(ascii: "["),
        UInt8(ascii: "]"):
        true
      default: false
      }
    }
    guard !authority.isEmpty, isAuthority else { return nil }
  }
}
