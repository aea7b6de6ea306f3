import ArgumentParser

/// How the program ends, in the numbers of sysexits(3) where those have one.
enum ExitStatus: Int32, CaseIterable, Sendable {
  case success = 0
  /// What was asked for does not exist; for `diff`: the two differ.
  case notFound = 1
  case usage = 64
  case badData = 65
  /// The other side cannot be reached, or the address is in use.
  case unavailable = 69
  case internalError = 70
  case inputOutput = 74
  case configuration = 78

  /// What ArgumentParser ends the process with when it is thrown.
  var exitCode: ExitCode { ExitCode(rawValue) }
}
