import Dispatch
import Glibc
import HTTP
import Synchronization
import Testing

@testable import portolan

/// Goal: addresses are read as the system reads them, and written as RFC 5952 says.
/// Method: tables, and inet_pton(3) and inet_ntop(3) over damaged and over random addresses.
@Suite struct IPAddressTests {
  private func theirs(_ text: String) -> IPAddress? {
    var bytes = [UInt8](repeating: 0, count: 16)
    if unsafe inet_pton(AF_INET6, text, &bytes) == 1 { return IPAddress(bytes: bytes) }
    if unsafe inet_pton(AF_INET, text, &bytes) == 1 { return IPAddress(bytes: Array(bytes[..<4])) }
    return nil
  }

  private static let texts = [
    "0.0.0.0", "255.255.255.255", "192.0.2.1", "::", "::1", "1::", "2001:db8::1",
    "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "::ffff:192.0.2.1",
    "64:ff9b::192.0.2.33", "1:2:3:4:5:6:1.2.3.4", "ABCD:ef01::",
    // And what is no address.
    "", ".", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.", "1..2.3", "01.2.3.4", "1.2.3.04",
    ":", ":::", "1:", ":1", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "12345::", "g::",
    "1:2:3:4:5:6:7:1.2.3.4", "::1.2.3", "::1.2.3.4:5", "[::1]", "::1%eth0", " ::1", "1.2.3.4 ",
    "1:2:3:4::5:6:7:8", "::1:2:3:4:5:6:7:8",
  ]

  @Test(arguments: texts)
  func anAddressIsReadAsTheSystemReadsIt(text: String) {
    #expect(IPAddress(parsing: text) == theirs(text))
  }

  @Test(arguments: texts)
  func damagedAddressesAreReadAsTheSystemReadsThem(text: String) {
    let bytes = Array(text.utf8)
    for index in bytes.indices {
      for byte in Array(":.0f1[".utf8) {
        var damaged = bytes
        damaged[index] = byte
        let other = String(decoding: damaged, as: UTF8.self)
        #expect(IPAddress(parsing: other) == theirs(other), "\(other)")
      }
    }
  }

  @Test func addressesAreWrittenInTheirShortestForm() throws {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<2000 {
      // Many zeros, so that gaps come in all places.
      let high = generator.next() & generator.next() & 0xFFFF_0000_00FF_FFFF
      let low = generator.next() & generator.next() & 0xFFFF_FFFF_0000_00FF
      let address = IPAddress(high: high, low: low)
      var bytes: [UInt8] = []
      for word in [high, low] {
        for shift in stride(from: 56, through: 0, by: -8) {
          bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(shift)))
        }
      }
      var text = [CChar](repeating: 0, count: 64)
      _ = unsafe inet_ntop(AF_INET6, bytes, &text, 64)
      let theirs = String(
        decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) },
        as: UTF8.self
      )
      // inet_ntop writes the last 32 bits of some old forms with dots.
      if !theirs.contains(".") { #expect(address.description == theirs) }
      #expect(IPAddress(parsing: address.description) == address)
    }
    #expect(IPAddress(parsing: "192.0.2.1")?.description == "192.0.2.1")
  }
}

@Suite struct IPNetworkTests {
  @Test(arguments: [
    ("10.0.0.0/8", "10.255.255.255", true), ("10.0.0.0/8", "11.0.0.0", false),
    ("192.0.2.1", "192.0.2.1", true), ("192.0.2.1", "192.0.2.2", false),
    ("0.0.0.0/0", "255.0.0.1", true), ("0.0.0.0/0", "::1", false),
    ("::/0", "1.2.3.4", true), ("fd00::/8", "fdff::1", true), ("fd00::/8", "fe00::1", false),
    ("2001:db8::/65", "2001:db8::7fff:0:0:0", true),
    ("2001:db8::/65", "2001:db8::8000:0:0:0", false),
    ("10.0.0.0/8", "::ffff:10.1.2.3", true),
  ])
  func aNetworkHoldsWhatSharesItsFirstBits(network: String, address: String, isIn: Bool) throws {
    let network = try #require(IPNetwork(parsing: network))
    let address = try #require(IPAddress(parsing: address))
    #expect(network.contains(address) == isIn)
  }

