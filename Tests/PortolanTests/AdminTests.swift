import Foundation
import HTTP
import Posix
import Testing

@testable import portolan

/// Splits an answer into its status line with fields, and its content.
private func parts(_ batch: ResponseBatch) -> (head: String, content: String) {
  let text = String(decoding: batch.bytes, as: UTF8.self)
  guard let end = text.range(of: "\r\n\r\n") else { return (text, "") }
  var content = String(text[end.upperBound...])
  for attachment in batch.attachments {
    content += String(decoding: attachment.content, as: UTF8.self)
  }
  return (String(text[..<end.lowerBound]), content)
}

@Suite struct HealthTests {
  private func health(registry: HealthCheck.Finding, loops: HealthCheck.Finding) -> Health {
    Health(checks: [
      HealthCheck(name: "registry", isVital: false) { registry },
      HealthCheck(name: "loops", isVital: true) { loops },
    ])
  }

  @Test func onlyVitalChecksDecideLife() {
    let unready = health(registry: .failing("no table"), loops: .ok)
    #expect(unready.report(.live).isOK)
    #expect(!unready.report(.ready).isOK)
    #expect(!unready.report(.health).isOK)
    let hung = health(registry: .ok, loops: .failing("loop 1 is late"))
    #expect(!hung.report(.live).isOK)
    #expect(!hung.report(.ready).isOK)
  }

  @Test func drainingEndsReadinessButNotLife() {
    let health = health(registry: .ok, loops: .ok)
    #expect(health.report(.ready).isOK)
    health.beginDraining()
    #expect(!health.report(.ready).isOK)
    #expect(health.report(.live).isOK)
  }

  @Test func theShortAnswerIsOneWord() {
    let health = health(registry: .failing("secret"), loops: .ok)
    var batch = ResponseBatch()
    health.report(.live).writeShort(into: &batch)
    let well = parts(batch)
    #expect(well.head.hasPrefix("HTTP/1.1 200 OK\r\n"))
    #expect(well.head.contains("Cache-Control: no-store"))
    #expect(well.content == "ok\n")
    batch.removeAll()
    health.report(.ready).writeShort(into: &batch)
    let ill = parts(batch)
    #expect(ill.head.hasPrefix("HTTP/1.1 503 "))
    #expect(ill.content == "failing\n")
  }

  @Test func theVerboseAnswerNamesEveryCheck() {
    var batch = ResponseBatch()
    health(registry: .failing("no \"table\""), loops: .ok).report(.ready)
      .writeVerbose(into: &batch)
    #expect(
      parts(batch).content
        == #"{"status":"failing","checks":[{"name":"registry","status":"failing","#
        + #""detail":"no \"table\""},{"name":"loops","status":"ok"},"#
        + #"{"name":"stopping","status":"ok"}]}"# + "\n"
    )
  }
}

@Suite struct AdminResponderTests {
  private func answer(_ request: String) throws -> (head: String, content: String) {
    let responder = AdminResponder(
      health: Health(checks: [HealthCheck(name: "a", isVital: true) { .ok }]),
      metrics: { Array("metrics 1\n".utf8) },
      problem: { problem, batch in
        batch.beginHead(problem.kind.status)
        batch.endHead()
      }
    )
    let read = try ReadHead(bytes: Array("\(request) HTTP/1.1\r\nHost: r\r\n\r\n".utf8))
    var batch = ResponseBatch()
    batch.omitsContent = read.head.method == .head
    _ = responder.respond(to: read.head, in: read.bytes.span, into: &batch)
    return parts(batch)
  }

