import Testing

@testable import HTTP

/// Field lines (RFC 9112 §5), and what the head decides from them.
@Suite struct FieldLineTests {
  @Test(arguments: [
    ("Accept : a", RequestHeadFault.spaceBeforeColon),
    ("Accept\t: a", .spaceBeforeColon),
    (": a", .fieldName),
    ("Accept", .fieldName),
    ("Acc ept: a", .spaceBeforeColon),
    ("Acc(ept: a", .fieldName),
    ("Acc\u{E9}pt: a", .fieldName),
    ("\"Accept\": a", .fieldName),
    ("Accept: a\r\n folded", .lineFolding),
    ("Accept: a\r\n\tfolded", .lineFolding),
    ("Accept: a\r\n \r\nB: c", .lineFolding),
  ])
  func aBadFieldLineIsRefused(line: String, fault: RequestHeadFault) {
    #expect(readField(line) == .fault(fault))
  }

  @Test func whiteSpaceBeforeTheFirstFieldIsRefused() {
    #expect(read("GET / HTTP/1.1\r\n Host: r\r\n\r\n") == .fault(.lineFolding))
    #expect(read("GET / HTTP/1.1\r\n\tHost: r\r\n\r\n") == .fault(.lineFolding))
  }

  @Test(arguments: 0...255)
  func aFieldNameIsMadeOfTokenBytes(byte: Int) {
    let isToken =
      (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
      || "!#$%&'*+-.^_`|~".utf8.contains(UInt8(byte))
    let bytes =
      Array("GET / HTTP/1.1\r\nHost: r\r\nA".utf8) + [UInt8(byte)] + Array("B: c\r\n\r\n".utf8)
    // A colon ends the name early, which is well-formed.
    let isColon = byte == 0x3A
    #expect((read(bytes).head != nil) == (isToken || isColon))
  }

  @Test(arguments: ["Accept:a", "accept: a", "ACCEPT: \t a \t", "aCCEPT:  a"])
  func namesIgnoreCaseAndValuesLoseTheirMargins(line: String) {
    #expect(readField(line).head?.fields == ["host: r", "accept: a"])
  }

  @Test func anEmptyValueIsAValue() {
    #expect(readField("Accept:").head?.fields == ["host: r", "accept: "])
    #expect(readField("Accept: \t ").head?.fields == ["host: r", "accept: "])
  }

  @Test func everyFieldOfInterestIsRecognised() {
    let lines = [
      "Accept", "Accept-Encoding", "Connection", "Content-Encoding", "Forwarded",
      "If-Match", "If-Modified-Since", "If-None-Match", "If-Unmodified-Since", "Origin", "Prefer",
      "Referer", "X-Request-Id", "User-Agent", "X-Forwarded-For",
    ]
    let text = lines.map { "\($0): v\r\n" }.joined()
    let fields = read("GET / HTTP/1.1\r\nHost: r\r\n\(text)\r\n").head?.fields ?? []
    #expect(fields.count == lines.count + 1)
    for (line, field) in zip(lines, fields.dropFirst()) {
      let name = line.lowercased().replacing("-", with: "").replacing("xforw", with: "forw")
        .replacing("xrequest", with: "request")
      #expect(field.lowercased() == "\(name): v")
    }
    for line in lines {
      // One letter more or less is another field.
      #expect(readField("\(line)x: v").head?.fields == ["host: r"])
      #expect(readField("\(line.dropLast()): v").head?.fields.count == 1)
    }
  }

  // MARK: Host (RFC 9112 §3.2)

  @Test func aRequestNeedsOneHost() {
    #expect(read("GET / HTTP/1.1\r\n\r\n") == .fault(.hostMissing))
    #expect(read("GET / HTTP/1.2\r\nA: b\r\n\r\n") == .fault(.hostMissing))
    #expect(read("GET / HTTP/1.0\r\n\r\n").head != nil)
    #expect(read("GET / HTTP/1.1\r\nHost: r\r\nHost: r\r\n\r\n") == .fault(.hostRepeated))
    #expect(read("GET / HTTP/1.0\r\nHost: r\r\nhost: s\r\n\r\n") == .fault(.hostRepeated))
    #expect(read("GET / HTTP/1.0\r\nHost: a b\r\n\r\n") == .fault(.hostInvalid))
    // Even where the target says it all.
    #expect(read("GET http://r/ HTTP/1.1\r\n\r\n") == .fault(.hostMissing))
  }

  // MARK: Persistence (RFC 9112 §9.3)

  @Test(arguments: [
    ("HTTP/1.1", [], Persistence.persistent),
    ("HTTP/1.1", ["keep-alive"], .persistent),
    ("HTTP/1.1", ["close"], .close),
    ("HTTP/1.1", ["Close"], .close),
    ("HTTP/1.1", ["keep-alive, close"], .close),
    ("HTTP/1.1", ["keep-alive", "upgrade", "close"], .close),
    ("HTTP/1.1", [", ,close ,"], .close),
    ("HTTP/1.1", ["closed"], .persistent),
    ("HTTP/1.1", [""], .persistent),
    ("HTTP/1.0", [], .close),
    ("HTTP/1.0", ["keep-alive"], .persistentByRequest),
    ("HTTP/1.0", ["Keep-Alive, x"], .persistentByRequest),
    ("HTTP/1.0", ["keep-alive, close"], .close),
    ("HTTP/1.0", ["x"], .close),
  ])
  func aConnectionGoesOnAsAsked(version: String, options: [String], persistence: Persistence) {
    let lines = options.map { "Connection: \($0)\r\n" }.joined()
    let head = read("GET / \(version)\r\nHost: r\r\n\(lines)\r\n").head
    #expect(head?.persistence == persistence)
  }

  // MARK: Expect (RFC 9110 §10.1.1)

  @Test func anExpectationIsMetOrRefused() {
    #expect(readField("Expect: 100-continue").head?.expectsContinue == false)
    let length = "\r\nContent-Length: 3"
    #expect(readField("Expect: 100-Continue\(length)").head?.expectsContinue == true)
    #expect(readField("Expect: , 100-continue ,\(length)").head?.expectsContinue == true)
    #expect(readField("Expect:\(length)").head?.expectsContinue == false)
    #expect(readField("Expect: 100-continue, x\(length)") == .fault(.expectation))
    #expect(readField("Expect: 100-continue;a=b\(length)") == .fault(.expectation))
    #expect(readField("Expect: 200-ok") == .fault(.expectation))
    // HTTP/1.0 does not know it.
    let old = readField("Expect: 100-continue\(length)", version: "HTTP/1.0")
    #expect(old.head?.expectsContinue == false)
    #expect(readField("Expect: x", version: "HTTP/1.0").head != nil)
  }
}
