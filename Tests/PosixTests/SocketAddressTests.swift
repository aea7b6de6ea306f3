import Posix
import Testing

@Suite struct SocketAddressTests {
  private func fault(_ text: String) -> SocketAddress.Fault? {
    do {
      _ = try SocketAddress(parsing: text)
      return nil
    } catch {
      return error
    }
  }

  @Test(arguments: [
    ("127.0.0.1:8080", "127.0.0.1:8080", false),
    ("0.0.0.0:0", "0.0.0.0:0", false),
    ("[::1]:8080", "[::1]:8080", true),
    ("[::]:65535", "[::]:65535", true),
    ("[2001:DB8::0:1]:1", "[2001:db8::1]:1", true),
    ("[::ffff:1.2.3.4]:80", "[::ffff:1.2.3.4]:80", true),
    (":8080", "[::]:8080", true),
    ("127.0.0.1:00080", "127.0.0.1:80", false),
  ])
  func anAddressIsRead(text: String, description: String, isIPv6: Bool) throws {
    let address = try SocketAddress(parsing: text)
    #expect(address.description == description)
    #expect(address.isIPv6 == isIPv6)
  }

  @Test func aNameIsResolved() throws {
    let address = try SocketAddress(parsing: "localhost:80")
    #expect(["127.0.0.1", "::1"].contains(address.host))
    #expect(address.port == 80)
  }

  @Test(arguments: [
    ("", SocketAddress.Fault.missingPort), ("127.0.0.1", .missingPort), ("localhost", .missingPort),
    ("::1", .missingPort), ("::1:80", .missingPort), ("[::1:80", .missingPort),
    ("a:b:80", .missingPort), (":", .port("")), ("127.0.0.1:", .port("")), ("[::1]", .port("1]")),
    ("r:65536", .port("65536")), ("r:-1", .port("-1")), ("r:+1", .port("+1")),
    ("r: 1", .port(" 1")),
    ("r:1 ", .port("1 ")), ("r:http", .port("http")), ("r:0x50", .port("0x50")),
    ("r:\u{661}", .port("\u{661}")), ("r:99999999999999999999", .port("99999999999999999999")),
  ])
  func whatIsNoAddressIsRefused(text: String, expected: SocketAddress.Fault) {
    #expect(fault(text) == expected)
    #expect(expected.description.isEmpty == false)
  }

  @Test(arguments: [
    "256.0.0.1:80", "[::g]:80", "[]:80", "[127.0.0.1]:80", "a b:80", "127.0.0.1\0x:80",
  ])
  func aHostThatIsNoneIsNamed(text: String) throws {
    let found = try #require(fault(text))
    guard case .host(let host, let reason) = found else {
      Issue.record("\(text): \(found)")
      return
    }
    #expect(text.contains(host))
    #expect(!reason.isEmpty)
    #expect(found.description.contains(reason))
  }

  @Test func thePortCanBeSet() throws {
    for text in ["127.0.0.1:1", "[::1]:1"] {
      var address = try SocketAddress(parsing: text)
      address.port = 0x1234
      #expect(address.port == 0x1234)
      #expect(address.description == text.dropLast() + "4660")
    }
  }

  static let zeros = [UInt8](repeating: 0, count: 8)
  static let hosts: [(String, [UInt8])] = [
    ("127.0.0.1", [127, 0, 0, 1]),
    ("::1", zeros + [0, 0, 0, 0, 0, 0, 0, 1]),
    // An IPv4 address that came over IPv6.
    ("::ffff:10.1.2.3", [10, 1, 2, 3]),
    ("::fffe:10.1.2.3", zeros + [0, 0, 0xFF, 0xFE, 10, 1, 2, 3]),
    ("1::ffff:10.1.2.3", [0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 10, 1, 2, 3]),
  ]

  @Test(arguments: hosts)
  func theHostHasItsBytes(host: String, bytes: [UInt8]) throws {
    #expect(try SocketAddress(host: host, port: 1).hostBytes == bytes)
  }
}
