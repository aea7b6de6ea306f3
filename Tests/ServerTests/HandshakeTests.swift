import HTTP
import Testing

@testable import Server

/// Goal: a connection begins with what its handshake comes to, and counts it.
@Suite struct HandshakeTests {
  /// The far end of a transport whose handshake goes as it is told.
  private final class Script {
    var outcomes: [HandshakeOutcome]
    var isResumed = false
    var certificateSubject: String?
    var input: [UInt8] = []
    var output: [UInt8] = []
    var wasReset = false

    init(_ outcomes: [HandshakeOutcome]) {
      self.outcomes = outcomes
    }
  }

  private struct ScriptedTransport: Transport, ~Copyable {
    let script: Script

    var isResumed: Bool { script.isResumed }
    var certificateSubject: String? { script.certificateSubject }
    var hasBufferedInput: Bool { false }
    var readAwaitsRoom: Bool { false }

    func handshake() -> HandshakeOutcome { script.outcomes.removeFirst() }

    func read(into target: inout MutableSpan<UInt8>) -> ReceiveOutcome {
      if script.input.isEmpty { return .wouldBlock }
      let count = min(target.count, script.input.count)
      for index in 0..<count { target[index] = script.input[index] }
      script.input.removeFirst(count)
      return .bytes(count)
    }

    func write(_ source: Span<UInt8>, more: Bool) -> SendOutcome {
      script.output.append(copying: source)
      return .bytes(source.count)
    }

    func announceEnd() {}
    func finishSending() {}
    func prepareReset() { script.wasReset = true }
  }

  private func withConnection(
    _ script: Script,
    _ body: (inout Connection<ScriptedTransport>, inout ReceiveBuffer, inout Workbench) -> Void
  ) {
    var bench = Workbench(
      limits: Limits(),
      statistics: Statistics(),
      quotas: Quotas(Limits()),
      now: 1_000
    )
    var connection = Connection(
      ScriptedTransport(script: script),
      handshakes: true,
      peer: Peer(address: [10, 0, 0, 1], port: 1, isSecure: true),
      responder: NumberingResponder(),
      bench
    )
    var buffer = ReceiveBuffer()
    body(&connection, &buffer, &bench)
  }

  private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  @Test func requestsAreTakenOnceItIsDone() {
    let script = Script([.wouldBlock, .done])
    script.isResumed = true
    script.certificateSubject = "CN=monitor"
    script.input = Array("GET /n1/5 HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
    withConnection(script) { connection, buffer, bench in
      let early = connection.turn(
        readable: true,
        writable: true,
        peerFinished: false,
        &buffer,
        &bench
      )
      bench.gathersAnswers = true
      #expect(early == .park)
      #expect(connection.state.phase == .handshaking)
      #expect(script.output.isEmpty)
      #expect(bench.statistics.handshakes.value == 0)
      let verdict = connection.turn(
        readable: true,
        writable: true,
        peerFinished: false,
        &buffer,
        &bench
      )
      #expect(verdict == .deliver)
      #expect(script.output.isEmpty)
      #expect(connection.deliver(bench.batch.endRun(), &bench) == .park)
      #expect(connection.state.phase == .idle)
      #expect(connection.peer.certificateSubject == "CN=monitor")
      #expect(bench.statistics.handshakes.value == 1)
      #expect(bench.statistics.handshakesResumed.value == 1)
    }
    #expect(text(script.output).hasSuffix("\r\n\r\n/n1/5"))
  }

  @Test func aFailureEndsTheConnectionAndIsCounted() {
    withConnection(Script([.failed])) { connection, buffer, bench in
      let verdict = connection.turn(
        readable: true,
        writable: false,
        peerFinished: false,
        &buffer,
        &bench
      )
      #expect(verdict == .discard)
      #expect(bench.statistics.value(of: .handshake) == 1)
      #expect(bench.statistics.handshakes.value == 0)
    }
  }

  /// A client that speaks plain HTTP to TLS is told so, and nothing it says is read as a request.
  @Test func plainHTTPIsRefusedInPlain() {
    let script = Script([.plainRequest])
    script.input = Array("GET /n1/5 HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
    withConnection(script) { connection, buffer, bench in
      _ = connection.turn(readable: true, writable: true, peerFinished: false, &buffer, &bench)
      #expect(connection.state.phase == .lingering)
      _ = connection.turn(readable: true, writable: true, peerFinished: false, &buffer, &bench)
      #expect(bench.statistics.requests.value == 0)
    }
    #expect(text(script.output).hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
    #expect(!text(script.output).contains("/n1/5"))
  }

  @Test func whatMakesRoomIsReset() {
    let script = Script([.done])
    withConnection(script) { connection, buffer, bench in
      _ = connection.turn(readable: false, writable: false, peerFinished: false, &buffer, &bench)
      connection.giveUp(&bench)
      #expect(connection.state.phase == .closed)
      #expect(connection.verdict == .discard)
    }
    #expect(script.wasReset)
  }
}
