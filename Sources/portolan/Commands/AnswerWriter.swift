import HTTP
import PortRegistry
import PortsAPI

/// The JSON form of a command's answer: the very body that the API has for the same question, made
/// by asking it without a connection.
struct AnswerWriter {
  private let responder: APIResponder

  init(_ registry: Registry) {
    responder = APIResponder(store: RepresentationStore(registry))
  }

  /// The body of the answer to `GET target`, be it a problem.
  func json(for target: String) -> [UInt8] {
    let lines = "GET \(target) HTTP/1.1\r\nHost: portolan\r\nAccept: application/json\r\n\r\n"
    let request = Array(lines.utf8)
    var parser = RequestHeadParser(limits: .standard)
    var head = RequestHead()
    var batch = ResponseBatch()
    do {
      _ = try parser.resume(over: request.span, into: &head)
      let disposition = responder.respond(to: head, in: request.span, into: &batch)
      if case .unfinished(let work) = disposition {
        while !work.advance() {}
        work.finish(into: &batch)
      }
    } catch {
      responder.refuse(error, into: &batch)
    }
    return Self.content(of: batch)
  }

  /// What follows the empty line, with what was attached rather than copied.
  private static func content(of batch: ResponseBatch) -> [UInt8] {
    var content: [UInt8] = []
    for attachment in batch.attachments { content += attachment.content }
    guard content.isEmpty else { return content }
    return Array(batch.bytes.suffix(batch.latestContentSize))
  }
}

/// Request targets made of what people type.
enum RequestTargetText {
  /// Every byte that is not unreserved (RFC 3986 §2.3) as `%HH`.
  static func encoded(_ text: String) -> String {
    var encoded = ""
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
        UInt8(ascii: "_"), UInt8(ascii: "~"):
        encoded.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        encoded += "%" + (byte < 0x10 ? "0" : "") + digits
      }
    }
    return encoded
  }
}
