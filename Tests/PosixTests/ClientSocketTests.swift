import Foundation
import Glibc
import Testing

@testable import Posix

/// Goal: a question to somebody else gets its answer, or ends in time with the kernel's reason.
@Suite struct ClientSocketTests {
  private func listener() throws -> Socket {
    try Socket.listening(on: SocketAddress(parsing: SocketTests.loopback), joining: false)
  }

  @Test func aQuestionGetsItsAnswer() throws {
    let listener = try listener()
    let client = try ClientSocket.connected(
      to: listener.localAddress(),
      timeoutMilliseconds: 10_000
    )
    try client.send(Array("question".utf8).span)
    do {
      let server = try #require(try listener.acceptNow()).take()
      var buffer = [UInt8](repeating: 0, count: 16)
      var target = buffer.mutableSpan
      let read = try server.receive(into: &target)
      #expect(read == .bytes(8))
      let sent = try server.send(Array("answer".utf8).span)
      #expect(sent == .bytes(6))
    }
    #expect(String(decoding: try client.receive(limitBytes: 100), as: UTF8.self) == "answer")
  }

  /// More than both kernel buffers hold, so that sending has to wait for the reader.
  @Test func aLongQuestionWaitsForItsReader() throws {
    let listener = try listener()
    let address = try listener.localAddress()
    let size = 32 << 20
    let sender = Thread {
      let question = [UInt8](repeating: 1, count: size)
      guard let client = try? ClientSocket.connected(to: address, timeoutMilliseconds: 60_000)
      else { return }
      try? client.send(question.span)
    }
    sender.start()
    try awaitReadiness(POLLIN, of: listener.number, timeoutMilliseconds: 60_000)
    let server = try #require(try listener.acceptNow()).take()
    var count = 0
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    reading: while true {
      var target = buffer.mutableSpan
      switch try server.receive(into: &target) {
      case .bytes(let more): count += more
      case .wouldBlock:
        try awaitReadiness(POLLIN, of: server.number, timeoutMilliseconds: 60_000)
      case .endOfStream: break reading
      }
    }
    #expect(count == size)
  }

  @Test func noMoreIsReadThanIsAskedFor() throws {
    let listener = try listener()
    let client = try ClientSocket.connected(
      to: listener.localAddress(),
      timeoutMilliseconds: 10_000
    )
    let server = try #require(try listener.acceptNow()).take()
    _ = try server.send([UInt8](repeating: 1, count: 20_000).span)
    // The peer has not finished, so reading ends at the limit, give or take a piece.
    #expect((10_000..<10_000 + 4_096).contains(try client.receive(limitBytes: 10_000).count))
  }

  @Test func aServerThatIsSilentEndsTheWait() throws {
    let listener = try listener()
    let client = try ClientSocket.connected(to: listener.localAddress(), timeoutMilliseconds: 50)
    #expect(throws: Errno(ETIMEDOUT)) { try client.receive(limitBytes: 1) }
    // What is left of the time is none.
    #expect(throws: Errno(ETIMEDOUT)) { try client.receive(limitBytes: 1) }
  }

  @Test func nobodyThereIsARefusal() throws {
    let address: SocketAddress
    do { address = try listener().localAddress() }
    #expect(throws: Errno(ECONNREFUSED)) {
      _ = try ClientSocket.connected(to: address, timeoutMilliseconds: 10_000)
    }
  }

  @Test func aResetIsAnError() throws {
    let listener = try listener()
    let client = try ClientSocket.connected(
      to: listener.localAddress(),
      timeoutMilliseconds: 10_000
    )
    try #require(try listener.acceptNow()).take().abandon()
    #expect(throws: Errno.connectionReset) { try client.receive(limitBytes: 1) }
  }
}
