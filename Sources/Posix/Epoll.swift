internal import CLinux
internal import Glibc

/// What became ready on a registered descriptor (epoll_ctl(2)).
package struct Readiness: OptionSet, Sendable {
  package let rawValue: UInt32
  package init(rawValue: UInt32) { self.rawValue = rawValue }

  /// Something can be read or accepted.
  package static let readable = Readiness(rawValue: EPOLLIN.rawValue)
  /// Something can be written.
  package static let writable = Readiness(rawValue: EPOLLOUT.rawValue)
  /// The peer has finished sending.
  package static let peerFinished = Readiness(rawValue: EPOLLRDHUP.rawValue)
  /// The connection is gone in both directions.
  package static let hungUp = Readiness(rawValue: EPOLLHUP.rawValue)
  /// An error waits on the socket; the next call reports it.
  package static let failed = Readiness(rawValue: EPOLLERR.rawValue)
  /// Whether the peer will send nothing more, for whichever of the three reasons above.
  package var tellsOfTheEnd: Bool {
    rawValue & (EPOLLRDHUP.rawValue | EPOLLHUP.rawValue | EPOLLERR.rawValue) != 0
  }
  /// Told once per change, not while it lasts: read and write until they would block.
  package static let edgeTriggered = Readiness(rawValue: EPOLLET.rawValue)
  /// Of several epoll sets that watch one listener, wake one (epoll_ctl(2)).
  package static let exclusive = Readiness(rawValue: EPOLLEXCLUSIVE.rawValue)
}

/// One delivered event: the token it was registered with, and what became ready.
package struct ReadyEvent: Sendable {
  package let token: UInt64
  package let readiness: Readiness
}

/// An epoll(7) set with room for a batch of events.
@safe package struct Epoll: ~Copyable {
  private let descriptor: OwnedDescriptor
  private let events: UnsafeMutableBufferPointer<epoll_event>

  /// - Parameter batch: Events taken per wait, at least one.
  package init(batch: Int = 256) throws(Errno) {
    descriptor = OwnedDescriptor(
      adopting: try retryingInterrupted { epoll_create1(CInt(EPOLL_CLOEXEC)) }
    )
    unsafe events = .allocate(capacity: batch)
    unsafe events.initialize(repeating: epoll_event())
  }

  deinit { unsafe events.deallocate() }

  /// Watches `number` and tags its events with `token`.
  package borrowing func add(_ number: CInt, token: UInt64, interest: Readiness) throws(Errno) {
    try control(EPOLL_CTL_ADD, number, token, interest)
  }

  /// Stops watching `number`. Closing the last owner of a descriptor does the same.
  package borrowing func remove(_ number: CInt) {
    try? control(EPOLL_CTL_DEL, number, 0, [])
  }

  private borrowing func control(
    _ operation: CInt,
    _ number: CInt,
    _ token: UInt64,
    _ interest: Readiness
  ) throws(Errno) {
    let set = descriptor.number
    var event = unsafe epoll_event(events: interest.rawValue, data: epoll_data(u64: token))
    _ = try retryingInterrupted { unsafe epoll_ctl(set, operation, number, &event) }
  }

  /// Waits for events, at most `timeoutMilliseconds` (-1: for ever, 0: not at all).
  ///
  /// - Returns: How many events can be asked of ``subscript(_:)``; 0 after the time or a signal.
  package mutating func wait(timeoutMilliseconds: Int32) throws(Errno) -> Int {
    // SAFETY: the buffer has room for `count` events and lives as long as `self`.
    let count = unsafe epoll_wait(
      descriptor.number,
      events.baseAddress,
      CInt(events.count),
      timeoutMilliseconds
    )
    if count >= 0 { return Int(count) }
    let failure = Errno.latest
    if failure.code == EINTR { return 0 }
    throw failure
  }

  /// Event `index` of the last wait.
  package subscript(index: Int) -> ReadyEvent {
    precondition(unsafe events.indices.contains(index), "no such event")
    let event = unsafe events[index]
    return unsafe ReadyEvent(token: event.data.u64, readiness: Readiness(rawValue: event.events))
  }
}
