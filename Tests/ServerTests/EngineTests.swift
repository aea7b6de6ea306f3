import Glibc
import HTTP
import Posix
import Synchronization
import Testing

@testable import Server

/// The engine on real sockets of the loopback interface.
@Suite struct EngineTests {
  /// Tells another thread that something has happened.
  final class Flag: Sendable {
    private let value = Atomic<Bool>(false)
    var isUp: Bool { value.load(ordering: .acquiring) }
    func raise() { value.store(true, ordering: .releasing) }
  }

  /// An engine that serves until the test is over.
  final class Running {
    let engine: Engine
    let address: SocketAddress
    private let stopped = Flag()

    init(loops: Int = 2, limits: Limits = Limits()) throws {
      engine = try Engine(loopCount: loops, limits: limits)
      address = try engine.listen(on: SocketAddress(parsing: "127.0.0.1:0")) { _ in
        NumberingResponder()
      }
      let stopped = stopped
      engine.start { stopped.raise() }
    }

    func client() throws -> RawClient { try RawClient(port: address.port) }

    var hasStopped: Bool { stopped.isUp }

    /// Looks again until the condition holds, at most a minute.
    func wait(until condition: () -> Bool) -> Bool {
      let end = SystemClock.monotonicMilliseconds() + 60_000
      while !condition() {
        if SystemClock.monotonicMilliseconds() > end { return false }
        usleep(2_000)
      }
      return true
    }

    deinit { engine.stop() }
  }

  private func request(_ path: String, _ fields: String = "") -> String {
    "GET \(path) HTTP/1.1\r\nHost: a\r\n\(fields)\r\n"
  }

  @Test func anAnswerComesBack() throws {
    let server = try Running()
    let client = try server.client()
    try client.send(request("/n1/5", "Connection: close\r\n"))
    let answer = try client.receiveAll()
    #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\nDate: "))
    #expect(answer.hasSuffix("Connection: close\r\nContent-Length: 5\r\n\r\n/n1/5"))
  }

  @Test func aThousandPipelinedRequestsAreAnsweredInOrder() throws {
    let server = try Running()
    let client = try server.client()
    let numbers = 1_000..<2_000
    try client.send(
      numbers.map { request("/n\($0)/9") }.joined()
        + request("/n0/0", "Connection: close\r\n")
    )
    let answer = try client.receiveAll()
    let bodies = answer.split(separator: "\r\n").filter { $0.hasPrefix("/n") }
    #expect(bodies.map { $0.prefix(6) } == numbers.map { "/n\($0)" })
  }

  /// All have asked before the loop looks, so it answers some before it sends anything.
  @Test func clientsWhoAskAtTheSameTimeEachGetTheirOwnAnswer() throws {
    let engine = try Engine(loopCount: 1, limits: Limits())
    defer { engine.stop() }
    let address = try engine.listen(on: SocketAddress(parsing: "127.0.0.1:0")) { _ in
      NumberingResponder()
    }
    let kinds = ["n", "s", "w"]
    let sizes = [9, 700, 17_000, 40_000]
    let clients = try (1_000..<1_050).map { number in
      let kind = kinds[number % kinds.count]
      let path = "/\(kind)\(number)/\(sizes[number % sizes.count])"
      let client = try RawClient(port: address.port)
      try client.send(request("/n\(number)/8") + request(path, "Connection: close\r\n"))
      if number % 5 == 0 { client.finishSending() }
      return (client, "/n\(number)/8", filled(path, sizes[number % sizes.count]))
    }
    engine.start {}
    for (client, first, last) in clients {
      let answers = try client.receiveAll()
      #expect(answers.components(of: "HTTP/1.1 200 OK") == 2)
      #expect(answers.contains("\r\n\r\n\(first)HTTP/1.1 200 OK"))
      #expect(answers.hasSuffix("\r\n\r\n\(last)"))
    }
  }

  @Test func aHalfClosedClientGetsAllItsAnswers() throws {
    let server = try Running()
    let client = try server.client()
    try client.send(request("/n1/40000") + request("/h2/10") + request("/w3/100000"))
    client.finishSending()
    let answer = try client.receiveAll()
    #expect(answer.components(of: "HTTP/1.1 200 OK") == 3)
    #expect(answer.hasSuffix("33333333"))
  }

