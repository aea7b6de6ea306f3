import Testing

@testable import HTTP

private let request = """
  GET /ports/443?transport=tcp HTTP/1.1\r
  Host: r\r
  Accept: */*\r
  X-Other:\tan \u{E9} \r
  Connection: close\r
  \r\n
  """
private let wire = Array(request.utf8)

/// Goal: the outcome depends on the bytes, never on how TCP cut them.
/// Method: replay one request over every cut, then damage each byte in turn.
@Suite struct RequestHeadParserTests {
  // MARK: Cuts

  @Test func aWholeHeadIsRead() throws {
    let head = try #require(read(wire).head)
    #expect(head.method == .get)
    #expect(head.form == .origin)
    #expect(head.path == "/ports/443")
    #expect(head.query == "transport=tcp")
    #expect(head.minorVersion == 1)
    #expect(head.size == wire.count)
    #expect(head.framing == .none)
    #expect(head.persistence == .close)
    #expect(head.fields == ["host: r", "accept: */*", "connection: close"])
  }

  @Test(arguments: 0..<wire.count)
  func everyCutGivesTheSameHead(cut: Int) {
    #expect(read(Array(wire[..<cut])) == .needMore)
    #expect(read(wire, cuts: [cut]) == read(wire))
  }

  @Test(arguments: 0..<wire.count)
  func everyPairOfCutsGivesTheSameHead(first: Int) {
    for second in first..<wire.count where read(wire, cuts: [first, second]) != read(wire) {
      Issue.record("cut at \(first) and \(second)")
    }
  }

  @Test func aByteAtATimeGivesTheSameHead() {
    #expect(read(wire, cuts: Array(0..<wire.count)) == read(wire))
  }

  @Test func whatFollowsTheHeadIsLeftAlone() throws {
    let head = try #require(read(wire + Array("\u{0}\n\r garbage".utf8)).head)
    #expect(head.size == wire.count)
  }

  @Test func aParserReadsOneRequestAfterAnother() throws {
    var parser = RequestHeadParser(limits: .standard)
    var head = RequestHead()
    #expect(try parser.resume(over: Array(wire[..<20]), into: &head) == .needMore)
    #expect(try parser.resume(over: wire, into: &head) == .complete)
    let other = Array("OPTIONS * HTTP/1.0\r\n\r".utf8)
    #expect(try parser.resume(over: other, into: &head) == .needMore)
    #expect(try parser.resume(over: other + [0x0A], into: &head) == .complete)
    #expect(head.method == .options)
    #expect(try parser.resume(over: other, into: &head) == .needMore)
    // Another connection takes the parser over.
    parser.reset()
    #expect(try parser.resume(over: wire, into: &head) == .complete)
    #expect(ReadHead(head, wire) == read(wire).head)
  }

  @Test(arguments: [
    "GET / HTTP/1.1\r\nHost : r\r\nA: \u{1}\r\n\r\n",
    "GET  / HTTP/1.1\r\nHost: r\nA: b\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: r\r\n b\r\nA\u{0}: c\r\n\r\n",
    "GET / HTTP/1.1\r\nA: b\r\n\r\n",
    "GET / HTTP/3.1\r\nA: b\rc\r\n\r\n",
    "\r\n\r\nGET / HTTP/1.1\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: r\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n",
  ])
  func everyCutGivesTheSameFault(text: String) {
    let bytes = Array(text.utf8)
    let expected = read(bytes)
    #expect(expected.fault != nil)
    for first in 0..<bytes.count {
      for second in first..<bytes.count
      where read(bytes, cuts: [first, second]) != expected {
        Issue.record("cut at \(first) and \(second) of \(text.debugDescription)")
      }
    }
    #expect(read(bytes, cuts: Array(0..<bytes.count)) == expected)
  }

