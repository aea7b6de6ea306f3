import HTTP

/// What a simulated client sends, and what it has to get for it.
struct Scenario {
  private(set) var bytes: [UInt8] = []
  /// The answers it has to get, in order, without what depends on time.
  private(set) var answers: [[UInt8]] = []
  /// Whether the last answer is followed by the end of the connection.
  private(set) var endsConnection = false

  /// Requests that leave the framing in doubt, and the status each is answered with.
  private static let faults: [(String, Status)] = [
    ("GET / HTTP/1.1\nHost: a\r\n\r\n", .badRequest),
    ("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", .badRequest),
    ("GET / HTTP/1.1\r\nHost: a\r\n folded: b\r\n\r\n", .badRequest),
    ("GET / HTTP/1.1\r\n\r\n", .badRequest),
    ("GET / HTTP/2.0\r\nHost: a\r\n\r\n", .httpVersionNotSupported),
    ("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\n", .badRequest),
    (
      "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
      .badRequest
    ),
    ("GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", .notImplemented),
    ("GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", .badRequest),
    ("GET /\(String(repeating: "a", count: 8200)) HTTP/1.1\r\n", .uriTooLong),
    ("\u{16}\u{3}\u{1}", .badRequest),
  ]

  init(using random: inout SeededGenerator) {
    let count = Int.random(in: 1...40, using: &random)
    for number in 0..<count where !endsConnection { addRequest(number, using: &random) }
    if !endsConnection, random.chance(30) {
      let (text, status) = Self.faults[Int.random(in: 0..<Self.faults.count, using: &random)]
      bytes += Array(text.utf8)
      // Whatever follows must never be read as a request.
      bytes += Array("GET /n0/9 HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
      answers.append(Self.refusal(status))
      endsConnection = true
    }
  }

  private mutating func addRequest(_ number: Int, using random: inout SeededGenerator) {
    let kind = ["n", "n", "n", "s", "h", "w", "g"].randomElement(using: &random) ?? "n"
    let size = [0, 9, 70, 300, 2_000].randomElement(using: &random) ?? 0
    // A rare long one, so that answers are attached and the client is waited for.
    let path = "/\(kind)\(number)/\(random.chance(2) ? 40_000 : size)"
    let isHead = random.chance(10)
    let closes = random.chance(2)
    var text = "\(isHead ? "HEAD" : "GET") \(path) HTTP/1.1\r\nHost: a\r\n"
    if closes { text += "Connection: close\r\n" }
    switch Int.random(in: 0..<10, using: &random) {
    case 0:
      let length = Int.random(in: 1...3_000, using: &random)
      text += "Content-Length: \(length)\r\n\r\n\(String(repeating: "G", count: length))"
    case 1:
      text += "Transfer-Encoding: chunked\r\n\r\n5;a=\"b\"\r\nhello\r\n10\r\n0123456789abcdef\r\n"
      text += "0\r\nTrailer: x\r\n\r\n"
    default: text += "\r\n"
    }
    bytes += Array(text.utf8)

    var batch = ResponseBatch()
    batch.persistence = closes ? .close : .persistent
    batch.omitsContent = isHead
    NumberingResponder.write(Array(path.utf8), into: &batch)
    answers.append(batch.flattened)
    endsConnection = closes
  }

  static func refusal(_ status: Status) -> [UInt8] {
    var batch = ResponseBatch()
    batch.persistence = .close
    batch.beginHead(status)
    batch.appendContentLength(0)
    batch.endHead()
    return batch.flattened
  }
}

extension ResponseBatch {
  /// All bytes of the batch as they are sent.
  var flattened: [UInt8] {
    var all: [UInt8] = []
    forEachSegment(of: run) { segment in
      switch segment {
      case .own(let range): all += bytes[range]
      case .shared(let content): all += content
      }
    }
    return all
  }
}
