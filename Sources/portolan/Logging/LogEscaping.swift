/// Makes text safe to stand in one line of a log or on a terminal: whatever it holds, it cannot end
/// the line, close a quote, or speak to the terminal.
enum LogEscaping {
  /// Appends text for a person's eyes: controls of both sets, line separators and backslashes are
  /// written out, everything else stays.
  static func append(_ text: String, to bytes: inout [UInt8]) {
    for scalar in text.unicodeScalars { append(scalar, quote: nil, to: &bytes) }
  }

  /// Appends a value of logfmt: as it is where that is unmistakable, else in quotes.
  static func appendLogfmt(_ text: String, to bytes: inout [UInt8]) {
    let isPlain = text.unicodeScalars.allSatisfy { scalar in
      scalar.value > 0x20 && scalar != "\"" && scalar != "=" && scalar != "\\" && !isControl(scalar)
    }
    if isPlain, !text.isEmpty {
      bytes.append(contentsOf: text.utf8)
      return
    }
    bytes.append(UInt8(ascii: "\""))
    for scalar in text.unicodeScalars { append(scalar, quote: "\"", to: &bytes) }
    bytes.append(UInt8(ascii: "\""))
  }

  private static func append(
    _ scalar: Unicode.Scalar,
    quote: Unicode.Scalar?,
    to bytes: inout [UInt8]
  ) {
    switch scalar {
    case "\\": bytes.append(contentsOf: "\\\\".utf8)
    case "\n": bytes.append(contentsOf: "\\n".utf8)
    case "\r": bytes.append(contentsOf: "\\r".utf8)
    case "\t": bytes.append(contentsOf: "\\t".utf8)
    case _ where scalar == quote: bytes.append(contentsOf: "\\\"".utf8)
    case _ where isControl(scalar):
      bytes.append(contentsOf: "\\u{\(String(scalar.value, radix: 16))}".utf8)
    default: bytes.append(contentsOf: String(Character(scalar)).utf8)
    }
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F...0x9F, 0x2028, 0x2029: true
    default: false
    }
  }

  // MARK: Bytes that came from the network

  /// A longer text is cut, in bytes.
  static let textLimitBytes = 2048

  /// Appends bytes as nginx and Apache write them between quotes: what is not printable ASCII, and
  /// the quote and backslash, as `\xHH`.
  static func appendQuotable(_ text: Span<UInt8>, to bytes: inout [UInt8]) {
    for index in 0..<min(text.count, textLimitBytes) {
      let byte = text[index]
      if byte >= 0x20, byte < 0x7F, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") {
        bytes.append(byte)
      } else {
        bytes.append(contentsOf: "\\x".utf8)
        bytes.append(hexDigit(byte >> 4))
        bytes.append(hexDigit(byte & 0xF))
      }
    }
  }

  private static func hexDigit(_ value: UInt8) -> UInt8 {
    value < 10 ? 0x30 + value : 0x37 + value
  }
}
