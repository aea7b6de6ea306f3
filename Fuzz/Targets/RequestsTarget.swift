import JSON
import PortRegistry
import PortsAPI

@testable import HTTP

/// All that a client sends on one connection: requests with their content, and the answers to them.
///
/// The answers do not depend on how the bytes were cut, nor on what was asked before; each is a
/// whole HTTP message, and HEAD gets the fields of GET (RFC 9110 §9.3.2).
func fuzzRequests(_ bytes: [UInt8]) {
  guard case .success(let store) = store else { preconditionFailure("the registry is not read") }
  let responder = APIResponder(store: store)
  // The first way is checked; the others must give the same bytes.
  var isFirst = true
  _ = outcome(bytes) { pieces in
    var exchange = Exchange(responder, isChecked: isFirst)
    isFirst = false
    exchange.receive(pieces)
    return exchange.answers
  }
}

/// Small, since the registry that the program carries takes its time; but long enough for lists
/// that wait for their turn, and with every kind of row.
private let store = Result {
  let columns = "first\tlast\ttransports\tstate\tservice\tname\taliases\treferences\tnote\n"
  let catalogue = """
    #date 2026-02-13
    \(columns)0\t-\ttcp,udp\treserved\t-\t-\t-\t-\tNever on the wire.
    80\t-\ttcp\tassigned\thttp\tHTTP & <more>\twww\tRFC 2616\t-
    443\t-\ttcp\tassigned\thttps\tHTTPS\t-\t-\t-

    """
  var iana = """
    \(columns)80\t-\ttcp,udp,sctp\tassigned\thttp\tWorld Wide Web HTTP\twww-http\tRFC 9110\t-
    700\t-\t-\tassigned\tnowhere\tWithout a transport\t-\t-\t-
    3389\t-\ttcp,udp\tassigned\tms-wbt-server\tMS WBT Server\trdp|remote desktop\t-\t-
    6000\t6063\ttcp,udp\tassigned\tx11\tX Window System\t-\t-\t-
    -\t-\ttcp\tassigned\tportless\tWithout a port\t-\t-\t-

    """
  for number in 0..<150 {
    iana += "\(2_000 + number * 3)\t-\tudp\tassigned\ts\(number)\tService \(number)\t-\t-\t-\n"
  }
  var builder = RegistryBuilder()
  try builder.add(.catalogue, table: "catalogue", Array(catalogue.utf8).span)
  try builder.add(.iana, table: "iana", Array(iana.utf8).span)
  try builder.addUse(table: "use", Array("port\tservice\tuse\n80\thttp\t8\n".utf8).span)
  return RepresentationStore(builder.build()).prepared()
}

/// A connection without its socket: what the engine does with the bytes that arrive.
private struct Exchange {
  private(set) var answers: [[UInt8]] = []
  private let responder: APIResponder
  private let isChecked: Bool
  private var parser = RequestHeadParser(limits: .standard)
  private var head = RequestHead()
  private var discarder: ContentDiscarder?
  /// The head and what else has come and is not used up.
  private var received: [UInt8] = []
  /// How many of those are the head and the part of the content that was discarded.
  private var seen = 0
  private var isOver = false

  init(_ responder: APIResponder, isChecked: Bool) {
    self.responder = responder
    self.isChecked = isChecked
  }

  mutating func receive(_ pieces: [ArraySlice<UInt8>]) {
    for piece in pieces where !isOver {
      received += piece
      do {
        while try takeRequest() {}
      } catch {
        isOver = true
        var batch = ResponseBatch(capacity: 0)
        batch.persistence = .close
        responder.refuse(error, into: &batch)
        if isChecked {
          let answer = Answer(batch)
          answer.check()
          precondition(answer.status == error.status.code)
        }
        answers.append(Answer.bytes(of: batch))
      }
    }
  }

  /// Takes the next request if it is there with its content.
  private mutating func takeRequest() throws(RequestHeadFault) -> Bool {
    if isOver || received.isEmpty { return false }
    let received = received
    if discarder == nil {
      guard try parser.resume(over: received.span, into: &head) == .complete else { return false }
      discarder = ContentDiscarder(head.framing, limits: .standard)
      seen = head.size
    }
    guard var discarder else { return false }
    seen += try discarder.consume(received.span.extracting(seen..<received.count))
    self.discarder = discarder
    guard discarder.isDone else { return false }
    answerRequest()
    self.received.removeFirst(seen)
    self.discarder = nil
    return true
  }

