import HTTP
import JSON
import PortRegistry

// `/ports/{port}`, `/ports/{port}/{transport}`
extension APIResponder {
  func answerPort(
    _ number: Range<Int>,
    _ transport: Range<Int>?,
    _ negotiation: Negotiation,
    _ head: borrowing RequestHead,
    _ bytes: Span<UInt8>,
    _ batch: inout ResponseBatch
  ) throws(Problem) -> Disposition {
    var negotiation = negotiation
    let digits = path.text[number]
    guard let port = PortNumber.parse(digits.span) else {
      throw .invalid("port", in: .path, Self.portReason)
    }
    var narrowed = try pathTransport(transport)
    var reader = ParameterReader(parameters, allowed: transport == nil ? [.transport] : [])
    if transport == nil { narrowed = reader.transport() }
    negotiation.mediaType = reader.mediaType(negotiation.mediaType)
    try reader.finish()
    if negotiation.mediaType == .json, narrowed == nil, let entry = store.ports.entry(of: port) {
      return try send(entry, negotiation, head, bytes, &batch)
    }
    text.removeAll(keepingCapacity: true)
    write(PortNumber(port), narrowed, as: negotiation.mediaType)
    var answer = RepresentationHead(data: negotiation.mediaType, store.shared)
    answer.digest = ContentDigest.of(text)
    if let end = try decide(answer, &negotiation, head, bytes, &batch) { return end }
    // What will be kept in its gzip form is coded as that is: the same tag means the same bytes.
    let level = negotiation.mediaType == .json && narrowed == nil ? ContentLevel.fixed : .composed
    return send(answer, text, level, negotiation, &batch)
  }

  static let portReason = "must be a number from 0 to 65535 without sign or leading zero"

  /// The transport that a path narrows its answer to.
  func pathTransport(_ segment: Range<Int>?) throws(Problem) -> TransportProtocol? {
    guard let segment else { return nil }
    let name = path.text[segment]
    guard let transport = ParameterReader.transport(name.span) else {
      throw .invalid("transport", in: .path, "must be one of \(ParameterReader.transportNames)")
    }
    return transport
  }

  /// Writes a port to ``text``.
  private func write(
    _ port: PortNumber,
    _ transport: TransportProtocol?,
    as type: MediaType
  ) {
    switch type {
    case .json:
      writer.removeAll()
      writePort(port, transport)
      writer.endText()
      text.append(contentsOf: writer.bytes)
    case .plainText:
      PortText.write(port, of: store.registry, narrowedTo: transport, &table, to: &text)
    case .csv:
      table.fill(port, of: store.registry, narrowedTo: transport)
      table.writeCSV(to: &text)
    case .html:
      HTMLPage.write(
        port,
        of: store.registry,
        narrowedTo: transport,
        store.fixed.dashboard.pageFiles,
        to: &text
      )
    }
  }

  /// Writes a port's JSON with what is ready of its assignments.
  func writePort(_ port: PortNumber, _ transport: TransportProtocol?) {
    let registry = store.registry
    PortBody.begin(port, of: registry, narrowedTo: transport, into: &writer)
    for place in registry.memberRange(of: port.rawValue) {
      let number = registry.member(at: place)
      guard PortBody.names(registry.records[number], transport) else { continue }
      store.writeAssignment(number, into: &writer)
      writer.endObject()
    }
    PortBody.end(into: &writer)
  }
}
