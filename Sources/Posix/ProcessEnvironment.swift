internal import Glibc

/// What the process was started with.
package enum ProcessEnvironment {
  /// The environment's variables by name. Read once at start; of two of one name the first counts,
  /// as getenv(3) has it.
  package static func variables() -> [String: String] {
    var variables: [String: String] = [:]
    var entry = unsafe environ
    // SAFETY: environ(7) is a list of C strings that a null pointer ends.
    while let text = unsafe entry.pointee {
      let pair = unsafe String(cString: text)
      if let equals = pair.firstIndex(of: "=") {
        let name = String(pair[..<equals])
        if variables[name] == nil { variables[name] = String(pair[pair.index(after: equals)...]) }
      }
      unsafe entry += 1
    }
    return variables
  }

  /// This process's own number.
  package static var processID: Int32 { getpid() }
}