  @Test func nothingIsAnsweredAfterAFault() throws {
    let server = try Running()
    let client = try server.client()
    try client.send(request("/n1/5") + "GET / HTTP/1.1\nHost: a\r\n\r\n" + request("/n2/5"))
    let answer = try client.receiveAll()
    #expect(answer.components(of: "HTTP/1.1 ") == 2)
    #expect(answer.contains("HTTP/1.1 400 Bad Request"))
  }

  @Test func anAddressInUseIsNoticed() throws {
    let server = try Running(loops: 2)
    let second = try Engine(loopCount: 2, limits: Limits())
    #expect(throws: Engine.ListenFailure.self) {
      _ = try second.listen(on: server.address) { _ in NumberingResponder() }
    }
  }

  @Test func heldAnswersComeWhenTheDataChanges() throws {
    let server = try Running()
    let clients = try (0..<20).map { _ in try server.client() }
    for (number, client) in clients.enumerated() { try client.send(request("/h\(number)/9")) }
    #expect(server.wait { server.engine.loops.reduce(0) { $0 + $1.statistics.held.value } == 20 })
    server.engine.update { ($0 as? NumberingResponder)?.holds = false }
    for (number, client) in clients.enumerated() {
      let answer = String(decoding: try client.receive(), as: UTF8.self)
      #expect(answer.contains("\r\n\r\n/h\(number)/9"))
    }
    #expect(server.engine.quotas.heldAnswers.taken == 0)
  }

  @Test func aHeldAnswerIsHeldOnWhenOtherDataChanges() throws {
    let server = try Running(loops: 1)
    let held = try server.client()
    try held.send(request("/h1/9"))
    #expect(server.wait { server.engine.quotas.heldAnswers.taken == 1 })
    server.engine.update { _ in }
    // Its answer would stand before this one's, had the change brought it about.
    let other = try server.client()
    try other.send(request("/n1/5"))
    _ = try other.receive()
    #expect(server.engine.quotas.heldAnswers.taken == 1)
    server.engine.update { ($0 as? NumberingResponder)?.holds = false }
    #expect(String(decoding: try held.receive(), as: UTF8.self).hasSuffix(filled("/h1/9", 9)))
  }

  @Test func aHeldAnswerThatTakesLongToMakeComesWhole() throws {
    let server = try Running()
    let client = try server.client()
    try client.send(request("/g1/100000", "Connection: close\r\n"))
    #expect(server.wait { server.engine.quotas.heldAnswers.taken == 1 })
    server.engine.update { ($0 as? NumberingResponder)?.holds = false }
    #expect(try client.receiveAll().hasSuffix("\r\n\r\n" + filled("/g1/100000", 100_000)))
  }

  @Test func connectionsAreCountedByWhatTheyDo() throws {
    let server = try Running()
    func connections(in phase: ConnectionState.Phase) -> Int {
      server.engine.loops.reduce(0) { $0 + $1.statistics.connections(in: phase) }
    }
    do {
      let clients = try (0..<10).map { _ in try server.client() }
      for client in clients {
        try client.send(request("/n1/5"))
        _ = try client.receive()
      }
      #expect(server.wait { connections(in: .idle) == 10 })
      for client in clients.prefix(2) { try client.send("GET /n1") }
      #expect(server.wait { connections(in: .receiving) == 2 })
      for client in clients.dropFirst(2).prefix(3) { try client.send(request("/h1/9")) }
      #expect(server.wait { connections(in: .waiting) == 3 })
      try clients[5].send(request("/n1/5", "Connection: close\r\n"))
      #expect(server.wait { connections(in: .lingering) == 1 })
      let counts = ConnectionState.Phase.open.map(connections)
      #expect(counts == [0, 4, 2, 3, 0, 1])
    }
    #expect(server.wait { server.engine.loops.allSatisfy { $0.statistics.open == 0 } })
    #expect(ConnectionState.Phase.open.allSatisfy { connections(in: $0) == 0 })
  }

  @Test func noMoreAreHeldThanAllLoopsTogetherMay() throws {
    var limits = Limits()
    limits.heldAnswers = 3
    let server = try Running(loops: 2, limits: limits)
    let clients = try (0..<3).map { _ in try server.client() }
    for client in clients {
      let before = server.engine.quotas.heldAnswers.taken
      try client.send(request("/h1/9"))
      #expect(server.wait { server.engine.quotas.heldAnswers.taken == before + 1 })
    }
    let other = try server.client()
    try other.send(request("/h7/9"))
    #expect(String(decoding: try other.receive(), as: UTF8.self).hasSuffix(filled("/h7/9", 9)))
    withExtendedLifetime(clients) {}
  }

  @Test func drainingEndsIdleConnectionsAndAnswersTheLastRequests() throws {
    let server = try Running()
    let idle = try server.client()
    let busy = try server.client()
    try busy.send(request("/n1/5"))
    _ = try busy.receive()
    server.engine.drain()
    try busy.send(request("/n2/5"))
    #expect(try busy.receiveAll().contains("Connection: close"))
    #expect(try idle.receiveAll() == "")
    #expect(server.wait { server.hasStopped })
  }

  /// The loop hears of both in one turn, and of the drain first.
  @Test func aConnectionThatComesWithTheDrainDoesNoHarm() throws {
    for _ in 0..<20 {
      let engine = try Engine(loopCount: 2, limits: Limits())
      let address = try engine.listen(on: SocketAddress(parsing: "127.0.0.1:0")) { _ in
        NumberingResponder()
      }
      engine.drain()
      let clients = try (0..<8).map { _ in try RawClient(port: address.port) }
      let stopped = Flag()
      engine.start { stopped.raise() }
      let end = SystemClock.monotonicMilliseconds() + 10_000
      while !stopped.isUp, SystemClock.monotonicMilliseconds() < end { usleep(1_000) }
      #expect(stopped.isUp)
      withExtendedLifetime(clients) {}
    }
  }

  @Test(arguments: [1, 2])
  func atTheLimitOthersWaitAndAreServedOnceThereIsRoom(loops: Int) throws {
    var limits = Limits()
    limits.connections = 4
    let server = try Running(loops: loops, limits: limits)
    var clients = try (0..<4).map { _ in try server.client() }
    for client in clients {
      try client.send(request("/n1/5"))
      _ = try client.receive()
    }
    let waiting = try server.client()
    try waiting.send(request("/n7/5"))
    #expect(server.engine.quotas.connections.taken == 4)
    clients.removeLast()
    #expect(String(decoding: try waiting.receive(), as: UTF8.self).hasSuffix("/n7/5"))
  }

  @Test func clientsThatDoNotReadHoldABoundedAmount() throws {
    let server = try Running(loops: 1)
    let clients = try (0..<10).map { _ in
      try RawClient(port: server.address.port, receiveBufferBytes: 1_024)
    }
    let flood = (0..<200).map { request("/n\($0)/40000") }.joined()
    for client in clients { try client.send(flood) }
    #expect(server.wait { server.engine.quotas.unwrittenBytes.taken > 0 })
    // Each holds at most what is left of the answer at which the kernel said no.
    #expect(server.engine.quotas.unwrittenBytes.taken <= 10 * 65_536)
    let other = try server.client()
    try other.send(request("/n1/5", "Connection: close\r\n"))
    #expect(try other.receiveAll().hasSuffix("/n1/5"))
  }

  @Test func whatAVanishedClientHeldIsReleased() throws {
    let server = try Running(loops: 1)
    do {
      let client = try RawClient(port: server.address.port, receiveBufferBytes: 1_024)
      try client.send((0..<200).map { request("/n\($0)/40000") }.joined())
      #expect(server.wait { server.engine.quotas.unwrittenBytes.taken > 0 })
    }
    #expect(server.wait { server.engine.quotas.unwrittenBytes.taken == 0 })
    #expect(server.wait { server.engine.loops[0].statistics.open == 0 })
  }
}

/// What ``NumberingResponder`` fills a content of `size` bytes with.
private func filled(_ path: String, _ size: Int) -> String {
  path + String(repeating: String(path.dropFirst(2).prefix(1)), count: size - path.utf8.count)
}

extension String {
  fileprivate func components(of part: String) -> Int {
    var count = 0
    var rest = self[...]
    while let range = rest.firstRange(of: part) {
      count += 1
      rest = rest[range.upperBound...]
    }
    return count
  }
}
