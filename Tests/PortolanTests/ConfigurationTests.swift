import Posix
import Testing

@testable import portolan

/// Goal: a setting has one value whose origin is known, and nothing that cannot be understood is
/// passed over.
/// Method: read made-up sources, and look at values, origins and faults.
@Suite struct ConfigurationTests {
  private func read(
    flags: [String: [String]] = [:],
    environment: [String: String] = [:],
    file: String? = nil
  ) throws(ConfigurationFaults) -> ResolvedConfiguration {
    var sources = ConfigurationSources(flags: flags, environment: environment)
    if let file { sources.file = ("portolan.json", Array(file.utf8)) }
    return try ConfigurationReader.read(sources)
  }

  private func faults(
    flags: [String: [String]] = [:],
    environment: [String: String] = [:],
    file: String? = nil
  ) -> [String] {
    do {
      _ = try read(flags: flags, environment: environment, file: file)
      return []
    } catch {
      return error.faults.map(\.description)
    }
  }

  private func value(_ name: String, in resolved: ResolvedConfiguration) -> (String, String) {
    let value = resolved.values.first { $0.setting.name == name }
    return (value?.texts.joined(separator: ",") ?? "?", value?.origin.description ?? "?")
  }

  // MARK: Precedence

  @Test func theDefaultsAreThoseOfTheDesign() throws {
    let configuration = try read().configuration
    #expect(configuration.listen.map(\.description) == ["127.0.0.1:8080"])
    #expect(configuration.adminListen == nil)
    #expect(configuration.workers == nil)
    #expect(configuration.shutdownDelaySeconds == 0)
    #expect(configuration.drainTimeoutSeconds == 20)
    #expect(configuration.idleTimeoutSeconds == 75)
    #expect(configuration.maxConnections == 10_000)
    #expect(configuration.requestsPerSecond == 0)
    #expect(configuration.accessLog == .off)
    #expect(configuration.logFormat == .automatic)
    #expect(configuration.tlsClientAuthentication == .none)
  }

  @Test func flagsWinOverVariablesOverFileOverDefaults() throws {
    let file = #"{"workers": 1, "max_connections": 1, "idle_timeout_seconds": 1}"#
    let resolved = try read(
      flags: ["workers": ["3"]],
      environment: ["PORTOLAN_WORKERS": "2", "PORTOLAN_MAX_CONNECTIONS": "2"],
      file: file
    )
    #expect(value("workers", in: resolved) == ("3", "--workers"))
    #expect(value("max_connections", in: resolved) == ("2", "PORTOLAN_MAX_CONNECTIONS"))
    #expect(value("idle_timeout_seconds", in: resolved) == ("1", "portolan.json:1"))
    #expect(value("drain_timeout_seconds", in: resolved) == ("20", "default"))
    #expect(resolved.configuration.workers == 3)
    #expect(resolved.configuration.maxConnections == 2)
  }

  @Test func listsReplaceEachOther() throws {
    let resolved = try read(
      environment: ["PORTOLAN_LISTEN": "127.0.0.1:1, [::1]:2"],
      file: #"{"listen": ["127.0.0.1:3"]}"#
    )
    #expect(resolved.configuration.listen.map(\.description) == ["127.0.0.1:1", "[::1]:2"])
  }

  @Test func emptyTextTakesAnOptionalValueAway() throws {
    let file = #"{"site": "site.txt", "trusted_proxies": ["10.0.0.0/8"]}"#
    let resolved = try read(
      flags: ["site": [""]],
      environment: ["PORTOLAN_TRUSTED_PROXIES": ""],
      file: file
    )
    #expect(resolved.configuration.site == nil)
    #expect(resolved.configuration.trustedProxies.isEmpty)
  }

  // MARK: Faults

  @Test(arguments: [
    ("workers", "0", "'0' is not an integer from 1 to 256"),
    ("workers", "257", "'257' is not an integer from 1 to 256"),
    ("workers", "+2", "'+2' is not an integer from 1 to 256"),
    ("workers", "99999999999999999999", "'99999999999999999999' is not an integer from 1 to 256"),
    ("max_connections", "", "is empty"),
    ("listen", "8080", "'8080' has no port: write ADDRESS:PORT, an IPv6 address in brackets"),
    ("listen", "127.0.0.1:65536", "'65536' is not a port number from 0 to 65535"),
    (
      "log_level", "warn",
      "'warn' is none of trace, debug, info, notice, warning, error, critical"
    ),
    (
      "access_log_format", "jsn", "'jsn' is none of json, combined; did you mean json?"
    ),
    ("tls_modern", "yes", "'yes' is neither true nor false"),
    (
      "trusted_proxies", "10.0.0.1/8",
      "'10.0.0.1/8' is not a network such as 10.0.0.0/8 or fd00::/8, with no bit set behind the"
        + " length"
    ),
    (
      "cors_origins", "https://a/b",
      "'https://a/b' is neither * nor an origin such as https://ports.example.org"
    ),
  ])
  func aMalformedValueIsNamedWithItsOrigin(name: String, text: String, reason: String) {
    let setting = Setting.named(name)
    let variable = setting?.variable ?? "?"
    let flag = "--" + (setting?.flagName ?? "?")
    #expect(faults(environment: [variable: text]) == ["\(name) from \(variable): \(reason)"])
    #expect(faults(flags: [name: [text]]) == ["\(name) from \(flag): \(reason)"])
  }

