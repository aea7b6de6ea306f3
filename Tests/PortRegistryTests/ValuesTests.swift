import PortRegistry
import Testing

/// Goal: the small values read exactly what the standards allow.
@Suite struct ValuesTests {
  @Test func everyPortNumberIsReadFromItsOwnDigitsOnly() {
    for number in UInt16.min...UInt16.max {
      let port = PortNumber(parsing: String(number))
      #expect(port?.rawValue == number)
      #expect(port?.description == String(number))
    }
  }

  @Test(arguments: [
    "", "-1", "+1", " 1", "1 ", "00", "01", "000443", "65536", "99999", "100000", "4294967296",
    "18446744073709551617", "1.0", "1e3", "0x50", "٤٤٣", "443\u{0}", "a",
  ])
  func whatIsNoPortNumberIsRefused(text: String) {
    #expect(PortNumber(parsing: text) == nil)
  }

  @Test(
    arguments: [
      (0, PortRange.system), (1023, .system), (1024, .user), (49_151, .user), (49_152, .dynamic),
      (65_535, .dynamic),
    ] as [(UInt16, PortRange)]
  )
  func eachPortLiesInTheRangeThatRFC6335Names(port: UInt16, range: PortRange) {
    #expect(PortNumber(port).range == range)
  }

  @Test func theThreeRangesCoverEveryPortOnce() {
    #expect(PortRange.allCases.map(\.numbers.count).reduce(0, +) == 65_536)
  }

  @Test(arguments: ["a", "http", "HTTP", "x-1", "1a", "914c-g", "abcdefghijklmno", "a-b-c"])
  func serviceNamesOfRFC6335AreValid(name: String) {
    #expect(ServiceName.isValid(name))
  }

  @Test(arguments: [
    "", "-", "1", "80", "-a", "a-", "a--b", "a_b", "a.b", "a b", "whois++", "abcdefghijklmnop", "é",
    "1-1",
  ])
  func otherNamesAreNot(name: String) {
    #expect(!ServiceName.isValid(name))
  }

  @Test func aSetOfTransportsListsThemInOrder() {
    #expect(TransportSet([.dccp, .tcp]).members == [.tcp, .dccp])
    #expect(TransportSet(rawValue: 0xFF) == .all)
    for transport in TransportProtocol.allCases {
      #expect(TransportProtocol(name: transport.name) == transport)
      #expect(TransportSet(transport).members == [transport])
    }
    #expect(TransportProtocol(name: "TCP") == nil)
  }

  @Test func theStatesOfAPortAreKeptApart() {
    var states = PortStates(rawValue: 0)
    states[.udp] = .assigned
    states[.dccp] = .reserved
    #expect(
      TransportProtocol.allCases.map { states[$0] } == [
        .unassigned, .assigned, .unassigned, .reserved,
      ]
    )
    states[.udp] = .unassigned
    #expect(states[.udp] == .unassigned)
    #expect(states[.dccp] == .reserved)
  }
}
