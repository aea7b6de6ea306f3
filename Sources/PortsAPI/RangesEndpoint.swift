import HTTP
package import PortRegistry

// `/ranges`, `/ranges/{name}`
extension APIResponder {
  /// - Parameter name: Where the range's name stands in the path; `nil` for all three.
  func answerRanges(
    _ name: Range<Int>?,
    _ negotiation: Negotiation,
    _ head: borrowing RequestHead,
    _ bytes: Span<UInt8>,
    _ batch: inout ResponseBatch
  ) throws(Problem) -> Disposition {
    var negotiation = negotiation
    var reader = ParameterReader(parameters, allowed: [])
    negotiation.mediaType = reader.mediaType(negotiation.mediaType)
    try reader.finish()
    var range: PortRange?
    if let segment = name {
      let name = path.text[segment]
      range = ParameterReader.range(name.span)
      if range == nil {
        guard let meant = rangeCalled(name) else {
          throw Problem(.unknownPath, "the ranges are \(ParameterReader.rangeNames)")
        }
        redirect(to: "/ranges/\(meant.rawValue)", negotiation, head, bytes, &batch)
        return .ready
      }
    }
    if negotiation.mediaType == .json {
      let fixed = range.map { store.fixed.range($0) } ?? store.fixed.ranges
      return try send(fixed, negotiation, head, bytes, &batch)
    }
    text.removeAll(keepingCapacity: true)
    let ranges = range.map { [$0] } ?? PortRange.allCases
    switch negotiation.mediaType {
    case .json, .plainText: RangesText.write(ranges, of: store.registry, &table, to: &text)
    case .csv:
      table.fill(ranges, of: store.registry)
      table.writeCSV(to: &text)
    case .html:
      HTMLPage.write(
        ranges,
        of: store.registry,
        store.fixed.dashboard.pageFiles,
        &table,
        to: &text
      )
    }
    var answer = RepresentationHead(data: negotiation.mediaType, store.shared)
    answer.digest = ContentDigest.of(text)
    if let end = try decide(answer, &negotiation, head, bytes, &batch) { return end }
    return send(answer, text, .composed, negotiation, &batch)
  }

  /// The range that people call `name`.
  private func rangeCalled(_ name: ArraySlice<UInt8>) -> PortRange? {
    let registry = store.registry
    return registry.rangeFacts.first { facts in
      facts.names.contains { registry.text[$0.bytes].elementsEqual(name) }
    }?.range
  }

  /// Leads to the standard's name; the query goes along.
  private func redirect(
    to path: String,
    _ negotiation: Negotiation,
    _ head: borrowing RequestHead,
    _ bytes: Span<UInt8>,
    _ batch: inout ResponseBatch
  ) {
    begin(.permanentRedirect, negotiation, &batch)
    batch.beginField("Location")
    batch.bytes.append(contentsOf: path.utf8)
    if let query = head.target.query {
      batch.bytes.append(UInt8(ascii: "?"))
      batch.bytes.append(copying: bytes.extracting(query))
    }
    batch.appendLineEnd()
    batch.appendLines(store.shared.redirect)
    batch.appendContentLength(0)
    batch.endHead()
  }
}

extension ParameterReader {
  static let rangeNames = "system, user, dynamic"

  static func range(_ name: Span<UInt8>) -> PortRange? {
    PortRange.allCases.first { name.equals($0.rawValue) }
  }
}

/// The ranges as text for people.
package enum RangesText {
  package static func write(
    _ ranges: [PortRange],
    of registry: Registry,
    _ table: inout Table,
    to output: inout [UInt8]
  ) {
    table.fill(ranges, of: registry)
    table.writeText(to: &output)
    for range in ranges {
      for fact in facts(range, of: registry) {
        output.append(contentsOf: "\n\(fact)".utf8)
      }
      output.append(.lineFeed)
    }
  }

  /// `system: …`
  static func facts(_ range: PortRange, of registry: Registry) -> [String] {
    registry.rangeFacts.filter { $0.range == range }.flatMap(\.facts)
      .map { "\(range.rawValue): \(registry.string($0))" }
  }
}

extension Table {
  /// Fills the table with the counts of each range and transport.
  package mutating func fill(_ ranges: [PortRange], of registry: Registry) {
    begin([
      "name", "first", "last", "names", "transport", "assigned", "reserved", "unassigned",
    ])
    for range in ranges {
      let counts = StateCounts(range, of: registry)
      let names = registry.rangeFacts.filter { $0.range == range }.flatMap(\.names)
      for transport in TransportProtocol.allCases {
        append(range.rawValue)
        append(Int(range.numbers.lowerBound))
        append(Int(range.numbers.upperBound))
        append(list: names.map { registry.string($0) })
        append(transport.name)
        append(counts.count(of: .assigned, transport))
        append(counts.count(of: .reserved, transport))
        append(counts.count(of: .unassigned, transport))
      }
    }
  }
}
