import Testing

@testable import HTTP

/// Goal: the end of content is found exactly, whatever the cuts, or refused.
@Suite struct ContentDiscarderTests {
  enum Outcome: Equatable {
    /// The end was found after so many bytes.
    case end(Int)
    case needMore
    case fault(RequestHeadFault)
  }

  /// Feeds as an engine does: what was not consumed comes again, with what has arrived since.
  private func discard(
    _ bytes: [UInt8],
    _ framing: MessageFraming,
    cuts: [Int] = [],
    contentBytes: UInt64 = 65_536
  ) -> Outcome {
    var limits = HeadLimits()
    limits.contentBytes = contentBytes
    var discarder = ContentDiscarder(framing, limits: limits)
    var consumed = 0
    for count in cuts + [bytes.count] {
      let arrived = Array(bytes[consumed..<count])
      do {
        consumed += try discarder.consume(arrived.span)
      } catch {
        return .fault(error)
      }
      if discarder.isDone { return .end(consumed) }
    }
    return .needMore
  }

  private func chunked(_ text: String, cuts: [Int] = [], contentBytes: UInt64 = 65_536) -> Outcome {
    discard(Array(text.utf8), .chunked, cuts: cuts, contentBytes: contentBytes)
  }

  // MARK: By length

  @Test func contentOfALengthEndsThere() {
    #expect(discard([], .none) == .end(0))
    #expect(discard([1, 2, 3], .none) == .end(0))
    #expect(discard([1, 2, 3], .length(3)) == .end(3))
    #expect(discard([1, 2, 3, 4], .length(3)) == .end(3))
    #expect(discard([1, 2], .length(3)) == .needMore)
    #expect(discard([1, 2, 3, 4], .length(3), cuts: [0, 1, 1, 2]) == .end(3))
    #expect(discard([0x0A, 0x00, 0x0D], .length(3)) == .end(3))
  }

  @Test func nothingIsConsumedAfterTheEnd() throws {
    var discarder = ContentDiscarder(.length(1), limits: .standard)
    let first = try discarder.consume([1, 2].span)
    let second = try discarder.consume([2].span)
    #expect(first == 1)
    #expect(second == 0)
    #expect(discarder.isDone)
  }

  // MARK: In chunks (RFC 9112 §7.1)

  static let wellFormed = [
    "0\r\n\r\n",
    "00000000\r\n\r\n",
    "3\r\nabc\r\n0\r\n\r\n",
    "A\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n",
    "3;a\r\nabc\r\n0;b=c\r\n\r\n",
    "3 ; a = b;c=\"d;\\\"e\\\\\" ;f\r\n\r\nx\r\n0\r\n\r\n",
    "3;a=\"\"\r\n\n\r\u{0}\r\n0\r\n\r\n",
    "3;a=\"\t\u{E9}\"\r\nabc\r\n0\r\n\r\n",
    "0\r\nA: b\r\n\r\n",
    "0\r\nContent-Length: 5\r\nTransfer-Encoding: x\r\nHost:\r\n\r\n",
  ]

  @Test(arguments: wellFormed)
  func wellFormedChunksEndWhereTheyEnd(text: String) {
    let size = text.utf8.count
    #expect(chunked(text) == .end(size))
    #expect(chunked(text + "GET / HTTP/1.1\r\n") == .end(size))
    #expect(chunked(text, cuts: Array(0..<size)) == .end(size))
    for cut in 0..<size {
      #expect(chunked(text, cuts: [cut]) == .end(size))
      #expect(chunked(String(decoding: text.utf8.prefix(cut), as: UTF8.self)) != .end(size))
    }
  }

