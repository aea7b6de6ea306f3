/// What an answer must be, besides matching. Members of one criterion are joined by OR, criteria by
/// AND.
package struct Filter: Sendable {
  /// Transports of which it must have one; empty for any.
  package var transports: TransportSet = []
  /// States of which its port must be in one, for a transport that it has and that ``transports``
  /// allows; one bit each, 0 for any.
  package var states: UInt8 = 0
  /// Ranges of which it must overlap one; one bit each by the order of ``PortRange/allCases``.
  package var ranges: UInt8 = 0
  /// Layers of which it must be in one, one bit each; 0 for any.
  package var layers: UInt8 = 0
  package var isOfficial: Bool?
  package var first: UInt16 = 0
  package var last: UInt16 = .max
  /// Service names of which it must have one, folded; empty for any.
  package var services: [[UInt8]] = []

  package init() {}

  package mutating func insert(_ state: AssignmentState) { states |= 1 << state.rawValue }
  package mutating func insert(_ layer: Layer) { layers |= layer.bit }
  package mutating func insert(_ range: PortRange) {
    ranges |= 1 << UInt8(PortRange.allCases.firstIndex(of: range) ?? 0)
  }

  /// Whether anything is asked; all pass where nothing is.
  var isEmpty: Bool {
    transports.isEmpty && states == 0 && ranges == 0 && layers == 0 && isOfficial == nil
      && first == 0 && last == .max && services.isEmpty
  }

  package func accepts(_ record: AssignmentRecord, in registry: Registry) -> Bool {
    if record.first > last || record.last < first || first > last { return false }
    if let isOfficial, record.isOfficial != isOfficial { return false }
    if layers != 0, record.layers & layers == 0 { return false }
    if !transports.isEmpty, record.transports.isDisjoint(with: transports) { return false }
    if ranges != 0, !overlapsRange(record) { return false }
    if states != 0, !hasState(record, in: registry) { return false }
    if !services.isEmpty {
      return services.contains { registry.equalsIgnoringCase(record.service, $0.span) }
    }
    return true
  }

  private func overlapsRange(_ record: AssignmentRecord) -> Bool {
    for (place, range) in PortRange.allCases.enumerated()
    where ranges >> UInt8(place) & 1 == 1 && record.first <= range.numbers.upperBound
      && record.last >= range.numbers.lowerBound
    {
      return true
    }
    return false
  }

  private func hasState(_ record: AssignmentRecord, in registry: Registry) -> Bool {
    var allowed = record.transports.isEmpty ? TransportSet.all : record.transports
    if !transports.isEmpty { allowed.formIntersection(transports) }
    for port in max(first, record.first)...min(last, record.last) {
      let portStates = PortStates(rawValue: registry.states[Int(port)])
      for transport in TransportProtocol.allCases
      where allowed.contains(transport)
        && states >> portStates[transport].rawValue & 1 == 1
      {
        return true
      }
    }
    return false
  }
}
