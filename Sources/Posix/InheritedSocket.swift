internal import CLinux
internal import Glibc

extension Socket {
  /// The first descriptor that a service manager hands over (sd_listen_fds(3)).
  package static let firstInheritedNumber: CInt = 3

  /// Takes over a listening stream socket that was opened by whoever started this process.
  ///
  /// - Throws: EBADF when `number` is not open, EINVAL when it is no listening stream socket of
  ///   the internet families.
  package static func inheriting(_ number: CInt) throws(Errno) -> Socket {
    // Asked before anything owns the number: what is not ours must not be closed either.
    _ = try retryingInterrupted { fcntl(number, F_GETFD) }
    guard try option(SO_TYPE, of: number) == CInt(SOCK_STREAM.rawValue),
      try option(SO_ACCEPTCONN, of: number) == 1
    else { throw .invalidArgument }
    let family = try option(SO_DOMAIN, of: number)
    guard family == AF_INET || family == AF_INET6 else { throw .invalidArgument }
    let socket = Socket(adopting: number)
    try socket.descriptor.makeNonBlocking()
    return socket
  }

  private static func option(_ option: CInt, of number: CInt) throws(Errno) -> CInt {
    var value: CInt = 0
    var size = socklen_t(MemoryLayout<CInt>.size)
    _ = try retryingInterrupted {
      unsafe getsockopt(number, SOL_SOCKET, option, &value, &size)
    }
    return value
  }
}
