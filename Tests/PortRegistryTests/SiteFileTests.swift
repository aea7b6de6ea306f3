import PortRegistry
import Testing

/// Goal: the operator's file is taken as it is meant, or refused with the line and the reason.
@Suite struct SiteFileTests {
  private typealias T = Tables

  private static let header = "port,last,transports,service,name,owner,environments,link,note\n"

  private func fault(_ text: String) -> RegistryTableFault? {
    do throws(RegistryTableFault) {
      _ = try SiteFile(file: "site", Array(text.utf8))
      return nil
    } catch {
      return error
    }
  }

  private func registry(_ text: String, iana: [String] = []) throws -> (Registry, [String]) {
    let site = try SiteFile(file: "site", Array(text.utf8))
    let warnings = try site.warnings(against: T.registry(iana: iana + [T.row(1, "tcp", "tcpmux")]))
    var builder = RegistryBuilder()
    if !iana.isEmpty {
      try builder.add(.iana, table: "iana", Array((T.header + iana.joined()).utf8).span)
    }
    try site.add(to: &builder)
    return (builder.build(), warnings)
  }

  @Test(arguments: [
    header
      + "9400,9409,\"tcp,udp\",billing,Billing,payments,\"prod,test\",https://wiki.example.org/b,Ask first.\n",
    "transports,port,last,name,service,note,owner,environments,link\r\nTCP UDP,9400,9409,Billing,billing,Ask first.,payments,prod|test,https://wiki.example.org/b",
    """
    [{"port": 9400, "last": 9409, "transports": ["tcp", "udp"], "service": "billing", "name": "Billing",
      "owner": "payments", "environments": ["prod", "test"], "link": "https:\\/\\/wiki.example.org/b", "note": "Ask\\u0020first."}]
    """,
  ])
  func allFormsSayTheSame(text: String) throws {
    let (registry, warnings) = try registry(text)
    let billing = try #require(registry.assignments(of: PortNumber(9405)).first)
    #expect(billing.service == "billing")
    #expect(billing.name == "Billing")
    #expect(billing.port == PortNumber(9400))
    #expect(billing.last == PortNumber(9409))
    #expect(billing.transports(in: .site) == [.tcp, .udp])
    #expect(billing.references == ["https://wiki.example.org/b"])
    #expect(billing.note == "Ask first. Owner: payments. Environments: prod, test.")
    #expect(!billing.isOfficial)
    #expect(warnings == [])
  }

