import Glibc
import HTTP
import Testing

@Suite struct PeerTests {
  /// What the C library makes of 16 bytes.
  private static func text(_ address: [UInt8]) -> String? {
    var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    guard
      unsafe inet_ntop(AF_INET6, address, &text, socklen_t(text.count)) != nil
    else { return nil }
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Every pattern of zero groups, with groups of each length between.
  @Test(arguments: [UInt16(0x1), 0x20, 0xA0B, 0xFFFF])
  func anIPv6AddressIsWrittenAsTheCLibraryWritesIt(group: UInt16) throws {
    for pattern in 0..<256 {
      let address = (0..<8).flatMap { place -> [UInt8] in
        pattern & 1 << place == 0 ? [0, 0] : [UInt8(group >> 8), UInt8(group & 0xFF)]
      }
      let expected = try #require(Self.text(address))
      // It writes the end of some as an IPv4 address, which is deprecated (RFC 4291 §2.5.5.1).
      if expected.contains(".") { continue }
      #expect(Peer(address: address, port: 1).host == expected)
    }
  }

  @Test func otherAddressesAreWrittenAsWell() {
    #expect(Peer(address: [192, 0, 2, 255], port: 1).host == "192.0.2.255")
    #expect(Peer.none.host == "-")
  }

  @Test func aVerifiedCertificateChangesNothingElse() {
    let plain = Peer(address: [10, 0, 0, 1], port: 7, isSecure: true)
    let named = plain.with(certificateSubject: "CN=monitor")
    #expect(plain.certificateSubject == nil)
    #expect(named.certificateSubject == "CN=monitor")
    #expect(named.address == plain.address)
    #expect(named.port == 7)
    #expect(named.isSecure)
  }
}
