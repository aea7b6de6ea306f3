import HTTP
import PortRegistry

/// What `/ports` is asked, read from its parameters.
struct Question: ~Copyable {
  static let parameters: [Parameter] = [
    .q, .transport, .range, .status, .source, .official, .service, .first, .last, .facets, .limit,
    .cursor,
  ]
  /// How long `q` may be, in code points.
  static let sizeMax = 256
  static let limits = 1...1000
  static let limitElse = 20

  /// `q` without blanks at its ends; empty when every assignment is asked for.
  private(set) var words: ArraySlice<UInt8>
  private(set) var filter = Filter()
  private(set) var hasFacets: Bool
  private(set) var limit: Int
  private(set) var cursor: ArraySlice<UInt8>?

  /// Whether there is something to search for; without it, all is listed in the order of ports.
  var isSearch: Bool { !words.isEmpty }

  init(_ reader: inout ParameterReader) {
    words = reader.value(.q)
    while words.first == .space { words.removeFirst() }
    while words.last == .space { words.removeLast() }
    limit = reader.number(.limit, in: Self.limits, else: Self.limitElse)
    hasFacets = reader.flag(.facets) ?? false
    cursor = reader.has(.cursor) ? reader.value(.cursor) : nil
    if UTF8Text.codePointCount(words.span) > Self.sizeMax {
      reader.refuse(.q, "must be at most \(Self.sizeMax) characters")
    }
    readFilter(&reader)
  }

  private mutating func readFilter(_ reader: inout ParameterReader) {
    var filter = Filter()
    reader.list(.transport, of: ParameterReader.transportNames) { word in
      guard let transport = ParameterReader.transport(word) else { return false }
      filter.transports.insert(TransportSet(transport))
      return true
    }
    reader.list(.range, of: ParameterReader.rangeNames) { word in
      guard let range = ParameterReader.range(word) else { return false }
      filter.insert(range)
      return true
    }
    reader.list(.status, of: "assigned, reserved, unassigned") { word in
      guard let state = AssignmentState.allCases.first(where: { word.equals($0.name) }) else {
        return false
      }
      filter.insert(state)
      return true
    }
    reader.list(.source, of: "catalogue, iana, common, site") { word in
      guard let layer = Layer.allCases.first(where: { word.equals($0.name) }) else { return false }
      filter.insert(layer)
      return true
    }
    reader.list(.service, of: "a service name") { word in
      if word.isEmpty { return false }
      var name: [UInt8] = []
      name.append(copying: word)
      filter.services.append(name)
      return true
    }
    filter.isOfficial = reader.flag(.official)
    filter.first = UInt16(reader.number(.first, in: 0...65_535, else: 0))
    filter.last = UInt16(reader.number(.last, in: 0...65_535, else: 65_535))
    self.filter = filter
  }

  /// A digest of all that decides which items there are and their order.
  func binding(_ data: UInt64) -> ContentDigest {
    var digest = ContentDigest()
    digest.append(data)
    digest.append(UInt8(ascii: "q"))
    digest.append(UInt64(words.count))
    digest.append(words.span)
    digest.append(filter.transports.rawValue)
    digest.append(filter.ranges)
    digest.append(filter.states)
    digest.append(filter.layers)
    digest.append(filter.isOfficial.map { $0 ? 1 : 2 } ?? UInt8(0))
    digest.append(UInt64(filter.first) << 16 | UInt64(filter.last))
    for service in filter.services {
      digest.append(UInt64(service.count))
      digest.append(service.span)
    }
    return digest
  }
}
