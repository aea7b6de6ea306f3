import Testing

@testable import TLS

/// Goal: what is agreed in a handshake is what the policy says, and a peer that wants anything else
/// gets none.
/// Method: Python's ssl is the client; both sides say what they saw.
@Suite struct HandshakeTests {
  /// Shakes hands with a client that runs `script`.
  private func shakeHands(
    _ context: TLSContext,
    with script: String
  ) throws -> (step: TLSStep, server: ServerEnd, client: String) {
    let server = try ServerEnd(context)
    let client = try ServerEnd.client(script, for: server)
    let step = try server.handshake()
    if step == .done {
      _ = server.connection.shutdown()
    }
    server.cutOff()
    return (step, server, client.finish().output)
  }

  @Test(arguments: ["TLSv1_2", "TLSv1_3"])
  func bothVersionsAreSpoken(version: String) throws {
    let (step, server, client) = try shakeHands(
      Fixtures.context(),
      with: """
        version = ssl.TLSVersion.\(version)
        tls = connect(lowest=version, highest=version)
        say(tls.version(), tls.cipher()[0], tls.compression())
        """
    )
    #expect(step == .done)
    let connection = server.connection
    #expect(client == "\(connection.protocolVersion) \(connection.cipher) None\n")
    #expect(connection.protocolVersion == version.replacing("_", with: "."))
    #expect(connection.serverName == "one.example")
    #expect(connection.clientSubject == nil)
    #expect(!connection.isResumed)
  }

  @Test(arguments: [("TLSv1", false), ("TLSv1_1", false), ("TLSv1_2", true)])
  func anOlderVersionIsRefused(version: String, modernOnly: Bool) throws {
    let (step, _, client) = try shakeHands(
      Fixtures.context(modernOnly: modernOnly),
      with: "version = ssl.TLSVersion.\(version)\nconnect(lowest=version, highest=version)"
    )
    guard case .failed = step else {
      Issue.record("agreed on \(version)")
      return
    }
    #expect(client.contains("ALERT_PROTOCOL_VERSION"), "\(client)")
  }

  @Test(arguments: SecurityPolicy.cipherList)
  func theClientChoosesAmongTheSuites(suite: String) throws {
    let (step, _, client) = try shakeHands(
      Fixtures.context(["one", "rsa"]),
      with: """
        say(connect(highest=ssl.TLSVersion.TLSv1_2, suites="\(suite)").cipher()[0])
        """
    )
    #expect(step == .done)
    #expect(client == "\(suite)\n")
  }

  @Test(arguments: [
    "AES128-GCM-SHA256", "DHE-RSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES128-SHA256",
    "ECDHE-RSA-AES256-SHA", "ECDHE-ECDSA-AES128-CCM",
  ])
  func otherSuitesAreRefused(suite: String) throws {
    let (step, _, client) = try shakeHands(
      Fixtures.context(["one", "rsa"]),
      with: #"connect(highest=ssl.TLSVersion.TLSv1_2, suites="\#(suite)")"#
    )
    #expect(step != .done)
    #expect(client.contains("HANDSHAKE_FAILURE"), "\(client)")
  }

