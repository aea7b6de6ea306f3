@testable import HTTP

/// What a head says, with its places resolved, so that two readings can be compared.
struct ReadHead: Equatable, Sendable {
  var method: HTTP.Method
  var form: RequestTarget.Form
  var path: String
  var query: String?
  var minorVersion: UInt8
  var size: Int
  var framing: MessageFraming
  var persistence: Persistence
  var expectsContinue: Bool
  var fields: [String]

  init(_ head: borrowing RequestHead, _ bytes: [UInt8]) {
    func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
    method = head.method
    form = head.target.form
    path = text(head.target.path)
    query = head.target.query.map(text)
    minorVersion = head.minorVersion
    size = head.size
    framing = head.framing
    persistence = head.persistence
    expectsContinue = head.expectsContinue
    fields = []
    for index in 0..<head.fieldCount {
      fields.append("\(head[index].name): \(text(head[index].value))")
    }
  }
}

/// How reading ended.
enum Reading: Equatable, Sendable {
  case complete(ReadHead)
  case needMore
  case fault(RequestHeadFault)

  var fault: RequestHeadFault? { if case .fault(let fault) = self { fault } else { nil } }
  var head: ReadHead? { if case .complete(let head) = self { head } else { nil } }
}

/// Feeds `bytes` to a new parser, as they had arrived after each of `cuts` and then whole. Each
/// time the parser is given an array that ends where the bytes end, so looking further would trap.
func read(_ bytes: [UInt8], cuts: [Int] = [], limits: HeadLimits = .standard) -> Reading {
  var parser = RequestHeadParser(limits: limits)
  var head = RequestHead()
  for count in cuts + [bytes.count] {
    let arrived = Array(bytes[..<count])
    do {
      if try parser.resume(over: arrived.span, into: &head) == .complete {
        return .complete(ReadHead(head, arrived))
      }
    } catch {
      return .fault(error)
    }
  }
  return .needMore
}

func read(_ text: String, cuts: [Int] = [], limits: HeadLimits = .standard) -> Reading {
  read(Array(text.utf8), cuts: cuts, limits: limits)
}

/// A request with one line of fields beside Host.
func readField(_ line: String, version: String = "HTTP/1.1") -> Reading {
  read("GET / \(version)\r\nHost: r\r\n\(line)\r\n\r\n")
}

/// Calls `body` with a head that has these field lines.
func withHead<Result>(
  _ lines: [String],
  _ body: (borrowing RequestHead, Span<UInt8>) -> Result
) throws -> Result {
  let text = (["GET / HTTP/1.1", "Host: r"] + lines).joined(separator: "\r\n") + "\r\n\r\n"
  let bytes = Array(text.utf8)
  var parser = RequestHeadParser(limits: .standard)
  var head = RequestHead()
  guard try parser.resume(over: bytes.span, into: &head) == .complete else {
    throw RequestHeadFault.requestLine
  }
  return body(head, bytes.span)
}

/// A reproducible stream of numbers (splitmix64), so that a failure can be seen again.
struct SeededNumbers: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word >> 31)
  }
}

// `#expect` takes its operands apart and cannot hold a span, so these ask in its place.

extension EntityTag {
  func isListed(in list: [UInt8], _ range: Range<Int>? = nil, by comparison: Comparison) -> Bool {
    isListed(list.span, range ?? 0..<list.count, by: comparison)
  }
}

extension ContentDigest {
  static func of(bytes: [UInt8]) -> UInt64 { of(bytes.span) }
}

extension MediaType {
  init?(word: String) { self.init(format: Array(word.utf8).span) }
}

extension RequestHeadParser {
  mutating func resume(
    over bytes: [UInt8],
    into head: inout RequestHead
  ) throws(RequestHeadFault) -> Outcome {
    try resume(over: bytes.span, into: &head)
  }
}
