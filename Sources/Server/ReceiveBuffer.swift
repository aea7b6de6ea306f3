/// Where a loop reads what arrives. One serves all its connections in turn: what one does not use
/// up at once it must copy.
struct ReceiveBuffer {
  /// More than a head may have, so that a turn's read holds at least one whole request.
  static let capacity = 32 * 1024

  /// What the last read brought stands at the beginning.
  private(set) var bytes = [UInt8](repeating: 0, count: capacity)

  /// Reads once.
  mutating func fill<Link: Transport & ~Copyable>(from transport: inout Link) -> ReceiveOutcome {
    var target = bytes.mutableSpan
    return transport.read(into: &target)
  }
}
