import Foundation
import HTTP
import JSON
import PortRegistry
import Testing

@testable import PortsAPI

@Suite struct PortTests {
  private static let unassigned =
    #"{"tcp":"unassigned","udp":"unassigned","sctp":"unassigned","dccp":"unassigned"}"#

  /// Written down by hand from the fixture's tables and the contract's order of members.
  static let golden: [(String, String)] = [
    (
      "/ports/443",
      #"{"port":443,"range":"system","status":{"tcp":"assigned","udp":"assigned","#
        + #""sctp":"assigned","dccp":"unassigned"},"notes":[],"assignments":[{"port":443,"#
        + #""transports":["tcp","udp","sctp"],"service":"https","#
        + #""name":"HTTPS - HTTP over TLS/SSL","description":"http protocol over TLS/SSL","#
        + #""aliases":[],"official":true,"sources":{"catalogue":["tcp"],"#
        + #""iana":["tcp","udp","sctp"]},"references":["RFC 9110"]}]}"#
    ),
    (
      "/ports/80",
      #"{"port":80,"range":"system","status":{"tcp":"assigned","udp":"assigned","#
        + #""sctp":"assigned","dccp":"unassigned"},"notes":[],"assignments":[{"port":80,"#
        + #""transports":["tcp","udp","sctp"],"service":"http","#
        + #""name":"HTTP - \"Hypertext\" & <more>","description":"World Wide Web HTTP","#
        + #""aliases":["www","www-http"],"official":true,"sources":{"catalogue":["tcp"],"#
        + #""iana":["tcp","udp","sctp"]},"references":["RFC 2616","RFC 9110"],"#
        + #""trojans":["Executor","RingZero"]}]}"#
    ),
    (
      "/ports/6010",
      #"{"port":6010,"range":"user","status":{"tcp":"assigned","udp":"assigned","#
        + #""sctp":"unassigned","dccp":"unassigned"},"notes":[],"assignments":[{"port":6000,"#
        + #""last":6063,"transports":["tcp","udp"],"service":"x11","name":"X Window System","#
        + #""aliases":[],"official":true,"sources":{"iana":["tcp","udp"]},"references":[]}]}"#
    ),
    (
      "/ports/15",
      #"{"port":15,"range":"system","status":"# + unassigned
        + #","notes":[{"transports":["tcp","udp"],"note":"Called netstat on Unix.","#
        + #""sources":{"catalogue":["tcp","udp"]}}],"assignments":[]}"#
    ),
    (
      "/ports/0",
      #"{"port":0,"range":"system","status":{"tcp":"reserved","udp":"reserved","#
        + #""sctp":"unassigned","dccp":"unassigned"},"notes":[{"transports":["tcp","udp"],"#
        + #""note":"Never on the wire.","sources":{"catalogue":["tcp","udp"]}}],"#
        + #""assignments":[]}"#
    ),
    (
      "/ports/65535",
      #"{"port":65535,"range":"dynamic","status":"# + unassigned
        + #","notes":[],"assignments":[]}"#
    ),
    (
      "/ports/9091",
      #"{"port":9091,"range":"user","status":{"tcp":"unassigned","udp":"reserved","#
        + #""sctp":"unassigned","dccp":"unassigned"},"notes":[],"assignments":[]}"#
    ),
    (
      "/ports/700",
      #"{"port":700,"range":"system","status":{"tcp":"reserved","udp":"reserved","#
        + #""sctp":"reserved","dccp":"reserved"},"notes":[],"assignments":[{"port":700,"#
        + #""transports":[],"service":"nowhere","name":"A name without a transport","#
        + #""aliases":[],"official":true,"sources":{"iana":[]},"references":[]}]}"#
    ),
    ("/ports/9090/udp", narrowed), ("/ports/9090?transport=udp", narrowed),
    (
      "/ports/9090",
      #"{"port":9090,"range":"user","status":{"tcp":"assigned","udp":"assigned","#
        + #""sctp":"unassigned","dccp":"unassigned"},"notes":[],"assignments":[{"port":9090,"#
        + #""transports":["tcp"],"service":"prometheus","name":"Prometheus","aliases":[],"#
        + #""official":false,"sources":{"common":["tcp"]},"references":[]},{"port":9090,"#
        + #""transports":["tcp","udp"],"service":"websm","name":"WebSM","aliases":[],"#
        + #""official":true,"sources":{"iana":["tcp","udp"]},"references":[]}]}"#
    ),
  ]

  private static let narrowed =
    #"{"port":9090,"range":"user","status":{"udp":"assigned"},"notes":[],"assignments":[{"#
    + #""port":9090,"transports":["tcp","udp"],"service":"websm","name":"WebSM","aliases":[],"#
    + #""official":true,"sources":{"iana":["tcp","udp"]},"references":[]}]}"#

