import HTTP
import PortRegistry

@testable import PortsAPI

/// A registry small enough that its answers can be written down by hand.
enum Fixture {
  private static let catalogue = """
    #date 2026-02-13
    first\tlast\ttransports\tstate\tservice\tname\taliases\treferences\ttrojans\tnote
    0\t-\ttcp,udp\treserved\t-\t-\t-\t-\t-\tNever on the wire.
    15\t-\ttcp,udp\tunassigned\t-\t-\t-\t-\t-\tCalled netstat on Unix.
    80\t-\ttcp\tassigned\thttp\tHTTP - "Hypertext" & <more>\twww\tRFC 2616\tExecutor|RingZero\t-
    443\t-\ttcp\tassigned\thttps\tHTTPS - HTTP over TLS/SSL\t-\t-\t-\t-

    """
  private static let iana = """
    first\tlast\ttransports\tstate\tservice\tname\taliases\treferences
    80\t-\ttcp,udp,sctp\tassigned\thttp\tWorld Wide Web HTTP\twww-http\tRFC 9110
    443\t-\ttcp,udp,sctp\tassigned\thttps\thttp protocol over TLS/SSL\t-\tRFC 9110
    700\t-\t-\tassigned\tnowhere\tA name without a transport\t-\t-
    3389\t-\ttcp,udp\tassigned\tms-wbt-server\tMS WBT Server\t-\t-
    6000\t6063\ttcp,udp\tassigned\tx11\tX Window System\t-\t-
    9090\t-\ttcp,udp\tassigned\twebsm\tWebSM\t-\t-
    9091\t-\tudp\treserved\t-\t-\t-\t-
    -\t-\ttcp\tassigned\tportless\tA name without a port\t-\t-

    """
  private static let common = """
    first\tlast\ttransports\tservice\tname\taliases
    3389\t-\ttcp,udp\tms-wbt-server\tRemote Desktop\trdp|remote desktop
    9090\t-\ttcp\tprometheus\tPrometheus\t-

    """
  private static let use = "port\tservice\tuse\n9090\tprometheus\t8\n"
  private static let ranges = """
    name\tfirst\tlast\tnames\tfacts
    system\t0\t1023\twell-known\tOne fact.|Another.
    user\t1024\t49151\tregistered\tThird.
    dynamic\t49152\t65535\tprivate|ephemeral\tFourth.

    """

  static func registry() throws -> Registry {
    var builder = RegistryBuilder()
    try builder.add(.catalogue, table: "catalogue", Array(catalogue.utf8).span)
    try builder.add(.iana, table: "iana", Array(iana.utf8).span)
    try builder.add(.common, table: "common", Array(common.utf8).span)
    try builder.addUse(table: "use", Array(use.utf8).span)
    try builder.addRanges(table: "ranges", Array(ranges.utf8).span)
    return builder.build()
  }

  /// A responder over the small registry.
  static func client() throws -> Client { Client(try store.get()) }

  static let store = Result { RepresentationStore(try registry()) }

  /// The registry that the program carries, and the same prepared. Made once, since it takes a
  /// while.
  static let embedded = Result { RepresentationStore(try Registry.embedded()) }
  static let prepared = Result { try embedded.get().prepared().withGzipForms() }
}

/// Asks a responder as a connection would, and takes its answers apart.
final class Client {
  let responder: APIResponder
  var circumstances = Circumstances(peer: .none)
  /// Whether others' answers fill the memory while an answer is in the making.
  var memoryFillsMeanwhile = false

  init(_ store: RepresentationStore) {
    responder = APIResponder(store: store)
  }

  struct Answer {
    var status = 0
    var fields: [(name: String, value: String)] = []
    var content: [UInt8] = []
    var heldMilliseconds: UInt32?
    /// How many pieces it was made in; 0 if at once.
    var pieceCount = 0

    var text: String { String(decoding: content, as: UTF8.self) }

    /// The one value of a field; `nil` if it is missing or comes twice.
    subscript(name: String) -> String? {
      let values = fields.filter { $0.name == name }
      return values.count == 1 ? values[0].value : nil
    }
  }

  func send(_ method: String, _ target: String, _ fields: String...) throws -> Answer {
    try send(method, target, fields)
  }

  func get(_ target: String, _ fields: String...) throws -> Answer {
    try send("GET", target, fields)
  }

  private func send(_ method: String, _ target: String, _ fields: [String]) throws -> Answer {
    let lines = ["\(method) \(target) HTTP/1.1", "Host: portolan.example"] + fields
    let request = Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
    var parser = RequestHeadParser(limits: .standard)
    var head = RequestHead()
    let outcome = try parser.resume(over: request.span, into: &head)
    guard outcome == .complete else { throw Failure.incomplete }
    var batch = ResponseBatch()
    batch.setDate(DateField(secondsSince1970: 1_800_000_000))
    batch.omitsContent = head.method == .head
    batch.circumstances = circumstances
    var answer = Answer()
    switch responder.respond(to: head, in: request.span, into: &batch) {
    case .ready: break
    case .held(let milliseconds): answer.heldMilliseconds = milliseconds
    case .unfinished(let work):
      repeat { answer.pieceCount += 1 } while !work.advance()
      if memoryFillsMeanwhile { batch.circumstances.isOverloaded = true }
      work.finish(into: &batch)
    }
    try Self.read(batch, into: &answer)
    return answer
  }

  func refuse(_ fault: RequestHeadFault) throws -> Answer {
    var batch = ResponseBatch()
    responder.refuse(fault, into: &batch)
    var answer = Answer()
    try Self.read(batch, into: &answer)
    return answer
  }

  enum Failure: Error { case incomplete, malformedAnswer }

  private static func read(_ batch: ResponseBatch, into answer: inout Answer) throws {
    if batch.isEmpty { return }
    var bytes = batch.bytes
    if let attachment = batch.attachments.first {
      guard batch.attachments.count == 1, attachment.offset == bytes.count else {
        throw Failure.malformedAnswer
      }
      bytes += attachment.content
    }
    let end = Array("\r\n\r\n".utf8)
    guard let headEnd = bytes.firstRange(of: end) else { throw Failure.malformedAnswer }
    var lines = String(decoding: bytes[..<headEnd.lowerBound], as: UTF8.self)
      .split(separator: "\r\n", omittingEmptySubsequences: false)
    let statusLine = lines.removeFirst().split(separator: " ", maxSplits: 2)
    guard statusLine.count == 3, statusLine[0] == "HTTP/1.1", let status = Int(statusLine[1])
    else { throw Failure.malformedAnswer }
    answer.status = status
    for line in lines {
      guard let colon = line.firstRange(of: ": ") else { throw Failure.malformedAnswer }
      answer.fields.append(
        (String(line[..<colon.lowerBound]), String(line[colon.upperBound...]))
      )
    }
    answer.content = Array(bytes[headEnd.upperBound...])
  }
}