  @Test(arguments: [
    "", "/8", "10.0.0.0/", "10.0.0.0/33", "::/129", "10.0.0.1/8", "10.0.0.0/8/8", "10.0.0.0/-1",
    "10.0.0.0/+8", "10.0.0.0/0x8", "a/8", "fd00::1/8",
  ])
  func nonsenseIsRefused(text: String) {
    #expect(IPNetwork(parsing: text) == nil)
  }

  @Test(arguments: ["10.0.0.0/8", "fd00::/8", "0.0.0.0/0", "::1/128"])
  func aNetworkIsWrittenAsItIsRead(text: String) {
    #expect(IPNetwork(parsing: text)?.description == text)
  }
}

/// Goal: nobody can choose the address that is logged and limited for them.
/// Method: heads as proxies and cheats send them.
@Suite struct ClientAddressTests {
  private let address = ClientAddress(
    trustedProxies: ["10.0.0.0/8", "fd00::/8"].compactMap { IPNetwork(parsing: $0) }
  )

  private func client(_ peer: String, _ lines: [String]) throws -> String {
    let read = try ReadHead(lines)
    let peer = try #require(IPAddress(parsing: peer))
    return address.resolve(peer: peer, head: read.head, bytes: read.bytes.span).description
  }

  @Test(arguments: [
    ([], "10.0.0.1"),
    (["X-Forwarded-For: 192.0.2.7"], "192.0.2.7"),
    (["X-Forwarded-For: 6.6.6.6, 192.0.2.7"], "192.0.2.7"),
    (["X-Forwarded-For: 6.6.6.6, 192.0.2.7, 10.0.0.2"], "192.0.2.7"),
    (["X-Forwarded-For: 6.6.6.6", "X-Forwarded-For: 192.0.2.7"], "192.0.2.7"),
    (["X-Forwarded-For: 10.0.0.3, 10.0.0.2"], "10.0.0.3"),
    (["X-Forwarded-For: nonsense, 10.0.0.2"], "10.0.0.2"),
    (["X-Forwarded-For: 192.0.2.7, nonsense"], "10.0.0.1"),
    (["X-Forwarded-For: 192.0.2.7:4711"], "192.0.2.7"),
    (["X-Forwarded-For: [2001:db8::7]:4711,, "], "2001:db8::7"),
    (["X-Forwarded-For: 2001:db8::7"], "2001:db8::7"),
    (["X-Forwarded-For: "], "10.0.0.1"),
    (["Forwarded: for=192.0.2.7;proto=http"], "192.0.2.7"),
    (["Forwarded: proto=http; FOR=\"192.0.2.7:80\""], "192.0.2.7"),
    (["Forwarded: for=6.6.6.6, for=\"[2001:db8::7]:80\""], "2001:db8::7"),
    (["Forwarded: for=\"a,b\", for=192.0.2.7"], "192.0.2.7"),
    (["Forwarded: for=192.0.2.7, for=unknown"], "10.0.0.1"),
    (["Forwarded: for=192.0.2.7, for=_hidden, for=10.0.0.2"], "10.0.0.2"),
    (["Forwarded: for=\"192.0.2.7"], "10.0.0.1"),
    (["Forwarded: for=\""], "10.0.0.1"),
    (["Forwarded: by=192.0.2.7"], "10.0.0.1"),
    (["Forwarded: for="], "10.0.0.1"),
    (["Forwarded: for=192.0.2.7", "X-Forwarded-For: 192.0.2.7"], "192.0.2.7"),
    (["Forwarded: for=6.6.6.6", "X-Forwarded-For: 192.0.2.7"], "10.0.0.1"),
  ])
  func theNearestUntrustedAddressIsTheClient(lines: [String], expected: String) throws {
    #expect(try client("10.0.0.1", lines) == expected)
  }

  @Test func aStrangerIsNotBelieved() throws {
    #expect(try client("192.0.2.1", ["X-Forwarded-For: 6.6.6.6"]) == "192.0.2.1")
    #expect(try client("2001:db8::1", ["Forwarded: for=6.6.6.6"]) == "2001:db8::1")
  }

