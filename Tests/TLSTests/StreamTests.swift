import COpenSSL
import Testing

@testable import TLS

/// What happens between the handshake and the end.
@Suite struct StreamTests {
  /// A server whose client has shaken hands and goes on with `script`, where `tls` is its
  /// connection.
  private func meet(
    _ script: String,
    sendBuffer: CInt? = nil
  ) throws -> (server: ServerEnd, client: Command) {
    let server = try ServerEnd(Fixtures.context(), sendBuffer: sendBuffer)
    let client = try ServerEnd.client("tls = connect()\n" + script, for: server)
    #expect(try server.handshake() == .done)
    return (server, client)
  }

  @Test func aClosureThatIsAnnouncedIsClean() throws {
    let (server, client) = try meet("tls.sendall(b'last')\ntls.unwrap()\nsay('agreed')")
    #expect(try server.read().text == "last")
    #expect(try server.read().outcome == .closed)
    #expect(try server.read().outcome == .closed)
    #expect(server.connection.shutdown() == .done)
    #expect(client.finish().output == "agreed\n")
  }

  @Test func aClosureWithoutAnnouncementIsTruncation() throws {
    let (server, client) = try meet("tls.sendall(b'last')\ntls.shutdown(socket.SHUT_WR)")
    #expect(try server.read().text == "last")
    // The client ends with our ticket unread, so its kernel may send a reset behind the end.
    switch try server.read().outcome {
    case .truncated: break
    case .failed(let fault): #expect(fault.isReset)
    case let other: Issue.record("\(other)")
    }
    // OpenSSL is not asked again.
    guard case .failed = server.connection.shutdown() else {
      Issue.record("shut down after a failure")
      return
    }
    guard case .failed = server.connection.write(Array("x".utf8).span) else {
      Issue.record("wrote after a failure")
      return
    }
    #expect(!server.connection.hasPending)
    #expect(client.finish().status == 0)
  }

