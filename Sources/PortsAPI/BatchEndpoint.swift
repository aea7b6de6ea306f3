import HTTP
import JSON
import PortRegistry

// `/ports?port=22,80,99999`
extension APIResponder {
  /// How many ports one batch may ask for.
  static let batchCountMax = 1000
  /// How long the answer to a batch may be, in bytes. It is above the limit of other answers
  /// because it cannot be cut: a thousand ports must come in one answer.
  static let batchBytesMax = 1024 * 1024

  func answerBatch(
    _ negotiation: Negotiation,
    _ head: borrowing RequestHead,
    _ bytes: Span<UInt8>,
    _ batch: inout ResponseBatch
  ) throws(Problem) -> Disposition {
    var negotiation = negotiation
    var reader = ParameterReader(parameters, allowed: [.port, .transport])
    let narrowed = reader.transport()
    negotiation.mediaType = reader.mediaType(negotiation.mediaType)
    var elements: [ArraySlice<UInt8>] = []
    reader.forEachValue(.port) {
      elements.append(
        contentsOf: $0.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
      )
    }
    if elements.contains(where: \.isEmpty) {
      reader.refuse(.port, "must be port numbers with commas between; one is empty")
    } else if elements.count > Self.batchCountMax {
      reader.refuse(.port, "must be at most \(Self.batchCountMax) port numbers")
    }
    try reader.finish()

    var answer = RepresentationHead(data: negotiation.mediaType, store.shared)
    answer.digest = tag(elements, narrowed, negotiation.mediaType)
    if let end = try decide(answer, &negotiation, head, bytes, &batch) { return end }
    if elements.count > DeferredAnswer.itemsFloor, !batch.circumstances.hasWaited {
      return .unfinished(DeferredAnswer(self, head, bytes, batch))
    }
    text.removeAll(keepingCapacity: true)
    switch negotiation.mediaType {
    case .json: try writeJSON(elements, narrowed)
    case .plainText: writeText(elements, narrowed)
    case .csv, .html: writeTable(elements, narrowed, negotiation.mediaType)
    }
    guard text.count <= Self.batchBytesMax else { throw Self.tooLong }
    return send(answer, text, .composed, negotiation, &batch)
  }

  private func tag(
    _ elements: [ArraySlice<UInt8>],
    _ narrowed: TransportProtocol?,
    _ type: MediaType
  ) -> UInt64 {
    var digest = ContentDigest()
    digest.append(store.digest)
    digest.append(UInt8(ascii: "b"))
    digest.append(narrowed?.rawValue ?? UInt8.max)
    digest.append(type.rawValue)
    for element in elements {
      digest.append(UInt64(element.count))
      digest.append(element.span)
    }
    return digest.finish()
  }

  private static var tooLong: Problem {
    .invalid(
      "port",
      "the answer would be longer than \(batchBytesMax) bytes; ask for fewer ports at a time"
    )
  }

  private func writeJSON(
    _ elements: [ArraySlice<UInt8>],
    _ narrowed: TransportProtocol?
  ) throws(Problem) {
    writer.removeAll()
    PageBody.begin(total: elements.count, into: &writer)
    for element in elements {
      guard let number = PortNumber.parse(element.span) else {
        BatchBody.write(fault: element, into: &writer)
        continue
      }
      if narrowed == nil, let entry = store.ports.entry(of: number) {
        writer.raw(store.ports.bytes[store.ports.entries[entry].identity.content].dropLast())
      } else {
        writePort(PortNumber(number), narrowed)
      }
      if writer.bytes.count > Self.batchBytesMax { throw Self.tooLong }
    }
    PageBody.end(into: &writer)
    writer.endText()
    text.append(contentsOf: writer.bytes)
  }

  private func writeText(_ elements: [ArraySlice<UInt8>], _ narrowed: TransportProtocol?) {
    for (place, element) in elements.enumerated() {
      if place > 0 { text.append(.lineFeed) }
      if let number = PortNumber.parse(element.span) {
        PortText.write(
          PortNumber(number),
          of: store.registry,
          narrowedTo: narrowed,
          &table,
          to: &text
        )
      } else {
        text.append(contentsOf: element)
        text.append(contentsOf: ": \(Self.portReason)\n".utf8)
      }
    }
  }

  /// One table of all assignments; an element that is no port has none.
  private func writeTable(
    _ elements: [ArraySlice<UInt8>],
    _ narrowed: TransportProtocol?,
    _ type: MediaType
  ) {
    table.beginAssignments()
    for element in elements {
      guard let number = PortNumber.parse(element.span) else { continue }
      for place in store.registry.memberRange(of: number) {
        let member = store.registry.member(at: place)
        if PortBody.names(store.registry.records[member], narrowed) {
          table.appendAssignment(member, of: store.registry)
        }
      }
    }
    if type == .csv { return table.writeCSV(to: &text) }
    HTMLPage.writeList(
      "\(elements.count) ports",
      store.fixed.dashboard.pageFiles,
      table,
      to: &text
    )
  }
}

/// The items of a batch that are no ports, as JSON.
package enum BatchBody {
  /// Writes an element that cannot be a port, and why.
  static func write(fault element: ArraySlice<UInt8>, into writer: inout JSONWriter) {
    writer.beginObject()
    writer.name("port")
    writer.value(element.span)
    writer.name("problem")
    ProblemBody.write(.invalid("port", APIResponder.portReason), into: &writer)
    writer.endObject()
  }
}