  private mutating func answerRequest() {
    let batch = respond(omitsContent: false)
    answers.append(Answer.bytes(of: batch))
    isOver = head.persistence == .close
    guard isChecked else { return }
    let full = Answer(batch)
    full.check()
    precondition(isOver == full.values(of: "Connection").contains("close"))
    let withoutContent = Answer(respond(omitsContent: true))
    withoutContent.check()
    precondition(withoutContent.bytes[...] == full.bytes.prefix(full.headSize), "HEAD is no GET")
  }

  private func respond(omitsContent: Bool) -> ResponseBatch {
    var batch = ResponseBatch(capacity: 0)
    batch.persistence = head.persistence
    batch.omitsContent = omitsContent
    let request = Array(received[..<head.size])
    switch responder.respond(to: head, in: request.span, into: &batch) {
    case .ready: break
    case .held: preconditionFailure("held where nothing may be")
    case .unfinished(let work):
      while !work.advance() {}
      work.finish(into: &batch)
    }
    return batch
  }
}

/// One answer, taken apart again.
private struct Answer {
  private(set) var bytes: [UInt8] = []
  private(set) var status: Int
  private(set) var headSize: Int
  private let omitsContent: Bool
  private let fields: [(name: String, value: String)]

  init(_ batch: ResponseBatch) {
    let bytes = Self.bytes(of: batch)
    guard let end = bytes.firstRange(of: [0x0D, 0x0A, 0x0D, 0x0A]) else {
      preconditionFailure("an answer without a head")
    }
    var lines = bytes[..<end.lowerBound].split(separator: 0x0D, omittingEmptySubsequences: false)
    let statusLine = String(decoding: lines.removeFirst(), as: UTF8.self)
    status = batch.latestStatus.code
    precondition(statusLine == "HTTP/1.1 \(status) \(batch.latestStatus.reason)")
    fields = lines.map { line in
      guard line.first == 0x0A, let colon = line.firstIndex(of: UInt8(ascii: ":")) else {
        preconditionFailure("a line of no field")
      }
      return (
        String(decoding: line[..<colon].dropFirst(), as: UTF8.self),
        String(decoding: line[colon...].dropFirst(2), as: UTF8.self)
      )
    }
    headSize = end.upperBound
    omitsContent = batch.omitsContent
    self.bytes = bytes
  }

  /// What is sent, in one piece.
  static func bytes(of batch: ResponseBatch) -> [UInt8] {
    var bytes: [UInt8] = []
    batch.forEachSegment(of: batch.run) { segment in
      switch segment {
      case .own(let range): bytes += batch.bytes[range]
      case .shared(let content): bytes += content
      }
    }
    return bytes
  }

  func values(of name: String) -> [String] { fields.filter { $0.name == name }.map(\.value) }

  /// What holds of every answer.
  func check() {
    precondition(
      bytes[..<headSize].allSatisfy { (0x20..<0x7F).contains($0) || $0 == 13 || $0 == 10 }
    )
    for field in fields {
      precondition(Array(field.name.utf8).span.allAreTokenCharacters && !field.value.isEmpty)
    }
    for name in ["Date", "Content-Length", "Content-Type", "ETag", "Vary", "Last-Modified"] {
      precondition(values(of: name).count <= 1, "a field that comes twice")
    }
    precondition(values(of: "Date").count == 1 && status != 500)
    let content = bytes[headSize...]
    switch status {
    case 204, 304: precondition(content.isEmpty && values(of: "Content-Length").isEmpty)
    default:
      guard let length = values(of: "Content-Length").first.flatMap({ Int($0) }) else {
        preconditionFailure("an answer whose content has no length")
      }
      precondition(content.count == (omitsContent ? 0 : length))
    }
    if status == 405 { precondition(values(of: "Allow") == [Method.allowed]) }
    let isCoded = !values(of: "Content-Encoding").isEmpty
    // Longer than lists that make a difference are only the documents, which are always the same.
    if (1...16_384).contains(content.count), !isCoded,
      values(of: "Content-Type").contains(where: Self.isJSON)
    {
      precondition((try? JSONReader.read(Array(content).span)) != nil, "JSON that is none")
    }
  }

  private static func isJSON(_ type: String) -> Bool {
    type == "application/json" || type == "application/problem+json"
  }
}

extension Span where Element == UInt8 {
  fileprivate var allAreTokenCharacters: Bool {
    for index in indices where !ByteClass.token.contains(self[index]) { return false }
    return !isEmpty
  }
}
