import PortRegistry
import Testing

/// Goal: the registry that the program carries says what its tables say, for all 65,536 ports.
/// Method: read the tables a second time, in the plainest way, and scan them from end to end.
@Suite struct EmbeddedRegistryTests {
  private let registry: Registry

  init() throws { registry = try Embedded.registry.get() }

  private static func ports(_ row: [String: String]) -> ClosedRange<Int>? {
    guard let first = Int(row["first"] ?? "") else { return nil }
    return first...(Int(row["last"] ?? "") ?? first)
  }

  private static func transports(_ row: [String: String]) -> [String] {
    (row["transports"] ?? "").split(separator: ",").map(String.init)
  }

  private static func items(_ row: [String: String], _ column: String) -> [String] {
    (row[column] ?? "").split(separator: "|").map(String.init)
  }

  private static let official = Result {
    try Tables.plainRows("catalogue") + Tables.plainRows("iana")
  }

  @Test func theStateOfEveryPortAndTransportFollowsFromTheRows() throws {
    var expected: [String: [AssignmentState]] = [:]
    for transport in TransportProtocol.allCases {
      var states = [AssignmentState](repeating: .unassigned, count: 65_536)
      for row in try Self.official.get() {
        let named = Self.transports(row)
        guard let ports = Self.ports(row), named.isEmpty || named.contains(transport.name)
        else { continue }
        for port in ports {
          if row["state"] == "assigned", !named.isEmpty {
            states[port] = .assigned
          } else if row["state"] != "unassigned", states[port] == .unassigned {
            states[port] = .reserved
          }
        }
      }
      expected[transport.name] = states
    }
    for port in UInt16.min...UInt16.max {
      for transport in TransportProtocol.allCases {
        let state = registry.state(of: PortNumber(port), transport)
        if state != expected[transport.name]?[Int(port)] {
          Issue.record("\(port)/\(transport.name) is \(state)")
        }
      }
    }
    for range in PortRange.allCases {
      for transport in TransportProtocol.allCases {
        for state in AssignmentState.allCases {
          let bounds = Int(range.numbers.lowerBound)...Int(range.numbers.upperBound)
          #expect(
            registry.count(of: state, in: range, transport)
              == expected[transport.name]?[bounds].count { $0 == state }
          )
        }
      }
    }
  }

  @Test func everyRowIsAnsweredAtItsPorts() throws {
    for table in ["catalogue", "iana", "common"] {
      let layer = try #require(Layer(name: table))
      for row in try Tables.plainRows(table)
      where row["state"] == "assigned" || row["state"] == nil {
        guard let ports = Self.ports(row) else { continue }
        for port in Set([
          ports.lowerBound, (ports.lowerBound + ports.upperBound) / 2, ports.upperBound,
        ]) {
          let found = registry.assignments(of: PortNumber(UInt16(port))).filter {
            Int($0.port?.rawValue ?? 0) == ports.lowerBound
              && Int(($0.last ?? $0.port)?.rawValue ?? 0) == ports.upperBound
              && ($0.service?.lowercased() ?? "") == row["service"]?.lowercased()
              && ($0.service != nil || $0.name == row["name"])
          }
          guard found.count == 1, let match = found.first else {
            Issue.record("\(table): \(row) has \(found.count) answers")
            continue
          }
          let named = match.transports(in: layer)?.members.map(\.name) ?? []
          #expect(Set(named).isSuperset(of: Self.transports(row)))
          #expect(
            Set(match.references.map { $0.lowercased() }).isSuperset(
              of: Self.items(row, "references").map { $0.lowercased() }
            )
          )
          #expect(Set(match.trojans).isSuperset(of: Self.items(row, "trojans")))
          for alias in Self.items(row, "aliases") {
            let known = ([match.service ?? "", match.name] + match.aliases).map { $0.lowercased() }
            #expect(known.contains(alias.lowercased()), "\(port) \(alias)")
          }
        }
      }
    }
  }

  @Test func everyAnswerComesFromSomeRow() throws {
    let rows = try Self.official.get() + Tables.plainRows("common")
    let assigned = rows.filter { $0["state"] == "assigned" || $0["state"] == nil }
    let keys = Set(
      assigned.map { row in
        let service = row["service"] ?? ""
        return [
          row["first"] ?? "", row["last"] ?? "",
          service.isEmpty ? row["name"] ?? "" : service.lowercased(),
        ]
      }
    )
    #expect(registry.records.count == keys.count)
  }

  @Test func rowsWithoutAPortAreFoundByName() throws {
    let rows = try Tables.plainRows("iana").filter { $0["first"] == "" }
    #expect(rows.count == 760)
    for row in rows {
      let found = registry.assignments(named: row["service"] ?? "")
      #expect(found.contains { $0.port == nil })
    }
  }

  @Test func answersOfEveryPortStandInTheirOrder() {
    func rank(_ assignment: Assignment) -> (Int, Int, Int, Int) {
      (
        assignment.transports(in: .site) != nil ? 0 : 1, 9 - assignment.use,
        assignment.isOfficial ? 0 : 1, assignment.last == nil ? 0 : 1
      )
    }
    for port in UInt16.min...UInt16.max {
      let found = registry.assignments(of: PortNumber(port))
      for (left, right) in zip(found, found.dropFirst()) {
        let inOrder =
          rank(left) == rank(right)
          ? Array((left.service ?? left.name).utf8).lexicographicallyPrecedes(
            Array((right.service ?? right.name).utf8)
          ) || left.last != right.last
          : rank(left) < rank(right)
        if !inOrder { Issue.record("\(port): \(left.name) before \(right.name)") }
      }
    }
  }

  @Test func everyWeightNamesAnAssignment() throws {
    // Rows of the use table may weigh what only the common layer has.
    let isCommonThere = try !Tables.plainRows("common").isEmpty
    if isCommonThere { #expect(registry.unmatchedUses == []) }
  }

  @Test func whatIsPrintedOfFreeNumbersIsThere() {
    for port in [UInt16(0), 15, 100] { #expect(!registry.notes(of: port).isEmpty) }
  }

  @Test func theThreeRangesHaveTheirFacts() {
    #expect(registry.rangeFacts.map(\.range) == PortRange.allCases)
    #expect(registry.rangeFacts.allSatisfy { !$0.facts.isEmpty && !$0.names.isEmpty })
  }

  @Test func theTablesCarryADate() { #expect(registry.daysSince1970 >= 19_936) }
}