  /// A resume begins where the last one ended, or one byte before that, until the head's end is
  /// there: so a dribbling client costs a bounded number of looks for each byte.
  @Test func aDribbledHeadIsLookedAtOnce() throws {
    let text = "GET /\(String(repeating: "a", count: 2000)) HTTP/1.1\r\nHost: r\r\n"
    let bytes = Array((text + String(repeating: "Accept: */*\r\n", count: 90)).utf8)
    var parser = RequestHeadParser(limits: .standard)
    var head = RequestHead()
    for arrived in 1...bytes.count {
      _ = try parser.resume(over: bytes.span.extracting(first: arrived), into: &head)
      #expect(parser.scanned >= arrived - 1)
    }
  }

  // MARK: Line ends and control bytes (RFC 9112 §2.2, RFC 9110 §5.5)

  @Test(arguments: Array(0x00...0x08) + [0x0B, 0x0C] + Array(0x0E...0x1F) + [0x7F])
  func aControlByteIsRefusedWhereverItStands(byte: Int) {
    for index in wire.indices {
      var damaged = wire
      damaged[index] = UInt8(byte)
      if read(damaged).fault == nil { Issue.record("\(byte) at \(index)") }
    }
  }

  @Test(arguments: [0x0A, 0x0D] as [UInt8])
  func halfALineEndIsRefusedWhereverItStands(byte: UInt8) {
    for index in wire.indices where wire[index] != byte {
      var damaged = wire
      damaged[index] = byte
      // In place of another byte of the last CRLF it may leave the head without its end.
      if read(damaged).head != nil { Issue.record("\(byte) in place of \(index)") }
      var longer = wire
      longer.insert(byte, at: index)
      if read(longer).head != nil { Issue.record("\(byte) before \(index)") }
    }
  }

  @Test(arguments: [
    ("GET / HTTP/1.1\nHost: r\r\n\r\n", RequestHeadFault.bareLineFeed),
    ("GET / HTTP/1.1\r\nHost: r\n\r\n", .bareLineFeed),
    ("GET / HTTP/1.1\r\nHost: r\r\n\n", .bareLineFeed),
    ("GET / HTTP/1.1\r\nHost: r\r\r\n\r\n", .bareCarriageReturn),
    ("GET / HTTP/1.1\rHost: r\r\n\r\n", .bareCarriageReturn),
    ("\rGET / HTTP/1.1\r\n", .bareCarriageReturn),
    ("\nGET / HTTP/1.1\r\n", .bareLineFeed),
    ("GET / HTTP/1.1\r\nA: \u{0B}b\r\n\r\n", .controlByte),
    ("GET / HTTP/1.1\r\nA: \u{7F}\r\n\r\n", .controlByte),
  ])
  func aBrokenLineIsNamed(text: String, fault: RequestHeadFault) {
    #expect(read(text) == .fault(fault))
  }

  /// A client must not be able to hold a connection that has already gone wrong.
  @Test(arguments: [
    ("GET / HTTP/2.0\r\n", RequestHeadFault.versionUnsupported),
    ("GET /  HTTP/1.1\r\n", .requestLine),
    ("\r\n\r\n", .requestLine),
    ("GET / HTTP/1.1\r\nHost : r\r\n", .spaceBeforeColon),
    ("GET / HTTP/1.1\r\nHost: r\r\n folded\r\n", .lineFolding),
    ("GET / HTTP/1.1\r\nHost: r\r\nA\r\nB\r\n", .fieldName),
    ("GET / HTTP/1.1\r\n" + String(repeating: "A: b\r\n", count: 101), .tooManyFields),
  ])
  func aFaultIsNamedOnceItsLineIsThereHoweverItWasCut(text: String, fault: RequestHeadFault) {
    let count = text.utf8.count
    for cut in 0..<count where read(text, cuts: [cut]) != .fault(fault) {
      Issue.record("cut at \(cut): \(read(text, cuts: [cut]))")
    }
    #expect(read(text, cuts: Array(1..<count)) == .fault(fault))
  }

