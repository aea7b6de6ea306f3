/// One setting: all that the program, its help and its reference know of it.
struct Setting: Sendable {
  /// What settings stand together in help and reference.
  enum Group: String, CaseIterable, Sendable {
    case listeners = "Listeners"
    case tls = "TLS"
    case data = "Data"
    case limits = "Limits"
    case logs = "Logs"
    case stopping = "Stopping"
  }

  /// The key in the configuration file; flag and variable are made of it.
  let name: String
  let group: Group
  let placeholder: String
  let type: SettingType
  /// The words to choose from, where there are no others.
  let choices: [String]
  /// Whether nothing is a value as well, so that a flag or variable may be empty.
  let isOptional: Bool
  /// The default as it would be written; empty for nothing.
  let defaults: [String]
  /// Whether a reload takes up a new value; the others need a restart.
  let isReloadable: Bool
  /// One line, without an end stop.
  let summary: String
  /// Reads `texts` and puts the value where it belongs.
  let assign: @Sendable ([String], inout Configuration) throws(MalformedValue) -> Void

  init<Value>(
    _ name: String,
    _ group: Group,
    _ property: any (WritableKeyPath<Configuration, Value> & Sendable),
    _ form: ValueForm<Value>,
    default text: String? = nil,
    reloadable: Bool = false,
    _ summary: String
  ) {
    self.name = name
    self.group = group
    placeholder = form.placeholder
    type = form.type
    choices = form.choices
    isOptional = form.isOptional
    defaults = text.map { [$0] } ?? []
    isReloadable = reloadable
    self.summary = summary
    assign = { texts, configuration throws(MalformedValue) in
      configuration[keyPath: property] = try form.read(texts)
    }
  }

  var isList: Bool { type == .list }

  /// `shutdown-delay-seconds`, without the hyphens before it.
  var flagName: String { String(name.map { $0 == "_" ? "-" : $0 }) }

  /// `PORTOLAN_SHUTDOWN_DELAY_SECONDS`.
  var variable: String { Self.variablePrefix + name.uppercased() }

  static let variablePrefix = "PORTOLAN_"

  static func named(_ name: String) -> Setting? { all.first { $0.name == name } }
}

extension Setting {
  /// Every setting there is, in the order of the reference.
  static let all: [Setting] = listeners + tls + data + limits + logs + stopping

  private static let listeners: [Setting] = [
    Setting(
      "listen",
      .listeners,
      \.listen,
      .list(of: .address),
      default: "127.0.0.1:8080",
      "Serve HTTP here; port 0 takes a free one"
    ),
    Setting(
      "tls_listen",
      .listeners,
      \.tlsListen,
      .list(of: .address),
      "Serve HTTPS here; needs a certificate and its key"
    ),
    Setting(
      "admin_listen",
      .listeners,
      \.adminListen,
      .optional(.address),
      "Serve health in detail and metrics here; keep it away from the public"
    ),
    Setting(
      "workers",
      .listeners,
      \.workers,
      .optional(.integer(1...256)),
      "Event loops; one for each processor if not set"
    ),
  ]

  private static let tls: [Setting] = [
    Setting(
      "tls_certificate",
      .tls,
      \.tlsCertificates,
      .list(of: .path),
      reloadable: true,
      "Certificate with its chain, in PEM; several for several kinds of key"
    ),
    Setting(
      "tls_key",
      .tls,
      \.tlsKeys,
      .list(of: .path),
      reloadable: true,
      "Private key in PEM, one for each certificate and in their order"
    ),
    Setting(
      "tls_client_ca",
      .tls,
      \.tlsClientAuthorities,
      .optional(.path),
      reloadable: true,
      "Authorities, in PEM, whose certificates clients may show"
    ),
    Setting(
      "tls_client_auth",
      .tls,
      \.tlsClientAuthenticationAsked,
      .optional(.choice),
      reloadable: true,
      "Whether clients must show a certificate; required if tls_client_ca is set"
    ),
    Setting(
      "tls_modern",
      .tls,
      \.tlsModern,
      .boolean,
      default: "false",
      reloadable: true,
      "Speak TLS 1.3 only"
    ),
    Setting(
      "tls_groups",
      .tls,
      \.tlsGroups,
      .optional(.groups),
      reloadable: true,
      "Groups of key exchange, best first, as OpenSSL names them"
    ),
    Setting(
      "hsts_max_age_seconds",
      .tls,
      \.hstsMaxAgeSeconds,
      .integer(0...63_072_000),
      default: "0",
      "How long browsers shall insist on HTTPS (RFC 6797); 0 sends nothing"
    ),
  ]