  @Test(arguments: [
    (
      "{\n\"worker\": 1}",
      "worker from portolan.json:2: there is no such setting; did you mean workers?"
    ),
    ("{\n\n\"workers\": \"1\"}", "workers from portolan.json:3: must be a number"),
    ("{\"workers\": 1.5}", "workers from portolan.json:1: '1.5' is not an integer from 1 to 256"),
    ("{\"workers\": null}", "workers from portolan.json:1: must be a number"),
    ("{\"listen\": \"a:1\"}", "listen from portolan.json:1: must be an array of strings"),
    ("{\"listen\": [1]}", "listen from portolan.json:1: must be an array of strings"),
    ("{\"tls_modern\": \"true\"}", "tls_modern from portolan.json:1: must be true or false"),
    ("{\"site\": 1}", "site from portolan.json:1: must be a string"),
    ("[]", "config from portolan.json:1: must be an object of settings"),
    (
      "{\"workers\": 1\n,}",
      "config from portolan.json:2: column 2: the name of a member must stand here, in quotes"
    ),
    (
      "{\"workers\": 1, \"workers\": 2}",
      "config from portolan.json:1: column 16: the member \"workers\" comes twice"
    ),
  ])
  func aFaultOfTheFileIsNamedWithItsLine(file: String, fault: String) {
    #expect(faults(file: file) == [fault])
  }

  @Test func anUnknownVariableIsRefusedWithASuggestion() {
    #expect(
      faults(environment: ["PORTOLAN_LISTENS": "a"]) == [
        "PORTOLAN_LISTENS from PORTOLAN_LISTENS: there is no such setting; did you mean"
          + " PORTOLAN_LISTEN?"
      ]
    )
  }

  /// What a container is given when a service of its namespace is called `portolan`.
  @Test(arguments: [
    "PORTOLAN_SERVICE_HOST", "PORTOLAN_SERVICE_PORT", "PORTOLAN_SERVICE_PORT_HTTP",
    "PORTOLAN_PORT", "PORTOLAN_PORT_8080_TCP", "PORTOLAN_PORT_8080_TCP_ADDR",
    "PORTOLAN_PORT_8080_TCP_PORT", "PORTOLAN_PORT_8080_TCP_PROTO", "PORTOLAN_ADMIN_SERVICE_HOST",
    "PORTOLAN_CONFIG", "PATH",
  ])
  func variablesOfKubernetesAndOfOthersAreNoFaults(name: String) {
    #expect(faults(environment: [name: "tcp://10.0.0.1:8080"]).isEmpty)
  }

  @Test func noSettingLooksLikeAVariableOfKubernetes() {
    for setting in Setting.all {
      #expect(!ConfigurationReader.isServiceLink(setting.variable))
    }
  }

  @Test func allFaultsAreToldAtOnce() {
    let all = faults(
      flags: ["workers": ["x"]],
      environment: ["PORTOLAN_LOG_LEVEL": "loud"],
      file: #"{"sight": "a"}"#
    )
    #expect(all.count == 3)
  }

  @Test(arguments: [
    (["tls_listen": ["127.0.0.1:8443"]], "tls_listen"),
    (["tls_certificate": ["a"]], "tls_key"),
    (["tls_client_auth": ["requested"]], "tls_client_auth"),
    (["listen": [""]], "listen"),
  ])
  func settingsThatNeedOneAnotherAreChecked(flags: [String: [String]], key: String) {
    let all = faults(flags: flags)
    #expect(all.count == 1)
    #expect(all.first?.hasPrefix("\(key) from ") == true, "\(all)")
  }

  @Test func namingAuthoritiesRequiresACertificate() throws {
    let bare = try read(flags: ["tls_client_ca": ["ca.pem"]])
    #expect(bare.configuration.tlsClientAuthentication == .required)
    let asked = try read(
      flags: ["tls_client_ca": ["ca.pem"], "tls_client_auth": ["requested"]])
    #expect(asked.configuration.tlsClientAuthentication == .requested)
  }

  // MARK: Reload

  @Test func aReloadNamesWhatItCannotTakeUp() throws {
    let before = try read(flags: ["workers": ["1"], "log_level": ["info"]])
    let after = try read(flags: ["workers": ["2"], "log_level": ["debug"]])
    #expect(before.needingRestart(for: after).map(\.name) == ["workers"])
    #expect(before.needingRestart(for: before).isEmpty)
  }

  // MARK: Files

  @Test func aFileThatIsNotThereIsAFault() {
    let loader = ConfigurationLoader(
      flags: ["site": ["/nowhere/site"]],
      environment: [:],
      path: nil
    )
    let missing = #expect(throws: ConfigurationFaults.self) { try loader.load() }
    #expect(
      missing?.faults.map(\.description) == [
        "site from --site: there is no file '/nowhere/site'"
      ]
    )
    let config = ConfigurationLoader(
      flags: [:],
      environment: ["PORTOLAN_CONFIG": "/nowhere/portolan.json"],
      path: nil
    )
    let unread = #expect(throws: ConfigurationFaults.self) { try config.load() }
    #expect(unread?.faults.first?.origin == .file("/nowhere/portolan.json", line: 1))
  }
}
