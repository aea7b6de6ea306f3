import Dispatch
import Foundation
import Glibc
import Posix
import Testing

@testable import portolan

/// Goal: signals mean what an operator expects.
/// Method: the interpreter alone, and one signal through the kernel.
@Suite struct SignalTests {
  @Test func theFirstSignalStopsAndTheSecondStopsNow() {
    var interpreter = SignalInterpreter()
    func meaning(_ signal: ProcessSignal) -> SignalRequest? { interpreter.interpret(signal) }
    #expect(meaning(.hangup) == .reload)
    #expect(meaning(.hangup) == .reload)
    #expect(meaning(.terminate) == .stop)
    #expect(meaning(.hangup) == nil)
    #expect(meaning(.interrupt) == .stopNow)
    #expect(meaning(.terminate) == .stopNow)
  }

  @Test func aSignalOfTheKernelArrives() async {
    let (installed, installation) = AsyncStream<Void>.makeStream()
    let (requests, arrival) = AsyncStream<SignalRequest>.makeStream()
    let signals = Signals(
      on: DispatchQueue(label: "signals"),
      installed: { installation.finish() },
      handler: { arrival.yield($0) }
    )
    for await _ in installed {}
    ProcessSignal.hangup.sendToSelf()
    var iterator = requests.makeAsyncIterator()
    #expect(await iterator.next() == .reload)
    withExtendedLifetime(signals) {}
  }
}

/// Goal: however many reloads are asked for at once, the last of them sees the files as they are.
/// Method: the turns alone.
@Suite struct ReloadTurnTests {
  @Test func thoseAskedForMeanwhileAreOneMore() {
    var turn = ReloadTurn.none
    func request() -> Bool { turn.request() }
    func finish() -> Bool { turn.finish() }
    #expect(request())
    #expect(!finish())
    #expect(request())
    #expect(!request())
    #expect(!request())
    #expect(finish())
    #expect(request())
    #expect(!finish())
  }
}

/// Removes what a test left behind, if it did.
private func remove(_ path: String) {
  _ = unsafe unlink(path)
}

/// A datagram socket that a service manager would listen on.
private struct ManagerSocket: ~Copyable {
  let number: CInt
  let name: String

  /// - Parameter name: A path, or `@` and an abstract name.
  init(_ name: String) throws {
    self.name = name
    number = socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(name.utf8)
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { target in
      unsafe target.copyBytes(from: bytes)
      if bytes[0] == UInt8(ascii: "@") { unsafe target[0] = 0 }
    }
    let size = socklen_t(2 + bytes.count)
    let number = number
    let result = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe bind(number, $0, size)
      }
    }
    #expect(result == 0)
  }

  func receive() -> String {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = unsafe recv(number, &buffer, buffer.count, CInt(MSG_DONTWAIT))
    return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
  }

  deinit { close(number) }
}

/// Goal: a service manager hears what sd_notify(3) says it shall.
/// Method: a socket in its place, by path and by abstract name.
@Suite struct SystemdNotifierTests {
  @Test(arguments: [false, true])
  func everyStateIsOneDatagram(isAbstract: Bool) throws {
    let unique = "portolan-\(UUID().uuidString)"
    let name = isAbstract ? "@\(unique)" : "/tmp/\(unique)"
    defer { remove(name) }
    let manager = try ManagerSocket(name)
    let notifier = SystemdNotifier(environment: ["NOTIFY_SOCKET": name], processID: 1)
    notifier.ready(status: "serving\nWATCHDOG=0")
    #expect(manager.receive() == "READY=1\nSTATUS=serving WATCHDOG=0")
    notifier.reloading()
    let reloading = manager.receive()
    let parts = reloading.split(separator: "=")
    #expect(reloading.hasPrefix("RELOADING=1\nMONOTONIC_USEC="))
    #expect(parts.last.flatMap { UInt64($0) } ?? 0 > 0)
    notifier.watchdog()
    #expect(manager.receive() == "WATCHDOG=1")
    notifier.status("half way")
    #expect(manager.receive() == "STATUS=half way")
    notifier.stopping(status: "bye")
    #expect(manager.receive() == "STOPPING=1\nSTATUS=bye")
    #expect(manager.receive() == "")
  }

  @Test(arguments: ["", "relative", "/nowhere/at/all", "/" + String(repeating: "x", count: 200)])
  func aManagerThatCannotBeReachedIsNoTrouble(address: String) {
    let notifier = SystemdNotifier(environment: ["NOTIFY_SOCKET": address], processID: 1)
    notifier.ready(status: "")
    notifier.watchdog()
  }

  private static let watchdogs: [([String: String], UInt64?)] = [
    (["NOTIFY_SOCKET": "/a", "WATCHDOG_USEC": "10000000"], 10_000_000),
    (["NOTIFY_SOCKET": "/a", "WATCHDOG_USEC": "1", "WATCHDOG_PID": "7"], 1),
    (["NOTIFY_SOCKET": "/a", "WATCHDOG_USEC": "1", "WATCHDOG_PID": "8"], nil),
    (["NOTIFY_SOCKET": "/a", "WATCHDOG_USEC": "0"], nil),
    (["NOTIFY_SOCKET": "/a", "WATCHDOG_USEC": "-1"], nil),
    (["WATCHDOG_USEC": "1"], nil),
  ]

