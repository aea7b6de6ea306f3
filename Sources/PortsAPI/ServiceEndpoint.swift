import HTTP
package import JSON
package import PortRegistry

// `/services/{name}`, `/services/{name}/{transport}`
extension APIResponder {
  func answerService(
    _ name: Range<Int>,
    _ transport: Range<Int>?,
    _ negotiation: Negotiation,
    _ head: borrowing RequestHead,
    _ bytes: Span<UInt8>,
    _ batch: inout ResponseBatch
  ) throws(Problem) -> Disposition {
    try refuseWhenOverloaded(batch)
    var negotiation = negotiation
    let narrowed = try pathTransport(transport)
    var reader = ParameterReader(parameters, allowed: [])
    negotiation.mediaType = reader.mediaType(negotiation.mediaType)
    try reader.finish()
    let registry = store.registry
    let name = path.text[name]
    let numbers = registry.serviceIndices(name.span).filter {
      PortBody.names(registry.records[$0], narrowed)
    }
    guard !numbers.isEmpty else {
      throw Problem(
        .unknownService,
        "no service has this name or alias\(narrowed.map { " over \($0.name)" } ?? ""); "
          + "/ports?q= finds names that are like it"
      )
    }
    text.removeAll(keepingCapacity: true)
    table.beginAssignments()
    for number in numbers { table.appendAssignment(number, of: registry) }
    switch negotiation.mediaType {
    case .json:
      writer.removeAll()
      ServiceBody.begin(name, total: numbers.count, into: &writer)
      for number in numbers {
        store.writeAssignment(number, into: &writer)
        writer.endObject()
      }
      PageBody.end(into: &writer)
      writer.endText()
      text.append(contentsOf: writer.bytes)
    case .plainText: table.writeText(to: &text)
    case .csv: table.writeCSV(to: &text)
    case .html:
      HTMLPage.writeList(
        "Service \(String(decoding: name, as: UTF8.self))",
        question: name,
        store.fixed.dashboard.pageFiles,
        table,
        to: &text
      )
    }
    var answer = RepresentationHead(data: negotiation.mediaType, store.shared)
    answer.digest = ContentDigest.of(text)
    if let end = try decide(answer, &negotiation, head, bytes, &batch) { return end }
    return send(answer, text, .composed, negotiation, &batch)
  }
}

/// A service by its exact name as JSON.
package enum ServiceBody {
  /// Writes the assignments that have the name.
  ///
  /// - Parameter numbers: From ``Registry/serviceIndices(_:)``.
  package static func write(
    _ name: String,
    _ numbers: [Int],
    of registry: Registry,
    into writer: inout JSONWriter
  ) {
    begin(Array(name.utf8)[...], total: numbers.count, into: &writer)
    for number in numbers { AssignmentBody.write(number, of: registry, into: &writer) }
    PageBody.end(into: &writer)
  }

  static func begin(_ name: ArraySlice<UInt8>, total: Int, into writer: inout JSONWriter) {
    writer.beginObject()
    writer.name("service")
    writer.value(name.span)
    writer.name("total")
    writer.value(total)
    writer.name("items")
    writer.beginArray()
  }
}
