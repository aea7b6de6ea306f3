package import HTTP

/// What a client may take of this server. Times are milliseconds, sizes bytes.
package struct Limits: Sendable {
  /// How large a request may be.
  package var head = HeadLimits.standard
  /// From the first byte of a request to its last.
  package var requestMilliseconds: UInt64 = 10_000
  /// From the acceptance of a connection to the end of its TLS handshake.
  package var handshakeMilliseconds: UInt64 = 10_000
  /// Between an answer and the next request. Longer than the 60 s after which common proxies give
  /// up an idle connection, so that it is they who close it.
  package var idleMilliseconds: UInt64 = 75_000
  /// The same once four fifths of the connections are taken.
  package var idleUnderPressureMilliseconds: UInt64 = 5_000
  /// Without the client taking a byte of an answer.
  package var stallMilliseconds: UInt64 = 20_000
  /// From our half-close to the end, while what the client still sends is thrown away.
  package var lingerMilliseconds: UInt64 = 2_000
  /// How much of it is thrown away.
  package var lingerBytes = 4 * 1024 * 1024
  /// A connection that is silent so long while the server drains is closed.
  package var silenceMilliseconds: UInt64 = 1_000
  /// No request is taken from a connection while more than this waits to be written to it.
  package var unwrittenBytes = 64 * 1024
  /// Requests answered on one connection before others have their turn.
  package var answersPerTurn = 32
  /// Bytes of answers after which a connection's turn ends too, so that long answers do not add up.
  /// Room for a turn's answers about ports, most of which have less than 1 KiB.
  package var answerBytesPerTurn = 32 * 1024
  /// Bytes of answers to several connections that a loop gathers before it sends them.
  package var gatheredBytes = 256 * 1024
  /// For how long it goes on making others while one is waiting to be sent.
  package var gatheringNanoseconds: UInt64 = 500_000
  /// TLS handshakes that a loop goes on with before other connections have their turn.
  package var handshakesPerTurn = 4
  /// Unwritten answers of all loops together, what they share not counted.
  package var unwrittenBytesInAll = 64 * 1024 * 1024
  /// Connections of all loops together.
  package var connections = 10_000
  /// Answers of all loops that may be held back at a time for their data to change.
  package var heldAnswers = 10_000
  /// How long a loop accepts nothing after the kernel ran out of something.
  package var famineMilliseconds: UInt64 = 100

  package init() {}
}