  @Test(arguments: watchdogs)
  func theWatchdogIsOursOnlyIfItIsMeantForUs(environment: [String: String], expected: UInt64?) {
    let notifier = SystemdNotifier(environment: environment, processID: 7)
    #expect(notifier.watchdogMicroseconds == expected)
  }
}

/// Goal: sockets that were handed over are taken for what they are, and nothing else is.
/// Method: made-up environments, and descriptors of this process.
@Suite struct InheritedListenersTests {
  private func read(_ count: String, _ names: String?) throws -> [InheritedListeners.Entry] {
    var environment = ["LISTEN_PID": "7", "LISTEN_FDS": count]
    environment["LISTEN_FDNAMES"] = names
    return try InheritedListeners(environment: environment, processID: 7).entries
  }

  @Test func namesSayWhatASocketIsFor() throws {
    let entries = try read("4", "https:admin:portolan.socket:http")
    #expect(entries.map(\.number) == [3, 4, 5, 6])
    #expect(entries.map(\.role) == [.https, .admin, .http, .http])
    #expect(try read("2", nil).map(\.role) == [.http, .http])
    #expect(try read("1", "unknown").map(\.role) == [.http])
  }

  @Test func whatIsMeantForAnotherProcessIsNotTouched() throws {
    let environment = ["LISTEN_PID": "8", "LISTEN_FDS": "1"]
    #expect(try InheritedListeners(environment: environment, processID: 7).entries.isEmpty)
    #expect(try InheritedListeners(environment: [:], processID: 7).entries.isEmpty)
  }

  private static let nonsense: [(String, String?)] = [
    ("-1", nil), ("65", nil), ("x", nil), ("1", "metrics"),
  ]

  @Test(arguments: nonsense)
  func nonsenseIsAFault(count: String, names: String?) {
    #expect(throws: InheritedListeners.Fault.self) { try read(count, names) }
  }

  @Test func onlyAListeningSocketIsAdopted() throws {
    let listener = try Socket.listening(on: SocketAddress(parsing: "127.0.0.1:0"), joining: false)
    let address = try listener.localAddress()
    let copy = try listener.duplicate()
    // Another owner takes this one over, so it is given away without being closed.
    let number = dup(copy.number)
    let adopted = try InheritedListeners.adopt(.init(number: number, role: .http))
    #expect(try adopted.localAddress().description == address.description)
    let file = unsafe open("/dev/null", O_RDONLY)
    defer { close(file) }
    for stranger in [file, 9999] {
      #expect(throws: InheritedListeners.Fault.self) {
        _ = try InheritedListeners.adopt(.init(number: stranger, role: .http)).number
      }
    }
    #expect(fcntl(file, F_GETFD) >= 0, "what is not ours was closed")
  }
}

/// Goal: a change is told once, and only when it is over.
/// Method: the detector with made-up looks, and the watcher with a real file.
@Suite struct FileWatcherTests {
  private let path = "/tmp/portolan-watched-\(UUID().uuidString)"

  @Test func aChangeIsToldOnceItHasSettled() throws {
    defer { remove(path) }
    var detector = FileChangeDetector([FileIdentity(path: path)])
    func isTold() -> Bool { detector.observe([FileIdentity(path: path)]) }
    #expect(!isTold())
    try Data("a".utf8).write(to: URL(fileURLWithPath: path))
    #expect(!isTold(), "told while it may still change")
    try Data("ab".utf8).write(to: URL(fileURLWithPath: path))
    #expect(!isTold(), "told while it may still change")
    #expect(isTold())
    #expect(!isTold(), "told twice")
    remove(path)
    #expect(!isTold())
    #expect(isTold())
  }

  @Test func aSwappedLinkIsAChange() throws {
    let link = path + ".link"
    defer {
      remove(path)
      remove(path + ".2")
      remove(link)
    }
    for name in [path, path + ".2"] { try Data("a".utf8).write(to: URL(fileURLWithPath: name)) }
    #expect(unsafe symlink(path, link) == 0)
    let before = FileIdentity(path: link)
    remove(link)
    #expect(unsafe symlink(path + ".2", link) == 0)
    #expect(FileIdentity(path: link) != before)
  }

  @Test func theWatcherTells() async throws {
    defer { remove(path) }
    let queue = DispatchQueue(label: "watcher")
    let (changes, told) = AsyncStream.makeStream(of: Void.self)
    let watcher = FileWatcher({ [path] in [path] }, on: queue, interval: .milliseconds(5)) {
      told.yield()
    }
    try Data("a".utf8).write(to: URL(fileURLWithPath: path))
    for await _ in changes { break }
    withExtendedLifetime(watcher) {}
  }
}
