import ArgumentParser
import Foundation
import PortRegistry
import Posix
import Testing

@testable import portolan

@Suite struct TableTests {
  private func table() -> Table {
    var table = Table([
      Table.Column(name: "port", isNumeric: true), Table.Column(name: "name"),
      Table.Column(name: "last"),
    ])
    table.append(["7", "é\tb\n\u{1B}[31m", "x"])
    table.append(["65535", "longer", ""])
    return table
  }

  @Test func columnsAreAlignedOnATerminal() {
    #expect(
      table().text(.aligned(isColoured: false))
        == """
         PORT  NAME      LAST
            7  é b  [31m  x
        65535  longer

        """.replacing("NAME      LAST", with: "NAME       LAST")
    )
  }

  @Test func colourIsOnlyForTheNames() {
    let text = table().text(.aligned(isColoured: true))
    #expect(text.hasPrefix("\u{1B}[1m"))
    #expect(text.split(separator: "\n").dropFirst().allSatisfy { !$0.contains("\u{1B}") })
  }

  @Test func aPipeGetsTabsAndOnlyData() {
    #expect(table().text(.tabbed) == "7\té b  [31m\tx\n65535\tlonger\t\n")
  }

  @Test func whatIsNoTerminalGetsTabs() {
    // The tests' own output is a pipe or a file, or else plainness is asked for.
    #expect(Table.Form(for: .output, environment: [:], isPlain: true) == .tabbed)
  }
}

@Suite struct SuggestionTests {
  @Test(arguments: [
    ("worker", "workers"), ("lsiten", "listen"), ("listenn", "listen"), ("LISTEN", "listen"),
    ("xyz", nil), ("", nil), ("li", nil),
  ])
  func whatIsNearIsSuggested(text: String, expected: String?) {
    #expect(Suggestion.nearest(to: text, among: ["listen", "workers"]) == expected)
  }
}

/// Goal: `lookup` understands what people type, and answers from the registry.
@Suite struct LookupTests {
  private static let registry = Result { try Registry.embedded() }

  private func answers(_ question: String) throws -> [Assignment] {
    try LookupQuestion(parsing: question).answers(in: Self.registry.get())
  }

  @Test(arguments: [
    ("443", LookupQuestion.Subject.ports(443...443), TransportProtocol?.none),
    ("0", .ports(0...0), nil), ("65535", .ports(65_535...65_535), nil),
    ("22/tcp", .ports(22...22), .tcp), ("udp/53", .ports(53...53), .udp),
    ("22/TCP", .ports(22...22), .tcp), ("8000-8010", .ports(8000...8010), nil),
    ("8000-8010/udp", .ports(8000...8010), .udp), ("https", .service("https"), nil),
    ("https/tcp", .service("https"), .tcp), ("tcp/https", .service("https"), .tcp),
    ("iso-tsap", .service("iso-tsap"), nil), ("3com-tsmux", .service("3com-tsmux"), nil),
  ])
  func questionsAreUnderstood(
    text: String,
    subject: LookupQuestion.Subject,
    transport: TransportProtocol?
  ) throws {
    let question = try LookupQuestion(parsing: text)
    #expect(question.subject == subject)
    #expect(question.transport == transport)
  }

  @Test(arguments: [
    "", "/", "/tcp", "65536", "00", "0443", "8010-8000", "1-2-3", "-1", "1-", "443/", "443/http",
    "443/tcp/udp", "tcp/",
  ])
  func nonsenseIsAFault(text: String) {
    #expect(throws: LookupQuestion.Fault.self) { try LookupQuestion(parsing: text) }
  }

  @Test func portsAndServicesAreFound() throws {
    #expect(try answers("443").first?.service == "https")
    #expect(try answers("https").first?.port?.rawValue == 443)
    #expect(try answers("HTTPS/tcp").first?.port?.rawValue == 443)
    #expect(try answers("22/tcp").contains { $0.service == "ssh" })
    #expect(try answers("6000-6063").count { $0.service == "x11" } == 1, "a range answers once")
    #expect(try answers("nosuchservice").isEmpty)
  }

  @Test func regretsHelpOn() throws {
    let registry = try Self.registry.get()
    let mistyped = try LookupQuestion(parsing: "httpss").regret(in: registry)
    #expect(mistyped.contains("did you mean https?"))
    let nobody = try LookupQuestion(parsing: "4/udp").regret(in: registry)
    #expect(nobody == "4: nothing is known to use it: unassigned for udp")
  }

