internal import HTTP
internal import Posix

/// What a connection reads from and writes to, without ever blocking.
package protocol Transport: ~Copyable {
  /// Goes on with the handshake; ``HandshakeOutcome/done`` at once where there is none.
  mutating func handshake() -> HandshakeOutcome
  /// Whether the handshake took up an earlier session.
  var isResumed: Bool { get }
  /// The subject of the peer's certificate, if it showed one and it was verified (RFC 4514).
  var certificateSubject: String? { get }
  /// Reads into `target`, which is not empty.
  mutating func read(into target: inout MutableSpan<UInt8>) -> ReceiveOutcome
  /// Writes some of `source`, which is not empty; `more` says that another write follows at once.
  mutating func write(_ source: Span<UInt8>, more: Bool) -> SendOutcome
  /// Says to the peer that nothing more will come, where the transport has a word for it. What
  /// follows is the end of the stream.
  mutating func announceEnd()
  /// The same, and ends the stream in this direction.
  mutating func finishSending()
  /// Makes the coming close a reset.
  mutating func prepareReset()
  /// Whether a read may bring bytes that no readiness will tell of.
  var hasBufferedInput: Bool { get }
  /// Whether the last read has to be repeated once there is room to write.
  var readAwaitsRoom: Bool { get }
}

package enum HandshakeOutcome: Equatable, Sendable {
  case done
  /// Wait for the peer or for room.
  case wouldBlock
  case failed
  /// The peer spoke plain HTTP to a TLS listener. What is written now goes out in plain.
  case plainRequest
}

package enum ReceiveOutcome: Equatable, Sendable {
  /// So many bytes, at least one.
  case bytes(Int)
  case wouldBlock
  /// The peer has finished sending.
  case endOfStream
  /// The connection is dead.
  case failed
}

package enum SendOutcome: Equatable, Sendable {
  /// So many bytes, at least one.
  case bytes(Int)
  case wouldBlock
  /// The connection is dead.
  case failed
}