  @Test(arguments: [
    ("GET /livez", 200, "ok\n"), ("GET /healthz", 200, "ok\n"), ("GET /readyz?x", 200, "ok\n"),
    ("HEAD /livez", 200, ""), ("GET /metrics", 200, "metrics 1\n"), ("GET /", 404, ""),
    ("GET /livez/", 404, ""), ("POST /livez", 405, ""), ("MAKE /livez", 501, ""),
    ("OPTIONS /livez", 204, ""), ("GET /livez?verbose=false", 200, "ok\n"),
  ])
  func everyRouteAnswers(request: String, status: Int, content: String) throws {
    let answer = try answer(request)
    #expect(answer.head.hasPrefix("HTTP/1.1 \(status) "))
    #expect(answer.content == content)
  }

  @Test(arguments: ["GET /livez?verbose", "GET /readyz?verbose=1", "GET /healthz?a=b&verbose"])
  func healthIsVerboseWhenAsked(request: String) throws {
    #expect(try answer(request).content.hasPrefix(#"{"status":"ok","checks":[{"name":"a""#))
  }

  @Test func metricsHaveTheTypeThatTheirReaderInsistsOn() throws {
    #expect(
      try answer("GET /metrics").head.contains(
        "Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"
      )
    )
  }
}

/// Goal: the page of metrics is what its readers take, and counts what happened.
/// Method: a small strict reader of the format, and promtool where it is installed.
@Suite struct MetricsTests {
  private func metrics(_ meters: [RequestMeter]) -> Metrics {
    Metrics(
      meters: meters,
      engine: EngineFigures(
        connections: [("idle", 3), ("waiting", 1)],
        acceptedConnections: 9,
        refusals: [("rate", 1), ("overload", 0)],
        receivedBytes: 10,
        sentBytes: 20,
        handshakes: [("full", 1), ("resumed", 2), ("failed", 0)]
      ),
      service: ServiceFigures(
        certificates: [("a \"b\" \\ c\n", 1_800_000_000)],
        reloadsDone: 1,
        registryAssignments: [("catalogue", 100), ("iana", 11_440)]
      ),
      process: ProcessStatistics.read()
    )
  }

  private func sample(_ name: String, in page: [UInt8]) -> String? {
    String(decoding: page, as: UTF8.self).split(separator: "\n")
      .first { $0.hasPrefix(name + " ") }.map { String($0.dropFirst(name.utf8.count + 1)) }
  }

