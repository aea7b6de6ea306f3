import Glibc
import Testing

@testable import Posix

/// Connections over the loopback, each on a port that the kernel chose.
@Suite struct SocketTests {
  static let loopback = "127.0.0.1:0"

  // MARK: Listening

  @Test(arguments: ["127.0.0.1:0", "[::1]:0", "[::]:0"])
  func thePortIsChosenWhereItIsZero(text: String) throws {
    let asked = try SocketAddress(parsing: text)
    let listener = try Socket.listening(on: asked, joining: false)
    let bound = try listener.localAddress()
    #expect(bound.port != 0)
    #expect(bound.host == asked.host)
  }

  @Test func anAddressInUseIsNoticed() throws {
    let first = try Socket.listening(on: try SocketAddress(parsing: Self.loopback), joining: false)
    let address = try first.localAddress()
    #expect(throws: Errno.addressInUse) { try listen(on: address, joining: false) }
    // Not even the socket that joined makes room for a program that does not.
    let second = try Socket.listening(on: address, joining: true)
    #expect(try second.localAddress().port == address.port)
    #expect(throws: Errno.addressInUse) { try listen(on: address, joining: false) }
  }

  @Test func anAddressOfAnotherMachineIsRefused() throws {
    let address = try SocketAddress(parsing: "192.0.2.1:0")
    #expect(throws: Errno(EADDRNOTAVAIL)) { try listen(on: address, joining: false) }
  }

  private func listen(on address: SocketAddress, joining: Bool) throws {
    _ = try Socket.listening(on: address, joining: joining)
  }

  @Test func joinedListenersShareTheConnections() throws {
    let first = try Socket.listening(on: try SocketAddress(parsing: Self.loopback), joining: false)
    let address = try first.localAddress()
    let second = try Socket.listening(on: address, joining: true)
    var accepted = (first: 0, second: 0)
    var clients: [Client] = []
    for _ in 0..<64 { clients.append(try Client(to: address)) }
    while let _ = try first.acceptNow() { accepted.first += 1 }
    while let _ = try second.acceptNow() { accepted.second += 1 }
    #expect(accepted.first + accepted.second == 64)
    // One chance in 2⁶³ that the kernel's hash leaves a listener out.
    #expect(accepted.first > 0 && accepted.second > 0)
    #expect(clients.count == 64)
  }

  @Test func everyAddressServesIPv4Too() throws {
    let listener = try Socket.listening(on: try SocketAddress(parsing: ":0"), joining: false)
    var address = try SocketAddress(parsing: Self.loopback)
    address.port = try listener.localAddress().port
    let client = try Client(to: address)
    let peer = try #require(try listener.acceptNow()?.peer)
    #expect(peer.host == "::ffff:127.0.0.1")
    #expect(peer.hostBytes == [127, 0, 0, 1])
    #expect(peer.port == client.port)
  }

  @Test func aDuplicateTakesFromTheSameQueue() throws {
    let listener = try Socket.listening(
      on: try SocketAddress(parsing: Self.loopback),
      joining: false
    )
    let duplicate = try listener.duplicate()
    #expect(duplicate.number != listener.number)
    #expect(fcntl(duplicate.number, F_GETFD) & FD_CLOEXEC != 0)
    let client = try Client(to: try listener.localAddress())
    #expect(try duplicate.acceptNow()?.peer.port == client.port)
    #expect(try listener.acceptNow() == nil)
  }

  // MARK: Accepting

  @Test func anEmptyQueueWouldBlock() throws {
    let listener = try Socket.listening(
      on: try SocketAddress(parsing: Self.loopback),
      joining: false
    )
    switch try listener.accept() {
    case .wouldBlock: break
    case .accepted: Issue.record("nobody has connected")
    case .aborted: Issue.record("nobody has come and gone")
    }
  }

  @Test func anAcceptedSocketIsReady() throws {
    let pair = try Pair()
    let flags = fcntl(pair.server.number, F_GETFL)
    #expect(flags & O_NONBLOCK != 0)
    #expect(fcntl(pair.server.number, F_GETFD) & FD_CLOEXEC != 0)
    // What the listener was set, its connections have too.
    #expect(pair.option(CInt(IPPROTO_TCP), TCP_NODELAY) == 1)
    #expect(pair.option(SOL_SOCKET, SO_KEEPALIVE) == 1)
    #expect(pair.option(CInt(IPPROTO_TCP), TCP_USER_TIMEOUT) == 30_000)
  }

  @Test func acceptingFromAClosedNumberIsAnError() throws {
    let pair = try Pair()
    // A connection is no listener.
    #expect(throws: Errno.invalidArgument) { _ = try pair.server.acceptNow() }
  }

  // MARK: Streaming

  @Test func bytesGoBothWays() throws {
    let pair = try Pair()
    var buffer = [UInt8](repeating: 0, count: 8)
    #expect(try pair.receive(&buffer) == .wouldBlock)
    pair.client.send([1, 2, 3])
    #expect(try pair.receive(&buffer) == .bytes(3))
    #expect(buffer.prefix(3) == [1, 2, 3])
    #expect(try pair.send([4, 5]) == .bytes(2))
    #expect(try pair.send([6], more: true) == .bytes(1))
    pair.server.shutdownWrite()
    #expect(pair.client.receiveAll() == [4, 5, 6])
  }

