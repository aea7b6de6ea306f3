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

  private var blocks: [[Block]] = []

  package init(_ registry: Registry) {
    for transport in TransportProtocol.allCases {
      blocks.append(Self.find(registry, TransportSet(transport)))
    }
    blocks.append(Self.find(registry, .all))
  }

  /// The blocks that are free for `transport`, or for every transport at once; in port order.
  package func blocks(for transport: TransportProtocol?) -> [Block] {
    blocks[transport.map { Int($0.rawValue) } ?? TransportProtocol.allCases.count]
  }

  private static func find(_ registry: Registry, _ transports: TransportSet) -> [Block] {
    var mask: UInt8 = 0
    for transport in TransportProtocol.allCases where transports.contains(transport) {
      mask |= 3 << (2 * transport.rawValue)
    }
    let states = registry.states
    let occupancy = registry.occupancy
    var blocks: [Block] = []
    for range in PortRange.allCases {
      var first: UInt16?
      for port in range.numbers {
        let place = Int(port)
        if states[place] & mask | occupancy[place] & transports.rawValue == 0 {
          if first == nil { first = port }
        } else if let start = first {
          blocks.append(Block(first: start, last: port - 1))
          first = nil
        }
      }
      if let start = first { blocks.append(Block(first: start, last: range.numbers.upperBound)) }
    }
    return blocks
  }
}
