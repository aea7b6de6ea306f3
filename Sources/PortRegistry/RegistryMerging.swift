extension RegistryBuilder {
  /// Merges what was taken.
  ///
  /// - Parameter scope: What searches are to find.
  package consuming func build(searching scope: SearchIndex.Scope = .words) -> Registry {
    mergeRows()
    applyUses()
    sortRecords()
    fillMembers()
    fillStates()
    return Registry(parts, searching: scope)
  }

  /// Brings rows of one port together, port by port, in the order in which they were taken.
  private mutating func mergeRows() {
    // Where each bucket begins; once the rows are in their order, where it ends.
    var bounds = [Int32](repeating: 0, count: Self.portCount + Self.portlessBucketCount + 1)
    for row in rows { bounds[bucket(row) + 1] += 1 }
    for place in 1..<bounds.count { bounds[place] += bounds[place - 1] }
    var order = [Int32](repeating: 0, count: rows.count)
    for index in rows.indices {
      let place = bucket(rows[index])
      order[Int(bounds[place])] = Int32(truncatingIfNeeded: index)
      bounds[place] += 1
    }
    parts.records.reserveCapacity(rows.count)
    var start: Int32 = 0
    for place in 0..<bounds.count - 1 {
      if place == Self.portCount { parts.portedCount = parts.records.count }
      let groupStart = parts.records.count
      for position in start..<bounds[place] {
        merge(rows[Int(order[Int(position)])], from: groupStart)
      }
      start = bounds[place]
    }
  }

  private static let portCount = 65_536
  /// Rows without a port are told apart by their names, so that few have to be compared.
  private static let portlessBucketCount = 1024

  private func bucket(_ row: Row) -> Int {
    if row.hasPort { return Int(row.first) }
    var hash: UInt32 = 2_166_136_261
    for index in (row.service.isEmpty ? row.name : row.service).bytes {
      hash = (hash ^ UInt32(Tokens.lowercased(parts.text[index]))) &* 16_777_619
    }
    return Self.portCount + Int(hash >> 16) % Self.portlessBucketCount
  }

  private mutating func merge(_ row: Row, from groupStart: Int) {
    for index in groupStart..<parts.records.count where isSame(index, row) {
      extend(index, with: row)
      return
    }
    let name = row.name.isEmpty ? row.service : row.name
    var record = AssignmentRecord(
      first: row.first,
      last: row.last,
      hasPort: row.hasPort,
      service: row.service,
      name: name
    )
    record.note = row.note
    record.registration = row.registration
    record.layers = row.layer.bit
    record.transportsByLayer[Int(row.layer.rawValue)] = row.transports.rawValue
    record.references = merged(Run(), split(row.references))
    record.trojans = merged(Run(), split(row.trojans))
    addAliases(split(row.aliases), to: &record)
    parts.records.append(record)
  }

  /// Whether a row speaks of the assignment that the record at `index` holds.
  private func isSame(_ index: Int, _ row: Row) -> Bool {
    let service = parts.records[index].service
    guard parts.records[index].last == row.last, service.isEmpty == row.service.isEmpty else {
      return false
    }
    return row.service.isEmpty
      ? equalsIgnoringCase(parts.records[index].name, row.name)
      : equalsIgnoringCase(service, row.service)
  }

  private mutating func extend(_ index: Int, with row: Row) {
    var record = parts.records[index]
    record.layers |= row.layer.bit
    record.transportsByLayer[Int(row.layer.rawValue)] |= row.transports.rawValue

    switch row.layer {
    case .iana: addTitle(row.name, to: &record)
    // Printed otherwise for another transport, or said otherwise by another layer.
    case .catalogue, .common, .site: addAliases([row.name], to: &record)
    }
    addAliases(split(row.aliases), to: &record)
    record.registration = joined(record.registration, row.registration)
    record.references = merged(record.references, split(row.references))
    record.trojans = merged(record.trojans, split(row.trojans))
    if record.note.isEmpty {
      record.note = row.note
    } else if !row.note.isEmpty, !equalsIgnoringCase(record.note, row.note) {
      record.note = joined(record.note, row.note)
    }
    parts.records[index] = record
  }

  /// IANA's title is the name, or the description where the name is a printed one.
  private func addTitle(_ title: TextRange, to record: inout AssignmentRecord) {
    guard !title.isEmpty, !equalsIgnoringCase(title, record.name) else { return }
    if record.name == record.service {
      record.name = title
    } else if record.description.isEmpty {
      record.description = title
    }
  }

  private mutating func addAliases(_ names: [TextRange], to record: inout AssignmentRecord) {
    if names.isEmpty { return }
    let known = record.aliases.indices.map { parts.lists[$0] }
    var aliases = known
    for name in names where !name.isEmpty && !isKnown(name, to: record, aliases) {
      aliases.append(name)
    }
    if aliases.count > known.count { record.aliases = run(aliases) }
  }

  private func isKnown(
    _ alias: TextRange,
    to record: AssignmentRecord,
    _ aliases: [TextRange]
  ) -> Bool {
    equalsIgnoringCase(alias, record.service) || equalsIgnoringCase(alias, record.name)
      || aliases.contains { equalsIgnoringCase(alias, $0) }
  }

  mutating func merged(_ run: Run, _ more: [TextRange]) -> Run {
    if more.isEmpty { return run }
    let known = run.indices.map { parts.lists[$0] }
    var all = known
    for item in more where !all.contains(where: { equalsIgnoringCase(item, $0) }) {
      all.append(item)
    }
    return all.count > known.count ? self.run(all) : run
  }

  mutating func run(_ items: [TextRange]) -> Run {
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

  // MARK: Weights

  private mutating func applyUses() {
    for use in uses {
      var found = false
      var index = firstRecord(of: use.port)
      while index < parts.portedCount, parts.records[index].first == use.port {
        if equalsIgnoringCase(parts.records[index].service, use.service) {
          parts.records[index].use = use.use
          found = true
        }
        index += 1
      }
      if !found {
        parts.unmatchedUses.append(
          "\(use.port) \(String(decoding: parts.text[use.service.bytes], as: UTF8.self))"
        )
      }
    }
  }

  /// The place of the first record that is not below `port`: they are in the order of their ports.
  private func firstRecord(of port: UInt16) -> Int {
    var low = 0
    var high = parts.portedCount
    while low < high {
      let middle = (low + high) / 2
      if parts.records[middle].first < port { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
