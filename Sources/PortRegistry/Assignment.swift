/// One assignment as it is stored: (port, last, service) and what the layers say of it.
package struct AssignmentRecord: Sendable {
  /// The first port, or 0 when there is none.
  package internal(set) var first: UInt16
  package internal(set) var last: UInt16
  /// Whether it has a port at all: IANA registers service names without one.
  package internal(set) var hasPort: Bool
  /// How likely this is what runs there, 0...9.
  package internal(set) var use: UInt8 = 0
  /// The transports that each layer names, by the layer's raw value.
  package internal(set) var transportsByLayer: [4 of UInt8] = .init(repeating: 0)
  /// The layers that have it, one bit each; one may have it without naming a transport.
  package internal(set) var layers: UInt8 = 0
  /// Empty for a printed entry that is no IANA service.
  package internal(set) var service: TextRange
  package internal(set) var name: TextRange
  package internal(set) var description = TextRange.empty
  package internal(set) var note = TextRange.empty
  var aliases = Run()
  var references = Run()
  var trojans = Run()
  /// Its place among the registry's registrations, counted from 1; 0 for none.
  var registration: UInt32 = 0

  package var isRange: Bool { last > first }

  package var transports: TransportSet {
    TransportSet(
      rawValue: transportsByLayer[0] | transportsByLayer[1] | transportsByLayer[2]
        | transportsByLayer[3]
    )
  }

  package func transports(in layer: Layer) -> TransportSet {
    TransportSet(rawValue: transportsByLayer[Int(layer.rawValue)])
  }

  package func isIn(_ layer: Layer) -> Bool { layers & layer.bit != 0 }

  package var isOfficial: Bool { layers & (Layer.catalogue.bit | Layer.iana.bit) != 0 }

  /// Sorts as answers are ordered: site, then use, then official, then specific before range.
  var precedence: UInt8 {
    (isIn(.site) ? 0 : 0x80) | (9 &- min(use, 9)) &<< 2 | (isOfficial ? 0 : 2) | (isRange ? 1 : 0)
  }
}

/// One service at one port or range of ports, with what every layer says of it.
public struct Assignment: Sendable {
  private let registry: Registry
  /// Its place among the registry's records.
  package let index: Int

  init(registry: Registry, index: Int) {
    self.registry = registry
    self.index = index
  }

  package var record: AssignmentRecord { registry.records[index] }

  /// The first port; `nil` for a service name that is registered without one.
  public var port: PortNumber? { record.hasPort ? PortNumber(record.first) : nil }
  /// The last port of a range; `nil` for a single port.
  public var last: PortNumber? { record.isRange ? PortNumber(record.last) : nil }
  /// The transports that any layer names.
  public var transports: TransportSet { record.transports }
  /// The transports that `layer` names; `nil` if the layer does not have this assignment.
  public func transports(in layer: Layer) -> TransportSet? {
    record.isIn(layer) ? record.transports(in: layer) : nil
  }
  /// The service name as IANA or the common layer spells it.
  public var service: String? {
    record.service.isEmpty ? nil : registry.string(record.service)
  }
  /// The name as printed, else IANA's title, else the service name.
  public var name: String { registry.string(record.name) }
  /// IANA's title, where ``name`` is another.
  public var description: String? {
    record.description.isEmpty ? nil : registry.string(record.description)
  }
  /// Other names that people use.
  public var aliases: [String] { registry.strings(record.aliases) }
  /// RFCs as `RFC 9110`, and addresses of documentation.
  public var references: [String] { registry.strings(record.references) }
  /// Malware that was seen there.
  public var trojans: [String] { registry.strings(record.trojans) }
  /// Other remarks, as one text.
  public var note: String? { record.note.isEmpty ? nil : registry.string(record.note) }
  /// Whether IANA or the catalogue assigns it.
  public var isOfficial: Bool { record.isOfficial }
  /// How likely this is what runs there: 0 (unknown) to 9 (practically always).
  public var use: Int { Int(record.use) }
}
