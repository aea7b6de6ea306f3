import Testing

@testable import TLS

@Suite struct ClientCertificateTests {
  typealias Setting = TLSConfiguration.ClientCertificates

  enum Mode: CaseIterable {
    case none, requested, required

    var setting: Setting {
      switch self {
      case .none: .none
      case .requested: .requested(authorities: Fixtures.path("clients.crt"))
      case .required: .required(authorities: Fixtures.path("clients.crt"))
      }
    }
  }

  /// Shakes hands, asks `ping` if the client still can, and says what both saw.
  private func meet(
    _ mode: Mode,
    showing certificate: String?,
    version: String
  ) throws -> (step: TLSStep, subject: String?, client: String) {
    let server = try ServerEnd(Fixtures.context(clients: mode.setting))
    let shown = certificate.map { "'\($0)'" } ?? "None"
    let client = try ServerEnd.client(
      """
      version = ssl.TLSVersion.\(version)
      tls = connect(lowest=version, highest=version, certificate=\(shown))
      say(tls.recv(10))
      """,
      for: server
    )
    let step = try server.handshake()
    if step == .done { try server.write("pong") }
    server.cutOff()
    return (step, server.connection.clientSubject, client.finish().output)
  }

  @Test(arguments: Mode.allCases, ["TLSv1_2", "TLSv1_3"])
  func aClientWithoutCertificateIsLetInUnlessOneIsRequired(mode: Mode, version: String) throws {
    let (step, subject, client) = try meet(mode, showing: nil, version: version)
    #expect((step == .done) == (mode != .required))
    #expect(subject == nil)
    #expect(client.contains(mode == .required ? "ALERT" : "b'pong'"), "\(client)")
  }

  @Test(arguments: [Mode.requested, .required], ["TLSv1_2", "TLSv1_3"])
  func aClientIsKnownByItsSubject(mode: Mode, version: String) throws {
    let (step, subject, client) = try meet(mode, showing: "client", version: version)
    #expect(step == .done)
    #expect(subject == #"CN=Ada\, of the fleet,O=Fleet"#)
    #expect(client == "b'pong'\n")
  }

  @Test(arguments: [Mode.requested, .required], ["TLSv1_2", "TLSv1_3"])
  func aCertificateOfStrangersIsRefused(mode: Mode, version: String) throws {
    let (step, _, client) = try meet(mode, showing: "stranger", version: version)
    #expect(step != .done)
    #expect(client.contains("UNKNOWN_CA"), "\(client)")
  }

  @Test func anIntermediateAuthorityMayBeBelieved() throws {
    let server = try ServerEnd(
      Fixtures.context(clients: .required(authorities: Fixtures.path("middle.crt")))
    )
    let client = try ServerEnd.client(
      "say(connect(certificate='one').recv(10))",
      for: server
    )
    #expect(try server.handshake() == .done)
    try server.write("pong")
    #expect(client.finish().output == "b'pong'\n")
  }
}
