import Testing

@testable import HTTP

/// The four forms (RFC 9112 §3.2) and the grammar of what is in them (RFC 3986).
@Suite struct RequestTargetTests {
  private func target(_ text: String, _ method: String = "GET") -> Reading {
    read("\(method) \(text) HTTP/1.1\r\nHost: r\r\n\r\n")
  }

  @Test(arguments: [
    ("/", RequestTarget.Form.origin, "/", nil as String?),
    ("/ports/443", .origin, "/ports/443", nil),
    ("/?", .origin, "/", ""),
    ("/p?q=a&b=c", .origin, "/p", "q=a&b=c"),
    ("/p?a?b/c", .origin, "/p", "a?b/c"),
    ("/../a/./b//c;d", .origin, "/../a/./b//c;d", nil),
    ("//host/path", .origin, "//host/path", nil),
    ("/%00%zz%", .origin, "/%00%zz%", nil),
    ("/-._~!$&'()*+,;=:@", .origin, "/-._~!$&'()*+,;=:@", nil),
    ("http://r", .absolute, "", nil),
    ("http://r/", .absolute, "/", nil),
    ("HTTP://r:80/a?b", .absolute, "/a", "b"),
    ("https://r:/a", .absolute, "/a", nil),
    ("http://r?a", .absolute, "", "a"),
    ("http://[::1]:8080/a", .absolute, "/a", nil),
  ])
  func aTargetIsTakenApart(
    text: String,
    form: RequestTarget.Form,
    path: String,
    query: String?
  )
    throws
  {
    let head = try #require(target(text).head)
    #expect(head.form == form)
    #expect(head.path == path)
    #expect(head.query == query)
  }

  @Test(arguments: [
    "*", "ports", "ports/443", "r:443", "?q=a", "#", "/#a", "/a#", "/?#", "/p?q=#a", "/\\..\\a",
    "/\"", "/<a>", "/{a}", "/a|b", "/a^b", "/`", "/[a]", "/?[a]", "/?a\\b", "/gr\u{F6}\u{DF}e",
    "/?q=gr\u{F6}\u{DF}e", "/\ta", "http:/r", "http:r", "http://", "http:///a", "http://?a",
    "http://:80/", "http://u@r/", "http://u:p@r/", "http://r/#f", "http://r#f", "http://r:65536/",
    "http://r:8a/", "http://r\\a", "http://[::1/", "http://[::1]x/", "ftp://r/", "httpx://r/",
    "https:/r", "://r/",
  ])
  func whatIsNoTargetIsRefused(text: String) {
    #expect(target(text) == .fault(.requestTarget))
  }

  @Test(arguments: 0...255)
  func aPathAndAQueryAreMadeOfTheirBytes(byte: Int) {
    let isPathByte =
      (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
      || "-._~!$&'()*+,;=:@/%".utf8.contains(UInt8(byte))
    func isRead(_ before: String) -> Bool {
      let end = Array("b HTTP/1.1\r\nHost: r\r\n\r\n".utf8)
      return read(Array("GET \(before)".utf8) + [UInt8(byte)] + end).head != nil
    }
    #expect(isRead("/a") == (isPathByte || byte == 0x3F))
    #expect(isRead("/?a") == (isPathByte || byte == 0x3F))
  }

  @Test func theAsteriskIsForOptionsAlone() throws {
    let head = try #require(target("*", "OPTIONS").head)
    #expect(head.form == .asterisk)
    #expect(head.path.isEmpty)
    #expect(target("**", "OPTIONS") == .fault(.requestTarget))
    // As a proxy passes it on (RFC 9112 §3.2.4).
    #expect(target("http://r", "OPTIONS").head?.form == .asterisk)
    #expect(target("http://r/", "OPTIONS").head?.form == .absolute)
    #expect(target("http://r?", "OPTIONS").head?.form == .absolute)
  }

  @Test func theAuthorityIsForConnectAlone() {
    #expect(target("r:443", "CONNECT").head?.form == .authority)
    #expect(target("[::1]:443", "CONNECT").head?.form == .authority)
    for text in ["r", "r:", "[::1]", "/r:443", "http://r:443", "r:443/", "u@r:443", "r:65536", "*"]
    {
      #expect(target(text, "CONNECT") == .fault(.requestTarget), "\(text)")
    }
  }

  @Test(arguments: [
    "r", "ports.example", "ports.example:8080", "r:", "r:0", "r:65535", "r:00080", "127.0.0.1",
    "127.0.0.1:80", "1.2.3.999", "a_b", "xn--bcher-kva.example", "%C3%BC", "a%2Fb", "!$&'()*+,;=",
    "a,b",
    "[::]", "[::1]", "[1::]", "[1::8]", "[1:2:3:4:5:6:7:8]", "[1:2:3:4:5:6:7::]",
    "[::2:3:4:5:6:7:8]", "[abcd:EF01::]", "[::1]:443", "[::1]:", "[::ffff:1.2.3.4]",
    "[1:2:3:4:5:6:1.2.3.4]", "[::255.255.255.255]", "[64:ff9b::0.0.0.0]",
  ])
  func aHostWithAnOptionalPortIsValid(host: String) {
    #expect(read("GET / HTTP/1.1\r\nHost: \(host)\r\n\r\n").head != nil)
  }

  @Test(arguments: [
    "", ":", ":80", "a b", "a/b", "a?b", "a#b", "a@b", "a\\b", "a\"b", "a<b", "a[b",
    "gr\u{F6}",
    "a%", "a%4", "a%4x", "%zz", "r:x", "r:80x", "r:-1", "r:+1", "r: 80", "r:65536", "r:99999999999",
    "r:1:2", "http://r", "[", "]", "[]", "[:]", "[:::]", "[::1", "::1", "[::1]a", "[::1]80",
    "[1:2:3:4:5:6:7]", "[1:2:3:4:5:6:7:8:9]", "[1:2:3:4:5:6:7:8::]", "[::1:2:3:4:5:6:7:8]",
    "[1::2::3]", "[1:::2]", "[:1:2:3:4:5:6:7]", "[1:2:3:4:5:6:7:]", "[12345::]", "[g::]",
    "[::1.2.3]", "[::1.2.3.4.5]", "[::1.2.3.256]", "[::1.2.3.04]", "[::1.2.3.]", "[::1..3.4]",
    "[1.2.3.4]", "[1.2.3.4::]", "[::a.2.3.4]", "[1:2:3:4:5:6:7:1.2.3.4]", "[::1%25eth0]", "[v1.a]",
  ])
  func whatIsNoHostIsRefused(host: String) {
    #expect(read("GET / HTTP/1.1\r\nHost: \(host)\r\n\r\n") == .fault(.hostInvalid))
  }
}
