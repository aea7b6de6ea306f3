internal import CLinux
internal import Glibc

/// A stream socket that never blocks.
package struct Socket: ~Copyable, Sendable {
  package let descriptor: OwnedDescriptor

  /// - Precondition: `number` is an open socket and nobody else will close it.
  package init(adopting number: CInt) {
    descriptor = OwnedDescriptor(adopting: number)
  }

  /// The kernel's number, to register with ``Epoll``.
  package var number: CInt { descriptor.number }

  // MARK: Listening

  /// Connections that may wait for accept(2); the kernel caps it at net.core.somaxconn.
  package static let backlogMax: CInt = 4096

  /// Binds a new socket to `address` and listens.
  ///
  /// - Parameter joining: Whether this socket joins others that already listen there
  ///   (SO_REUSEPORT). The first one must not, so that an address in use is noticed; it gets
  ///   the option afterwards so that others may join it.
  /// - Throws: EADDRINUSE, EACCES, EADDRNOTAVAIL and what socket(2) may say.
  package static func listening(
    on address: SocketAddress,
    joining: Bool
  ) throws(Errno) -> Socket {
    let family = address.family
    let kind = CInt(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    let socket = Socket(adopting: try retryingInterrupted { Glibc.socket(family, kind, 0) })
    let number = socket.number
    try socket.set(SOL_SOCKET, SO_REUSEADDR, 1)
    if address.isIPv6 {
      // `[::]` serves IPv4 as well, as people expect of "every address".
      try socket.set(CInt(IPPROTO_IPV6), IPV6_V6ONLY, 0)
    }
    if joining { try socket.set(SOL_SOCKET, SO_REUSEPORT, 1) }
    _ = try unsafe address.withSockaddr { pointer, size throws(Errno) in
      try retryingInterrupted { unsafe bind(number, pointer, size) }
    }
    if !joining { try socket.set(SOL_SOCKET, SO_REUSEPORT, 1) }
    try socket.configureListener()
    _ = try retryingInterrupted { listen(number, backlogMax) }
    return socket
  }

  /// Sets what every connection wants that will be accepted here, which inherits it: no Nagle delay
  /// (answers leave in one write), and the kernel's own watch over peers that vanish (tcp(7)).
  package borrowing func configureListener() throws(Errno) {
    try set(CInt(IPPROTO_TCP), TCP_NODELAY, 1)
    try set(SOL_SOCKET, SO_KEEPALIVE, 1)
    try set(CInt(IPPROTO_TCP), TCP_USER_TIMEOUT, 30_000)
  }

  /// Another owner of the same open socket, dup(2)-wise, for a loop of its own.
  package borrowing func duplicate() throws(Errno) -> Socket {
    let number = number
    return Socket(adopting: try retryingInterrupted { fcntl(number, F_DUPFD_CLOEXEC, 3) })
  }

  /// What accept4(2) gave.
  package enum AcceptOutcome: ~Copyable {
    case accepted(Socket, peer: SocketAddress)
    /// The queue is empty (EAGAIN).
    case wouldBlock
    /// The client went away in the queue, or the network said something about it; ask again.
    case aborted
  }

  /// Takes one connection from the queue.
  ///
  /// - Throws: EMFILE, ENFILE, ENOBUFS, ENOMEM (``Errno/isFamine``), and our own bugs.
  package borrowing func accept() throws(Errno) -> AcceptOutcome {
    let number = number
    let flags = CInt(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    var accepted: CInt = -1
    do {
      let peer = try unsafe SocketAddress { pointer, size throws(Errno) in
        accepted = try retryingInterrupted { unsafe accept4(number, pointer, &size, flags) }
      }
      return .accepted(Socket(adopting: accepted), peer: peer)
    } catch {
      // accept(2): errors already pending on the new connection are to be treated like EAGAIN.
      switch error.code {
      case EAGAIN: return .wouldBlock
      case ECONNABORTED, EPROTO, ENETDOWN, ENOPROTOOPT, EHOSTDOWN, ENONET, EHOSTUNREACH,
        EOPNOTSUPP, ENETUNREACH, EPERM, ETIMEDOUT:
        return .aborted
      default: throw error
      }
    }
  }

  /// Where this socket is bound, with the port that the kernel chose.
  package borrowing func localAddress() throws(Errno) -> SocketAddress {
    let number = number
    return try unsafe SocketAddress { pointer, size throws(Errno) in
      _ = try retryingInterrupted { unsafe getsockname(number, pointer, &size) }
    }
  }

  // MARK: Streaming

  /// One read(2) into `target`, which must not be empty.
  package borrowing func receive(
    into target: inout MutableSpan<UInt8>
  ) throws(Errno)
    -> ReadOutcome
  {
    try descriptor.read(into: &target)
  }

  /// One send(2) of `source`, which must not be empty. A dead peer is EPIPE, never SIGPIPE.
  ///
  /// - Parameter more: Whether more follows at once, so that the kernel may wait to fill a segment
  ///   (MSG_MORE).
  package borrowing func send(
    _ source: Span<UInt8>,
    more: Bool = false
  ) throws(Errno)
    -> WriteOutcome
  {
    let number = number
    let flags = CInt(MSG_NOSIGNAL) | (more ? CInt(MSG_MORE) : 0)
    // SAFETY: the buffer is valid for `count` bytes for the length of the call.
    let count = unsafe source.withUnsafeBytes { buffer in
      while true {
        let count = unsafe Glibc.send(number, buffer.baseAddress, buffer.count, flags)
        if count >= 0 || Errno.latest.code != EINTR { return count }
      }
    }
    if count >= 0 { return .bytes(count) }
    let failure = Errno.latest
    if failure.code == EAGAIN { return .wouldBlock }
    throw failure
  }

  /// Tells the peer that nothing more will come (half-close).
  package borrowing func shutdownWrite() {
    _ = shutdown(number, CInt(SHUT_WR))
  }

  /// Makes the close that follows a reset, so that no TIME_WAIT or unsent byte remains.
  package borrowing func abandon() {
    var linger = linger(l_onoff: 1, l_linger: 0)
    _ = unsafe setsockopt(
      number,
      SOL_SOCKET,
      SO_LINGER,
      &linger,
      socklen_t(MemoryLayout<Glibc.linger>.size)
    )
  }

  private borrowing func set(_ level: CInt, _ option: CInt, _ value: CInt) throws(Errno) {
    let number = number
    var value = value
    _ = try retryingInterrupted {
      unsafe setsockopt(number, level, option, &value, socklen_t(MemoryLayout<CInt>.size))
    }
  }
}
