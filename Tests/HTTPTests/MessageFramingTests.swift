import Testing

@testable import HTTP

/// RFC 9112 §6: two readers must never disagree about where a request ends.
@Suite struct MessageFramingTests {
  @Test(arguments: [
    ("A: b", MessageFraming.none),
    ("Content-Length: 0", .none),
    ("Content-Length: 000", .none),
    ("Content-Length: 5", .length(5)),
    ("Content-Length:5\t", .length(5)),
    ("content-length: 0005", .length(5)),
    ("Transfer-Encoding: chunked", .chunked),
    ("transfer-encoding:\tChunked ", .chunked),
  ])
  func contentIsFramed(lines: String, framing: MessageFraming) {
    #expect(readField(lines).head?.framing == framing)
  }

  @Test(arguments: [
    "", "+5", "-5", "5 5", "5,5", "5, 5", "5;", "0x5", "5_0", "5.0", "5e1", "a", "\"5\"", "\u{665}",
    "18446744073709551616", "99999999999999999999999", "18446744073709551620",
    String(repeating: "9", count: 1000),
  ])
  func aContentLengthIsOneNumber(value: String) {
    #expect(readField("Content-Length: \(value)") == .fault(.contentLength))
  }

  @Test(arguments: [
    "65537", "4294967296", "9223372036854775808", "18446744073709551615",
  ])
  func aLargeContentLengthIsTooLarge(value: String) {
    #expect(readField("Content-Length: \(value)") == .fault(.contentTooLarge))
  }

  @Test(arguments: [
    ("Content-Length: 5\r\nContent-Length: 5", RequestHeadFault.contentLengthRepeated),
    ("Content-Length: 5\r\nContent-Length: 6", .contentLengthRepeated),
    ("Content-Length: 0\r\nA: b\r\nContent-Length: 0", .contentLengthRepeated),
    ("Content-Length: 5\r\nTransfer-Encoding: chunked", .framingAmbiguous),
    ("Transfer-Encoding: chunked\r\nContent-Length: 0", .framingAmbiguous),
    ("Transfer-Encoding: x\r\nContent-Length: x", .framingAmbiguous),
    ("Transfer-Encoding:", .transferEncoding),
    ("Transfer-Encoding: xchunked", .transferEncoding),
    ("Transfer-Encoding: chunkedx", .transferEncoding),
    ("Transfer-Encoding: identity", .transferEncoding),
    ("Transfer-Encoding: gzip", .transferEncoding),
    ("Transfer-Encoding: chunked, identity", .transferEncoding),
    ("Transfer-Encoding: chunked, gzip", .transferEncoding),
    ("Transfer-Encoding: chunked, chunked", .transferEncoding),
    ("Transfer-Encoding: chunked,gzip,chunked", .transferEncoding),
    ("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", .transferEncoding),
    ("Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked", .transferEncoding),
    ("Transfer-Encoding: chunked,", .transferEncoding),
    ("Transfer-Encoding: ,chunked", .transferEncoding),
    ("Transfer-Encoding: gzip,,chunked", .transferEncoding),
    ("Transfer-Encoding: \"chunked\"", .transferEncoding),
    ("Transfer-Encoding: chunked;q=1", .transferEncoding),
    ("Transfer-Encoding: chunk ed", .transferEncoding),
    ("Transfer-Encoding: \u{0B}chunked", .controlByte),
    ("Transfer-Encoding: chunked\u{0C}", .controlByte),
    ("Transfer-Encoding:\r\n chunked", .lineFolding),
    ("Transfer-Encoding : chunked", .spaceBeforeColon),
    ("Transfer-Encoding: gzip, chunked", .transferCodingUnknown),
    ("Transfer-Encoding: identity , Chunked", .transferCodingUnknown),
  ])
  func doubtfulFramingIsRefused(lines: String, fault: RequestHeadFault) {
    #expect(readField(lines) == .fault(fault))
  }

  @Test func olderVersionsHaveNoTransferCodings() {
    let lines = "Transfer-Encoding: chunked"
    #expect(readField(lines, version: "HTTP/1.0") == .fault(.transferEncodingInOldVersion))
    #expect(readField("Content-Length: 5", version: "HTTP/1.0").head?.framing == .length(5))
    let both = "\(lines)\r\nContent-Length: 5"
    #expect(readField(both, version: "HTTP/1.0") == .fault(.framingAmbiguous))
  }
}
