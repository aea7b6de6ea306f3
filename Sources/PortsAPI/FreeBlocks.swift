package import PortRegistry

/// The blocks of ports that nobody holds and nobody is known to use, for each transport and for all
/// four together.
package struct FreeBlocks: Sendable {
  /// A maximal block within one of the three ranges.
  package struct Block: Equatable, Sendable {
    package let first: UInt16
    package let last: UInt16

    package var size: Int { Int(last) - Int(first) + 1 }
    package var range: PortRange { PortNumber(first).range }
  }

  private let blocks: [[Block]]

  package init(_ registry: Registry) {
    var searches = TransportProtocol.allCases.map { Search(for: TransportSet($0)) }
    searches.append(Search(for: .all))
    for range in PortRange.allCases {
      var previous: (states: UInt8, used: TransportSet)?
      for port in range.numbers {
        let states = registry.states[Int(port)]
        let used = registry.usedTransports(of: port)
        // Most ports are as the one before, and then no block begins or ends.
        if let previous, previous == (states, used) { continue }
        previous = (states, used)
        for place in searches.indices { searches[place].visit(port, states, used) }
      }
      for place in searches.indices { searches[place].endRange(range) }
    }
    blocks = searches.map(\.blocks)
  }

  /// The blocks that are free for `transport`, or for every transport at once; in port order.
  package func blocks(for transport: TransportProtocol?) -> [Block] {
    blocks[transport.map { Int($0.rawValue) } ?? TransportProtocol.allCases.count]
  }

  /// What has been found for some transports, all of which must be free.
  private struct Search {
    private(set) var blocks: [Block] = []
    private let transports: TransportSet
    /// Their bits in ``PortStates``.
    private let mask: UInt8
    /// Where the block at hand begins.
    private var first: UInt16?

    init(for transports: TransportSet) {
      self.transports = transports
      mask = transports.members.reduce(0) { $0 | 3 << (2 * $1.rawValue) }
    }

    mutating func visit(_ port: UInt16, _ states: UInt8, _ used: TransportSet) {
      if states & mask == 0, used.isDisjoint(with: transports) {
        if first == nil { first = port }
      } else if let start = first {
        blocks.append(Block(first: start, last: port - 1))
        first = nil
      }
    }

    mutating func endRange(_ range: PortRange) {
      if let start = first { blocks.append(Block(first: start, last: range.numbers.upperBound)) }
      first = nil
    }
  }
}
