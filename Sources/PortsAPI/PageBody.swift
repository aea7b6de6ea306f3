import JSON
import PortRegistry

/// A page of assignments as JSON, but for its items.
enum PageBody {
  private static let beginning = Array("{\"total\":".utf8)
  private static let items = Array(",\"items\":[".utf8)
  private static let next = Array("],\"next\":".utf8)
  private static let nextCursor = Array("],\"next\":\"".utf8)

  static func begin(total: Int, into writer: inout JSONWriter) {
    writer.part(beginning)
    writer.value(total)
    writer.part(items)
  }

  /// - Parameter cursor: What leads on, without anything that JSON escapes; empty for nothing.
  static func end(
    next cursor: [UInt8] = [],
    counts: FacetCounts? = nil,
    into writer: inout JSONWriter
  ) {
    if cursor.isEmpty {
      writer.part(next)
      writer.null()
    } else {
      writer.part(nextCursor)
      writer.part(cursor)
      writer.endString()
    }
    if let counts { write(counts, into: &writer) }
    writer.endObject()
  }

  private static func write(_ counts: FacetCounts, into writer: inout JSONWriter) {
    writer.name("counts")
    writer.beginObject()
    writer.name("transport")
    writer.beginObject()
    for transport in TransportProtocol.allCases {
      AssignmentBody.name(transport, into: &writer)
      writer.value(counts.transports[Int(transport.rawValue)])
    }
    writer.endObject()
    writer.name("range")
    writer.beginObject()
    for (place, name) in (["system", "user", "dynamic"] as [String]).enumerated() {
      writer.name(name)
      writer.value(counts.ranges[place])
    }
    writer.endObject()
    writer.name("status")
    writer.beginObject()
    for (state, name) in [
      (AssignmentState.assigned, "assigned"), (.reserved, "reserved"),
      (.unassigned, "unassigned"),
    ] {
      writer.name(name)
      writer.value(counts.states[Int(state.rawValue)])
    }
    writer.endObject()
    writer.name("source")
    writer.beginObject()
    for layer in Layer.allCases {
      AssignmentBody.name(layer, into: &writer)
      writer.value(counts.layers[Int(layer.rawValue)])
    }
    writer.endObject()
    writer.name("official")
    writer.beginObject()
    writer.name("true")
    writer.value(counts.official)
    writer.name("false")
    writer.value(counts.unofficial)
    writer.endObject()
    writer.endObject()
  }
}

/// How many of a question's answers each value of a filter would keep, beside the filters given.
struct FacetCounts {
  private(set) var transports: [4 of Int] = .init(repeating: 0)
  private(set) var ranges: [3 of Int] = .init(repeating: 0)
  private(set) var states: [3 of Int] = .init(repeating: 0)
  private(set) var layers: [4 of Int] = .init(repeating: 0)
  private(set) var official = 0
  private(set) var unofficial = 0

  /// - Parameter filter: The one that the answers have passed.
  init(_ keys: [RankingKey], _ registry: Registry, _ filter: Filter) {
    // The states of an item depend on the transports and bounds that are asked for.
    var filters: [Filter] = []
    for state in [AssignmentState.unassigned, .reserved, .assigned] {
      var narrowed = Filter()
      narrowed.transports = filter.transports
      narrowed.first = filter.first
      narrowed.last = filter.last
      narrowed.insert(state)
      filters.append(narrowed)
    }
    for key in keys {
      let record = registry.records[key.number]
      for transport in TransportProtocol.allCases where record.transports.contains(transport) {
        transports[Int(transport.rawValue)] += 1
      }
      for (place, range) in PortRange.allCases.enumerated()
      where record.first <= range.numbers.upperBound && record.last >= range.numbers.lowerBound {
        ranges[place] += 1
      }
      for state in 0..<3 where filters[state].accepts(record, in: registry) { states[state] += 1 }
      for layer in Layer.allCases where record.isIn(layer) { layers[Int(layer.rawValue)] += 1 }
      if record.isOfficial { official += 1 } else { unofficial += 1 }
    }
  }
}