  @Test func theEndOfTheStreamIsTold() throws {
    let pair = try Pair()
    var buffer = [UInt8](repeating: 0, count: 8)
    pair.client.send([1])
    pair.client.finish()
    #expect(try pair.receive(&buffer) == .bytes(1))
    #expect(try pair.receive(&buffer) == .endOfStream)
    #expect(try pair.receive(&buffer) == .endOfStream)
    // Half-closed: the other direction still works.
    #expect(try pair.send([2]) == .bytes(1))
  }

  @Test func aFullKernelBufferWouldBlock() throws {
    let pair = try Pair()
    let much = [UInt8](repeating: 7, count: 1 << 20)
    var sent = 0
    while case .bytes(let count) = try pair.send(much) { sent += count }
    #expect(sent > 0)
    #expect(try pair.send([1]) == .wouldBlock)
  }

  @Test func aResetIsAnErrorAndNotASignal() throws {
    let pair = try Pair()
    var buffer = [UInt8](repeating: 0, count: 8)
    pair.client.reset()
    #expect(throws: Errno.connectionReset) { try pair.receive(&buffer) }
    #expect(throws: Errno(EPIPE)) { try pair.send([1]) }
    pair.server.shutdownWrite()
  }

  @Test func anAbandonedConnectionIsReset() throws {
    let listener = try Socket.listening(
      on: try SocketAddress(parsing: Self.loopback),
      joining: false
    )
    let client = try Client(to: try listener.localAddress())
    do {
      let server = try #require(try listener.acceptNow()).take()
      server.abandon()
    }
    #expect(client.receiveError() == ECONNRESET)
  }
}

// MARK: The other end

/// A blocking client, made of plain calls so that it shares nothing with what is tested.
final class Client {
  let number: CInt
  let port: UInt16

  init(to address: SocketAddress) throws {
    let number = socket(address.family, CInt(SOCK_STREAM.rawValue), 0)
    self.number = number
    let status = unsafe address.withSockaddr { pointer, size in
      unsafe connect(number, pointer, size)
    }
    guard status == 0 else { throw Errno.latest }
    port = unsafe SocketAddress { pointer, size in
      _ = unsafe getsockname(number, pointer, &size)
    }.port
  }

  deinit { _ = close(number) }

  func send(_ bytes: [UInt8]) {
    #expect(unsafe Glibc.send(number, bytes, bytes.count, 0) == bytes.count)
  }

  func finish() { _ = shutdown(number, CInt(SHUT_WR)) }

  /// Closes with a reset. The number stays taken until the client's life ends.
  func reset() {
    // An address of no family, AF_UNSPEC, undoes what connect(2) did.
    let unspecified: [UInt64] = [0, 0]
    unsafe unspecified.withUnsafeBytes { bytes in
      let address = unsafe bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self)
      _ = unsafe connect(number, address, socklen_t(bytes.count))
    }
  }

  /// All bytes up to the end of the stream.
  func receiveAll() -> [UInt8] {
    var all: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = unsafe recv(number, &buffer, buffer.count, 0)
      guard count > 0 else { return all }
      all += buffer[..<count]
    }
  }

  /// The errno of a receive that fails; 0 if it does not.
  func receiveError() -> CInt {
    var byte: UInt8 = 0
    return unsafe recv(number, &byte, 1, 0) < 0 ? errno : 0
  }
}

extension Socket {
  /// An accepted connection. A class, so that it can be optional and asked about in `#expect`.
  final class Accepted {
    private var socket: Socket?
    let peer: SocketAddress

    init(_ socket: consuming Socket, peer: SocketAddress) {
      self.socket = consume socket
      self.peer = peer
    }

    func take() throws -> Socket {
      guard let socket = socket.take() else { throw Errno.badDescriptor }
      return socket
    }
  }

  /// A connection, if one waits.
  borrowing func acceptNow() throws -> Accepted? {
    switch try accept() {
    case .accepted(let socket, let peer): Accepted(socket, peer: peer)
    case .wouldBlock: nil
    case .aborted: nil
    }
  }
}

/// A client and the socket that a listener accepted for it.
final class Pair {
  let server: Socket
  let client: Client

  init() throws {
    let listener = try Socket.listening(
      on: try SocketAddress(parsing: SocketTests.loopback),
      joining: false
    )
    client = try Client(to: try listener.localAddress())
    server = try #require(try listener.acceptNow()).take()
  }

  func receive(_ buffer: inout [UInt8]) throws -> ReadOutcome {
    var target = buffer.mutableSpan
    return try server.receive(into: &target)
  }

  func send(_ bytes: [UInt8], more: Bool = false) throws -> WriteOutcome {
    try server.send(bytes.span, more: more)
  }

  func option(_ level: CInt, _ name: CInt) -> CInt {
    var value: CInt = -1
    var size = socklen_t(MemoryLayout<CInt>.size)
    _ = unsafe getsockopt(server.number, level, name, &value, &size)
    return value
  }
}
