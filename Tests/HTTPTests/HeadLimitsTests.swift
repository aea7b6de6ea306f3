import Testing

@testable import HTTP

/// Every limit one below, at and one above.
@Suite struct HeadLimitsTests {
  /// A request whose line has this size with its CRLF.
  private func request(lineSize: Int) -> String {
    let frame = "GET / HTTP/1.1\r\n"
    let path = String(repeating: "a", count: lineSize - frame.utf8.count)
    return "GET /\(path) HTTP/1.1\r\nHost: r\r\n\r\n"
  }

  /// A request whose head has this size.
  private func request(headSize: Int) -> String {
    let frame = "GET / HTTP/1.1\r\nHost: r\r\nA: \r\n\r\n"
    let value = String(repeating: "a", count: headSize - frame.utf8.count)
    return "GET / HTTP/1.1\r\nHost: r\r\nA: \(value)\r\n\r\n"
  }

  /// Cuts around the limit, and none.
  private func cuts(around place: Int, of count: Int) -> [[Int]] {
    [[]] + (place - 3...place + 3).filter { $0 < count }.map { [$0] }
  }

  @Test func theLimitsAreThoseOfTheContract() {
    #expect(HeadLimits.standard.requestLineBytes == 8192)
    #expect(HeadLimits.standard.headBytes == 16_384)
    #expect(HeadLimits.standard.fieldCount == 100)
    #expect(HeadLimits.standard.contentBytes == 65_536)
  }

  @Test(arguments: [(8191, true), (8192, true), (8193, false), (8194, false), (9000, false)])
  func aRequestLineHasEightKibibytes(size: Int, isRead: Bool) {
    for prefix in ["", "\r\n"] {
      let text = prefix + request(lineSize: size)
      for cut in cuts(around: 8192 + prefix.utf8.count, of: text.utf8.count) {
        let reading = read(text, cuts: cut)
        #expect(isRead ? reading.head != nil : reading == .fault(.requestLineTooLong))
      }
    }
  }

  @Test(arguments: [
    (16_383, true), (16_384, true), (16_385, false), (16_386, false), (16_387, false),
    (20_000, false),
  ])
  func aHeadHasSixteenKibibytes(size: Int, isRead: Bool) {
    for prefix in ["", "\r\n"] {
      let text = prefix + request(headSize: size)
      for cut in cuts(around: 16_384 + prefix.utf8.count, of: text.utf8.count) {
        let reading = read(text, cuts: cut)
        #expect(isRead ? reading.head?.size == text.utf8.count : reading == .fault(.headTooLarge))
      }
    }
  }

  @Test func tooMuchIsRefusedBeforeItsEndArrives() {
    let line = "GET /" + String(repeating: "a", count: 8187)
    #expect(read(String(line.dropLast())) == .needMore)
    #expect(read(line) == .fault(.requestLineTooLong))
    let head = "GET / HTTP/1.1\r\nA: " + String(repeating: "a", count: 16_365)
    #expect(read(String(head.dropLast())) == .needMore)
    #expect(read(head) == .fault(.headTooLarge))
  }

  @Test(arguments: [(99, true), (100, true), (101, false)])
  func aHeadHasAHundredFieldLines(count: Int, isRead: Bool) {
    for name in ["A", "Accept"] {
      let lines = String(repeating: "\(name): b\r\n", count: count - 1)
      let reading = read("GET / HTTP/1.1\r\nHost: r\r\n\(lines)\r\n")
      #expect(isRead ? reading.head != nil : reading == .fault(.tooManyFields))
    }
  }

  @Test func aHeadIsNeverLongerThanItsPlacesReach() {
    var limits = HeadLimits()
    limits.headBytes = 1 << 20
    let large = "\r\n" + request(headSize: 65_533)
    let head = read(large, limits: limits).head
    #expect(head?.size == 65_535)
    #expect(read(request(headSize: 65_534), limits: limits) == .fault(.headTooLarge))
  }

  @Test(arguments: [("65535", true), ("65536", true), ("65537", false)])
  func contentHasSixtyFourKibibytes(length: String, isRead: Bool) {
    let reading = readField("Content-Length: \(length)")
    #expect(isRead ? reading.head != nil : reading == .fault(.contentTooLarge))
  }
}
