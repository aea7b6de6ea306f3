import PortRegistry
import Testing

/// Goal: what the layers say meets as DESIGN §4 has it, and nothing is merged by guessing.
/// Method: registries of a few rows each.
@Suite struct MergingTests {
  private typealias T = Tables

  private func only(_ registry: Registry, _ port: UInt16) throws -> Assignment {
    let found = registry.assignments(of: PortNumber(port))
    #expect(found.count == 1)
    return try #require(found.first)
  }

  @Test func thePrintedNameStaysAndTheTitleBecomesTheDescription() throws {
    let registry = try T.registry(
      catalogue: [
        T.row(80, "tcp", "http", "Hypertext Transfer Protocol (HTTP)", references: "RFC 2616")
      ],
      iana: [
        T.row(80, "tcp,udp", "http", "World Wide Web HTTP", aliases: "www", references: "RFC 9110")
      ]
    )
    let http = try only(registry, 80)
    #expect(http.service == "http")
    #expect(http.name == "Hypertext Transfer Protocol (HTTP)")
    #expect(http.description == "World Wide Web HTTP")
    #expect(http.aliases == ["www"])
    #expect(http.references == ["RFC 2616", "RFC 9110"])
    #expect(http.transports == [.tcp, .udp])
    #expect(http.transports(in: .catalogue) == .tcp)
    #expect(http.transports(in: .iana) == [.tcp, .udp])
    #expect(http.transports(in: .common) == nil)
    #expect(http.isOfficial)
  }

  @Test func theTitleIsTheNameWhereNothingIsPrinted() throws {
    let registry = try T.registry(iana: [
      T.row(5432, "tcp", "postgresql"), T.row(5432, "udp", "postgresql", "PostgreSQL Database"),
    ])
    let postgresql = try only(registry, 5432)
    #expect(postgresql.name == "PostgreSQL Database")
    #expect(postgresql.description == nil)
  }

  @Test func theServiceNameIsTheNameWhereThereIsNoOther() throws {
    let smux = try only(try T.registry(iana: [T.row(199, "tcp", "smux")]), 199)
    #expect(smux.name == "smux")
    #expect(smux.description == nil)
  }

  @Test func anAssignmentIsOnePortLastAndService() throws {
    let registry = try T.registry(iana: [
      T.row(6000, to: 6063, "tcp", "x11"), T.row(6000, to: 6062, "tcp", "x11"),
      T.row(6000, "tcp", "x11"), T.row(6000, "tcp", "X12"), T.row(6000, "udp", "x12"),
    ])
    #expect(registry.assignments(of: PortNumber(6000)).count == 4)
    #expect(registry.assignments(of: PortNumber(6063)).count == 1)
  }

  @Test func anEntryWithoutAServiceMergesWithNothing() throws {
    let registry = try T.registry(
      catalogue: [T.row(106, "tcp", "-", "poppassd")],
      iana: [T.row(106, "tcp", "poppassd"), T.row(106, "tcp", "3com-tsmux", "poppassd")]
    )
    let found = registry.assignments(of: PortNumber(106))
    #expect(found.map(\.service) == [.some("3com-tsmux"), .some("poppassd"), nil])
    #expect(found.map { $0.transports(in: .iana) == nil } == [false, false, true])
  }

  @Test func anotherPrintedNameIsAnAlias() throws {
    let registry = try T.registry(catalogue: [
      T.row(888, "udp", "accessbuilder", "AccessBuilder"),
      T.row(888, "tcp", "accessbuilder", "AccessBuilder / CD Database"),
    ])
    let found = try only(registry, 888)
    #expect(found.name == "AccessBuilder")
    #expect(found.aliases == ["AccessBuilder / CD Database"])
  }

  @Test func nobodysOwnNameForAnOfficialServiceIsLost() throws {
    let registry = try T.registry(
      iana: [T.row(8080, "tcp", "http-alt", "HTTP Alternate")],
      common: [T.row(8080, "tcp", "http-alt", "HTTP for developers", aliases: "web-dev")],
      site: [T.row(8080, "tcp", "http-alt", "Billing front")]
    )
    let found = try only(registry, 8080)
    #expect(found.name == "HTTP Alternate")
    #expect(found.aliases == ["HTTP for developers", "web-dev", "Billing front"])
  }

  @Test func listsOfAllLayersAreJoinedWithoutRepeating() throws {
    let registry = try T.registry(
      catalogue: [
        T.row(911, "tcp", "xact", "XACT", references: "RFC 1", trojans: "Dark Shadow", note: "One.")
      ],
      iana: [
        T.row(911, "tcp", "XACT", "xact backup", aliases: "xact|XB|xb", references: "rfc 1|RFC 2")
      ],
      common: [T.row(911, "tcp", "xact", aliases: "xb|emergency", note: "Two.")]
    )
    let found = try only(registry, 911)
    #expect(found.aliases == ["XB", "emergency"])
    #expect(found.references == ["RFC 1", "RFC 2"])
    #expect(found.trojans == ["Dark Shadow"])
    #expect(found.note == "One. Two.")
  }

  @Test func aRangeAnswersForEveryPortInIt() throws {
    let registry = try T.registry(iana: [
      T.row(6000, to: 6063, "tcp", "x11", "X Window System"),
      T.row(0, to: 65_535, "dccp", "everywhere"),
    ])
    for (port, services) in [
      (0, ["everywhere"]), (5999, ["everywhere"]), (6000, ["everywhere", "x11"]),
      (6010, ["everywhere", "x11"]), (6063, ["everywhere", "x11"]), (6064, ["everywhere"]),
      (65_535, ["everywhere"]),
    ] {
      let found = registry.assignments(of: PortNumber(UInt16(port)))
      #expect(found.map(\.service) == services)
      #expect(registry.state(of: PortNumber(UInt16(port)), .dccp) == .assigned)
    }
    #expect(registry.assignments(of: PortNumber(6010)).last?.last == PortNumber(6063))
  }

