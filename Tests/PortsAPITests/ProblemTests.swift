import Foundation
import HTTP
import Testing

@testable import PortsAPI

@Suite struct ProblemTests {
  private struct Case: Sendable {
    let target: String
    let status: Int
    let kind: String
    /// What the errors name, with where.
    let parameters: [String]
  }

  private static let cases: [Case] = [
    Case(target: "/ports/65536", status: 400, kind: "invalid-parameter", parameters: ["path port"]),
    Case(target: "/ports/0443", status: 400, kind: "invalid-parameter", parameters: ["path port"]),
    Case(target: "/ports/-1", status: 400, kind: "invalid-parameter", parameters: ["path port"]),
    Case(target: "/ports/https", status: 400, kind: "invalid-parameter", parameters: ["path port"]),
    Case(
      target: "/ports/443/icmp",
      status: 400,
      kind: "invalid-parameter",
      parameters: ["path transport"]
    ),
    Case(
      target: "/ports/443/TCP",
      status: 400,
      kind: "invalid-parameter",
      parameters: ["path transport"]
    ),
    Case(
      target: "/ports/443?transport=icmp",
      status: 400,
      kind: "invalid-parameter",
      parameters: ["query transport"]
    ),
    Case(
      target: "/ports/443/tcp?transport=udp",
      status: 400,
      kind: "unknown-parameter",
      parameters: ["query transport"]
    ),
    Case(
      target: "/ports/443?pretty",
      status: 400,
      kind: "unknown-parameter",
      parameters: ["query pretty"]
    ),
    Case(
      target: "/ports?limt=5&q=x",
      status: 400,
      kind: "unknown-parameter",
      parameters: ["query limt"]
    ),
    Case(
      target: "/ports?limit=0&official=yes&first=65536&status=free",
      status: 400,
      kind: "invalid-parameter",
      parameters: ["query limit", "query status", "query official", "query first"]
    ),
    Case(
      target: "/ports?limit=1001",
      status: 400,
      kind: "invalid-parameter",
      parameters: ["query limit"]
    ),
    Case(
      target: "/ports?q=a&q=b",
      status: 400,
      kind: "invalid-parameter",
      parameters: ["query q"]
    ),
    Case(
      target: "/ports?q=%zz",
      status: 400,
      kind: "invalid-parameter",
      parameters: ["query q"]
    ),
    Case(
      target: "/ports?q=%ff",
      status: 400,
      kind: "invalid-parameter",
      parameters: ["query q"]
    ),
    Case(
      target: "/ports?q=%00",
      status: 400,
      kind: "invalid-parameter",
      parameters: ["query q"]
    ),
    Case(
      target: "/ports?q=" + String(repeating: "%C3%A9", count: 257),
      status: 400,
      kind: "invalid-parameter",
      parameters: ["query q"]
    ),
    Case(
      target: "/ports?transport=tcp,",
      status: 400,
      kind: "invalid-parameter",
      parameters: ["query transport"]
    ),
    Case(
      target: "/ports?format=xml",
      status: 400,
      kind: "invalid-parameter",
      parameters: ["query format"]
    ),
    Case(
      target: "/free-ranges?size=0",
      status: 400,
      kind: "invalid-parameter",
      parameters: ["query size"]
    ),
    Case(target: "/nothing", status: 404, kind: "unknown-path", parameters: []),
    Case(target: "/ports/", status: 404, kind: "unknown-path", parameters: []),
    Case(target: "/ports/443/", status: 404, kind: "unknown-path", parameters: []),
    Case(target: "//ports/443", status: 404, kind: "unknown-path", parameters: []),
    Case(target: "/ports/443/tcp/x", status: 404, kind: "unknown-path", parameters: []),
    Case(target: "/problems/none", status: 404, kind: "unknown-path", parameters: []),
    Case(target: "/services/none", status: 404, kind: "unknown-service", parameters: []),
    Case(target: "/ports/%zz", status: 400, kind: "malformed-request", parameters: []),
    Case(target: "/ports/%ff", status: 400, kind: "malformed-request", parameters: []),
    Case(target: "/ports/%0d%0aX:%20y", status: 400, kind: "malformed-request", parameters: []),
  ]

