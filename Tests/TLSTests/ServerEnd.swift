import Glibc
import Posix

@testable import TLS

/// Our end of a pair of connected sockets; a test gives the other end to somebody else.
///
/// Its methods wait for the socket as the connection's outcomes ask, as the engine's loop would.
final class ServerEnd {
  let connection: TLSConnection
  private let socket: OwnedDescriptor
  private var peer: OwnedDescriptor?

  /// Why a test cannot go on.
  enum Failure: Error {
    case noSockets
    /// Nothing came for twenty seconds.
    case silence
  }

  /// - Parameter sendBuffer: Bytes that the kernel takes from us before a write would block.
  init(_ context: TLSContext, sendBuffer: CInt? = nil) throws {
    var ends: [CInt] = [0, 0]
    let kind = CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue)
    guard unsafe socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw Failure.noSockets }
    socket = OwnedDescriptor(adopting: ends[0])
    peer = OwnedDescriptor(adopting: ends[1])
    try socket.makeNonBlocking()
    if var sendBuffer {
      _ = unsafe setsockopt(
        ends[0],
        SOL_SOCKET,
        SO_SNDBUF,
        &sendBuffer,
        socklen_t(MemoryLayout<CInt>.size)
      )
    }
    connection = try TLSConnection(context: context, descriptor: ends[0])
  }

  /// The other end, for use in this process; -1 once a child has it.
  var peerNumber: CInt { peer?.number ?? -1 }

  /// Starts the Python client on the other ends of `servers`, which are its alone from then on.
  static func client(_ script: String, for servers: ServerEnd...) throws -> Command {
    let command = try Fixtures.client(script, inheriting: servers.map(\.peerNumber))
    for server in servers { server.peer = nil }
    return command
  }

  /// Sends the end of the stream to the peer without a word of TLS.
  func cutOff() { _ = Glibc.shutdown(socket.number, CInt(SHUT_WR)) }

  /// What stands unread on the peer's side, taken without blocking.
  func bytesAtPeer() -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = unsafe recv(peerNumber, &bytes, bytes.count, CInt(MSG_DONTWAIT))
    return Array(bytes.prefix(max(0, count)))
  }

  /// Sends `bytes` from the peer's side, few enough for the kernel to take at once.
  func sendFromPeer(_ bytes: [UInt8]) {
    _ = unsafe send(peerNumber, bytes, bytes.count, CInt(MSG_NOSIGNAL))
  }

  /// Finishes the peer's side of the stream.
  func endPeer() { _ = Glibc.shutdown(peerNumber, CInt(SHUT_WR)) }

  func handshake() throws -> TLSStep {
    while true {
      switch connection.handshake() {
      case .wantRead: try wait(for: POLLIN)
      case .wantWrite: try wait(for: POLLOUT)
      case let outcome: return outcome
      }
    }
  }

  /// Reads once, waiting until there is something.
  func read(limit: Int = 16_384) throws -> (outcome: TLSReadOutcome, text: String) {
    var bytes = [UInt8](repeating: 0, count: limit)
    while true {
      var span = bytes.mutableSpan
      switch connection.read(into: &span) {
      case .bytes(let count):
        return (.bytes(count), String(decoding: bytes[..<count], as: UTF8.self))
      case .wantRead: if !connection.hasPending { try wait(for: POLLIN) }
      case .wantWrite: try wait(for: POLLOUT)
      case let outcome: return (outcome, "")
      }
    }
  }

  /// Writes all of `bytes`, `step` bytes at a time.
  func write(_ bytes: [UInt8], step: Int = .max) throws {
    var start = 0
    while start < bytes.count {
      let end = step < bytes.count - start ? start + step : bytes.count
      // A copy, so that a record under way is taken up from another address.
      let piece = Array(bytes[start..<end])
      switch connection.write(piece.span) {
      case .bytes(let count): start += count
      case .wantRead: try wait(for: POLLIN)
      case .wantWrite: try wait(for: POLLOUT)
      case .closed: return
      case .failed(let fault): throw fault
      }
    }
  }

  func shutdown() throws -> TLSStep {
    while true {
      let outcome = connection.shutdown()
      guard outcome == .wantWrite else { return outcome }
      try wait(for: POLLOUT)
    }
  }

  func write(_ text: String) throws { try write(Array(text.utf8)) }

  private func wait(for events: CInt) throws {
    var watched = pollfd(fd: socket.number, events: Int16(events), revents: 0)
    if unsafe poll(&watched, 1, 20_000) == 0 { throw Failure.silence }
  }
}