  @Test func requestsAreCountedOverAllLoops() {
    let meters = [RequestMeter(), RequestMeter()]
    for meter in meters {
      meter.add(.port, .get, .ok, durationNanoseconds: 25_000)
      meter.add(.port, .get, .ok, durationNanoseconds: 25_001)
      meter.add(.port, .head, .notModified, durationNanoseconds: 20_000_000_000)
    }
    let page = metrics(meters).page()
    #expect(
      sample(
        #"http_requests_total{route="ports_port",method="GET",status="200"}"#,
        in: page
      ) == "4"
    )
    #expect(
      sample(
        #"http_requests_total{route="ports_port",method="HEAD",status="304"}"#,
        in: page
      ) == "2"
    )
    let bucket = #"http_request_duration_seconds_bucket{route="ports_port",le="#
    #expect(sample(bucket + #""0.000025"}"#, in: page) == "2")
    #expect(sample(bucket + #""0.00005"}"#, in: page) == "4")
    #expect(sample(bucket + #""10"}"#, in: page) == "4")
    #expect(sample(bucket + #""+Inf"}"#, in: page) == "6")
    #expect(
      sample(#"http_request_duration_seconds_count{route="ports_port"}"#, in: page) == "6"
    )
    #expect(
      sample(#"http_request_duration_seconds_sum{route="ports_port"}"#, in: page)
        == "40.000100002"
    )
  }

  @Test func everyCombinationHasACounterOfItsOwn() {
    let meter = RequestMeter()
    #expect(Status.allCases.count <= 32)
    for route in RouteLabel.allCases {
      for method in MethodLabel.allCases {
        for status in Status.allCases { meter.add(route, method, status, durationNanoseconds: 1) }
      }
    }
    for route in RouteLabel.allCases {
      for method in MethodLabel.allCases {
        for status in Status.allCases { #expect(meter.count(route, method, status) == 1) }
      }
      let count = UInt64(MethodLabel.allCases.count * Status.allCases.count)
      #expect(meter.bucketCounts(route).first == count)
      #expect(meter.durationSumNanoseconds(route) == count)
    }
  }

  @Test(arguments: [
    (UInt64(0), "0"), (1, "0.000000001"), (25_000, "0.000025"), (2_500_000_000, "2.5"),
    (10_000_000_000, "10"), (UInt64.max, "18446744073.709551615"),
  ])
  func secondsAreExact(nanoseconds: UInt64, text: String) {
    #expect(MetricsText.seconds(nanoseconds) == text)
  }

  @Test func everyFamilyIsDeclaredOnceAndEverySampleBelongsToOne() throws {
    let page = String(decoding: metrics([RequestMeter()]).page(), as: UTF8.self)
    var declared: Set<String> = []
    var family = ""
    for line in page.split(separator: "\n") {
      let words = line.split(separator: " ")
      if line.hasPrefix("# TYPE ") {
        family = String(words[2])
        #expect(declared.insert(family).inserted)
      } else if !line.hasPrefix("#") {
        #expect(line.hasPrefix(family), "\(line)")
        #expect(line.last?.isNumber == true, "\(line)")
      }
    }
    #expect(page.last == "\n")
    #expect(page.contains(#"{certificate="a \"b\" \\ c\n"} 1800000000"#))
  }

  /// The names of all families, declared in a page.
  private func families(_ page: [UInt8]) -> [String] {
    String(decoding: page, as: UTF8.self).split(separator: "\n")
      .filter { $0.hasPrefix("# TYPE ") }.map { String($0.split(separator: " ")[2]) }
  }

  @Test func everyFamilyIsInTheOperatorsPage() throws {
    let page = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("docs/OPERATIONS.md")
    let words = Set(
      try String(contentsOf: page, encoding: .utf8)
        .split { !($0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_")) }.map(String.init)
    )
    let names = families(metrics([]).page())
    #expect(names.count > 20)
    for name in names { #expect(words.contains(name), "\(name) is not in docs/OPERATIONS.md") }
    let described = words.filter { $0.hasPrefix("http_") || $0.hasSuffix("_total") }
    #expect(described.isSubset(of: names), "the page tells of series that do not exist")
  }

  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/promtool")))
  func promtoolHasNothingToSay() throws {
    let meter = RequestMeter()
    meter.add(.port, .get, .ok, durationNanoseconds: 30_000)
    let tool = Process()
    tool.executableURL = URL(fileURLWithPath: "/usr/bin/promtool")
    tool.arguments = ["check", "metrics"]
    let (input, output) = (Pipe(), Pipe())
    tool.standardInput = input
    tool.standardOutput = output
    tool.standardError = output
    try tool.run()
    // Written by the side, since the page may be longer than the pipe holds.
    let page = Data(metrics([meter]).page())
    let writer = Thread { [handle = input.fileHandleForWriting] in
      handle.write(page)
      try? handle.close()
    }
    writer.start()
    let said = output.fileHandleForReading.readDataToEndOfFile()
    tool.waitUntilExit()
    #expect(tool.terminationStatus == 0)
    #expect(String(decoding: said, as: UTF8.self) == "")
  }

  @Test func theProcessKnowsItself() {
    let process = ProcessStatistics.read()
    let now = SystemClock.nanosecondsSince1970() / 1_000_000
    #expect(process.residentBytes > 1_000_000)
    #expect(process.virtualBytes >= process.residentBytes)
    #expect(process.openDescriptors >= 3)
    #expect(process.openDescriptors <= process.openDescriptorsMax)
    #expect(process.startMilliseconds <= now + 1000)
    #expect(process.startMilliseconds > now - 24 * 3600 * 1000)
  }
}
