package import JSON
package import PortRegistry

/// An assignment as JSON: the one place that knows its members and their order.
package enum AssignmentBody {
  /// Writes assignment `number` of `registry`.
  package static func write(_ number: Int, of registry: Registry, into writer: inout JSONWriter) {
    begin(number, of: registry, into: &writer)
    writer.endObject()
  }

  /// The same without the brace that ends it, so that members can follow.
  static func begin(_ number: Int, of registry: Registry, into writer: inout JSONWriter) {
    let record = registry.records[number]
    writer.beginObject()
    writer.name("port")
    if record.hasPort { writer.value(Int(record.first)) } else { writer.null() }
    if record.isRange {
      writer.name("last")
      writer.value(Int(record.last))
    }
    writer.name("transports")
    write(record.transports, into: &writer)
    writer.name("service")
    if record.service.isEmpty {
      writer.null()
    } else {
      write(record.service, of: registry, into: &writer)
    }
    writer.name("name")
    write(record.name, of: registry, into: &writer)
    if !record.description.isEmpty {
      writer.name("description")
      write(record.description, of: registry, into: &writer)
    }
    writer.name("aliases")
    writeList(registry.aliases(of: record), of: registry, into: &writer)
    writer.name("official")
    writer.value(record.isOfficial)
    writer.name("sources")
    writer.beginObject()
    for layer in Layer.allCases where record.isIn(layer) {
      name(layer, into: &writer)
      write(record.transports(in: layer), into: &writer)
    }
    writer.endObject()
    writer.name("references")
    writeList(registry.references(of: record), of: registry, into: &writer)
    if !record.note.isEmpty {
      writer.name("note")
      write(record.note, of: registry, into: &writer)
    }
    let trojans = registry.trojans(of: record)
    if !trojans.isEmpty {
      writer.name("trojans")
      writeList(trojans, of: registry, into: &writer)
    }
    if let registration = registry.registration(of: record) {
      write(registration, of: registry, into: &writer)
    }
  }

  /// Writes the member `registration`.
  private static func write(
    _ registration: Registration,
    of registry: Registry,
    into writer: inout JSONWriter
  ) {
    writer.name("registration")
    writer.beginObject()
    for fact in Registration.Fact.allCases {
      name(fact, into: &writer)
      writeList(registration[fact], of: registry, into: &writer)
    }
    writer.name("noted")
    writer.value(registration.isNoted)
    writer.endObject()
  }

  static func write(_ transports: TransportSet, into writer: inout JSONWriter) {
    writer.beginArray()
    for transport in TransportProtocol.allCases where transports.contains(transport) {
      writer.value(transport.name)
    }
    writer.endArray()
  }

  static func write(_ text: TextRange, of registry: Registry, into writer: inout JSONWriter) {
    let words = registry.text
    writer.value(words.span.extracting(text.bytes))
  }

  private static func writeList(
    _ places: Range<Int>,
    of registry: Registry,
    into writer: inout JSONWriter
  ) {
    writer.beginArray()
    for place in places { write(registry.listed(place), of: registry, into: &writer) }
    writer.endArray()
  }

  private static func name(_ fact: Registration.Fact, into writer: inout JSONWriter) {
    switch fact {
    case .assignees: writer.name("assignees")
    case .contacts: writer.name("contacts")
    case .registered: writer.name("registered")
    case .modified: writer.name("modified")
    case .serviceCodes: writer.name("service_codes")
    case .unauthorizedUse: writer.name("unauthorized_use")
    }
  }

  static func name(_ layer: Layer, into writer: inout JSONWriter) {
    switch layer {
    case .catalogue: writer.name("catalogue")
    case .iana: writer.name("iana")
    case .common: writer.name("common")
    case .site: writer.name("site")
    }
  }

  static func name(_ transport: TransportProtocol, into writer: inout JSONWriter) {
    switch transport {
    case .tcp: writer.name("tcp")
    case .udp: writer.name("udp")
    case .sctp: writer.name("sctp")
    case .dccp: writer.name("dccp")
    }
  }
}
