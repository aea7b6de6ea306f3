internal import Glibc

/// What one read brought.
package enum ReadOutcome: Equatable, Sendable {
  /// So many bytes, at least one.
  case bytes(Int)
  /// The peer has finished sending.
  case endOfStream
  /// Nothing is there yet (EAGAIN).
  case wouldBlock
}

/// What one write took.
package enum WriteOutcome: Equatable, Sendable {
  /// So many bytes, perhaps fewer than were offered.
  case bytes(Int)
  /// The kernel's buffer is full (EAGAIN).
  case wouldBlock
}

/// Sole owner of one open descriptor; the number is closed when its owner's life ends.
///
/// Linux gives the lowest free number to the next open, so a second close can shut a stranger's
/// socket. `~Copyable` makes that accident a compile error.
package struct OwnedDescriptor: ~Copyable, Sendable {
  package let number: CInt

  /// - Precondition: `number` is open and nobody else will close it.
  package init(adopting number: CInt) {
    precondition(number >= 0, "adopted the result of a failed call")
    self.number = number
  }

  /// Sets O_NONBLOCK and FD_CLOEXEC, for a descriptor that another program opened.
  package borrowing func makeNonBlocking() throws(Errno) {
    let number = number
    let flags = try retryingInterrupted { fcntl(number, F_GETFL) }
    _ = try retryingInterrupted { fcntl(number, F_SETFL, flags | O_NONBLOCK) }
    _ = try retryingInterrupted { fcntl(number, F_SETFD, FD_CLOEXEC) }
  }

  /// One read(2) into the whole of `target`, which must not be empty.
  package borrowing func read(into target: inout MutableSpan<UInt8>) throws(Errno) -> ReadOutcome {
    precondition(!target.isEmpty, "an empty read would look like the end of the stream")
    let number = number
    // SAFETY: the buffer is valid for `count` bytes for the length of the call.
    let count = unsafe target.withUnsafeMutableBytes { buffer in
      while true {
        let count = unsafe Glibc.read(number, buffer.baseAddress, buffer.count)
        if count >= 0 || Errno.latest.code != EINTR { return count }
      }
    }
    if count > 0 { return .bytes(count) }
    if count == 0 { return .endOfStream }
    let failure = Errno.latest
    if failure.code == EAGAIN { return .wouldBlock }
    throw failure
  }

  /// One write(2) of `source`, which must not be empty.
  package borrowing func write(_ source: Span<UInt8>) throws(Errno) -> WriteOutcome {
    let number = number
    // SAFETY: the buffer is valid for `count` bytes for the length of the call.
    let count = unsafe source.withUnsafeBytes { buffer in
      while true {
        let count = unsafe Glibc.write(number, buffer.baseAddress, buffer.count)
        if count >= 0 || Errno.latest.code != EINTR { return count }
      }
    }
    if count >= 0 { return .bytes(count) }
    let failure = Errno.latest
    if failure.code == EAGAIN { return .wouldBlock }
    throw failure
  }

  deinit {
    // Linux frees the number even when close(2) is interrupted, so it is never called twice.
    _ = close(number)
  }
}