  @Test(arguments: [
    ("443", "/ports/443"), ("443/tcp", "/ports/443/tcp"), ("a b", "/services/a%20b"),
    ("https/udp", "/services/https/udp"),
    ("1-2/udp", "/ports?first=1&last=2&limit=1000&transport=udp"),
  ])
  func theAPIIsAskedTheSame(text: String, target: String) throws {
    #expect(try LookupQuestion(parsing: text).target == target)
  }

  @Test func standardInputIsReadByLines() {
    #expect(LookupCommand.lines(of: " 443 \r\n\n# no\n\tssh/tcp") == ["443", "ssh/tcp"])
  }

  @Test func servicesAreWrittenAsGetentDoes() throws {
    let text = ServicesLines.text(try answers("https/tcp"))
    #expect(text.hasPrefix("https                 443/tcp"))
    #expect(text.split(separator: "\n").allSatisfy { !$0.contains("\t") })
  }

  @Test func theColumnsAreThoseOfTheDesign() throws {
    #expect(
      AssignmentTable.columns.map(\.name) == [
        "port", "last", "transports", "service", "name", "official", "sources",
      ]
    )
    let row = try #require(AssignmentTable.table(of: answers("443")).rows.first)
    #expect(row[0] == "443")
    #expect(row[1] == "")
    #expect(row[2].hasPrefix("tcp"))
    #expect(row[3] == "https")
    #expect(row[5] == "true")
    #expect(row[6].contains("iana"))
  }

  @Test func aSearchFindsByWords() throws {
    let found = RegistrySearch.answers(
      to: Query("postgres"),
      limit: 3,
      in: try Self.registry.get()
    )
    #expect(found.first?.port?.rawValue == 5432)
    #expect(found.count <= 3)
  }

  @Test func theRangesAreThree() throws {
    let rows = RangesCommand.table(in: try Self.registry.get()).rows
    #expect(rows.map { $0[0] } == ["system", "user", "dynamic"])
    for row in rows {
      let total = row[4...].compactMap { Int($0) }.reduce(0, +)
      #expect(total == (Int(row[2]) ?? 0) - (Int(row[1]) ?? 0) + 1)
    }
  }

  @Test(arguments: TransportProtocol.allCases, PortRange.allCases)
  func freeBlocksAreFreeAndMaximal(transport: TransportProtocol, range: PortRange) throws {
    let registry = try Self.registry.get()
    let blocks = FreeCommand.blocks(in: registry, transport, range)
    var isFree = Set<UInt16>()
    for block in blocks { isFree.formUnion(block) }
    for port in range.numbers {
      let holders = registry.assignments(of: PortNumber(port))
      let isUsed = holders.contains { $0.transports.contains(transport) }
      let isUnassigned = registry.state(of: PortNumber(port), transport) == .unassigned
      #expect(isFree.contains(port) == (isUnassigned && !isUsed), "\(port)")
    }
    for (left, right) in zip(blocks, blocks.dropFirst()) {
      #expect(left.upperBound + 1 < right.lowerBound, "two blocks touch")
    }
  }
}

/// Goal: the arguments of every command are checked before anything is done.
@Suite struct ArgumentTests {
  @Test(arguments: [
    ["lookup"], ["lookup", "443", "--services", "--json"], ["search", "a", "--limit", "0"],
    ["search", "a", "--transport", "icmp"], ["free", "--size", "0"], ["free", "--range", "big"],
    ["healthcheck", "https://r/"], ["healthcheck", "http://"], ["serve", "--wrkers", "1"],
    ["nothing"],
  ])
  func nonsenseIsAUsageError(arguments: [String]) {
    do {
      _ = try Portolan.parseAsRoot(arguments)
      Issue.record("\(arguments) was accepted")
    } catch {
      #expect(Portolan.exitCode(for: error).rawValue == ExitStatus.usage.rawValue)
    }
  }

  @Test func aMistypedFlagIsCorrected() {
    do {
      _ = try Portolan.parseAsRoot(["serve", "--worker", "1"])
      Issue.record("accepted")
    } catch {
      #expect(Portolan.fullMessage(for: error).contains("--workers"))
    }
  }

  @Test func theVersionIsTold() {
    do {
      _ = try Portolan.parseAsRoot(["--version"])
      Issue.record("parsed as a command")
    } catch {
      #expect(Portolan.exitCode(for: error).rawValue == 0)
      #expect(Portolan.fullMessage(for: error) == "portolan \(ProgramVersion.current)")
    }
  }

