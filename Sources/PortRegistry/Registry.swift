/// All that is known of the 65,536 ports: immutable once built, and shared by every thread.
public final class Registry: Sendable {
  /// What is said about a number that nobody holds.
  package struct Note: Sendable {
    package let first: UInt16
    package let last: UInt16
    package let transports: TransportSet
    package let text: TextRange
    package let layer: Layer
  }

  /// What is known of one of the three ranges.
  package struct RangeFacts: Sendable {
    package let range: PortRange
    /// The names that people use besides the standard's.
    package let names: [TextRange]
    package let facts: [TextRange]
  }

  /// The words of all layers.
  package let text: [UInt8]
  /// Every assignment, by port and precedence; those without a port come last.
  package let records: [AssignmentRecord]
  /// How many of ``records`` have a port.
  package let portedCount: Int
  /// What aliases, references, trojans and registrations are runs of.
  let lists: [TextRange]
  let registrations: [Registration]
  /// Where each port's members begin in ``members``; one more than there are ports.
  let memberStarts: [UInt32]
  /// The assignments of each port, in the order in which they are answered.
  let members: [UInt32]
  /// For each port: its states, as ``PortStates`` packs them.
  package let states: [UInt8]
  /// How many ports are in each state, by range and transport.
  private let stateCounts: [Int]
  /// For each port: the transports that any layer uses (low half) and the layers (high half).
  private let occupancy: [UInt8]
  package let notes: [Note]
  package let rangeFacts: [RangeFacts]
  /// The day of the newest table, as days since 1970-01-01.
  package let daysSince1970: Int
  package let index: SearchIndex
  /// Rows of the use table that name nothing any layer has.
  package let unmatchedUses: [String]

  init(_ parts: consuming RegistryParts, searching scope: SearchIndex.Scope) {
    index = SearchIndex(
      records: parts.records,
      lists: parts.lists,
      text: parts.text,
      scope: scope
    )
    text = parts.text
    records = parts.records
    portedCount = parts.portedCount
    lists = parts.lists
    registrations = parts.registrations
    memberStarts = parts.memberStarts
    members = parts.members
    states = parts.states
    stateCounts = Self.countStates(parts.states)
    occupancy = parts.occupancy
    notes = parts.notes
    rangeFacts = parts.rangeFacts
    daysSince1970 = parts.daysSince1970
    unmatchedUses = parts.unmatchedUses
  }

  // MARK: Asking by number

  /// The assignments of `port`, ranges that hold it among them, best first: the operator's own,
  /// then by use, then official ones, then single ports before ranges.
  public func assignments(of port: PortNumber) -> [Assignment] {
    memberIndices(of: port.rawValue).map { Assignment(registry: self, index: $0) }
  }

  /// The states of `port`.
  public func states(of port: PortNumber) -> PortStates {
    PortStates(rawValue: states[Int(port.rawValue)])
  }

  /// Whether `port` is `assigned`, `reserved` or `unassigned` for `transport`.
  public func state(of port: PortNumber, _ transport: TransportProtocol) -> AssignmentState {
    states(of: port)[transport]
  }

  /// The assignment at a place in ``records``.
  package func assignment(at index: Int) -> Assignment { Assignment(registry: self, index: index) }

  package func memberIndices(of port: UInt16) -> [Int] {
    memberRange(of: port).map { Int(members[$0]) }
  }

  /// Where the port's members stand; resolved with ``member(at:)``.
  package func memberRange(of port: UInt16) -> Range<Int> {
    Int(memberStarts[Int(port)])..<Int(memberStarts[Int(port) + 1])
  }

  package func member(at place: Int) -> Int { Int(members[place]) }

  /// The notes about `port`.
  package func notes(of port: UInt16) -> [Note] {
    notes.filter { $0.first <= port && port <= $0.last }
  }

  /// The transports of `port` that any layer uses.
  package func usedTransports(of port: UInt16) -> TransportSet {
    TransportSet(rawValue: occupancy[Int(port)])
  }

  /// The layers that say something of `port`, one bit each.
  package func layers(of port: UInt16) -> UInt8 { occupancy[Int(port)] >> 4 }

  /// How many ports of `range` are in `state` for `transport`.
  public func count(
    of state: AssignmentState,
    in range: PortRange,
    _ transport: TransportProtocol
  ) -> Int {
    stateCounts[Self.countPlace(state, range, transport)]
  }

  private static func countPlace(
    _ state: AssignmentState,
    _ range: PortRange,
    _ transport: TransportProtocol
  ) -> Int {
    let rangePlace = range == .system ? 0 : range == .user ? 1 : 2
    return (rangePlace * 4 + Int(transport.rawValue)) * 3 + Int(state.rawValue)
  }

  private static func countStates(_ states: [UInt8]) -> [Int] {
    var counts = [Int](repeating: 0, count: 36)
    for range in PortRange.allCases {
      // Most ports are alike, so the 256 values that occur are counted first.
      var occurrences = [Int](repeating: 0, count: 256)
      for port in range.numbers { occurrences[Int(states[Int(port)])] += 1 }
      for (value, count) in occurrences.enumerated() where count > 0 {
        for transport in TransportProtocol.allCases {
          let state = PortStates(rawValue: UInt8(value))[transport]
          counts[countPlace(state, range, transport)] += count
        }
      }
    }
    return counts
  }

  // MARK: Asking by name

  /// The assignments whose service name or alias is exactly `name`, without regard to case, as
  /// getservbyname(3) would find them, best first.
  public func assignments(named name: some StringProtocol) -> [Assignment] {
    serviceIndices(Array(name.utf8).span).map { Assignment(registry: self, index: $0) }
  }

  package func serviceIndices(_ name: Span<UInt8>) -> [Int] {
    index.exact(name, in: self)
  }

  // MARK: Text

  package func string(_ range: TextRange) -> String {
    String(decoding: text[range.bytes], as: UTF8.self)
  }

  func strings(_ run: Run) -> [String] { run.indices.map { string(lists[$0]) } }

  package func aliases(of record: AssignmentRecord) -> Range<Int> { record.aliases.indices }
  package func references(of record: AssignmentRecord) -> Range<Int> { record.references.indices }
  package func trojans(of record: AssignmentRecord) -> Range<Int> { record.trojans.indices }
  package func listed(_ place: Int) -> TextRange { lists[place] }
}

/// What a builder hands over.
struct RegistryParts: ~Copyable {
  var text: [UInt8] = []
  var records: [AssignmentRecord] = []
  var portedCount = 0
  var lists: [TextRange] = []
  var registrations: [Registration] = []
  var memberStarts: [UInt32] = []
  var members: [UInt32] = []
  var states: [UInt8] = []
  var occupancy: [UInt8] = []
  var notes: [Registry.Note] = []
  var rangeFacts: [Registry.RangeFacts] = []
  var daysSince1970 = 0
  var unmatchedUses: [String] = []
}
