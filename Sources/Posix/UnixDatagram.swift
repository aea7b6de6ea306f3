internal import CLinux
internal import Glibc

/// Messages to a datagram socket of this machine (unix(7)).
package enum UnixDatagram {
  /// Sends `message` to the socket at `address`, once and without waiting.
  ///
  /// - Parameter address: A path, or a name in the abstract namespace written with `@` before it.
  /// - Throws: EINVAL for an address that is neither or too long; what sendto(2) says.
  package static func send(_ message: Span<UInt8>, to address: String) throws(Errno) {
    var storage = sockaddr_un()
    let name = Array(address.utf8)
    let isAbstract = name.first == UInt8(ascii: "@")
    let capacity = MemoryLayout.size(ofValue: storage.sun_path)
    guard isAbstract || name.first == UInt8(ascii: "/"), name.count < capacity else {
      throw Errno(EINVAL)
    }
    storage.sun_family = sa_family_t(AF_UNIX)
    unsafe withUnsafeMutableBytes(of: &storage.sun_path) { target in
      unsafe target.copyBytes(from: name)
      if isAbstract { unsafe target[0] = 0 }
    }
    // A path ends with a zero byte; an abstract name is exactly as long as the size says.
    let prefix = MemoryLayout<sa_family_t>.size
    let size = socklen_t(prefix + name.count + (isAbstract ? 0 : 1))
    let kind = CInt(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
    let socket = OwnedDescriptor(
      adopting: try retryingInterrupted { Glibc.socket(AF_UNIX, kind, 0) }
    )
    let number = socket.number
    _ = try retryingInterrupted {
      // SAFETY: both buffers are valid for the sizes given, for the length of the call.
      unsafe withUnsafePointer(to: &storage) { pointer in
        unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
          unsafe message.withUnsafeBytes { buffer in
            unsafe sendto(
              number,
              buffer.baseAddress,
              buffer.count,
              CInt(MSG_NOSIGNAL),
              generic,
              size
            )
          }
        }
      }
    }
  }
}
