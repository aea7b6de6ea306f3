import Glibc

/// What the test run was told from outside.
enum ProcessEnvironment {
  static func value(of name: String) -> String? {
    guard let value = unsafe getenv(name) else { return nil }
    return unsafe String(cString: value)
  }
}
