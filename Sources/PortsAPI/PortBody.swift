package import JSON
package import PortRegistry

/// A port as JSON: its states, what is noted about it, and who holds it.
package enum PortBody {
  /// Writes `port`.
  ///
  /// - Parameter transport: If given, only what concerns it: its state, its notes, and the
  ///   assignments that name it.
  package static func write(
    _ port: PortNumber,
    of registry: Registry,
    narrowedTo transport: TransportProtocol? = nil,
    into writer: inout JSONWriter
  ) {
    begin(port, of: registry, narrowedTo: transport, into: &writer)
    for place in registry.memberRange(of: port.rawValue) {
      let number = registry.member(at: place)
      if names(registry.records[number], transport) {
        AssignmentBody.write(number, of: registry, into: &writer)
      }
    }
    end(into: &writer)
  }

  /// Writes all that comes before the assignments.
  static func begin(
    _ port: PortNumber,
    of registry: Registry,
    narrowedTo transport: TransportProtocol?,
    into writer: inout JSONWriter
  ) {
    writer.beginObject()
    writer.name("port")
    writer.value(Int(port.rawValue))
    writer.name("range")
    writer.value(port.range.rawValue)
    writer.name("status")
    let states = registry.states(of: port)
    if let transport {
      write(states, [transport], into: &writer)
    } else {
      writer.raw(wholeStatus[Int(states.rawValue)][...])
    }
    writer.name("notes")
    writer.beginArray()
    for note in registry.notes
    where note.first <= port.rawValue && port.rawValue <= note.last && concerns(note, transport) {
      write(note, of: registry, into: &writer)
    }
    writer.endArray()
    writer.name("assignments")
    writer.beginArray()
  }

  static func end(into writer: inout JSONWriter) {
    writer.endArray()
    writer.endObject()
  }

  /// The status of a port that is not narrowed, by its states.
  private static let wholeStatus: [[UInt8]] = (UInt8.min...UInt8.max).map { states in
    var writer = JSONWriter()
    write(PortStates(rawValue: states), TransportProtocol.allCases, into: &writer)
    return writer.bytes
  }

  private static func write(
    _ states: PortStates,
    _ transports: [TransportProtocol],
    into writer: inout JSONWriter
  ) {
    writer.beginObject()
    for transport in transports {
      AssignmentBody.name(transport, into: &writer)
      writer.value(states[transport].name)
    }
    writer.endObject()
  }

  /// Whether the assignment stays when a port is narrowed to `transport`.
  static func names(_ record: AssignmentRecord, _ transport: TransportProtocol?) -> Bool {
    transport.map { record.transports.contains($0) } ?? true
  }

  /// The same of a note; one without transports concerns them all.
  static func concerns(_ note: Registry.Note, _ transport: TransportProtocol?) -> Bool {
    transport.map { note.transports.isEmpty || note.transports.contains($0) } ?? true
  }

  private static func write(
    _ note: Registry.Note,
    of registry: Registry,
    into writer: inout JSONWriter
  ) {
    writer.beginObject()
    writer.name("transports")
    AssignmentBody.write(note.transports, into: &writer)
    writer.name("note")
    AssignmentBody.write(note.text, of: registry, into: &writer)
    writer.name("sources")
    writer.beginObject()
    AssignmentBody.name(note.layer, into: &writer)
    AssignmentBody.write(note.transports, into: &writer)
    writer.endObject()
    writer.endObject()
  }
}
