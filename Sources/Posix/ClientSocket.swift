internal import CLinux
internal import Glibc

/// A connection to somebody else, for one question and its answer. Waits, but never for long.
package struct ClientSocket: ~Copyable {
  private let socket: Socket
  private let deadlineMilliseconds: UInt64

  private init(_ socket: consuming Socket, deadlineMilliseconds: UInt64) {
    self.socket = socket
    self.deadlineMilliseconds = deadlineMilliseconds
  }

  /// Connects to `address`.
  ///
  /// - Parameter timeoutMilliseconds: How long connecting and all that follows may take together.
  /// - Throws: ECONNREFUSED, ETIMEDOUT and what else connect(2) says.
  package static func connected(
    to address: SocketAddress,
    timeoutMilliseconds: UInt64
  ) throws(Errno) -> ClientSocket {
    let kind = CInt(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    let family = address.family
    let number = try retryingInterrupted { Glibc.socket(family, kind, 0) }
    let client = ClientSocket(
      Socket(adopting: number),
      deadlineMilliseconds: SystemClock.monotonicMilliseconds() &+ timeoutMilliseconds
    )
    let result = unsafe address.withSockaddr { pointer, size in
      unsafe connect(number, pointer, size)
    }
    if result != 0 {
      let failure = Errno.latest
      guard failure.code == EINPROGRESS || failure.code == EINTR else { throw failure }
      try client.wait(CInt(POLLOUT))
      var code: CInt = 0
      var size = socklen_t(MemoryLayout<CInt>.size)
      _ = try retryingInterrupted {
        unsafe getsockopt(number, SOL_SOCKET, SO_ERROR, &code, &size)
      }
      if code != 0 { throw Errno(code) }
    }
    return client
  }

  /// Sends all of `bytes`.
  package borrowing func send(_ bytes: Span<UInt8>) throws(Errno) {
    var rest = bytes
    while !rest.isEmpty {
      switch try socket.send(rest) {
      case .bytes(let count): rest = rest.extracting(count..<rest.count)
      case .wouldBlock: try wait(POLLOUT)
      }
    }
  }

  /// Reads until the peer finishes or `limitBytes` are there.
  package borrowing func receive(limitBytes: Int) throws(Errno) -> [UInt8] {
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 4096)
    while bytes.count < limitBytes {
      var target = piece.mutableSpan
      switch try socket.receive(into: &target) {
      case .bytes(let count): bytes.append(contentsOf: piece[..<count])
      case .endOfStream: return bytes
      case .wouldBlock: try wait(POLLIN)
      }
    }
    return bytes
  }

  private borrowing func wait(_ interest: CInt) throws(Errno) {
    let now = SystemClock.monotonicMilliseconds()
    guard now < deadlineMilliseconds else { throw Errno(ETIMEDOUT) }
    try awaitReadiness(
      interest,
      of: socket.number,
      timeoutMilliseconds: CInt(clamping: deadlineMilliseconds - now)
    )
  }
}