  @Test(arguments: cases.indices)
  func whatIsWrongIsNamed(index: Int) throws {
    let expected = Self.cases[index]
    let answer = try Fixture.client().get(expected.target)
    #expect(answer.status == expected.status, "\(expected.target)")
    try check(answer, kind: expected.kind)
    let body = try #require(
      JSONSerialization.jsonObject(with: Data(answer.content)) as? [String: Any]
    )
    let errors = try #require(body["errors"] as? [[String: String]])
    let named = errors.map { "\($0["in"] ?? "") \($0["parameter"] ?? "")" }
    #expect(named == expected.parameters, "\(expected.target)")
    #expect(errors.allSatisfy { $0["reason"]?.isEmpty == false })
  }

  private func check(_ answer: Client.Answer, kind: String) throws {
    #expect(answer["Content-Type"] == "application/problem+json")
    #expect(answer["Cache-Control"] == "no-store")
    #expect(answer["ETag"] == nil)
    #expect(answer["Last-Modified"] == nil)
    #expect(answer["Content-Length"] == String(answer.content.count))
    let status = answer.status
    let prefix = #"{"type":"/problems/\#(kind)","title":""#
    #expect(answer.text.hasPrefix(prefix), "\(answer.text)")
    #expect(answer.text.contains(#"","status":\#(status),"detail":""#))
    #expect(answer.text.hasSuffix("]}\n"))
  }

  @Test(arguments: [
    ("POST", 405, "method-not-allowed"), ("DELETE", 405, "method-not-allowed"),
    ("TRACE", 405, "method-not-allowed"), ("BREW", 501, "method-not-implemented"),
    ("get", 501, "method-not-implemented"),
  ])
  func otherMethodsAreRefusedEverywhere(method: String, status: Int, kind: String) throws {
    for target in ["/ports/443", "/nothing"] {
      let answer = try Fixture.client().send(method, target)
      #expect(answer.status == status)
      #expect(answer["Allow"] == (status == 405 ? "GET, HEAD, OPTIONS" : nil))
      try check(answer, kind: kind)
    }
  }

  @Test func connectIsNotAllowed() throws {
    let answer = try Fixture.client().send("CONNECT", "portolan.example:443")
    #expect(answer.status == 405)
    #expect(answer["Allow"] == "GET, HEAD, OPTIONS")
  }

  @Test func oneLineIsEnoughForOneWhoReadsText() throws {
    let answer = try Fixture.client().get("/ports/x", "Accept: text/plain")
    #expect(answer.status == 400)
    #expect(answer["Content-Type"] == "text/plain; charset=utf-8")
    #expect(
      answer.text
        == "400 invalid-parameter: port: must be a number from 0 to 65535 without sign or "
        + "leading zero\n"
    )
  }

  @Test func whatTheClientSentIsEscaped() throws {
    let client = try Fixture.client()
    let page = try client.get("/ports?%3Cscript%3E=1", "Accept: text/html")
    #expect(page.status == 400)
    #expect(page["Content-Security-Policy"] != nil)
    #expect(!page.text.contains("<script>"))
    #expect(page.text.contains("&lt;script&gt;"))
    let search = try client.get("/ports?q=%22%3E%3Cb%3E&format=html")
    #expect(search.status == 200)
    #expect(!search.text.contains("<b>"))
    #expect(search.text.contains("value=\"&quot;&gt;&lt;b&gt;\""))
  }

  @Test func aFaultOfTheHeadIsAProblemToo() throws {
    let client = try Fixture.client()
    for fault in [
      RequestHeadFault.bareLineFeed, .hostMissing, .requestLineTooLong, .headTooLarge, .timeout,
      .contentTooLarge, .expectation, .versionUnsupported, .overloaded, .transferCodingUnknown,
    ] {
      let answer = try client.refuse(fault)
      #expect(answer.status == fault.status.code)
      let problem = Problem(fault)
      try check(answer, kind: problem.kind.rawValue)
      #expect(answer["Retry-After"] == (fault == .overloaded ? "1" : nil))
    }
  }

  @Test(arguments: Problem.Kind.allCases)
  func everyTypeHasItsPage(kind: Problem.Kind) throws {
    let client = try Fixture.client()
    let answer = try client.get("/problems/\(kind.rawValue)")
    #expect(answer.status == 200)
    let page = try #require(
      JSONSerialization.jsonObject(with: Data(answer.content)) as? [String: Any]
    )
    #expect(page["type"] as? String == "/problems/\(kind.rawValue)")
    #expect(page["title"] as? String == kind.title)
    #expect(page["status"] as? Int == kind.status.code)
    #expect((page["description"] as? String)?.isEmpty == false)
    let text = try client.get("/problems/\(kind.rawValue)", "Accept: text/plain")
    #expect(text.text.hasPrefix("\(kind.status.code) \(kind.rawValue): \(kind.title)\n"))
  }
}
