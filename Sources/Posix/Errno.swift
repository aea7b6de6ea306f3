internal import Glibc

/// Why the kernel refused a call: `errno`, copied before anything else could overwrite it.
package struct Errno: Error, Equatable, Sendable, CustomStringConvertible {
  /// The number, as in errno(3).
  package let code: CInt

  package init(_ code: CInt) {
    self.code = code
  }

  /// The error of the call that has just failed on this thread.
  static var latest: Errno { Errno(errno) }

  /// The kernel's own words, as strerror(3) gives them.
  package var description: String {
    guard let text = unsafe strerror(code) else { return "errno \(code)" }
    return unsafe String(cString: text)
  }

  package static let addressInUse = Errno(EADDRINUSE)
  package static let badDescriptor = Errno(EBADF)
  package static let connectionReset = Errno(ECONNRESET)
  package static let fileTooLarge = Errno(EFBIG)
  package static let invalidArgument = Errno(EINVAL)
  package static let noSuchFile = Errno(ENOENT)
  package static let permissionDenied = Errno(EACCES)

  /// Whether accept(2) failed because something ran out, so that trying again at once would spin:
  /// EMFILE, ENFILE, ENOBUFS, ENOMEM.
  package var isFamine: Bool {
    code == EMFILE || code == ENFILE || code == ENOBUFS || code == ENOMEM
  }
}

/// Calls `body` until it is not interrupted by a signal (EINTR).
///
/// - Returns: What the call returned, when that is not negative.
/// - Throws: The call's errno, but never EINTR.
@inline(__always)
func retryingInterrupted<Result: SignedInteger>(
  _ body: () -> Result
) throws(Errno) -> Result {
  while true {
    let result = body()
    if result >= 0 { return result }
    let failure = Errno.latest
    if failure.code != EINTR { throw failure }
  }
}
