import ArgumentParser

/// The flags of all settings, taken as they are written: what they mean is for
/// ``ConfigurationReader``, which treats all sources alike.
struct SettingOptions: ParsableArguments {
  @Option(
    name: .customLong("config"),
    help: ArgumentHelp(
      "Read settings from this file (\(ConfigurationReader.fileVariable)).",
      valueName: "file"
    ),
    completion: .file(extensions: ["json"])
  )
  var config: String?

  @OptionGroup(title: "Listeners") var listeners: ListenerOptions
  @OptionGroup(title: "TLS") var tls: TLSOptions
  @OptionGroup(title: "Data") var data: DataOptions
  @OptionGroup(title: "Limits") var limits: LimitOptions
  @OptionGroup(title: "Logs") var logs: LogOptions
  @OptionGroup(title: "Stopping") var stopping: StoppingOptions

  /// What was given, by the setting's name.
  var given: [String: [String]] {
    var given: [String: [String]] = [:]
    let groups = [
      listeners.values, tls.values, data.values, limits.values, logs.values, stopping.values,
    ]
    for values in groups {
      for (name, texts) in values where !texts.isEmpty { given[name] = texts }
    }
    return given
  }
}

struct ListenerOptions: ParsableArguments {
  @Option(setting: "listen") var listen: [String]
  @Option(setting: "tls_listen") var tlsListen: [String]
  @Option(setting: "admin_listen") var adminListen: String?
  @Option(setting: "workers") var workers: String?

  var values: KeyValuePairs<String, [String]> {
    [
      "listen": listen, "tls_listen": tlsListen, "admin_listen": adminListen.asList,
      "workers": workers.asList,
    ]
  }
}

struct TLSOptions: ParsableArguments {
  @Option(setting: "tls_certificate") var tlsCertificate: [String]
  @Option(setting: "tls_key") var tlsKey: [String]
  @Option(setting: "tls_client_ca") var tlsClientAuthorities: String?
  @Option(setting: "tls_client_auth") var tlsClientAuthentication: String?
  @Flag(inversion: .prefixedNo, help: Setting.help("tls_modern")) var tlsModern: Bool?
  @Option(setting: "tls_groups") var tlsGroups: String?
  @Option(setting: "hsts_max_age_seconds") var hstsMaxAgeSeconds: String?

  var values: KeyValuePairs<String, [String]> {
    [
      "tls_certificate": tlsCertificate, "tls_key": tlsKey,
      "tls_client_ca": tlsClientAuthorities.asList,
      "tls_client_auth": tlsClientAuthentication.asList,
      "tls_modern": tlsModern.map { $0 ? "true" : "false" }.asList,
      "tls_groups": tlsGroups.asList, "hsts_max_age_seconds": hstsMaxAgeSeconds.asList,
    ]
  }
}

struct DataOptions: ParsableArguments {
  @Option(setting: "registry") var registry: String?
  @Option(setting: "site") var site: String?
  @Option(setting: "cors_origins") var corsOrigins: [String]

  var values: KeyValuePairs<String, [String]> {
    ["registry": registry.asList, "site": site.asList, "cors_origins": corsOrigins]
  }
}

struct LimitOptions: ParsableArguments {
  @Option(setting: "max_connections") var maxConnections: String?
  @Option(setting: "idle_timeout_seconds") var idleTimeoutSeconds: String?
  @Option(setting: "held_requests_max") var heldRequestsMax: String?
  @Option(setting: "requests_per_second") var requestsPerSecond: String?
  @Option(setting: "burst_requests") var burstRequests: String?
  @Option(setting: "trusted_proxies") var trustedProxies: [String]

  var values: KeyValuePairs<String, [String]> {
    [
      "max_connections": maxConnections.asList,
      "idle_timeout_seconds": idleTimeoutSeconds.asList,
      "held_requests_max": heldRequestsMax.asList,
      "requests_per_second": requestsPerSecond.asList, "burst_requests": burstRequests.asList,
      "trusted_proxies": trustedProxies,
    ]
  }
}

struct LogOptions: ParsableArguments {
  @Option(setting: "log_level") var logLevel: String?
  @Option(setting: "log_format") var logFormat: String?
  @Option(setting: "access_log") var accessLog: String?
  @Option(setting: "access_log_format") var accessLogFormat: String?

  var values: KeyValuePairs<String, [String]> {
    [
      "log_level": logLevel.asList, "log_format": logFormat.asList,
      "access_log": accessLog.asList, "access_log_format": accessLogFormat.asList,
    ]
  }
}

struct StoppingOptions: ParsableArguments {
  @Option(setting: "shutdown_delay_seconds") var shutdownDelaySeconds: String?
  @Option(setting: "drain_timeout_seconds") var drainTimeoutSeconds: String?

  var values: KeyValuePairs<String, [String]> {
    [
      "shutdown_delay_seconds": shutdownDelaySeconds.asList,
      "drain_timeout_seconds": drainTimeoutSeconds.asList,
    ]
  }
}

// MARK: Options made of settings

extension Option where Value == String? {
  /// The flag of the setting that is called `name`.
  init(setting name: String) {
    let setting = Setting.defined(name)
    self.init(
      name: .customLong(setting.flagName),
      help: Setting.help(name),
      completion: setting.completion
    )
  }
}

extension Option where Value == [String] {
  /// The flag of a setting that is a list; given once for each element.
  init(setting name: String) {
    let setting = Setting.defined(name)
    self.init(
      wrappedValue: [],
      name: .customLong(setting.flagName),
      parsing: .singleValue,
      help: Setting.help(name),
      completion: setting.completion
    )
  }
}

extension Setting {
  fileprivate static func defined(_ name: String) -> Setting {
    guard let setting = named(name) else { preconditionFailure("no setting is called \(name)") }
    return setting
  }

  fileprivate static func help(_ name: String) -> ArgumentHelp {
    let setting = defined(name)
    var text = setting.summary + "."
    if !setting.defaults.isEmpty, setting.type != .boolean {
      text += " (default: \(setting.defaults.joined(separator: ",")))"
    }
    return ArgumentHelp(stringLiteral: text).named(setting.placeholder)
  }

  fileprivate var completion: CompletionKind? {
    if !choices.isEmpty { return .list(choices) }
    return placeholder.contains("FILE") ? .file() : nil
  }
}

extension ArgumentHelp {
  fileprivate func named(_ valueName: String) -> ArgumentHelp {
    var help = self
    help.valueName = valueName
    return help
  }
}

extension String? {
  fileprivate var asList: [String] { map { [$0] } ?? [] }
}
