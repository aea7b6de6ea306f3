import HTTP
import PortRegistry
import PortsAPI

/// The JSON form of a command's answer: the very body that the API has for the same question,
/// because the API is asked, without a socket in between.
final class AnswerWriter {
  private let responder: APIResponder
  private var batch = ResponseBatch()

  /// Nothing is prepared that the answer does not need.
  init(_ registry: Registry) {
    responder = APIResponder(store: RepresentationStore(registry))
  }

  /// The body of the answer to `GET target`, and whether its status was 200.
  func json(for target: String) -> (body: [UInt8], isFound: Bool) {
    let request = Array("GET \(target) HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8)
    var parser = RequestHeadParser(limits: .standard)
    var head = RequestHead()
    batch.removeAll()
    do throws(RequestHeadFault) {
      _ = try parser.resume(over: request.span, into: &head)
      if case .unfinished(let work) = responder.respond(to: head, in: request.span, into: &batch) {
        while !work.advance() {}
        work.finish(into: &batch)
      }
    } catch {
      responder.refuse(error, into: &batch)
    }
    return (content(), batch.latestStatus == .ok)
  }

  /// What stands behind the head of the one answer in the batch.
  private func content() -> [UInt8] {
    var content: [UInt8] = []
    batch.forEachSegment(of: batch.run) { segment in
      switch segment {
      case .own(let range): content += batch.bytes[range]
      case .shared(let shared): content += shared
      }
    }
    return Array(content.suffix(batch.latestContentSize))
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
