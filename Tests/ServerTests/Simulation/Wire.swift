import HTTP

@testable import Server

/// Bytes that are put in at one end and taken out at the other.
struct ByteQueue {
  private var bytes: [UInt8] = []
  private var first = 0

  var count: Int { bytes.count - first }
  var isEmpty: Bool { count == 0 }
  /// What waits, first in first.
  var waiting: ArraySlice<UInt8> { bytes[first...] }

  mutating func put(_ more: some Collection<UInt8>) { bytes.append(contentsOf: more) }

  mutating func take(_ count: Int) -> ArraySlice<UInt8> {
    let taken = bytes[first..<first + count]
    first += count
    if first == bytes.count {
      bytes = []
      first = 0
    }
    return taken
  }
}

/// A network between a client and the connection under test, under the simulator's control.
final class Wire {
  /// What the client has sent and the network not delivered.
  var underway = ByteQueue()
  /// What has been delivered and not been read.
  var arrived = ByteQueue()
  /// Whether the client has finished sending, and whether that has been delivered.
  var clientFinished = false
  var endArrived = false
  /// Whether the client has reset the connection.
  var isReset = false
  /// What the connection has written and the client not read.
  var written = ByteQueue()
  /// How much may be written before the client reads.
  let window: Int
  /// Whether a write was refused since the client last read, so that the next reading wakes the
  /// writer.
  var writerWaits = false
  var serverFinished = false
  var serverReset = false

  init(window: Int) {
    self.window = window
  }
}

/// The connection's end of a ``Wire``. Like a socket, a read brings all that has arrived, as far as
/// it fits, and a write takes what the window allows.
struct WireTransport: Transport, ~Copyable {
  let wire: Wire

  var hasBufferedInput: Bool { false }
  var readAwaitsRoom: Bool { false }
  var isResumed: Bool { false }
  var certificateSubject: String? { nil }

  func handshake() -> HandshakeOutcome { .done }

  func read(into target: inout MutableSpan<UInt8>) -> ReceiveOutcome {
    if wire.isReset { return .failed }
    if wire.arrived.isEmpty { return wire.endArrived ? .endOfStream : .wouldBlock }
    let count = min(target.count, wire.arrived.count)
    var index = 0
    for byte in wire.arrived.take(count) {
      target[index] = byte
      index += 1
    }
    return .bytes(count)
  }

  func write(_ source: Span<UInt8>, more: Bool) -> SendOutcome {
    precondition(!source.isEmpty, "an empty write")
    precondition(!wire.serverFinished, "a write after the end")
    if wire.isReset { return .failed }
    let count = min(source.count, wire.window - wire.written.count)
    guard count > 0 else {
      wire.writerWaits = true
      return .wouldBlock
    }
    var taken: [UInt8] = []
    taken.append(copying: source.extracting(0..<count))
    wire.written.put(taken)
    return .bytes(count)
  }

  func announceEnd() {}

  func finishSending() { wire.serverFinished = true }

  func prepareReset() { wire.serverReset = true }
}

/// SplitMix64 (Steele, Lea and Flood, 2014): small, and the same on every machine.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }
}