  @Test(arguments: [
    ("x,,tcp,a,,,,,", 2, "'x' is not a port number from 0 to 65535"),
    (",,tcp,a,,,,,", 2, "'' is not a port number from 0 to 65535"),
    ("9,9,tcp,a,,,,,", 2, "the last port of a range must be above the first"),
    ("9,65536,tcp,a,,,,,", 2, "'65536' is not a port number from 0 to 65535"),
    ("9,,,a,,,,,", 2, "names no transport"),
    ("9,,ip,a,,,,,", 2, "'ip' is not tcp, udp, sctp or dccp"),
    ("9,,tcp,a_b,,,,,", 2, "'a_b' is no service name as RFC 6335 §5.1 has it"),
    ("9,,tcp,,,,,,", 2, "has neither a service nor a name"),
    ("9,,tcp,,-,,,,", 2, "has neither a service nor a name"),
    ("9,,tcp,a,,,,javascript:alert(1),", 2, "the link must be an address of http or https"),
    ("9,,tcp,a,,,,https://,", 2, "the link must be an address of http or https"),
    ("9,,tcp,a,,,,https://x/<b>,", 2, "the link must be an address of http or https"),
    ("9,,tcp,a,,,,ftp://x/,", 2, "the link must be an address of http or https"),
    ("9,,tcp,a", 2, "has 4 fields where 9 columns are named"),
    ("9,,tcp,a,,,,,\n9,,tcp,a,,,,,", 3, "claims 9, which line 2 has for the same transport"),
    (
      "5,9,tcp,a,,,,,\n8,12,\"tcp,udp\",b,,,,,", 3,
      "claims 8, which line 2 has for the same transport"
    ),
    (
      "5,,tcp,a,,,prod,,\n5,,tcp,b,,,\"test,prod\",,", 3,
      "claims 5, which line 2 has for the same transport"
    ),
    (
      "9,,tcp,a,,\(String(repeating: "x", count: 1_001)),,,", 2,
      "the owner is longer than 1000 characters"
    ),
  ])
  func aFaultyEntryIsRefused(rows: String, line: Int, reason: String) {
    #expect(
      fault(Self.header + rows) == RegistryTableFault(table: "site", line: line, reason: reason)
    )
  }

  @Test(arguments: [
    ("", 0, "is empty"),
    ("port;transports\n", 1, "its fields are separated by semicolons, not by commas"),
    ("port,transports,protocol\n", 1, "there is no column 'protocol'"),
    ("port,last\n", 1, "the first line does not name the column 'transports'"),
    ("{}", 1, "is no array"), ("[1]", 1, "has an item that is no object"),
    ("[\n{\"port\": 1,\n\"x\": 2}]", 3, "there is no member 'x'"),
    ("[{\"port\": true}]", 1, "the member 'port' is no text, number or list of texts"),
    (
      "[{\"port\": 1.5, \"transports\": \"tcp\", \"name\": \"a\"}]", 1,
      "'1.5' is not a port number from 0 to 65535"
    ),
    ("[{\"port\": 1},]", 1, "has no value where one is expected"),
    ("[]]", 1, "holds something behind the value"),
    ("[{\"port\": 1, \"port\": 2}]", 1, "has the member 'port' twice"),
    ("[", 1, "ends where a value is expected"),
    ("[{\"port\": 01}]", 1, "has a number with a leading zero"),
    ("[{\"port\" 1}]", 1, "lacks a colon behind a name"),
    ("[{\"port\": -}]", 1, "has a number that lacks digits"),
    ("[{\"a\n\": 1}]", 1, "has a control byte in a string"),
    ("[{\"note\": \"\\ud800\"}]", 1, "has half of a surrogate pair"),
    ("[{\"note\": \"\\x\"}]", 1, "has an escape that JSON does not know"),
    ("[{\"note\": \"\\u00g0\"}]", 1, "has an escape without four hexadecimal digits"),
    ("[\"a", 1, "ends inside a string"),
    ("[{\"note\": nul}]", 1, "has no value where one is expected"),
    ("[// x\n]", 1, "has no value where one is expected"),
    (String(repeating: "[", count: 100_000), 1, "nests deeper than 16"),
  ])
  func aFileOfAnotherKindIsRefused(text: String, line: Int, reason: String) {
    #expect(fault(text) == RegistryTableFault(table: "site", line: line, reason: reason))
  }

  @Test func bytesThatAreNotUTF8AreRefused() {
    for prefix in ["[\"", Self.header] {
      let bytes = Array(prefix.utf8) + [0xFF, 0x0A]
      #expect(throws: RegistryTableFault.self) { try SiteFile(file: "site", bytes) }
    }
  }

  @Test func sizesAreBounded() {
    #expect(
      fault(String(repeating: " ", count: SiteFile.sizeMax + 1))?.reason
        == "is larger than 4194304 bytes"
    )
    let many = (0...10_000).map { "\($0),,tcp,a,,,,," }.joined(separator: "\n")
    #expect(fault(Self.header + many)?.reason == "has more than 10000 entries")
    let wide = (0..<20).map { "0,65535,tcp,a,,,e\($0),," }.joined(separator: "\n")
    #expect(fault(Self.header + wide)?.reason == "holds more than 1048576 ports")
  }

  @Test func twoServicesMaySharePortsInDifferentEnvironments() throws {
    let (registry, _) = try registry(
      Self.header + "5,,tcp,a,,,prod,,\n5,,tcp,b,,,test,,\n5,,udp,c,,,,,\n"
    )
    #expect(registry.assignments(of: PortNumber(5)).map(\.service) == ["a", "b", "c"])
  }

  /// What is no service merges with nothing, so each keeps its name.
  @Test func namesWithoutAServiceStayApart() throws {
    let (registry, _) = try registry(Self.header + "80,,tcp,,Alpha,,,,\n80,,udp,,Beta,,,,\n")
    let assignments = registry.assignments(of: PortNumber(80))
    #expect(assignments.map(\.name) == ["Alpha", "Beta"])
    #expect(assignments.map { $0.transports(in: .site) } == [[.tcp], [.udp]])
  }

  @Test func aServiceOfTwoEnvironmentsKeepsTheOwnersOfBoth() throws {
    let (registry, _) = try registry(
      Self.header + "80,,tcp,web,,Ann,prod,,\n80,,tcp,web,,Bob,test,,\n"
    )
    #expect(
      registry.assignments(of: PortNumber(80)).map(\.note) == [
        "Owner: Ann. Environments: prod. Owner: Bob. Environments: test."
      ]
    )
  }

  @Test func aClashWithAnOfficialAssignmentIsAWarningThatNamesIt() throws {
    let (registry, warnings) = try registry(
      Self.header + "442,444,tcp,portal,,,,,\n8080,,tcp,HTTP-alt,,,,,\n9,,udp,,Our nine,,,,\n",
      iana: [
        T.row(443, "tcp,udp", "https"), T.row(8080, "tcp", "http-alt"), T.row(9, "udp", "discard"),
      ]
    )
    #expect(
      warnings == [
        "site, line 2: 'portal' stands on 443/tcp, which is assigned to https",
        "site, line 4: 'Our nine' stands on 9/udp, which is assigned to discard",
      ]
    )
    #expect(registry.assignments(of: PortNumber(443)).map(\.service) == ["portal", "https"])
    #expect(registry.assignments(of: PortNumber(8080)).count == 1)
  }
}