  @Test(arguments: [
    (#"("http/1.1",)"#, "http/1.1"), (#"("h2", "http/1.1")"#, "http/1.1"), ("()", "None"),
  ])
  func theProtocolIsHTTP(offer: String, choice: String) throws {
    let (step, _, client) = try shakeHands(
      Fixtures.context(),
      with: "say(connect(alpn=\(offer)).selected_alpn_protocol())"
    )
    #expect(step == .done)
    #expect(client == "\(choice)\n")
  }

  @Test(arguments: [#"("h2",)"#, #"("http/1.0", "http/1", "http/1.10", "h")"#])
  func anotherProtocolIsRefused(offer: String) throws {
    let (step, _, client) = try shakeHands(
      Fixtures.context(),
      with: "connect(alpn=\(offer))"
    )
    #expect(step != .done)
    #expect(client.contains("no application protocol"), "\(client)")
  }

  @Test(arguments: [
    ("one.example", "one.example"), ("ONE.Example", "one.example"),
    ("one-too.example", "one.example"), ("a.wild.example", "wild"),
    ("exact.wild.example", "exact"), ("a.b.wild.example", "one.example"),
    ("wild.example", "one.example"), ("nobody.example", "one.example"),
  ])
  func theNameChoosesTheCertificate(name: String, subject: String) throws {
    let (step, server, client) = try shakeHands(
      Fixtures.context(["one", "wild", "exact"]),
      with: "say(subject(connect(name='\(name)', name_is_checked=False)))"
    )
    #expect(step == .done)
    #expect(client == "\(subject)\n")
    #expect(server.connection.serverName?.lowercased() == name.lowercased())
  }

  @Test func aClientThatNamesNoServerGetsTheFirstCertificate() throws {
    let (step, server, client) = try shakeHands(
      Fixtures.context(["one", "wild"]),
      with: "say(subject(connect(name=None, name_is_checked=False)))"
    )
    #expect(step == .done)
    #expect(client == "one.example\n")
    #expect(server.connection.serverName == nil)
  }

  @Test(
    arguments: [
      ("ECDHE-RSA-AES128-GCM-SHA256", "one.example with RSA"),
      ("ECDHE-ECDSA-AES128-GCM-SHA256", "one.example"),
    ],
    [["one", "rsa"], ["rsa", "one"], ["wild", "one", "rsa"]]
  )
  func aNameMayHaveCertificatesOfTwoKinds(
    choice: (suite: String, subject: String),
    order: [String]
  ) throws {
    let (step, _, client) = try shakeHands(
      Fixtures.context(order),
      with: "say(subject(connect(highest=ssl.TLSVersion.TLSv1_2, suites='\(choice.suite)')))"
    )
    #expect(step == .done)
    #expect(client == "\(choice.subject)\n")
  }

  @Test func aHandshakeMayComeByteForByte() throws {
    let server = try ServerEnd(Fixtures.context())
    let client = try ServerEnd.client("say(dribble())", for: server)
    #expect(try server.handshake() == .done)
    #expect(try server.read().text == "ping")
    try server.write("pong")
    #expect(client.finish().output == "b'pong'\n")
  }

  @Test(arguments: ["GET / HTTP/1.1\r\n\r\n", "POST /x HTTP/1.1\r\n", "HEAD / HTTP/1.0\r\n\r\n"])
  func plainHTTPIsKnownAndCanBeAnsweredPlainly(request: String) throws {
    let server = try ServerEnd(Fixtures.context())
    server.sendFromPeer(Array(request.utf8))
    #expect(try server.handshake() == .plainHTTP)
    #expect(server.bytesAtPeer() == [])
    guard case .failed = try server.handshake() else {
      Issue.record("went on after plain HTTP")
      return
    }
  }

  @Test(arguments: [
    [UInt8](repeating: 0, count: 64), [UInt8](repeating: 0xFF, count: 64),
    Array("SSH-2.0-x\r\n".utf8),
    [0x16, 0x03, 0x01, 0x00, 0x04, 0x02, 0x00, 0x00, 0x00], [0x16, 0x03, 0x01, 0x48, 0x01, 0x01],
  ])
  func somethingElseThanAHelloFails(bytes: [UInt8]) throws {
    let server = try ServerEnd(Fixtures.context())
    server.sendFromPeer(bytes)
    let step = try server.handshake()
    guard case .failed(let fault) = step else {
      Issue.record("\(step)")
      return
    }
    #expect(fault.number != 0)
    #expect(!fault.description.isEmpty)
  }

  @Test(arguments: [0, 1, 5, 9])
  func aPeerThatLeavesInTheHandshakeIsTruncated(count: Int) throws {
    let server = try ServerEnd(Fixtures.context())
    let hello: [UInt8] = [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xFC]
    if count > 0 { server.sendFromPeer(Array(hello[..<count])) }
    server.endPeer()
    #expect(try server.handshake() == .truncated)
  }
}