  /// The client's Python raises an error that names the EOF when bytes end without close_notify.
  @Test(arguments: [true, false])
  func theClientCanTellOurEndFromACut(isAnnounced: Bool) throws {
    let (server, client) = try meet("say(tls.recv(10), tls.recv(10))")
    try server.write("answer")
    if isAnnounced { #expect(server.connection.shutdown() == .done) }
    server.cutOff()
    let output = client.finish().output
    #expect(output.contains(isAnnounced ? "b'answer' b''" : "EOF"), "\(output)")
  }

  @Test func closureIsAnnouncedOnceAndEndsWriting() throws {
    let (server, client) = try meet("say(tls.recv(10))\ntls.sendall(b'late')")
    #expect(server.connection.shutdown() == .done)
    #expect(server.connection.shutdown() == .done)
    #expect(server.connection.write(Array("x".utf8).span) == .closed)
    #expect(try server.read().text == "late")
    #expect(client.finish().output == "b''\n")
  }

  @Test func nothingIsSentBeforeAHandshake() throws {
    let server = try ServerEnd(Fixtures.context())
    #expect(server.connection.write(Array("x".utf8).span) == .closed)
    #expect(server.connection.shutdown() == .done)
    #expect(server.bytesAtPeer() == [])
    #expect(server.connection.handshake() == .done)
    #expect(server.connection.write(Array("x".utf8).span) == .closed)
  }

  @Test func garbageInsteadOfARecordFailsAndStaysFailed() throws {
    let (server, client) = try meet(
      "raw = socket.socket(fileno=tls.detach())\nraw.sendall(b'garbage' * 9)\nraw.recv(100)"
    )
    let first = try server.read().outcome
    guard case .failed(let fault) = first else {
      Issue.record("\(first)")
      return
    }
    #expect(!fault.isAlertFromPeer)
    #expect(try server.read().outcome == first)
    server.cutOff()
    _ = client.finish()
  }

  /// SSL_get_error(3) would call a good read a failure.
  @Test func aPoisonedErrorQueueHarmsNobody() throws {
    let (server, client) = try meet("tls.sendall(b'good')\nsay(tls.recv(10))\ntls.recv(1)")
    func poison() {
      #expect(unsafe BIO_new_file("/nowhere/at/all", "r") == nil)
      #expect(ERR_peek_error() != 0)
    }
    poison()
    #expect(try server.read().text == "good")
    poison()
    var bytes = [UInt8](repeating: 0, count: 10)
    var span = bytes.mutableSpan
    #expect(server.connection.read(into: &span) == .wantRead)
    poison()
    try server.write("fine")
    poison()
    #expect(server.connection.shutdown() == .done)
    #expect(client.finish().output == "b'fine'\n")
  }

  @Test func bytesOfOneRecordMayBeReadOneByOne() throws {
    let (server, client) = try meet("tls.sendall(b'GET GET')\ntls.recv(1)")
    var text = ""
    repeat {
      text += try server.read(limit: 1).text
      #expect(server.connection.hasPending || text.count == 7)
    } while text.count < 7
    #expect(text == "GET GET")
    var bytes: [UInt8] = [0]
    var span = bytes.mutableSpan
    #expect(server.connection.read(into: &span) == .wantRead)
    #expect(!server.connection.hasPending)
    _ = server.connection.shutdown()
    #expect(client.finish().status == 0)
  }

  @Test func bytesWrittenOneByOneArriveInOrder() throws {
    let (server, client) = try meet(
      "text = b''\nwhile piece := tls.recv(100): text += piece\nsay(text)"
    )
    try server.write(Array("HTTP/1.1 200 OK".utf8), step: 1)
    #expect(server.connection.write([UInt8]().span) == .bytes(0))
    #expect(server.connection.shutdown() == .done)
    #expect(client.finish().output == "b'HTTP/1.1 200 OK'\n")
  }

  /// A socket that takes little makes each record, and the closure, a partial write that is taken
  /// up again, from another address.
  @Test func aLongAnswerArrivesWholeThroughASmallSocket() throws {
    let (server, client) = try meet(
      """
      import hashlib
      digest, count = hashlib.sha256(), 0
      while piece := tls.recv(1000):
          digest.update(piece)
          count += len(piece)
      say(count, digest.hexdigest())
      """,
      sendBuffer: 1
    )
    let bytes = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
    try server.write(bytes, step: 70_000)
    #expect(try server.shutdown() == .done)
    var digest = [UInt8](repeating: 0, count: 32)
    unsafe EVP_Digest(bytes, bytes.count, &digest, nil, EVP_sha256(), nil)
    let text = digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    #expect(client.finish().output == "1000000 \(text)\n")
  }

  /// The readiness that announces them may have been taken for that of the bytes before.
  @Test func whatComesWhileARecordIsBufferedIsNotForgotten() throws {
    let server = try ServerEnd(Fixtures.context())
    let client = try Peer(descriptor: server.peerNumber)
    #expect(client.shakeHands(with: server.connection))
    client.write("one")
    client.write("two")
    _ = client.flush()
    #expect(try server.read().text == "one")
    #expect(server.connection.hasPending)
    client.write("three")
    _ = client.flush()
    #expect(try server.read().text == "two")
    #expect(server.connection.hasPending)
    #expect(try server.read().text == "three")
    #expect(!server.connection.hasPending)
  }

  /// A peer asks for key updates and reads none of them.
  @Test func aReadThatHasToWriteWaitsForRoom() throws {
    let server = try ServerEnd(Fixtures.context(), sendBuffer: 1)
    let client = try Peer(descriptor: server.peerNumber)
    #expect(client.shakeHands(with: server.connection))
    for _ in 0..<1000 { client.updateKey(asksForAnother: true) }
    client.write("after")
    _ = client.flush()
    var bytes = [UInt8](repeating: 0, count: 100)
    var span = bytes.mutableSpan
    #expect(server.connection.read(into: &span) == .wantWrite)
    #expect(server.connection.readAwaitsRoom)
    #expect(!server.connection.hasPending)
    var outcome = TLSReadOutcome.wantWrite
    while outcome == .wantWrite || outcome == .wantRead && server.connection.hasPending {
      while !server.bytesAtPeer().isEmpty {}
      span = bytes.mutableSpan
      outcome = server.connection.read(into: &span)
    }
    #expect(outcome == .bytes(5))
    #expect(!server.connection.readAwaitsRoom)
  }

  /// One read must not go on for as long as its peer likes.
  @Test func aFloodOfKeyUpdatesIsLeftInBetween() throws {
    let server = try ServerEnd(Fixtures.context())
    let client = try Peer(descriptor: server.peerNumber)
    #expect(client.shakeHands(with: server.connection))
    for _ in 0..<5000 { client.updateKey() }
    client.write("after")
    // A record takes 27 bytes; OpenSSL buffers 16 KiB.
    #expect(client.flush() > TLSConnection.silentRoundMax * 16_384)
    var bytes = [UInt8](repeating: 0, count: 100)
    var span = bytes.mutableSpan
    #expect(server.connection.read(into: &span) == .wantRead)
    #expect(server.connection.hasPending)
    #expect(try server.read().text == "after")
    span = bytes.mutableSpan
    #expect(server.connection.read(into: &span) == .wantRead)
    #expect(!server.connection.hasPending)
  }
}
