import Posix

/// Finds the sources of the configuration and reads them, at start and again at every reload.
struct ConfigurationLoader: Sendable {
  /// A longer configuration file is a mistake.
  static let fileLimitBytes = 1024 * 1024

  let flags: [String: [String]]
  let environment: [String: String]
  /// The configuration file; `nil` for none.
  let path: String?

  init(_ options: SettingOptions, environment: [String: String]) {
    self.init(flags: options.given, environment: environment, path: options.config)
  }

  /// - Parameter path: From `--config`; without it the environment may name a file.
  init(flags: [String: [String]], environment: [String: String], path: String?) {
    self.flags = flags
    self.environment = environment
    let named = path ?? environment[ConfigurationReader.fileVariable]
    self.path = named.flatMap { $0.isEmpty ? nil : $0 }
  }

  func load() throws(ConfigurationFaults) -> ResolvedConfiguration {
    var sources = ConfigurationSources(flags: flags, environment: environment)
    if let path {
      do {
        sources.file = (path, try File.read(path, limitBytes: Self.fileLimitBytes))
      } catch {
        let fault = ConfigurationFault(
          key: "config",
          origin: .file(path, line: 1),
          reason: "cannot be read: \(error)"
        )
        throw ConfigurationFaults(faults: [fault])
      }
    }
    let resolved = try ConfigurationReader.read(sources)
    let missing = resolved.missingFiles()
    guard missing.isEmpty else { throw ConfigurationFaults(faults: missing) }
    return resolved
  }
}

extension ResolvedConfiguration {
  private static let filesToRead: Set<String> = [
    "tls_certificate", "tls_key", "tls_client_ca", "registry", "site",
  ]

  /// A fault for every file that is named and not there.
  fileprivate func missingFiles() -> [ConfigurationFault] {
    var faults: [ConfigurationFault] = []
    for value in values where Self.filesToRead.contains(value.setting.name) {
      for path in value.texts where FileIdentity(path: path) == nil {
        faults.append(
          ConfigurationFault(
            key: value.setting.name,
            origin: value.origin,
            reason: "there is no file '\(path)'"
          )
        )
      }
    }
    return faults
  }
}