  @Test(arguments: golden)
  func aPortIsAnsweredToTheByte(target: String, body: String) throws {
    let store = try Fixture.store.get()
    for client in [
      Client(store), Client(store.prepared()), Client(store.prepared().withGzipForms()),
    ] {
      let answer = try client.get(target)
      #expect(answer.status == 200)
      #expect(answer.text == body + "\n")
      #expect(answer["Content-Length"] == String(body.utf8.count + 1))
    }
  }

  /// The path may be written with escapes (RFC 3986 §6.2.2.2).
  @Test(arguments: [
    "/ports/%34%34%33", "/%70orts/443", "/ports/443?", "http://a.example/ports/443",
  ])
  func otherSpellingsOfThePathAreTheSame(target: String) throws {
    let client = try Fixture.client()
    let answer = try client.get(target)
    let plain = try client.get("/ports/443")
    #expect(answer.content == plain.content)
    #expect(answer["ETag"] == plain["ETag"])
  }

  /// Goal: every number has its answer, and it says what the registry says.
  /// Method: parse each body with Foundation and compare it with the registry's own API.
  @Test(arguments: 0..<16)
  func everyPortIsAnsweredAsTheRegistryHasIt(part: Int) throws {
    let store = try Fixture.prepared.get()
    let client = Client(store)
    for number in part * 4096..<(part + 1) * 4096 {
      let port = PortNumber(UInt16(number))
      let answer = try client.get("/ports/\(number)")
      let body = try #require(
        JSONSerialization.jsonObject(with: Data(answer.content)) as? [String: Any]
      )
      try #require(answer.status == 200)
      try #require(body["port"] as? Int == number)
      try #require(body["range"] as? String == port.range.rawValue)
      var states: [String: String] = [:]
      for transport in TransportProtocol.allCases {
        states[transport.name] = store.registry.state(of: port, transport).name
      }
      try #require(body["status"] as? [String: String] == states)
      let items = try #require(body["assignments"] as? [[String: Any]])
      let assignments = store.registry.assignments(of: port)
      try #require(items.count == assignments.count)
      for (item, assignment) in zip(items, assignments) { try compare(item, assignment) }
      let notes = try #require(body["notes"] as? [[String: Any]])
      try #require(notes.count == store.registry.notes(of: port.rawValue).count)
    }
  }

  private func compare(_ item: [String: Any], _ assignment: Assignment) throws {
    try #require(item["port"] as? Int == assignment.port.map { Int($0.rawValue) })
    try #require(item["last"] as? Int == assignment.last.map { Int($0.rawValue) })
    try #require(
      item["transports"] as? [String] == assignment.transports.members.map(\.name)
    )
    try #require(item["service"] as? String == assignment.service)
    try #require(item["name"] as? String == assignment.name)
    try #require(item["description"] as? String == assignment.description)
    try #require(item["aliases"] as? [String] == assignment.aliases)
    try #require(item["official"] as? Bool == assignment.isOfficial)
    try #require(item["references"] as? [String] == assignment.references)
    try #require(item["note"] as? String == assignment.note)
    try #require(item["trojans"] as? [String] ?? [] == assignment.trojans)
    var sources: [String: [String]] = [:]
    for layer in Layer.allCases {
      sources[layer.name] = assignment.transports(in: layer)?.members.map(\.name)
    }
    try #require(item["sources"] as? [String: [String]] == sources)
  }

  /// What is prepared in the background changes how fast an answer comes, and nothing else.
  @Test(arguments: [
    "/ports/80", "/ports/50000", "/ports/80/tcp", "/ports/8080", "/ports?q=http",
    "/ports?limit=1000",
    "/ports?port=1,22,80,99999", "/services/http", "/ranges", "/map", "/", "/free-ranges",
    "/ports/80?format=html",
  ])
  func preparedAnswersAreTheSame(target: String) throws {
    for coding in ["identity", "gzip"] {
      let before = try Client(Fixture.embedded.get()).get(target, "Accept-Encoding: \(coding)")
      let after = try Client(Fixture.prepared.get()).get(target, "Accept-Encoding: \(coding)")
      #expect(before.status == 200)
      #expect(before.content == after.content)
      #expect(
        before.fields.map { [$0.name, $0.value] } == after.fields.map { [$0.name, $0.value] }
      )
    }
  }

  @Test func theCommandLineWritesTheSameBody() throws {
    let store = RepresentationStore(try Fixture.registry())
    for number in [UInt16(0), 80, 6010, 9090, 50_000] {
      let answer = try Client(store).get("/ports/\(number)")
      var writer = JSONWriter()
      PortBody.write(PortNumber(number), of: store.registry, into: &writer)
      writer.endText()
      #expect(writer.bytes == answer.content)
    }
  }

  @Test func aTableIsAligned() throws {
    let answer = try Fixture.client().get("/ports/9090", "Accept: text/plain")
    #expect(answer["Content-Type"] == "text/plain; charset=utf-8")
    #expect(
      answer.text == """
        9090 (user): tcp assigned, udp assigned, sctp unassigned, dccp unassigned

        PORT  LAST  TRANSPORTS  SERVICE     NAME        OFFICIAL  SOURCES
        9090  -     tcp         prometheus  Prometheus  false     common
        9090  -     tcp,udp     websm       WebSM       true      iana

        """
    )
  }

  @Test func csvIsQuotedWhereItMustBe() throws {
    let answer = try Fixture.client().get("/ports/80?format=csv")
    #expect(answer["Content-Type"] == "text/csv; charset=utf-8; header=present")
    #expect(
      answer.text == "port,last,transports,service,name,official,sources\r\n"
        + "80,,\"tcp,udp,sctp\",http,\"HTTP - \"\"Hypertext\"\" & <more>\",true,"
        + "\"catalogue,iana\"\r\n"
    )
  }

  @Test func thePageForPeopleEscapesWhatIsNotOurs() throws {
    let answer = try Fixture.client().get(
      "/ports/80",
      "Accept: text/html,application/xhtml+xml,*/*;q=0.8"
    )
    #expect(answer["Content-Type"] == "text/html; charset=utf-8")
    #expect(answer.text.contains("HTTP - &quot;Hypertext&quot; &amp; &lt;more&gt;"))
    #expect(!answer.text.contains("<more>"))
    #expect(!answer.text.contains("<script"))
    let policy = try #require(answer["Content-Security-Policy"])
    #expect(policy.hasPrefix("default-src 'none';"))
    #expect(!policy.contains("unsafe"))
  }

  @Test func thePageForPeopleSaysWhatTheDataDoes() throws {
    let client = try Fixture.client()
    let page = try client.get("/ports/80?format=html").text
    for part in [
      "<h1>Port 80</h1>", "<b>tcp</b> assigned", "<h2>http ", ">official</span>",
      "<dt>Sources</dt><dd>catalogue, iana</dd>", "href=\"/ports/79?format=html\"",
      "href=\"/ports/81?format=html\"", "href=\"/?port=80\"",
    ] {
      #expect(page.contains(part), "\(part)")
    }
    #expect(!(try client.get("/ports/0?format=html").text).contains("/ports/-1"))
    #expect(!(try client.get("/ports/65535?format=html").text).contains("/ports/65536"))
  }

  // MARK: What an imported table says besides

  private func importedClient() throws -> Client {
    var csv = IANARegistryCSV(file: "iana.csv")
    let records =
      "Service Name,Port Number,Transport Protocol,Description,Assignee,Contact,Registration Date,"
      + "Modification Date,Reference,Service Code,Unauthorized Use Reported,Assignment Notes\r\n"
      + "http,80,tcp,T,[A <b>],[Chair],2021-10-01,2021-10-02,[RFC9110],1145656131,Seen,Note\r\n"
      + "plain,81,tcp,P,,,,,,,,\r\n"
    try csv.read(Array(records.utf8).span)
    let table = ImportedTable(file: "iana.tsv", bytes: try csv.finish())
    return Client(RepresentationStore(try Registry.embeddedBuilder(iana: table).build()))
  }

  @Test func aPageHasTheRegistration() throws {
    let page = try importedClient().get("/ports/80/tcp?format=html").text
    for row in [
      "<dt>Assigned to</dt><dd>A &lt;b&gt;</dd>", "<dt>Contact</dt><dd>Chair</dd>",
      "<dt>Registered</dt><dd>2021-10-01</dd>", "<dt>Modified</dt><dd>2021-10-02</dd>",
      "<dt>Service code</dt><dd>1145656131</dd>", "<dt>Unauthorised use</dt><dd>Seen</dd>",
      "<dt>Remarks</dt><dd>IANA has notes on it</dd>",
    ] { #expect(page.contains(row), "\(row)") }
  }

  @Test func aTextHasTheRegistration() throws {
    let text = try importedClient().get("/ports/80?format=text").text
    #expect(
      text.hasSuffix(
        "\n\nhttp: assigned to A <b>; contact Chair; registered 2021-10-01; modified 2021-10-02; "
          + "service code 1145656131; unauthorised use Seen; remarks IANA has notes on it; "
          + "references RFC 2616, RFC 9110\n"
      ),
      "\(text)"
    )
  }

  @Test func whatIsNotKnownIsNotShown() throws {
    let client = try importedClient()
    #expect(!(try client.get("/ports/81?format=text").text).contains("plain: "))
    #expect(!(try client.get("/ports/81?format=html").text).contains("Assigned to"))
    #expect(!(try client.get("/ports/80/udp?format=text").text).contains("assigned to A"))
  }
}
