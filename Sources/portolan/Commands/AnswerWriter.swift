import PortRegistry

/// The JSON form of a command's answer: the very body that the API has for the same question.
enum AnswerWriter {
  /// The body of the answer to `GET target`, and whether its status was 200.
  static func json(
    for target: String,
    in registry: Registry
  ) throws -> (body: [UInt8], isFound: Bool) {
    Terminal.complain("the API is not joined to the program yet: \(target)")
    throw ExitStatus.internalError.exitCode
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