  @Test func oneEmptyLineMayComeFirst() throws {
    let head = try #require(read("\r\n" + request).head)
    #expect(head.size == wire.count + 2)
    #expect(head.path == "/ports/443")
    #expect(head.fields == read(wire).head?.fields)
    for cut in 0..<wire.count + 2 {
      #expect(read("\r\n" + request, cuts: [cut]) == .complete(head))
    }
    #expect(read("\r\n\r\n" + request) == .fault(.requestLine))
    #expect(read("\n" + request) == .fault(.bareLineFeed))
  }

  @Test func aFloodOfLineEndsIsRefusedAtOnce() {
    #expect(read(String(repeating: "\n", count: 3)) == .fault(.bareLineFeed))
    #expect(read("\r\n") == .needMore)
    #expect(read("\r\n\r\n") == .fault(.requestLine))
  }

  // MARK: The request line (RFC 9112 §3)

  @Test(arguments: [
    ("GET /  HTTP/1.1", RequestHeadFault.requestLine),
    ("GET  / HTTP/1.1", .requestLine),
    (" GET / HTTP/1.1", .requestLine),
    ("\tGET / HTTP/1.1", .requestLine),
    ("GET\t/ HTTP/1.1", .requestLine),
    ("GET /", .requestLine),
    ("GET", .requestLine),
    ("GET ", .requestLine),
    ("GET / ", .requestLine),
    ("G@T / HTTP/1.1", .requestLine),
    ("G\u{E9}T / HTTP/1.1", .requestLine),
    ("GET / a HTTP/1.1", .requestLine),
    ("GET / http/1.1", .requestLine),
    ("GET / HTTP/1.1 ", .versionSyntax),
    ("GET / HTTP/1.10", .versionSyntax),
    ("GET / HTTP/01.1", .versionSyntax),
    ("GET / HTTP/1.", .versionSyntax),
    ("GET / HTTP/1,1", .versionSyntax),
    ("GET / HTTP/a.1", .versionSyntax),
    ("GET / HTTP/1.\t", .versionSyntax),
    ("GET / HTTP/+1.1", .versionSyntax),
    ("GET / HTTP 1.1", .versionSyntax),
    ("GET / HTTP/2.0", .versionUnsupported),
    ("PRI * HTTP/2.0", .versionUnsupported),
    ("GET / HTTP/0.9", .versionUnsupported),
    ("GET / HTTP/9.9", .versionUnsupported),
  ])
  func aBadRequestLineIsRefused(line: String, fault: RequestHeadFault) {
    #expect(read("\(line)\r\nHost: r\r\n\r\n") == .fault(fault))
  }

  @Test(arguments: [("HTTP/1.0", 0), ("HTTP/1.1", 1), ("HTTP/1.2", 1), ("HTTP/1.9", 1)])
  func aMinorVersionIsReadAsTheHighestKnown(version: String, minor: UInt8) {
    #expect(read("GET / \(version)\r\nHost: r\r\n\r\n").head?.minorVersion == minor)
  }

  @Test(arguments: [
    ("GET", HTTP.Method.get), ("HEAD", .head), ("OPTIONS", .options), ("POST", .registered),
    ("QUERY", .registered), ("UPDATEREDIRECTREF", .registered), ("get", .unknown),
    ("GETS", .unknown), ("GE", .unknown), ("!#$%&'*+-.^_`|~09", .unknown),
  ])
  func methodsAreToldApart(token: String, method: HTTP.Method) {
    #expect(read("\(token) / HTTP/1.1\r\nHost: r\r\n\r\n").head?.method == method)
  }

  @Test func methodsHaveNames() {
    let names = [HTTP.Method.get, .head, .options, .connect, .registered, .unknown].map(\.name)
    #expect(names == ["GET", "HEAD", "OPTIONS", "CONNECT", "_OTHER", "_OTHER"])
  }
}
