import HTTP
package import PortRegistry

/// A port as text for people: a line on its states, its notes, a table of who holds it, and a line
/// for each holder of whom more is known.
package enum PortText {
  package static func write(
    _ port: PortNumber,
    of registry: Registry,
    narrowedTo transport: TransportProtocol? = nil,
    _ table: inout Table,
    to output: inout [UInt8]
  ) {
    output.append(contentsOf: summary(port, of: registry, narrowedTo: transport).utf8)
    output.append(.lineFeed)
    for note in notes(port, of: registry, narrowedTo: transport) {
      output.append(contentsOf: note.utf8)
      output.append(.lineFeed)
    }
    table.fill(port, of: registry, narrowedTo: transport)
    if table.rowCount > 0 {
      output.append(.lineFeed)
      table.writeText(to: &output)
    }
    let registrations = registrations(port, of: registry, narrowedTo: transport)
    if !registrations.isEmpty { output.append(.lineFeed) }
    for line in registrations {
      output.append(contentsOf: line.utf8)
      output.append(.lineFeed)
    }
  }

  private static func registrations(
    _ port: PortNumber,
    of registry: Registry,
    narrowedTo transport: TransportProtocol?
  ) -> [String] {
    registry.memberRange(of: port.rawValue).compactMap { place in
      let record = registry.records[registry.member(at: place)]
      guard PortBody.names(record, transport) else { return nil }
      return RegistrationText.line(record, of: registry)
    }
  }

  /// `443 (system): tcp assigned, udp assigned, sctp assigned, dccp unassigned`
  static func summary(
    _ port: PortNumber,
    of registry: Registry,
    narrowedTo transport: TransportProtocol?
  ) -> String {
    let states = registry.states(of: port)
    let words = TransportProtocol.allCases.filter { $0 == transport ?? $0 }
      .map { "\($0.name) \(states[$0].name)" }
    return "\(port) (\(port.range.rawValue)): \(words.joined(separator: ", "))"
  }

  /// `note (tcp, udp): …`
  static func notes(
    _ port: PortNumber,
    of registry: Registry,
    narrowedTo transport: TransportProtocol?
  ) -> [String] {
    registry.notes(of: port.rawValue).filter { PortBody.concerns($0, transport) }.map {
      let names = $0.transports.members.map(\.name).joined(separator: ", ")
      return names.isEmpty
        ? "note: \(registry.string($0.text))" : "note (\(names)): \(registry.string($0.text))"
    }
  }
}