  private static let data: [Setting] = [
    Setting(
      "registry",
      .data,
      \.registry,
      .optional(.path),
      reloadable: true,
      "Table that takes the place of the IANA registry carried in the program"
    ),
    Setting(
      "site",
      .data,
      \.site,
      .optional(.path),
      reloadable: true,
      "File of the organisation's own services"
    ),
    Setting(
      "cors_origins",
      .data,
      \.corsOrigins,
      .list(of: .origin),
      reloadable: true,
      "Origins whose pages may read answers; all, unless a site file is served"
    ),
  ]

  private static let limits: [Setting] = [
    Setting(
      "max_connections",
      .limits,
      \.maxConnections,
      .integer(1...1_000_000),
      default: "10000",
      "Open connections, all loops together; never more than the descriptors allow"
    ),
    Setting(
      "idle_timeout_seconds",
      .limits,
      \.idleTimeoutSeconds,
      .integer(1...3600),
      default: "75",
      "How long a connection may wait for its next request; longer than a proxy in front waits"
    ),
    Setting(
      "held_requests_max",
      .limits,
      \.heldRequestsMax,
      .integer(0...1_000_000),
      default: "1000",
      "Requests that may wait for a change (Prefer: wait, RFC 7240), all loops together"
    ),
    Setting(
      "requests_per_second",
      .limits,
      \.requestsPerSecond,
      .integer(0...1_000_000),
      default: "0",
      "Requests that a client network (IPv4 address, IPv6 /64) may make; 0 sets no limit"
    ),
    Setting(
      "burst_requests",
      .limits,
      \.burstRequests,
      .integer(1...1_000_000),
      default: "100",
      "Requests that a client network may make at once before that limit holds"
    ),
    Setting(
      "trusted_proxies",
      .limits,
      \.trustedProxies,
      .list(of: .network),
      "Networks whose Forwarded or X-Forwarded-For is believed"
    ),
  ]

  private static let logs: [Setting] = [
    Setting(
      "log_level",
      .logs,
      \.logLevel,
      .choice,
      default: "info",
      reloadable: true,
      "The least level that is logged"
    ),
    Setting(
      "log_format",
      .logs,
      \.logFormat,
      .choice,
      default: "auto",
      "How the program's log is written to standard error; auto is text on a terminal, else json"
    ),
    Setting(
      "access_log",
      .logs,
      \.accessLog,
      .accessLog,
      default: "off",
      "Where requests are logged; - is standard output. A reload opens the file anew"
    ),
    Setting(
      "access_log_format",
      .logs,
      \.accessLogFormat,
      .choice,
      default: "json",
      "How requests are logged; combined is what tools for other servers read"
    ),
  ]

  private static let stopping: [Setting] = [
    Setting(
      "shutdown_delay_seconds",
      .stopping,
      \.shutdownDelaySeconds,
      .integer(0...300),
      default: "0",
      reloadable: true,
      "How long to serve on while /readyz already says no, so that a balancer can notice"
    ),
    Setting(
      "drain_timeout_seconds",
      .stopping,
      \.drainTimeoutSeconds,
      .integer(0...3600),
      default: "20",
      reloadable: true,
      "How long requests that have begun may take to end once listeners are closed"
    ),
  ]
}