  @Test func theOrderIsSiteUseOfficialSpecificName() throws {
    let registry = try T.registry(
      iana: [
        T.row(9090, "tcp", "websm"), T.row(9090, "tcp", "abc"), T.row(9080, to: 9099, "tcp", "aaa"),
        T.row(9080, to: 9098, "tcp", "used"),
      ],
      common: [
        T.row(9090, "tcp", "prometheus"), T.row(9090, "tcp", "aa-common"),
        T.row(9080, to: 9095, "tcp", "a-common"),
      ],
      site: [T.row(9090, "tcp", "zz-site")],
      use: ["9090\tprometheus\t9\n", "9080\tused\t3\n"]
    )
    #expect(
      registry.assignments(of: PortNumber(9090)).map(\.service) == [
        "zz-site", "prometheus", "used", "abc", "websm", "aaa", "aa-common", "a-common",
      ]
    )
  }

  @Test func aNamedRowWithoutATransportReservesAllFour() throws {
    let registry = try T.registry(iana: [T.row(3322, to: 3325, "-", "active-net")])
    let found = try only(registry, 3324)
    #expect(found.transports.isEmpty)
    #expect(found.transports(in: .iana) == [])
    for transport in TransportProtocol.allCases {
      #expect(registry.state(of: PortNumber(3325), transport) == .reserved)
      #expect(registry.state(of: PortNumber(3326), transport) == .unassigned)
    }
  }

  @Test func aTransportNamedElsewhereLeavesTheOthersReserved() throws {
    let registry = try T.registry(
      catalogue: [T.row(7, "tcp", "echo", "Echo")],
      iana: [T.row(7, "-", "echo")]
    )
    #expect(
      TransportProtocol.allCases.map { registry.state(of: PortNumber(7), $0) }
        == [.assigned, .reserved, .reserved, .reserved]
    )
  }

  @Test func aReservedRowWithoutATransportReservesAllFour() throws {
    let registry = try T.registry(iana: [T.row(225, to: 241, "-", state: "reserved")])
    #expect(
      TransportProtocol.allCases.allSatisfy { registry.state(of: PortNumber(241), $0) == .reserved }
    )
  }

  @Test func assignedBeatsReservedAndReservedBeatsUnassigned() throws {
    let registry = try T.registry(
      catalogue: [T.row(1, "tcp,udp", state: "unassigned"), T.row(2, "udp", state: "reserved")],
      iana: [T.row(1, "tcp", "a"), T.row(1, "tcp,udp", state: "reserved"), T.row(2, "udp", "b")]
    )
    #expect(registry.state(of: PortNumber(1), .tcp) == .assigned)
    #expect(registry.state(of: PortNumber(1), .udp) == .reserved)
    #expect(registry.state(of: PortNumber(2), .udp) == .assigned)
  }

  @Test func whatIsNotOfficialChangesNoState() throws {
    let registry = try T.registry(
      common: [T.row(3000, "tcp", "grafana"), T.row(3001, "tcp", state: "reserved")],
      site: [T.row(3000, "-", "ours")]
    )
    #expect(registry.states(of: PortNumber(3000)) == PortStates(rawValue: 0))
    #expect(registry.states(of: PortNumber(3001)) == PortStates(rawValue: 0))
    #expect(registry.usedTransports(of: 3000) == .all)
    #expect(registry.layers(of: 3000) == 0b1100)
    #expect(!registry.assignments(of: PortNumber(3000)).contains { $0.isOfficial })
  }

  @Test func aNameWithoutAPortIsFoundByNameOnly() throws {
    let registry = try T.registry(iana: [
      T.row(nil, "tcp", "airplay", "AirPlay"), T.row(0, "tcp", "zero"), T.row(nil, "udp", "zero"),
    ])
    #expect(registry.assignments(of: PortNumber(0)).map(\.service) == ["zero"])
    #expect(registry.assignments(named: "AIRPLAY").map(\.port) == [nil])
    #expect(registry.assignments(named: "zero").map(\.port) == [PortNumber(0), nil])
    #expect(registry.portedCount == 1)
  }

  @Test func whatIsPrintedOfAFreeNumberIsANote() throws {
    let registry = try T.registry(catalogue: [
      T.row(15, "tcp,udp", state: "unassigned", note: "Once netstat."),
      T.row(100, to: 103, "tcp", state: "reserved", note: "Gone."),
    ])
    #expect(registry.notes(of: 15).map { registry.string($0.text) } == ["Once netstat."])
    #expect(registry.notes(of: 103).map(\.transports) == [.tcp])
    #expect(registry.notes(of: 104).isEmpty)
  }

  @Test func aWeightThatNamesNothingIsReported() throws {
    let registry = try T.registry(
      iana: [T.row(22, "tcp", "ssh")],
      use: ["22\tSSH\t9\n", "23\tssh\t1\n", "22\ttelnet\t1\n"]
    )
    #expect(try only(registry, 22).use == 9)
    #expect(registry.unmatchedUses == ["23 ssh", "22 telnet"])
  }

  @Test func moreThanAnyoneCouldMeanIsRefused() {
    let everywhere = (0..<200).map { T.row(0, to: 65_535, "tcp", "s\($0)") }
    #expect(throws: RegistryTableFault.self) { try T.registry(iana: everywhere) }
  }
}
