extension RegistryBuilder {
  /// Puts the records of one port into the order in which they are answered.
  mutating func sortRecords() {
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
    // A service before a printed entry of the same name, which is none.
    if left.service.isEmpty != right.service.isEmpty { return right.service.isEmpty }
    return (left.first, left.last) < (right.first, right.last)
  }

  /// Makes each port's list, with the ranges that hold it.
  mutating func fillMembers() {
    // A port's place holds where the list of the one before begins; once the members are in their
    // lists, where that list ends, which is where its own begins.
    var starts = [UInt32](repeating: 0, count: 65_538)
    for record in parts.records[..<parts.portedCount] {
      for port in record.first...record.last { starts[Int(port) + 2] += 1 }
    }
    for place in 1..<starts.count { starts[place] += starts[place - 1] }
    var members = [UInt32](repeating: 0, count: Int(starts[65_537]))
    for index in 0..<parts.portedCount {
      for port in parts.records[index].first...parts.records[index].last {
        members[Int(starts[Int(port) + 1])] = UInt32(index)
        starts[Int(port) + 1] += 1
      }
    }
    starts.removeLast()
    // Records come in the order of their first ports; where a range from below meets others, the
    // order of answers is made anew.
    var mixed: Set<UInt16> = []
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
  mutating func fillStates() {
    var states = [UInt8](repeating: 0, count: 65_536)
    var occupancy = [UInt8](repeating: 0, count: 65_536)
    for reservation in reservations {
      mark(&states, reservation.first...reservation.last, reservation.transports, .reserved)
    }
    let ported = parts.records[..<parts.portedCount]
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
    _ states: inout [UInt8],
    _ ports: ClosedRange<UInt16>,
    _ transports: TransportSet,
    _ state: AssignmentState
  ) {
    guard !transports.isEmpty else { return }
    for port in ports {
      var portStates = PortStates(rawValue: states[Int(port)])
      for transport in TransportProtocol.allCases where transports.contains(transport) {
        if portStates[transport].rawValue < state.rawValue { portStates[transport] = state }
      }
      states[Int(port)] = portStates.rawValue
    }
  }
}
