package import JSON
package import PortRegistry

/// The three ranges as JSON.
package enum RangesBody {
  /// Writes all three as a list.
  package static func write(_ registry: Registry, into writer: inout JSONWriter) {
    writer.beginObject()
    writer.name("total")
    writer.value(PortRange.allCases.count)
    writer.name("items")
    writer.beginArray()
    for range in PortRange.allCases { write(range, of: registry, into: &writer) }
    writer.endArray()
    writer.name("next")
    writer.null()
    writer.endObject()
  }

  /// Writes one range.
  package static func write(
    _ range: PortRange,
    of registry: Registry,
    into writer: inout JSONWriter
  ) {
    let facts = registry.rangeFacts.first { $0.range == range }
    writer.beginObject()
    writer.name("name")
    writer.value(range.rawValue)
    writer.name("first")
    writer.value(Int(range.numbers.lowerBound))
    writer.name("last")
    writer.value(Int(range.numbers.upperBound))
    writer.name("names")
    writer.beginArray()
    for name in facts?.names ?? [] { AssignmentBody.write(name, of: registry, into: &writer) }
    writer.endArray()
    writer.name("facts")
    writer.beginArray()
    for fact in facts?.facts ?? [] { AssignmentBody.write(fact, of: registry, into: &writer) }
    writer.endArray()
    writer.name("counts")
    writer.beginObject()
    let counts = StateCounts(range, of: registry)
    for transport in TransportProtocol.allCases {
      AssignmentBody.name(transport, into: &writer)
      writer.beginObject()
      writer.name("assigned")
      writer.value(counts.count(of: .assigned, transport))
      writer.name("reserved")
      writer.value(counts.count(of: .reserved, transport))
      writer.name("unassigned")
      writer.value(counts.count(of: .unassigned, transport))
      writer.endObject()
    }
    writer.endObject()
    writer.endObject()
  }
}

/// How many ports of a range are in which state, counted in one pass over them.
struct StateCounts {
  /// By the states of all four transports together.
  private var counts = [Int](repeating: 0, count: 256)

  init(_ range: PortRange, of registry: Registry) {
    for port in range.numbers { counts[Int(registry.states[Int(port)])] += 1 }
  }

  func count(of state: AssignmentState, _ transport: TransportProtocol) -> Int {
    var count = 0
    for states in counts.indices
    where PortStates(rawValue: UInt8(states))[transport] == state { count += counts[states] }
    return count
  }
}
