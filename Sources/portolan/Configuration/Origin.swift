/// Where a setting's value was found.
enum Origin: Equatable, Sendable, CustomStringConvertible {
  /// Nowhere: it is the default.
  case byDefault
  case file(String, line: Int)
  case variable(String)
  case flag(String)

  var description: String {
    switch self {
    case .byDefault: "default"
    case .file(let path, let line): "\(path):\(line)"
    case .variable(let name): name
    case .flag(let name): name
    }
  }
}

/// Something that the configuration says and that cannot be done.
struct ConfigurationFault: Error, Equatable, CustomStringConvertible {
  let key: String
  let origin: Origin
  let reason: String

  var description: String { "\(key) from \(origin): \(reason)" }
}

/// Everything that is wrong with a configuration, so that one run shows all of it.
struct ConfigurationFaults: Error, Equatable {
  let faults: [ConfigurationFault]
}
