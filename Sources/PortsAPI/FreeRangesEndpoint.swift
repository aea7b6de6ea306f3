import HTTP
package import JSON
package import PortRegistry

// `/free-ranges`
extension APIResponder {
  func answerFreeRanges(
    _ negotiation: Negotiation,
    _ head: borrowing RequestHead,
    _ bytes: Span<UInt8>,
    _ batch: inout ResponseBatch
  ) throws(Problem) -> Disposition {
    try refuseWhenOverloaded(batch)
    var negotiation = negotiation
    var reader = ParameterReader(
      parameters,
      allowed: [.transport, .range, .size, .limit, .cursor]
    )
    let demand = FreeDemand(&reader)
    negotiation.mediaType = reader.mediaType(negotiation.mediaType)
    try reader.finish()
    let binding = demand.binding(store.digest)
    var after: UInt64?
    if reader.has(.cursor) {
      let cursor = reader.value(.cursor)
      after = try Cursor.read(cursor.span, binding)
    }

    var answer = RepresentationHead(data: negotiation.mediaType, store.shared)
    var tag = binding
    tag.append(UInt64(demand.limit))
    tag.append(after ?? UInt64.max)
    tag.append(negotiation.mediaType.rawValue)
    answer.digest = tag.finish()
    if let end = try decide(answer, &negotiation, head, bytes, &batch) { return end }

    let blocks = store.freeBlocks.blocks(for: demand.transport).filter(demand.accepts)
    let rest = blocks.drop { block in after.map { UInt64(block.first) <= $0 } ?? false }
    let items = rest.prefix(demand.limit)
    let last = items.count < rest.count ? items.last.map { UInt64($0.first) } : nil
    leadOn(last, binding, bytes, head.target, &answer)
    write(items, total: blocks.count, negotiation.mediaType)
    return send(answer, text, .composed, negotiation, &batch)
  }

  private func write(_ items: ArraySlice<FreeBlocks.Block>, total: Int, _ type: MediaType) {
    text.removeAll(keepingCapacity: true)
    if type == .json {
      writer.removeAll()
      FreeBody.write(items, total: total, next: next.cursor, into: &writer)
      writer.endText()
      text.append(contentsOf: writer.bytes)
      return
    }
    table.fill(items)
    switch type {
    case .json, .plainText: table.writeText(to: &text)
    case .csv: table.writeCSV(to: &text)
    case .html:
      HTMLPage.writeList(
        "\(total) free blocks",
        next: next.target,
        store.fixed.dashboard.pageFiles,
        table,
        to: &text
      )
    }
  }
}

/// What a free block must be.
package struct FreeDemand: Sendable {
  /// The transport that it must be free for; `nil` for all four at once.
  package var transport: TransportProtocol?
  /// Ranges of which it lies in one; empty for any.
  package var ranges: [PortRange] = []
  /// How many ports it must have.
  package var size = 1
  package var limit = Question.limitElse

  package init() {}

  init(_ reader: inout ParameterReader) {
    transport = reader.transport()
    size = reader.number(.size, in: 1...65_535, else: 1)
    limit = reader.number(.limit, in: Question.limits, else: Question.limitElse)
    var ranges: [PortRange] = []
    reader.list(.range, of: ParameterReader.rangeNames) { word in
      guard let range = ParameterReader.range(word) else { return false }
      if !ranges.contains(range) { ranges.append(range) }
      return true
    }
    self.ranges = ranges
  }

  package func accepts(_ block: FreeBlocks.Block) -> Bool {
    block.size >= size && (ranges.isEmpty || ranges.contains(block.range))
  }

  func binding(_ data: UInt64) -> ContentDigest {
    var digest = ContentDigest()
    digest.append(data)
    digest.append(UInt8(ascii: "f"))
    digest.append(transport?.rawValue ?? UInt8.max)
    digest.append(UInt64(size))
    for range in PortRange.allCases { digest.append(ranges.contains(range) ? UInt8(1) : 0) }
    return digest
  }
}

/// Free blocks as JSON.
package enum FreeBody {
  package static func write(
    _ items: ArraySlice<FreeBlocks.Block>,
    total: Int,
    next: [UInt8],
    into writer: inout JSONWriter
  ) {
    PageBody.begin(total: total, into: &writer)
    for block in items {
      writer.beginObject()
      writer.name("first")
      writer.value(Int(block.first))
      writer.name("last")
      writer.value(Int(block.last))
      writer.name("size")
      writer.value(block.size)
      writer.name("range")
      writer.value(block.range.rawValue)
      writer.endObject()
    }
    PageBody.end(next: next, into: &writer)
  }
}

extension Table {
  /// Fills the table with free blocks.
  package mutating func fill(_ blocks: ArraySlice<FreeBlocks.Block>) {
    begin(["first", "last", "size", "range"])
    for block in blocks {
      append(Int(block.first))
      append(Int(block.last))
      append(block.size)
      append(block.range.rawValue)
    }
  }
}
