// What the calls of a ``TLSConnection`` lead to.

/// What one step of a handshake or a closure led to.
package enum TLSStep: Equatable, Sendable {
  case done
  /// Call again once the socket is readable.
  case wantRead
  /// Call again once the socket is writable.
  case wantWrite
  /// The client speaks HTTP without TLS. Nothing has been sent, so an answer in plain text can be.
  case plainHTTP
  /// The peer left in the middle.
  case truncated
  case failed(TLSFault)
}

/// What one read brought.
package enum TLSReadOutcome: Equatable, Sendable {
  /// So many bytes, at least one.
  case bytes(Int)
  case wantRead
  case wantWrite
  /// The peer has finished sending, and said so (close_notify, RFC 8446 §6.1).
  case closed
  /// The peer's bytes ended without close_notify: something may have been cut off.
  case truncated
  case failed(TLSFault)
}

/// What one write took.
package enum TLSWriteOutcome: Equatable, Sendable {
  /// So many bytes, perhaps fewer than were offered.
  case bytes(Int)
  case wantRead
  case wantWrite
  /// ``TLSConnection/shutdown()`` has been called, or the handshake is not done.
  case closed
  case failed(TLSFault)
}
