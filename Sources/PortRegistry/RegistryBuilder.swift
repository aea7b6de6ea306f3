/// Merges the layers' tables into one ``Registry``.
///
/// One assignment is one (port, last, service). What the layers say of it is kept side by side;
/// nothing is merged by guessing.
package struct RegistryBuilder: ~Copyable {
  /// A row that assigns, before merging. Lists are still the cells they came from.
  private struct Row {
    var first: UInt16
    var last: UInt16
    var hasPort: Bool
    var transports: TransportSet
    var layer: Layer
    var service: TextRange
    var name: TextRange
    var note: TextRange
    var aliases: TextRange
    var references: TextRange
    var trojans: TextRange
  }

  private struct Reservation {
    var first: UInt16
    var last: UInt16
    var transports: TransportSet
  }

  private struct UseRow {
    var port: UInt16
    var service: TextRange
    var use: UInt8
  }

  private var parts = RegistryParts()
  private var rows: [Row] = []
  private var reservations: [Reservation] = []
  private var uses: [UseRow] = []
  /// Rows of the use table that name nothing any layer has.
  package private(set) var unmatchedUses: [String] = []

  package init() {}

  // MARK: Taking tables

  /// Takes a layer's table.
  ///
  /// - Throws: Which line is at fault and why. The builder is of no use then.
  package mutating func add(
    _ layer: Layer, table name: String, _ bytes: Span<UInt8>
  ) throws(RegistryTableFault) {
    let range = take(bytes)
    let text = parts.text
    var table = try RegistryTable(
      name, in: text.span, range, required: [.first, .last, .transports, .service, .name])
    while try table.nextRow(text.span) { try addRow(table, text.span, layer) }
    parts.daysSince1970 = max(parts.daysSince1970, table.daysSince1970)
  }

  private mutating func addRow(
    _ table: RegistryTable, _ bytes: Span<UInt8>, _ layer: Layer
  ) throws(RegistryTableFault) {
    let first = try table.port(.first, bytes)
    let last = try table.port(.last, bytes)
    if let last, last <= first ?? .max {
      throw table.fault("the last port of a range must be above the first")
    }
    let transports = try table.transports(bytes)
    let service = TextRange(table.cell(.service, bytes))
    let name = TextRange(table.cell(.name, bytes))
    let note = TextRange(table.cell(.note, bytes))
    switch try table.state(bytes) {
    case .assigned:
      if service.isEmpty, name.isEmpty { throw table.fault("has neither a service nor a name") }
      rows.append(
        Row(
          first: first ?? 0, last: last ?? first ?? 0, hasPort: first != nil,
          transports: transports, layer: layer, service: service,
          name: name.isEmpty ? service : name, note: note,
          aliases: TextRange(table.cell(.aliases, bytes)),
          references: TextRange(table.cell(.references, bytes)),
          trojans: TextRange(table.cell(.trojans, bytes))))
    case .reserved, .unassigned:
      guard let first else { throw table.fault("only an assignment may lack a port") }
      let last = last ?? first
      if try table.state(bytes) == .reserved, layer.isOfficial {
        reservations.append(Reservation(first: first, last: last, transports: transports))
      }
      if !note.isEmpty {
        parts.notes.append(
          Registry.Note(
            first: first, last: last, transports: transports, text: note, layer: layer))
      }
    }
  }

  /// Takes the table of weights.
  package mutating func addUse(table name: String, _ bytes: Span<UInt8>) throws(RegistryTableFault)
  {
    let range = take(bytes)
    let text = parts.text
    var table = try RegistryTable(
      name, in: text.span, range, required: [.port, .service, .use])
    while try table.nextRow(text.span) {
      guard let port = try table.port(.port, text.span) else { throw table.fault("lacks a port") }
      let cell = table.cell(.use, text.span)
      guard let use = RegistryTable.decimal(text.span.extracting(cell)), (0...9).contains(use)
      else { throw table.fault("the use must be a number from 0 to 9") }
      uses.append(
        UseRow(
          port: port, service: TextRange(table.cell(.service, text.span)), use: UInt8(use)))
    }
  }

  /// Takes the table of the three ranges.
  package mutating func addRanges(
    table name: String, _ bytes: Span<UInt8>
  ) throws(RegistryTableFault) {
    let range = take(bytes)
    let text = parts.text
    var table = try RegistryTable(
      name, in: text.span, range, required: [.name, .first, .last, .names, .facts])
    while try table.nextRow(text.span) {
      let word = table.text(table.cell(.name, text.span), text.span)
      guard let portRange = PortRange(rawValue: word) else {
        throw table.fault("'\(word)' is not system, user or dynamic")
      }
      guard try table.port(.first, text.span) == portRange.numbers.lowerBound,
        try table.port(.last, text.span) == portRange.numbers.upperBound
      else { throw table.fault("the bounds of \(word) are not those of RFC 6335") }
      parts.rangeFacts.append(
        Registry.RangeFacts(
          range: portRange,
          names: split(TextRange(table.cell(.names, text.span))),
          facts: split(TextRange(table.cell(.facts, text.span)))))
    }
  }

  /// Copies a table behind those taken before.
  private mutating func take(_ bytes: Span<UInt8>) -> Range<Int> {
    let start = parts.text.count
    parts.text.append(addingCapacity: bytes.count) { target in
      for index in bytes.indices { target.append(bytes[index]) }
    }
    return start..<parts.text.count
  }

  private func split(_ cell: TextRange) -> [TextRange] {
    var items: [TextRange] = []
    var start = cell.bytes.lowerBound
    var index = start
    while index <= cell.bytes.upperBound, !cell.isEmpty {
      if index == cell.bytes.upperBound || parts.text[index] == UInt8(ascii: "|") {
        if index > start { items.append(TextRange(start..<index)) }
        start = index + 1
      }
      index += 1
    }
    return items
  }

  // MARK: Merging

  /// Merges what was taken.
  package consuming func build() -> Registry {
    mergeRows()
    applyUses()
    sortRecords()
    fillMembers()
    fillStates()
    return Registry(parts)
  }

  /// Brings rows of one port together, port by port, in the order in which they were taken.
  private mutating func mergeRows() {
    var starts = [Int32](repeating: 0, count: 65_538)
    for row in rows { starts[bucket(row) + 1] += 1 }
    for place in 1..<starts.count { starts[place] += starts[place - 1] }
    var order = [Int32](repeating: 0, count: rows.count)
    var next = starts
    for index in rows.indices {
      let place = bucket(rows[index])
      order[Int(next[place])] = Int32(truncatingIfNeeded: index)
      next[place] += 1
    }
    parts.records.reserveCapacity(rows.count)
    for place in 0...65_536 {
      let groupStart = parts.records.count
      for position in starts[place]..<starts[place + 1] {
        merge(rows[Int(order[Int(position)])], from: groupStart)
      }
      if place == 65_535 { parts.portedCount = parts.records.count }
    }
  }

  private func bucket(_ row: Row) -> Int { row.hasPort ? Int(row.first) : 65_536 }

  private mutating func merge(_ row: Row, from groupStart: Int) {
    for index in groupStart..<parts.records.count where isSame(parts.records[index], row) {
      extend(index, with: row)
      return
    }
    var record = AssignmentRecord(
      first: row.first, last: row.last, hasPort: row.hasPort, service: row.service, name: row.name)
    record.note = row.note
    record.layers = row.layer.bit
    record.transportsByLayer[Int(row.layer.rawValue)] = row.transports.rawValue
    let index = parts.records.count
    parts.records.append(record)
    parts.records[index].references = run(split(row.references))
    parts.records[index].trojans = run(split(row.trojans))
    parts.records[index].aliases = run(split(row.aliases).filter { !isKnown($0, to: record, []) })
  }

  /// Whether a row speaks of the assignment that `record` holds.
  private func isSame(_ record: AssignmentRecord, _ row: Row) -> Bool {
    guard record.last == row.last, record.service.isEmpty == row.service.isEmpty else {
      return false
    }
    return row.service.isEmpty
      ? equalsIgnoringCase(record.name, row.name) : equalsIgnoringCase(record.service, row.service)
  }

  private mutating func extend(_ index: Int, with row: Row) {
    var record = parts.records[index]
    record.layers |= row.layer.bit
    record.transportsByLayer[Int(row.layer.rawValue)] |= row.transports.rawValue

    var aliases = record.aliases.indices.map { parts.lists[$0] }
    if row.layer == .iana, !equalsIgnoringCase(record.name, row.name) {
      if record.description.isEmpty { record.description = row.name }
    } else if row.layer == .catalogue, !isKnown(row.name, to: record, aliases) {
      // Printed otherwise for the other transport.
      aliases.append(row.name)
    }
    for alias in split(row.aliases) where !isKnown(alias, to: record, aliases) {
      aliases.append(alias)
    }
    if aliases.count != Int(record.aliases.count) { record.aliases = run(aliases) }

    record.references = merged(record.references, split(row.references))
    record.trojans = merged(record.trojans, split(row.trojans))
    if record.note.isEmpty {
      record.note = row.note
    } else if !row.note.isEmpty, row.note != record.note {
      record.note = joined(record.note, row.note)
    }
    parts.records[index] = record
  }

  private func isKnown(
    _ alias: TextRange, to record: AssignmentRecord, _ aliases: [TextRange]
  ) -> Bool {
    equalsIgnoringCase(alias, record.service) || equalsIgnoringCase(alias, record.name)
      || aliases.contains { equalsIgnoringCase(alias, $0) }
  }

  private mutating func merged(_ run: Run, _ more: [TextRange]) -> Run {
    let known = run.indices.map { parts.lists[$0] }
    let new = more.filter { item in !known.contains { equalsIgnoringCase(item, $0) } }
    return new.isEmpty ? run : self.run(known + new)
  }

  private mutating func run(_ items: [TextRange]) -> Run {
    if items.isEmpty { return Run() }
    let start = parts.lists.count
    parts.lists.append(contentsOf: items)
    return Run(start: UInt32(start), count: UInt32(items.count))
  }

  /// Two sentences as one text.
  private mutating func joined(_ first: TextRange, _ second: TextRange) -> TextRange {
    let start = parts.text.count
    parts.text.append(contentsOf: Array(parts.text[first.bytes]))
    parts.text.append(UInt8(ascii: " "))
    parts.text.append(contentsOf: Array(parts.text[second.bytes]))
    return TextRange(start..<parts.text.count)
  }

  private func equalsIgnoringCase(_ left: TextRange, _ right: TextRange) -> Bool {
    guard left.size == right.size else { return false }
    let offset = right.bytes.lowerBound - left.bytes.lowerBound
    for index in left.bytes {
      let a = parts.text[index]
      let b = parts.text[index + offset]
      if a != b, Tokens.lowercased(a) != Tokens.lowercased(b) { return false }
    }
    return true
  }

  // MARK: Order

  private mutating func applyUses() {
    // Records are still in the order of their ports.
    var starts = [Int](repeating: 0, count: 65_537)
    for record in parts.records[..<parts.portedCount] { starts[Int(record.first) + 1] += 1 }
    for place in 1..<starts.count { starts[place] += starts[place - 1] }
    for use in uses {
      var found = false
      for index in starts[Int(use.port)]..<starts[Int(use.port) + 1]
      where equalsIgnoringCase(parts.records[index].service, use.service) {
        parts.records[index].use = use.use
        found = true
      }
      if !found {
        unmatchedUses.append(
          "\(use.port) \(String(decoding: parts.text[use.service.bytes], as: UTF8.self))")
      }
    }
  }

  /// Puts the records of one port into the order in which they are answered.
  private mutating func sortRecords() {
    var start = 0
    while start < parts.records.count {
      var end = start + 1
      let first = parts.records[start]
      while end < parts.records.count, parts.records[end].first == first.first,
        parts.records[end].hasPort == first.hasPort
      {
        end += 1
      }
      if end - start > 1 {
        let sorted = parts.records[start..<end].sorted { precedes($0, $1) }
        parts.records.replaceSubrange(start..<end, with: sorted)
      }
      start = end
    }
  }

  private func precedes(_ left: AssignmentRecord, _ right: AssignmentRecord) -> Bool {
    if left.precedence != right.precedence { return left.precedence < right.precedence }
    let a = parts.text[(left.service.isEmpty ? left.name : left.service).bytes]
    let b = parts.text[(right.service.isEmpty ? right.name : right.service).bytes]
    if a != b { return a.lexicographicallyPrecedes(b) }
    return (left.first, left.last) < (right.first, right.last)
  }

  /// Makes each port's list, with the ranges that hold it.
  private mutating func fillMembers() {
    var starts = [UInt32](repeating: 0, count: 65_537)
    for record in parts.records[..<parts.portedCount] {
      for port in record.first...record.last { starts[Int(port) + 1] += 1 }
    }
    for place in 1..<starts.count { starts[place] += starts[place - 1] }
    var members = [UInt32](repeating: 0, count: Int(starts[65_536]))
    var next = starts
    var mixed: Set<UInt16> = []
    for index in 0..<parts.portedCount {
      let record = parts.records[index]
      for port in record.first...record.last {
        if next[Int(port)] > starts[Int(port)], port != record.first || record.isRange {
          mixed.insert(port)
        }
        members[Int(next[Int(port)])] = UInt32(index)
        next[Int(port)] += 1
      }
    }
    // Records come in the order of their first ports; where a range from below meets others, the
    // order of answers is made anew.
    for index in 0..<parts.portedCount where parts.records[index].isRange {
      let record = parts.records[index]
      for port in record.first...record.last where starts[Int(port) + 1] - starts[Int(port)] > 1 {
        mixed.insert(port)
      }
    }
    for port in mixed {
      let range = Int(starts[Int(port)])..<Int(starts[Int(port) + 1])
      let sorted = members[range].sorted {
        precedes(parts.records[Int($0)], parts.records[Int($1)])
      }
      members.replaceSubrange(range, with: sorted)
    }
    parts.memberStarts = starts
    parts.members = members
  }

  // MARK: States

  /// Assigned if any official layer assigns, else reserved if any reserves, else unassigned.
  private mutating func fillStates() {
    var states = [UInt8](repeating: 0, count: 65_536)
    var occupancy = [UInt8](repeating: 0, count: 65_536)
    for reservation in reservations {
      mark(&states, reservation.first...reservation.last, reservation.transports, .reserved)
    }
    let ported = parts.records[..<parts.portedCount]
    for record in ported where record.isOfficial && officialTransports(record).isEmpty {
      // RFC 6335 §8.1.1: a name without a transport keeps the number from all of them.
      mark(&states, record.first...record.last, .all, .reserved)
    }
    for record in ported {
      mark(&states, record.first...record.last, officialTransports(record), .assigned)
      let used = record.transports.isEmpty ? TransportSet.all : record.transports
      for port in record.first...record.last {
        occupancy[Int(port)] |= used.rawValue | record.layers << 4
      }
    }
    parts.states = states
    parts.occupancy = occupancy
  }

  private func officialTransports(_ record: AssignmentRecord) -> TransportSet {
    record.transports(in: .catalogue).union(record.transports(in: .iana))
  }

  private func mark(
    _ states: inout [UInt8], _ ports: ClosedRange<UInt16>, _ transports: TransportSet,
    _ state: AssignmentState
  ) {
    guard !transports.isEmpty else { return }
    for port in ports {
      var states_ = PortStates(rawValue: states[Int(port)])
      for transport in TransportProtocol.allCases where transports.contains(transport) {
        if states_[transport].rawValue < state.rawValue { states_[transport] = state }
      }
      states[Int(port)] = states_.rawValue
    }
  }
}
