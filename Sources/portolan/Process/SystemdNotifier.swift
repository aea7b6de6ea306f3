import Posix

/// Tells the service manager how the program is (sd_notify(3)): one datagram for each change.
/// Without a manager nothing is sent.
struct SystemdNotifier: Sendable {
  /// Where the manager listens: a path, or `@` and an abstract name.
  let address: String?
  /// How often the manager wants to hear that the program is alive; `nil` if it does not care.
  let watchdogMicroseconds: UInt64?

  /// - Parameter processID: This process; a watchdog may be meant for another.
  init(environment: [String: String], processID: Int32) {
    address = environment["NOTIFY_SOCKET"].flatMap { $0.isEmpty ? nil : $0 }
    let isForUs = environment["WATCHDOG_PID"].map { $0 == String(processID) } ?? true
    let interval = environment["WATCHDOG_USEC"].flatMap { UInt64($0) }
    watchdogMicroseconds = isForUs && address != nil ? interval.flatMap { $0 > 0 ? $0 : nil } : nil
  }

  func ready(status: String) { send("READY=1\nSTATUS=\(Self.line(status))") }

  /// To be followed by ``ready(status:)``. The manager wants the moment, so that it can tell this
  /// reload from the last one.
  func reloading() {
    send("RELOADING=1\nMONOTONIC_USEC=\(SystemClock.monotonicNanoseconds() / 1000)")
  }

  func stopping(status: String) { send("STOPPING=1\nSTATUS=\(Self.line(status))") }

  func status(_ status: String) { send("STATUS=\(Self.line(status))") }

  /// To be called at least every half of ``watchdogMicroseconds``.
  func watchdog() { send("WATCHDOG=1") }

  /// A status is one line: what follows another would be read as a word to the manager.
  private static func line(_ text: String) -> String {
    String(text.map { $0.isNewline ? " " : $0 })
  }

  private func send(_ message: String) {
    guard let address else { return }
    let bytes = Array(message.utf8)
    // A manager that is gone or busy is no reason to do anything else than go on.
    try? UnixDatagram.send(bytes.span, to: address)
  }
}
