import Posix
import Testing

@testable import Server

/// Goal: where memory or connections run short, those pay that use them least, and others are
/// served.
@Suite struct ShortageTests {
  private func request(_ path: String, _ fields: String = "") -> String {
    "GET \(path) HTTP/1.1\r\nHost: a\r\n\(fields)\r\n"
  }

  private func count(_ refusal: Statistics.Refusal, in server: EngineTests.Running) -> Int {
    server.engine.loops.reduce(0) { $0 + $1.statistics.value(of: refusal) }
  }

  @Test func thoseWhoDoNotReadGiveTheirMemoryBack() throws {
    var limits = Limits()
    limits.unwrittenBytesInAll = 1_000
    let server = try EngineTests.Running(loops: 1, limits: limits)
    let clients = try (0..<10).map { _ in
      try RawClient(port: server.address.port, receiveBufferBytes: 1_024)
    }
    let flood = (0..<200).map { request("/n\($0)/40000") }.joined()
    // A client that is given up while it still asks may see that in the sending.
    for client in clients { try? client.send(flood) }
    // A loop makes room when it is woken, and others are served meanwhile.
    let other = try server.client()
    let isRelieved = server.wait {
      guard (try? other.send(request("/n1/5"))) != nil,
        let answer = try? other.receive(),
        String(decoding: answer, as: UTF8.self).hasSuffix("/n1/5")
      else { return false }
      return count(.memory, in: server) > 0
        && server.engine.quotas.unwrittenBytes.taken <= limits.unwrittenBytesInAll
    }
    #expect(isRelieved)
    withExtendedLifetime(clients) {}
  }

  @Test func memoryIsGivenBackThoughNobodyWakesTheLoop() throws {
    var limits = Limits()
    limits.unwrittenBytesInAll = 1_000
    // Else the deadline of the stalled client would wake it.
    limits.stallMilliseconds = 600_000
    let server = try EngineTests.Running(loops: 1, limits: limits)
    let client = try RawClient(port: server.address.port, receiveBufferBytes: 1_024)
    try client.send((0..<200).map { request("/n\($0)/40000") }.joined())
    let isRelieved = server.wait {
      count(.memory, in: server) == 1 && server.engine.quotas.unwrittenBytes.taken == 0
    }
    #expect(isRelieved)
    withExtendedLifetime(client) {}
  }

  @Test func theIdleMakeRoomOnceFourFifthsOfTheConnectionsAreTaken() throws {
    var limits = Limits()
    limits.connections = 5
    limits.idleUnderPressureMilliseconds = 100
    let server = try EngineTests.Running(loops: 1, limits: limits)
    let clients = try (0..<5).map { _ in try server.client() }
    for client in clients {
      try client.send(request("/n1/0"))
      _ = try client.receive()
    }
    // The sixth is served long before the idle deadline of any of the five.
    let sixth = try server.client()
    try sixth.send(request("/n6/5", "Connection: close\r\n"))
    #expect(try sixth.receiveAll().hasSuffix("/n6/5"))
    #expect(count(.idle, in: server) > 0)
    withExtendedLifetime(clients) {}
  }
}
