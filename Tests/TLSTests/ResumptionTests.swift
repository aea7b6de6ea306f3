import Synchronization
import Testing

@testable import TLS

/// Goal: a ticket resumes wherever and as long as it should, and nowhere else.
/// Method: Python's ssl keeps the session of a first connection and shows it on a second one, whose
/// context differs in the one thing that the test is about.
@Suite struct ResumptionTests {
  /// A clock that tests set.
  final class Clock: Sendable {
    let seconds = Atomic<Int64>(1000)
    var ticketKeys: TicketKeys { TicketKeys { self.seconds.load(ordering: .relaxed) } }
    func advance(hours: Int64) { seconds.add(hours * 3600, ordering: .relaxed) }
  }

  /// Connects twice, taking the session along.
  ///
  /// - Returns: Whether the second connection was resumed, as we and as the client saw it.
  private func connectTwice(
    _ first: TLSContext,
    _ second: TLSContext,
    version: String = "TLSv1_3",
    certificate: String? = nil,
    inBetween: () -> Void = {}
  ) throws -> (ours: Bool, theirs: String) {
    let ends = [try ServerEnd(first), try ServerEnd(second)]
    let shown = certificate.map { "'\($0)'" } ?? "None"
    let client = try ServerEnd.client(
      """
      version = ssl.TLSVersion.\(version)
      context = settings(lowest=version, highest=version, certificate=\(shown))
      one = connect(0, context=context)
      one.recv(10)
      one.sendall(b"done")
      two = connect(3, context=context, session=one.session)
      two.recv(10)
      say(two.session_reused)
      """,
      for: ends[0],
      ends[1]
    )
    #expect(try ends[0].handshake() == .done)
    #expect(!ends[0].connection.isResumed)
    try ends[0].write("hello")
    #expect(try ends[0].read().text == "done")
    inBetween()
    let step = try ends[1].handshake()
    if step == .done { try ends[1].write("hello") }
    ends[1].cutOff()
    return (ends[1].connection.isResumed, client.finish().output)
  }

  @Test(arguments: ["TLSv1_2", "TLSv1_3"])
  func aTicketOutlivesAReload(version: String) throws {
    let keys = TicketKeys()
    let (ours, theirs) = try connectTwice(
      Fixtures.context(ticketKeys: keys),
      Fixtures.context(["one", "wild"], ticketKeys: keys),
      version: version
    )
    #expect(ours)
    #expect(theirs == "True\n", "\(theirs)")
    #expect(keys.count == 1)
  }

  @Test(arguments: ["TLSv1_2", "TLSv1_3"])
  func aTicketOfOtherKeysMeansAFullHandshake(version: String) throws {
    let (ours, theirs) = try connectTwice(
      Fixtures.context(),
      Fixtures.context(),
      version: version
    )
    #expect(!ours)
    #expect(theirs == "False\n", "\(theirs)")
  }

  @Test(arguments: ["TLSv1_2", "TLSv1_3"], [(11, true), (13, true), (35, true), (37, false)])
  func aKeyOpensForThirtySixHours(version: String, age: (hours: Int64, isResumed: Bool)) throws {
    let clock = Clock()
    let context = try Fixtures.context(ticketKeys: clock.ticketKeys)
    let (ours, _) = try connectTwice(context, context, version: version) {
      clock.advance(hours: age.hours)
    }
    #expect(ours == age.isResumed)
  }

  @Test(arguments: ["TLSv1_2", "TLSv1_3"])
  func aSessionWithACertificateKeepsItsSubject(version: String) throws {
    let context = try Fixtures.context(
      clients: .required(authorities: Fixtures.path("clients.crt"))
    )
    let (ours, theirs) = try connectTwice(
      context,
      context,
      version: version,
      certificate: "client"
    )
    #expect(ours)
    #expect(theirs == "True\n", "\(theirs)")
  }

  /// Otherwise a ticket of yesterday would carry its holder past today's demand.
  @Test(
    arguments: ["TLSv1_2", "TLSv1_3"],
    [
      (Policy.none, Policy.required(by: "clients"), nil),
      (.requested(by: "clients"), .required(by: "clients"), nil),
      (.required(by: "clients"), .required(by: "strangers"), "client"),
    ]
  )
  func aChangedPolicyTowardsClientsEndsOldSessions(
    version: String,
    change: (before: Policy, after: Policy, certificate: String?)
  ) throws {
    let keys = TicketKeys()
    let (ours, theirs) = try connectTwice(
      Fixtures.context(clients: change.before.setting, ticketKeys: keys),
      Fixtures.context(clients: change.after.setting, ticketKeys: keys),
      version: version,
      certificate: change.certificate
    )
    #expect(!ours)
    #expect(!theirs.contains("True"), "\(theirs)")
  }

  /// A setting whose file of authorities is one of the fixtures'.
  enum Policy {
    case none
    case requested(by: String)
    case required(by: String)

    var setting: TLSConfiguration.ClientCertificates {
      switch self {
      case .none: .none
      case .requested(let name): .requested(authorities: Fixtures.path("\(name).crt"))
      case .required(let name): .required(authorities: Fixtures.path("\(name).crt"))
      }
    }
  }

  @Test func keysAreForgottenInTime() throws {
    let clock = Clock()
    let keys = clock.ticketKeys
    #expect(keys.count == 0)
    for _ in 0..<100 {
      _ = try #require(keys.sealingKey())
      #expect(keys.count <= 3)
      clock.advance(hours: 5)
    }
    #expect(keys.count == 3)
    clock.advance(hours: 24)
    keys.forgetOldKeys()
    #expect(keys.count == 1)
    clock.advance(hours: 12)
    keys.forgetOldKeys()
    #expect(keys.count == 0)
  }
}