  @Test func exitStatusesAreThoseOfTheDesign() {
    #expect(ExitStatus.allCases.map(\.rawValue) == [0, 1, 64, 65, 69, 70, 74, 78])
  }
}

@Suite struct HealthcheckTests {
  @Test(arguments: [
    ("http://h", "h", UInt16(80), "/"), ("http://h/", "h", 80, "/"),
    ("HTTP://h:8080/readyz?a", "h", 8080, "/readyz?a"), ("http://[::1]:1/x", "::1", 1, "/x"),
    ("http://[::1]", "::1", 80, "/"),
  ])
  func urlsAreRead(text: String, host: String, port: UInt16, path: String) throws {
    let url = try #require(HealthURL(parsing: text))
    #expect(url.host == host)
    #expect(url.port == port)
    #expect(url.path == path)
  }

  @Test(arguments: [
    "", "h", "https://h", "http://", "http:///a", "http://h:", "http://h:x", "http://h:65536",
    "http://u@h", "http://h/a b", "http://h/\r\nX: y",
  ])
  func nonsenseIsNoURL(text: String) {
    #expect(HealthURL(parsing: text) == nil)
  }

  @Test(arguments: [
    ("HTTP/1.1 200 OK\r\n\r\n", 200), ("HTTP/1.0 503 \r\n", 503), ("HTTP/1.1 2000 X\r\n", nil),
    ("HTTP/2 200\r\n", nil), ("", nil), ("SSH-2.0 200 x", nil),
  ])
  func theStatusIsRead(answer: String, status: Int?) {
    #expect(HealthQuestion.status(of: Array(answer.utf8)) == status)
  }

  @Test func nobodyListeningIsAFailure() throws {
    // Bound and let go, so that the port is free for the moment.
    let port = try {
      let listener = try Socket.listening(
        on: SocketAddress(parsing: "127.0.0.1:0"),
        joining: false
      )
      return try listener.localAddress().port
    }()
    let url = try #require(HealthURL(parsing: "http://127.0.0.1:\(port)/"))
    let result = HealthQuestion.ask(url, timeoutSeconds: 5)
    #expect(result == .failure(.init(reason: "Connection refused")))
  }

  @Test func aServerThatSaysNothingIsAFailureInTime() throws {
    let listener = try Socket.listening(on: SocketAddress(parsing: "127.0.0.1:0"), joining: false)
    let port = try listener.localAddress().port
    let url = try #require(HealthURL(parsing: "http://127.0.0.1:\(port)/"))
    let result = HealthQuestion.ask(url, timeoutSeconds: 1)
    #expect(result == .failure(.init(reason: "Connection timed out")))
  }
}

/// Goal: `--json` gives the API's own bodies.
/// Method: every target that commands ask for is read back by Foundation.
@Suite struct AnswerWriterTests {
  private func answer(_ target: String) throws -> [String: Any] {
    let writer = AnswerWriter(try Registry.embedded())
    let body = writer.json(for: target).body
    #expect(body.last == 0x0A)
    return try #require(JSONSerialization.jsonObject(with: Data(body)) as? [String: Any])
  }

  @Test func aPortIsAnsweredAsTheAPIDoes() throws {
    #expect(try answer("/ports/443")["port"] as? Int == 443)
    let status = try answer("/ports/443/udp")["status"] as? [String: String]
    #expect(status?.keys.sorted() == ["udp"])
  }

  @Test(arguments: [
    "/services/https", "/ports?q=remote%20desktop&limit=20", "/ranges",
    "/ports?first=8000&last=8010&limit=1000&transport=udp", "/ports?first=0&last=65535&limit=1000",
    "/free-ranges?transport=tcp&range=user&size=10&limit=20",
  ])
  func listsAreAnsweredWhole(target: String) throws {
    let answer = try answer(target)
    let items = try #require(answer["items"] as? [Any])
    #expect(!items.isEmpty)
  }

  @Test(arguments: [
    ("/services/nosuch", "unknown-service"), ("/ports?q=a&size=1", "unknown-parameter"),
    ("/ a", "malformed-request"),
  ])
  func aRefusalIsAProblem(target: String, kind: String) throws {
    let type = try #require(try answer(target)["type"] as? String)
    #expect(type.hasSuffix("/problems/\(kind)"))
  }
}
