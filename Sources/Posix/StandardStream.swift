internal import Glibc

/// The two streams that a program writes to. Nothing is buffered here: what is written has been
/// handed to the kernel, whatever ends the process next.
package enum StandardStream: CInt, Sendable {
  case output = 1
  case error = 2

  package var isTerminal: Bool { isatty(rawValue) == 1 }

  /// Writes all of `bytes` and waits while a pipe is full.
  package func write(_ bytes: Span<UInt8>) throws(Errno) {
    do throws(ShortWrite) {
      try writeAsMuchAsFits(bytes)
    } catch {
      throw error.reason
    }
  }

  /// The same; what cannot be finished says how far it came.
  package func writeAsMuchAsFits(_ bytes: Span<UInt8>) throws(ShortWrite) {
    try Posix.writeAsMuchAsFits(bytes, to: rawValue)
  }

  package func write(_ text: String) throws(Errno) {
    let bytes = Array(text.utf8)
    try write(bytes.span)
  }

  /// Whether the next write is taken at once: a pipe whose reader sleeps fills up. What poll(2)
  /// calls writable takes PIPE_BUF bytes; ``sizeTakenAtOnce`` is no more than that.
  package var isWritable: Bool {
    (try? awaitReadiness(POLLOUT, of: rawValue, timeoutMilliseconds: 0)) != nil
  }

  /// So many bytes a writable pipe takes without waiting (PIPE_BUF, pipe(7)).
  package static let sizeTakenAtOnce = 4096

  /// Another owner of the same open stream.
  package func duplicate() throws(Errno) -> OwnedDescriptor {
    OwnedDescriptor(
      adopting: try retryingInterrupted { fcntl(rawValue, F_DUPFD_CLOEXEC, 3) }
    )
  }
}

extension OwnedDescriptor {
  /// Writes all of `bytes`, in as many write(2) as it takes, and waits where it would block.
  package borrowing func writeWhole(_ bytes: Span<UInt8>) throws(Errno) {
    do throws(ShortWrite) {
      try writeAsMuchAsFits(bytes)
    } catch {
      throw error.reason
    }
  }

  /// The same; what cannot be finished says how far it came.
  package borrowing func writeAsMuchAsFits(_ bytes: Span<UInt8>) throws(ShortWrite) {
    try Posix.writeAsMuchAsFits(bytes, to: number)
  }
}

/// A write that took only some of its bytes before it failed: a disk that became full, or a file
/// that may not grow any more.
package struct ShortWrite: Error, Equatable {
  /// How many bytes were taken.
  package let count: Int
  package let reason: Errno
}

private func writeAsMuchAsFits(_ bytes: Span<UInt8>, to number: CInt) throws(ShortWrite) {
  var rest = bytes
  while !rest.isEmpty {
    // SAFETY: the buffer is valid for `count` bytes for the length of the call.
    let count = unsafe rest.withUnsafeBytes { buffer in
      unsafe Glibc.write(number, buffer.baseAddress, buffer.count)
    }
    if count >= 0 {
      rest = rest.extracting(count..<rest.count)
      continue
    }
    let failure = Errno.latest
    do throws(Errno) {
      switch failure.code {
      case EINTR: continue
      case EAGAIN: try awaitReadiness(POLLOUT, of: number, timeoutMilliseconds: -1)
      default: throw failure
      }
    } catch {
      throw ShortWrite(count: bytes.count - rest.count, reason: error)
    }
  }
}

/// Waits until `number` is ready, or throws ETIMEDOUT (poll(2)).
func awaitReadiness(
  _ interest: CInt,
  of number: CInt,
  timeoutMilliseconds: CInt
) throws(Errno) {
  var entry = pollfd(fd: number, events: Int16(truncatingIfNeeded: interest), revents: 0)
  let count = try retryingInterrupted { unsafe poll(&entry, 1, timeoutMilliseconds) }
  if count == 0 { throw Errno(ETIMEDOUT) }
}