  static let malformed: [(String, RequestHeadFault)] = [
    ("\r\n", .chunk), ("x\r\n", .chunk), ("0x5\r\n", .chunk), ("+5\r\n", .chunk),
    ("-5\r\n", .chunk), (" 5\r\n", .chunk), ("5 \r\n", .chunk), ("5_0\r\n", .chunk),
    ("5,\r\n", .chunk), ("000000000\r\n", .chunk), ("123456789\r\n", .chunk),
    ("FFFFFFFFFFFFFFFFF\r\n", .chunk), ("FFFFFFFF\r\n", .contentTooLarge),
    ("5\n", .bareLineFeed), ("5\rabc", .bareCarriageReturn), ("5;a\n", .bareLineFeed),
    ("5;a\rb\r\n", .bareCarriageReturn), ("5;a=\"\n\"\r\n", .bareLineFeed),
    ("5;\u{0}\r\n", .controlByte), ("5\u{0B}\r\n", .controlByte),
    ("5;\r\n", .chunk), ("5;;a\r\n", .chunk), ("5;a=\r\n", .chunk), ("5;=b\r\n", .chunk),
    ("5;a=\"b\r\n", .chunk), ("5;a=\"b\\\"\r\n", .chunk), ("5;a=\"b\\\r\n", .chunk),
    ("5;a=\"b\"c\r\n", .chunk), ("5;a \r\n", .chunk), ("5;a b\r\n", .chunk),
    ("5;a=b \r\n", .chunk), ("5;\u{E9}\r\n", .chunk),
    ("3\r\nabcd\r\n", .chunk), ("3\r\nabc\n", .chunk), ("3\r\nabc\rx", .chunk),
    ("3\r\nabc0\r\n\r\n", .chunk),
    ("0\r\n\n", .bareLineFeed), ("0\r\n\rx", .bareCarriageReturn),
    ("0\r\nA\r\n\r\n", .fieldName), ("0\r\nA : b\r\n\r\n", .spaceBeforeColon),
    ("0\r\n A: b\r\n\r\n", .lineFolding), ("0\r\nA: b\r\n c\r\n\r\n", .lineFolding),
    ("0\r\nA: \u{0}\r\n\r\n", .controlByte), ("0\r\n: b\r\n\r\n", .fieldName),
  ]

  @Test(arguments: malformed)
  func malformedChunksAreRefused(text: String, fault: RequestHeadFault) {
    #expect(chunked(text) == .fault(fault))
    let size = text.utf8.count
    #expect(chunked(text, cuts: Array(0..<size)) == .fault(fault))
    for cut in 0..<size { #expect(chunked(text, cuts: [cut]) == .fault(fault)) }
  }

  // MARK: Limits

  @Test(arguments: [(7, true), (8, true), (9, false)])
  func chunksTogetherHaveTheLimitOfContent(size: Int, isRead: Bool) {
    let text = "4\r\nabcd\r\n\(size - 4)\r\n\(String(repeating: "x", count: size - 4))\r\n0\r\n\r\n"
    let outcome = chunked(text, contentBytes: 8)
    #expect(outcome == (isRead ? .end(text.utf8.count) : .fault(.contentTooLarge)))
  }

  @Test func extensionsCountAsContent() {
    let text = "1;ext\r\na\r\n0;e\r\n\r\n"
    #expect(chunked(text, contentBytes: 7) == .end(text.utf8.count))
    #expect(chunked(text, contentBytes: 6) == .fault(.contentTooLarge))
  }

  @Test(arguments: [(255, true), (256, true), (257, false), (258, false), (400, false)])
  func aChunkLineHasALimit(size: Int, isRead: Bool) {
    let text = "0;" + String(repeating: "a", count: size - 4) + "\r\n\r\n"
    let expected: Outcome = isRead ? .end(size + 2) : .fault(.chunk)
    #expect(chunked(text) == expected)
    for cut in 250...min(260, size) { #expect(chunked(text, cuts: [cut]) == expected) }
  }

  @Test(arguments: [(8191, true), (8192, true), (8193, false), (8194, false), (9000, false)])
  func aTrailerSectionHasALimit(size: Int, isRead: Bool) {
    let value = String(repeating: "a", count: size - 13)
    let text = "0\r\nA: b\r\nB: \(value)\r\n\r\n"
    let expected: Outcome = isRead ? .end(size + 3) : .fault(.headTooLarge)
    #expect(chunked(text) == expected)
    for cut in 8185...min(8200, size + 2) { #expect(chunked(text, cuts: [cut]) == expected) }
    #expect(chunked(text, cuts: Array(0..<text.utf8.count)) == expected)
  }
}
