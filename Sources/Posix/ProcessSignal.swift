internal import Glibc

/// The signals that this program acts on (signal(7)).
package enum ProcessSignal: CaseIterable, Sendable {
  case terminate
  case interrupt
  case hangup

  package var number: CInt {
    switch self {
    case .terminate: SIGTERM
    case .interrupt: SIGINT
    case .hangup: SIGHUP
    }
  }

  /// Sends the signal to this process.
  package func sendToSelf() {
    _ = kill(getpid(), number)
  }
}
