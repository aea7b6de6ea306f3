import JSON

/// Where settings may be given. Flags win over the environment, that wins over the file, and the
/// defaults stand behind all three.
struct ConfigurationSources: Sendable {
  /// What flags say, by the setting's name.
  var flags: [String: [String]] = [:]
  var environment: [String: String] = [:]
  /// The configuration file's path and content, if there is one.
  var file: (path: String, bytes: [UInt8])?
}

/// One setting's value as it was written, and where.
struct SettingValue: Sendable {
  let setting: Setting
  let texts: [String]
  let origin: Origin
}

/// A configuration with the origin of every value.
struct ResolvedConfiguration: Sendable {
  let configuration: Configuration
  /// In the order of ``Setting/all``.
  let values: [SettingValue]

  /// The settings that `newer` has another value for and that a reload cannot take up.
  func needingRestart(for newer: ResolvedConfiguration) -> [Setting] {
    zip(values, newer.values).filter { $0.texts != $1.texts && !$0.setting.isReloadable }
      .map(\.0.setting)
  }
}

/// Reads all sources, checks every value, and refuses what it does not know.
struct ConfigurationReader {
  private let sources: ConfigurationSources
  private var faults: [ConfigurationFault] = []
  /// What the file says, by the setting's name.
  private var fileValues: [String: SettingValue] = [:]

  static func read(
    _ sources: ConfigurationSources
  ) throws(ConfigurationFaults) -> ResolvedConfiguration {
    var reader = ConfigurationReader(sources: sources)
    return try reader.resolve()
  }

  private init(sources: ConfigurationSources) {
    self.sources = sources
  }

  private mutating func resolve() throws(ConfigurationFaults) -> ResolvedConfiguration {
    readFile()
    checkVariables()
    var configuration = Configuration()
    var values: [SettingValue] = []
    for setting in Setting.all {
      let value = value(of: setting)
      do {
        try setting.assign(value.texts, &configuration)
      } catch {
        fail(setting.name, value.origin, error.reason)
      }
      values.append(value)
    }
    if faults.isEmpty { checkTogether(configuration, values) }
    guard faults.isEmpty else { throw ConfigurationFaults(faults: faults) }
    return ResolvedConfiguration(configuration: configuration, values: values)
  }

  private func value(of setting: Setting) -> SettingValue {
    if let texts = sources.flags[setting.name] {
      let given = texts.filter { !(setting.isOptional && $0.isEmpty) }
      return SettingValue(setting: setting, texts: given, origin: .flag("--\(setting.flagName)"))
    }
    if let text = sources.environment[setting.variable] {
      return SettingValue(
        setting: setting,
        texts: Self.elements(of: text, setting),
        origin: .variable(setting.variable)
      )
    }
    if let value = fileValues[setting.name] { return value }
    return SettingValue(setting: setting, texts: setting.defaults, origin: .byDefault)
  }

  /// A variable holds one text: a list is separated by commas there.
  private static func elements(of text: String, _ setting: Setting) -> [String] {
    if setting.isOptional, text.isEmpty { return [] }
    guard setting.isList else { return [text] }
    return text.split(separator: ",", omittingEmptySubsequences: false).map { trimmed($0) }
  }

  private static func trimmed(_ text: Substring) -> String {
    var text = text
    while text.first == " " { text.removeFirst() }
    while text.last == " " { text.removeLast() }
    return String(text)
  }

  private mutating func fail(_ key: String, _ origin: Origin, _ reason: String) {
    faults.append(ConfigurationFault(key: key, origin: origin, reason: reason))
  }

  // MARK: The file

  private mutating func readFile() {
    guard let (path, bytes) = sources.file else { return }
    let root: JSONNode
    do {
      root = try JSONReader.read(bytes.span)
    } catch {
      return fail(
        "config",
        .file(path, line: error.place.line),
        "column \(error.place.column): \(error.reason)"
      )
    }
    guard case .object(let members) = root.value else {
      return fail("config", .file(path, line: root.place.line), "must be an object of settings")
    }
    for member in members {
      let origin = Origin.file(path, line: member.place.line)
      guard let setting = Setting.named(member.name) else {
        let names = Setting.all.map(\.name)
        fail(
          member.name,
          origin,
          "there is no such setting" + Suggestion.sentence(for: member.name, among: names)
        )
        continue
      }
      guard let texts = Self.texts(of: member.node, setting) else {
        fail(setting.name, origin, "must be \(setting.type.rawValue)")
        continue
      }
      fileValues[setting.name] = SettingValue(setting: setting, texts: texts, origin: origin)
    }
  }

  /// The value as a flag would have it, if it has the type that the setting wants.
  private static func texts(of node: JSONNode, _ setting: Setting) -> [String]? {
    switch (setting.type, node.value) {
    case (.string, .string(let text)), (.number, .number(let text)): return [text]
    case (.boolean, .boolean(let value)): return [value ? "true" : "false"]
    case (.list, .array(let elements)):
      var texts: [String] = []
      for element in elements {
        guard case .string(let text) = element.value else { return nil }
        texts.append(text)
      }
      return texts
    default: return nil
    }
  }

  // MARK: The environment

  /// Refuses variables that look like ours and are not: most are misspelt.
  private mutating func checkVariables() {
    let known = Setting.all.map(\.variable)
    for name in sources.environment.keys.sorted()
    where name.hasPrefix(Setting.variablePrefix) && !known.contains(name) {
      if name == Self.fileVariable || Self.isServiceLink(name) { continue }
      fail(
        name,
        .variable(name),
        "there is no such setting"
          + Suggestion.sentence(for: name, among: known)
      )
    }
  }

  /// Names the configuration file, as `--config` does.
  static let fileVariable = "PORTOLAN_CONFIG"

  /// Kubernetes gives every container variables for the services of its namespace, so a service
  /// that is called `portolan` brings `PORTOLAN_SERVICE_HOST`, `PORTOLAN_PORT_8080_TCP` and the
  /// like. No setting of ours is named that way.
  static func isServiceLink(_ name: String) -> Bool {
    if name.hasSuffix("_SERVICE_HOST") || name.hasSuffix("_PORT") { return true }
    if name.contains("_SERVICE_PORT_") { return true }
    let parts = name.split(separator: "_")
    return zip(parts, parts.dropFirst()).contains { part, next in
      part == "PORT" && next.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }
  }

  // MARK: Settings that need one another

  private mutating func checkTogether(_ configuration: Configuration, _ values: [SettingValue]) {
    func origin(_ name: String) -> Origin {
      values.first { $0.setting.name == name }?.origin ?? .byDefault
    }
    if !configuration.tlsListen.isEmpty, configuration.tlsCertificates.isEmpty {
      fail("tls_listen", origin("tls_listen"), "needs tls_certificate and tls_key")
    }
    if configuration.tlsCertificates.count != configuration.tlsKeys.count {
      fail(
        "tls_key",
        origin("tls_key"),
        "there must be one for each tls_certificate: \(configuration.tlsCertificates.count), not"
          + " \(configuration.tlsKeys.count)"
      )
    }
    if configuration.tlsClientAuthentication != .none, configuration.tlsClientAuthorities == nil {
      fail("tls_client_auth", origin("tls_client_auth"), "needs tls_client_ca")
    }
    if configuration.listen.isEmpty, configuration.tlsListen.isEmpty {
      fail("listen", origin("listen"), "is empty, and so is tls_listen: there is nothing to serve")
    }
  }
}
