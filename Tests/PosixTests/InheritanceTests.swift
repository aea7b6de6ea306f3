import Glibc
import Testing

@testable import Posix

/// Goal: what a service manager hands over is taken if it can be served, and nothing else is
/// touched.
@Suite struct InheritanceTests {
  private func plainSocket(_ family: CInt, _ kind: __socket_type) -> OwnedDescriptor {
    OwnedDescriptor(adopting: socket(family, CInt(kind.rawValue), 0))
  }

  @Test(arguments: ["127.0.0.1:0", "[::1]:0"])
  func aListenerIsTakenAndNoLongerBlocks(text: String) throws {
    let first = try Socket.listening(on: SocketAddress(parsing: text), joining: false)
    // As its maker would leave it: open across exec, and blocking.
    let number = dup(first.number)
    #expect(fcntl(number, F_SETFL, fcntl(number, F_GETFL) & ~O_NONBLOCK) == 0)
    let inherited = try Socket.inheriting(number)
    #expect(inherited.number == number)
    #expect(fcntl(number, F_GETFL) & O_NONBLOCK != 0)
    #expect(fcntl(number, F_GETFD) & FD_CLOEXEC != 0)
    let client = try Client(to: inherited.localAddress())
    let peer = try #require(try inherited.acceptNow()?.peer)
    #expect(peer.port == client.port)
  }

  @Test func whatIsNoListenerIsRefusedAndStaysOpen() throws {
    let pair = try Pair()
    let unix = plainSocket(AF_UNIX, SOCK_STREAM)
    let datagram = plainSocket(AF_INET, SOCK_DGRAM)
    let silent = plainSocket(AF_INET, SOCK_STREAM)
    for number in [datagram.number, silent.number, pair.server.number, unix.number] {
      #expect(throws: Errno.invalidArgument) { _ = try Socket.inheriting(number) }
      #expect(fcntl(number, F_GETFD) >= 0)
    }
  }

  @Test func whatIsNoSocketIsNamed() throws {
    let null = unsafe open("/dev/null", O_RDONLY)
    #expect(throws: Errno(ENOTSOCK)) { _ = try Socket.inheriting(null) }
    #expect(fcntl(null, F_GETFD) >= 0)
    close(null)
    // Far above what this process has open.
    #expect(throws: Errno.badDescriptor) { _ = try Socket.inheriting(1_000_000) }
  }
}

/// Goal: a message reaches the socket that its address names, and never waits.
@Suite struct UnixDatagramTests {
  /// A socket of its own at `name`, where `@` stands for the abstract namespace's zero byte.
  private func receiver(at name: String) throws -> OwnedDescriptor {
    let kind = CInt(SOCK_DGRAM.rawValue | SOCK_NONBLOCK.rawValue)
    let receiver = OwnedDescriptor(adopting: socket(AF_UNIX, kind, 0))
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = name.utf8.map { $0 == UInt8(ascii: "@") ? 0 : $0 }
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
    let size = socklen_t(2 + bytes.count)
    let status = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe bind(receiver.number, $0, size)
      }
    }
    guard status == 0 else { throw Errno.latest }
    return receiver
  }

  private func received(by receiver: borrowing OwnedDescriptor) throws -> String {
    var buffer = [UInt8](repeating: 0, count: 64)
    var target = buffer.mutableSpan
    guard case .bytes(let count) = try receiver.read(into: &target) else { return "" }
    return String(decoding: buffer[..<count], as: UTF8.self)
  }

  @Test(arguments: ["@portolan-posix-tests-\(getpid())", "/tmp/portolan-posix-tests-\(getpid())"])
  func aMessageArrivesWhole(address: String) throws {
    defer { if address.hasPrefix("/") { unsafe unlink(address) } }
    let receiver = try receiver(at: address)
    try UnixDatagram.send(Array("READY=1".utf8).span, to: address)
    #expect(try received(by: receiver) == "READY=1")
    try UnixDatagram.send(Array("STOPPING=1\nSTATUS=x".utf8).span, to: address)
    #expect(try received(by: receiver) == "STOPPING=1\nSTATUS=x")
  }

  @Test(arguments: ["", "relative", " /tmp/x", "/" + String(repeating: "x", count: 107)])
  func whatIsNoAddressIsRefused(address: String) {
    #expect(throws: Errno.invalidArgument) { try UnixDatagram.send([1].span, to: address) }
  }

  @Test func nobodyThereIsAnError() {
    let path = "/tmp/portolan-posix-tests-nobody-\(getpid())"
    #expect(throws: Errno.noSuchFile) { try UnixDatagram.send([1].span, to: path) }
    #expect(throws: Errno(ECONNREFUSED)) { try UnixDatagram.send([1].span, to: "@\(path)") }
  }

  @Test func aReceiverThatSleepsIsNotWaitedFor() throws {
    let address = "@portolan-posix-tests-sleeper-\(getpid())"
    let receiver = try receiver(at: address)
    #expect(throws: Errno(EAGAIN)) {
      // The kernel keeps so many for one receiver (net.unix.max_dgram_qlen), and far fewer.
      for _ in 0..<100_000 { try UnixDatagram.send([1].span, to: address) }
    }
    withExtendedLifetime(receiver.number) {}
  }
}