  @Test func withoutTrustedProxiesNobodyIsBelieved() throws {
    let read = try ReadHead(["X-Forwarded-For: 6.6.6.6"])
    let peer = try #require(IPAddress(parsing: "10.0.0.1"))
    let nobody = ClientAddress(trustedProxies: [])
    #expect(nobody.resolve(peer: peer, head: read.head, bytes: read.bytes.span) == peer)
  }
}

@Suite struct RequestIDTests {
  @Test(arguments: [
    (["X-Request-Id: aZ0._-"], "aZ0._-"),
    (["X-Request-Id: " + String(repeating: "a", count: 64)], String(repeating: "a", count: 64)),
    (["X-Request-Id: " + String(repeating: "a", count: 65)], nil),
    (["X-Request-Id: a b"], nil), (["X-Request-Id: a\"b"], nil), (["X-Request-Id: "], nil),
    (["X-Request-Id: a", "X-Request-Id: b"], nil), ([], nil),
  ])
  func onlyAHarmlessNameIsTaken(lines: [String], expected: String?) throws {
    let read = try ReadHead(lines)
    let range = RequestID.range(in: read.head, read.bytes.span)
    #expect(range.map { String(decoding: read.bytes[$0], as: UTF8.self) } == expected)
  }

  private func names(_ namer: RequestNamer, count: Int) -> [String] {
    var namer = namer
    return (0..<count).map { _ in
      var bytes: [UInt8] = []
      namer.appendNext(to: &bytes)
      return String(decoding: bytes, as: UTF8.self)
    }
  }

  @Test func namesAreCountedBehindAPrefix() {
    #expect(
      names(RequestNamer(chance: 0xBEEF), count: 2) == ["000000000000beef-1", "000000000000beef-2"]
    )
  }

  @Test func noTwoRequestsHaveOneNameAndEachCouldBeAClients() {
    let names = (0..<4).flatMap { _ in self.names(RequestNamer(), count: 1000) }
    #expect(Set(names).count == names.count)
    #expect(names.allSatisfy { RequestID.isValid(Array($0.utf8).span) })
  }
}

/// Goal: a network gets its rate and its burst, no more and no less, whoever else asks.
/// Method: a clock of the test's own.
@Suite struct RateLimiterTests {
  private let second: UInt64 = 1_000_000_000
  private let start: UInt64 = 1_000_000_000_000

  private func admitted(
    _ limiter: RateLimiter,
    _ address: IPAddress,
    _ count: Int,
    at now: UInt64
  ) -> Int {
    var admitted = 0
    for _ in 0..<count where limiter.admit(address, nowNanoseconds: now) == .allowed {
      admitted += 1
    }
    return admitted
  }

  @Test func aBurstIsAllowedAndThenTheRate() {
    let limiter = RateLimiter(requestsPerSecond: 10, burst: 5)
    let address = IPAddress(ipv4: 1)
    #expect(admitted(limiter, address, 20, at: start) == 5)
    #expect(admitted(limiter, address, 20, at: start + second / 10) == 1)
    #expect(admitted(limiter, address, 20, at: start + second) == 5)
    var total = 0
    for step in 0..<1000 {
      let now = start + 10 * second + UInt64(step) * second / 100
      total += admitted(limiter, address, 1, at: now)
    }
    #expect((100...106).contains(total), "ten seconds at ten a second, and a burst")
  }

