import Posix

/// What a listener is for.
enum ListenerRole: String, CaseIterable, Sendable {
  case http
  case https
  case admin
}

/// The listening sockets that a service manager opened for this process (sd_listen_fds(3)): while
/// the program restarts they stay open, and no connection is refused.
struct InheritedListeners: Equatable, Sendable {
  struct Entry: Equatable, Sendable {
    let number: CInt
    let role: ListenerRole
  }

  /// Why what was handed over cannot be used.
  struct Fault: Error, Equatable, CustomStringConvertible {
    let description: String
  }

  let entries: [Entry]

  /// More than anybody means to hand over.
  static let countMax = 64

  /// Reads what the environment says was handed over; nothing if it was meant for another process.
  ///
  /// A socket without a name of its own has that of its unit, such as `portolan.socket`, and serves
  /// HTTP.
  init(environment: [String: String], processID: Int32) throws(Fault) {
    guard let owner = environment["LISTEN_PID"], owner == String(processID),
      let text = environment["LISTEN_FDS"]
    else {
      entries = []
      return
    }
    guard let count = Int(text), (0...Self.countMax).contains(count) else {
      throw Fault(description: "LISTEN_FDS: '\(text)' is not a number from 0 to \(Self.countMax)")
    }
    let names =
      environment["LISTEN_FDNAMES"]?
      .split(separator: ":", omittingEmptySubsequences: false).map(String.init) ?? []
    var entries: [Entry] = []
    for place in 0..<count {
      let name = place < names.count ? names[place] : ""
      entries.append(
        Entry(
          number: Socket.firstInheritedNumber + CInt(place),
          role: try Self.role(named: name)
        )
      )
    }
    self.entries = entries
  }

  private static func role(named name: String) throws(Fault) -> ListenerRole {
    if let role = ListenerRole(rawValue: name) { return role }
    if name.isEmpty || name == "unknown" || name.hasSuffix(".socket") { return .http }
    throw Fault(description: "LISTEN_FDNAMES: '\(name)' is none of http, https, admin")
  }

  /// Takes one of them over, once.
  static func adopt(_ entry: Entry) throws(Fault) -> Socket {
    do {
      return try Socket.inheriting(entry.number)
    } catch {
      throw Fault(
        description: "LISTEN_FDS: descriptor \(entry.number) is no listening socket: \(error)"
      )
    }
  }
}
