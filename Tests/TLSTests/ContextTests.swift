import Posix
import Testing

@testable import TLS

/// Goal: a context is either whole and right, or an error that says which file to look at and why.
@Suite struct ContextTests {
  private let now = SystemClock.secondsSince1970()

  private func context(
    _ chain: String,
    key: String,
    now: Int64? = nil
  ) throws(TLSError) -> TLSContext {
    try TLSContext(
      TLSConfiguration(certificates: [Fixtures.files(chain, key: key)]),
      ticketKeys: TicketKeys(),
      now: now ?? self.now
    )
  }

  private func failure(_ chain: String, key: String, now: Int64? = nil) -> TLSError? {
    do throws(TLSError) {
      _ = try context(chain, key: key, now: now)
      return nil
    } catch {
      return error
    }
  }

  @Test(arguments: [("one.pem", "one.key"), ("both.pem", "both.pem"), ("rsa.pem", "rsa.key")])
  func aChainAndItsKeyAreTaken(chain: String, key: String) throws {
    let certificates = try context(chain, key: key).certificates
    #expect(certificates.map(\.path) == [Fixtures.path(chain)])
    #expect(certificates[0].names == ["one.example", "one-too.example"])
  }

  /// Python decodes the same file.
  @Test func aCertificateIsDescribed() throws {
    let served = try context("one.pem", key: "one.key").certificates[0]
    let command = try Fixtures.client(
      """
      seen = ssl._ssl._test_decode_cert(FOLDER + "/one.crt")
      say(ssl.cert_time_to_seconds(seen["notBefore"]), ssl.cert_time_to_seconds(seen["notAfter"]))
      """,
      inheriting: []
    )
    // The middle certificate is the older one, and so the first to end.
    let times = command.finish().output.split { !$0.isNumber }.compactMap { Int64($0) }
    try #require(times.count == 2)
    #expect(abs(served.notBefore - times[0]) <= 60)
    #expect((times[1] - 60...times[1]).contains(served.notAfter))
    #expect(served.subject == #"CN=one.example,O=Hafen\, S\C3\BCd"#)
  }

  @Test(arguments: [
    // chain, key, the file that is named, what is said of it
    ("absent.pem", "one.key", "absent.pem", "no such file"),
    ("one.pem", "absent.key", "absent.key", "no such file"),
    ("one.pem/x", "one.key", "one.pem/x", "no such file"),
    ("", "one.key", "", "cannot be read: Is a directory"),
    ("empty.pem", "one.key", "empty.pem", "empty"),
    ("one.pem", "empty.pem", "empty.pem", "empty"),
    ("huge.pem", "one.key", "huge.pem", "larger than 1048576 bytes"),
    ("garbage.pem", "one.key", "garbage.pem", "not PEM"),
    ("one.pem", "garbage.pem", "garbage.pem", "not PEM"),
    ("one.der", "one.key", "one.der", "not PEM"),
    ("one.key", "one.key", "one.key", "no certificate"),
    ("one.pem", "one.pem", "one.pem", "no private key"),
    ("broken.pem", "one.key", "broken.pem", "malformed"),
    ("one.pem", "broken.key", "broken.key", "malformed"),
    ("one.pem", "encrypted.key", "encrypted.key", "encrypted"),
    ("one.pem", "encrypted-traditionally.key", "encrypted-traditionally.key", "encrypted"),
    ("one.pem", "wild.key", "wild.key", "does not belong to"),
    ("one.pem", "rsa.key", "rsa.key", "does not belong to"),
    ("gap.pem", "one.key", "gap.pem", "certificate 1 was not issued by certificate 2"),
    ("reversed.pem", "one.key", "reversed.pem", "certificate 1 was not issued by certificate 2"),
    ("weak.pem", "weak.key", "weak.pem", "refuses it: ee key too small"),
  ])
  func aFileThatCannotBeServedIsNamed(
    chain: String,
    key: String,
    culprit: String,
    reason: String
  ) throws {
    let error = try #require(failure(chain, key: key))
    guard case .file(let path, _) = error else {
      Issue.record("\(error)")
      return
    }
    #expect(path == Fixtures.path(culprit))
    #expect(error.description.hasPrefix(path + ": "))
    #expect(error.description.contains(reason), "\(error)")
  }

  @Test func aCertificateIsRefusedOutsideItsTime() throws {
    let served = try context("one.pem", key: "one.key").certificates[0]
    let (start, end) = (served.notBefore, served.notAfter)
    #expect(failure("one.pem", key: "one.key", now: start) == nil)
    #expect(failure("one.pem", key: "one.key", now: end) == nil)
    let early = try #require(failure("one.pem", key: "one.key", now: start - 1))
    let late = try #require(failure("one.pem", key: "one.key", now: end + 1))
    #expect(early.description.contains("is not valid before 20"), "\(early)")
    #expect(late.description.contains("expired at 20"), "\(late)")
  }

  @Test func aDateIsSaidInUTC() {
    let fault = TLSError.FileFault.expired(index: 1, notAfter: 1_772_323_199)
    #expect(fault.description == "certificate 1 expired at 2026-02-28T23:59:59Z")
  }

  @Test func aContextNeedsACertificate() {
    #expect(throws: TLSError.noCertificate) {
      try TLSContext(TLSConfiguration(certificates: []), ticketKeys: TicketKeys(), now: now)
    }
  }

  @Test func groupsThatTheLibraryDoesNotKnowAreLeftOut() throws {
    var configuration = TLSConfiguration(certificates: [Fixtures.files("one.pem", key: "one.key")])
    configuration.groups = ["unheard-of", "prime256v1", "X25519"]
    let context = try TLSContext(configuration, ticketKeys: TicketKeys(), now: now)
    #expect(context.groups == ["prime256v1", "X25519"])
    let standard = try self.context("one.pem", key: "one.key").groups
    #expect(standard.suffix(3) == ["X25519", "prime256v1", "secp384r1"])

    configuration.groups = ["unheard-of", ""]
    #expect(throws: TLSError.noKnownGroup(["unheard-of", ""])) {
      try TLSContext(configuration, ticketKeys: TicketKeys(), now: now)
    }
  }

  @Test(arguments: [
    ("absent.crt", "no such file"), ("empty.pem", "empty"), ("garbage.pem", "not PEM"),
    ("one.key", "no certificate"),
  ])
  func aFileOfAuthoritiesIsNamedToo(name: String, reason: String) throws {
    let path = Fixtures.path(name)
    for setting in [
      TLSConfiguration.ClientCertificates.requested(authorities: path),
      .required(authorities: path),
    ] {
      let error = #expect(throws: TLSError.self) { try Fixtures.context(clients: setting) }
      #expect(error?.description.hasPrefix("\(path): ") == true)
      #expect(error?.description.contains(reason) == true)
    }
  }
}