  @Test func aRefusalSaysWhenToComeBack() {
    let limiter = RateLimiter(requestsPerSecond: 1, burst: 1)
    let address = IPAddress(ipv4: 1)
    #expect(limiter.admit(address, nowNanoseconds: start) == .allowed)
    #expect(
      limiter.admit(address, nowNanoseconds: start + 1) == .refused(retryAfterSeconds: 1)
    )
    #expect(limiter.admit(address, nowNanoseconds: start + second) == .allowed)
  }

  @Test func networksDoNotSpendEachOthersRequests() throws {
    let limiter = RateLimiter(requestsPerSecond: 1, burst: 1)
    let one = try #require(IPAddress(parsing: "2001:db8::1"))
    let same = try #require(IPAddress(parsing: "2001:db8::ffff"))
    let other = try #require(IPAddress(parsing: "2001:db8:0:1::1"))
    #expect(limiter.admit(one, nowNanoseconds: start) == .allowed)
    #expect(limiter.admit(same, nowNanoseconds: start) != .allowed)
    #expect(limiter.admit(other, nowNanoseconds: start) == .allowed)
    #expect(limiter.admit(IPAddress(ipv4: 1), nowNanoseconds: start) == .allowed)
    #expect(limiter.admit(IPAddress(ipv4: 2), nowNanoseconds: start) == .allowed)
  }

  @Test func manyNetworksNeverMakeItRefuseAFreshOne() {
    let limiter = RateLimiter(requestsPerSecond: 1, burst: 1, seed: 1)
    for value in 0..<UInt32(4 * RateLimiter.bucketCount) {
      #expect(limiter.admit(IPAddress(ipv4: value), nowNanoseconds: start) == .allowed)
    }
  }

  @Test func aFreshTableKeepsAsManyNetworksAsItPromisesMostly() {
    let limiter = RateLimiter(requestsPerSecond: 1, burst: 1, seed: 1)
    let networks = (0..<UInt32(RateLimiter.bucketCount / 4)).map {
      IPAddress(ipv4: $0 &* 2_654_435_761)
    }
    for network in networks { _ = limiter.admit(network, nowNanoseconds: start) }
    var forgotten = 0
    for network in networks
    where limiter.admit(network, nowNanoseconds: start) == .allowed { forgotten += 1 }
    #expect(forgotten < networks.count / 50, "\(forgotten) of \(networks.count) were forgotten")
  }

  /// What each address gets when all threads ask for one after the other, round after round.
  private func admitted(
    _ limiter: RateLimiter,
    _ addresses: [IPAddress],
    threads: Int,
    rounds: Int,
    at time: @escaping @Sendable (_ round: Int) -> UInt64
  ) -> [Int] {
    let counts = Mutex([Int](repeating: 0, count: addresses.count))
    let group = DispatchGroup()
    for thread in 0..<threads {
      DispatchQueue(label: "asking-\(thread)").async(group: group) {
        var own = [Int](repeating: 0, count: addresses.count)
        for round in 0..<rounds {
          for (index, address) in addresses.enumerated()
          where limiter.admit(address, nowNanoseconds: time(round)) == .allowed {
            own[index] += 1
          }
        }
        counts.withLock { [own] counts in
          for index in own.indices { counts[index] += own[index] }
        }
      }
    }
    group.wait()
    return counts.withLock { $0 }
  }

  @Test(arguments: [1, 2, 4, 8])
  func threadsGetABurstBetweenThemAndNoMore(threads: Int) {
    let limiter = RateLimiter(requestsPerSecond: 1, burst: 1000, seed: 1)
    let networks = (1...8).map { IPAddress(ipv4: $0) }
    let start = start
    let counts = admitted(limiter, networks, threads: threads, rounds: 2000) { _ in start }
    #expect(counts == [Int](repeating: 1000, count: networks.count))
  }

  @Test func threadsGetTheRateBetweenThemAsTimePasses() {
    let limiter = RateLimiter(requestsPerSecond: 1000, burst: 10, seed: 1)
    let (start, millisecond) = (start, second / 1000)
    let counts = admitted(limiter, [IPAddress(ipv4: 1)], threads: 4, rounds: 10_000) { round in
      start + UInt64(round) * millisecond
    }
    // Whoever is ahead always gets its one; those behind get what is left of the burst at most.
    #expect((10_000...10_009).contains(counts[0]))
  }

  @Test(arguments: [(1, 1_000_000), (1_000_000, 1), (1_000_000, 1_000_000)])
  func extremeSettingsDoNotTrap(rate: Int, burst: Int) {
    let limiter = RateLimiter(requestsPerSecond: rate, burst: burst)
    for now in [0, start, UInt64.max / 2] {
      #expect(limiter.admit(IPAddress(ipv4: 1), nowNanoseconds: now) == .allowed)
    }
  }
}
