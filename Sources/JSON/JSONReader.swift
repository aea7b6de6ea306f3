/// Reads one JSON text, for files that people write: exactly the grammar of RFC 8259, in UTF-8,
/// with no member named twice (RFC 7493 §2.3).
package struct JSONReader {
  /// How deep arrays and objects may lie in one another.
  package static let depthMax = 32

  private let end: Int
  private var index = 0
  private var line = 1
  /// Where the line at hand begins.
  private var lineStart = 0
  /// The latest place that was asked for, and its column: a long line is counted through once.
  private var counted = (index: 0, column: 1)

  package static func read(_ text: Span<UInt8>) throws(JSONFault) -> JSONNode {
    var reader = JSONReader(end: text.count)
    try reader.checkEncoding(text)
    reader.skipBlanks(text)
    let node = try reader.value(text, depth: 0)
    reader.skipBlanks(text)
    if reader.index < reader.end {
      throw reader.fault(text, "something follows the value, which must stand alone")
    }
    return node
  }

  private init(end: Int) {
    self.end = end
  }

  private mutating func checkEncoding(_ text: Span<UInt8>) throws(JSONFault) {
    do {
      _ = try UTF8Span(validating: text)
    } catch {
      while index < error.byteOffsets.lowerBound { step(text) }
      throw fault(text, "the text is not UTF-8")
    }
  }

  // MARK: Values

  private mutating func value(_ text: Span<UInt8>, depth: Int) throws(JSONFault) -> JSONNode {
    let place = place(text)
    guard index < end else { throw fault(text, "the text ends where a value must stand") }
    switch text[index] {
    case UInt8(ascii: "{"):
      return JSONNode(value: .object(try object(text, depth: depth + 1)), place: place)
    case UInt8(ascii: "["):
      return JSONNode(value: .array(try array(text, depth: depth + 1)), place: place)
    case UInt8(ascii: "\""):
      return JSONNode(value: .string(try string(text)), place: place)
    case UInt8(ascii: "-"), 0x30...0x39:
      return JSONNode(value: .number(try number(text)), place: place)
    default:
      if take(text, "true") { return JSONNode(value: .boolean(true), place: place) }
      if take(text, "false") { return JSONNode(value: .boolean(false), place: place) }
      if take(text, "null") { return JSONNode(value: .null, place: place) }
      throw fault(text, "a value must stand here")
    }
  }

  private mutating func object(
    _ text: Span<UInt8>,
    depth: Int
  ) throws(JSONFault) -> [JSONMember] {
    try enter(text, depth: depth)
    var members: [JSONMember] = []
    var names: Set<String> = []
    if take(text, "}") { return members }
    while true {
      let place = place(text)
      guard index < end, text[index] == UInt8(ascii: "\"") else {
        throw fault(text, "the name of a member must stand here, in quotes")
      }
      let name = try string(text)
      guard names.insert(name).inserted else {
        throw JSONFault(place: place, reason: "the member \"\(name)\" comes twice")
      }
      skipBlanks(text)
      guard take(text, ":") else { throw fault(text, "a colon must stand here") }
      skipBlanks(text)
      let node = try value(text, depth: depth)
      members.append(JSONMember(name: name, place: place, node: node))
      skipBlanks(text)
      if take(text, "}") { return members }
      guard take(text, ",") else { throw fault(text, "a comma or } must stand here") }
      skipBlanks(text)
    }
  }

  private mutating func array(_ text: Span<UInt8>, depth: Int) throws(JSONFault) -> [JSONNode] {
    try enter(text, depth: depth)
    var elements: [JSONNode] = []
    if take(text, "]") { return elements }
    while true {
      elements.append(try value(text, depth: depth))
      skipBlanks(text)
      if take(text, "]") { return elements }
      guard take(text, ",") else { throw fault(text, "a comma or ] must stand here") }
      skipBlanks(text)
    }
  }

  private mutating func enter(_ text: Span<UInt8>, depth: Int) throws(JSONFault) {
    guard depth <= Self.depthMax else {
      throw fault(text, "arrays and objects lie more than \(Self.depthMax) deep")
    }
    index += 1
    skipBlanks(text)
  }

  /// `[ "-" ] int [ frac ] [ exp ]` (RFC 8259 §6).
  private mutating func number(_ text: Span<UInt8>) throws(JSONFault) -> String {
    let start = index
    _ = take(text, "-")
    if take(text, "0") {
      if digitFollows(text) { throw fault(text, "a number has no leading zero") }
    } else {
      try digits(text)
    }
    if take(text, ".") { try digits(text) }
    if take(text, "e") || take(text, "E") {
      if !take(text, "+") { _ = take(text, "-") }
      try digits(text)
    }
    return copied(text, start..<index)
  }

  private func digitFollows(_ text: Span<UInt8>) -> Bool {
    index < end && (0x30...0x39).contains(text[index])
  }

  private mutating func digits(_ text: Span<UInt8>) throws(JSONFault) {
    guard digitFollows(text) else { throw fault(text, "a digit must stand here") }
    while digitFollows(text) { index += 1 }
  }

  // MARK: Strings

  private mutating func string(_ text: Span<UInt8>) throws(JSONFault) -> String {
    index += 1
    var bytes: [UInt8] = []
    while true {
      guard index < end, text[index] >= 0x20 else {
        throw fault(text, "the string does not end on its line, or holds a control character")
      }
      switch text[index] {
      case UInt8(ascii: "\""):
        index += 1
        return String(decoding: bytes, as: UTF8.self)
      case UInt8(ascii: "\\"):
        let scalar = try escape(text)
        bytes.append(contentsOf: String(Character(scalar)).utf8)
      default:
        bytes.append(text[index])
        index += 1
      }
    }
  }

  private mutating func escape(_ text: Span<UInt8>) throws(JSONFault) -> Unicode.Scalar {
    let start = index
    index += 1
    guard index < end else { throw fault(text, "the text ends within a string") }
    let letter = text[index]
    index += 1
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(letter)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): break
    default:
      index = start
      throw fault(text, "there is no such escape")
    }
    var code = try fourHexDigits(text)
    if (0xD800...0xDBFF).contains(code), take(text, "\\u") {
      let low = try fourHexDigits(text)
      if (0xDC00...0xDFFF).contains(low) {
        code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
      }
    }
    guard let scalar = Unicode.Scalar(code) else {
      index = start
      throw fault(text, "half of a surrogate pair stands alone")
    }
    return scalar
  }

  private mutating func fourHexDigits(_ text: Span<UInt8>) throws(JSONFault) -> UInt32 {
    var code: UInt32 = 0
    for _ in 0..<4 {
      guard index < end, let digit = Self.hexDigitValue(text[index]) else {
        throw fault(text, "four hexadecimal digits must follow \\u")
      }
      code = code << 4 | digit
      index += 1
    }
    return code
  }

  private static func hexDigitValue(_ byte: UInt8) -> UInt32? {
    switch byte {
    case 0x30...0x39: UInt32(byte) - 0x30
    case 0x41...0x46: UInt32(byte) - 0x37
    case 0x61...0x66: UInt32(byte) - 0x57
    default: nil
    }
  }

  // MARK: The cursor

  private mutating func take(_ text: Span<UInt8>, _ token: String) -> Bool {
    let bytes = token.utf8
    guard bytes.count <= end - index else { return false }
    var place = index
    for byte in bytes {
      guard text[place] == byte else { return false }
      place += 1
    }
    index = place
    return true
  }

  private mutating func skipBlanks(_ text: Span<UInt8>) {
    while index < end {
      switch text[index] {
      case 0x20, 0x09, 0x0A, 0x0D: step(text)
      default: return
      }
    }
  }

  private mutating func step(_ text: Span<UInt8>) {
    if text[index] == 0x0A {
      line += 1
      lineStart = index + 1
    }
    index += 1
  }

  private mutating func place(_ text: Span<UInt8>) -> JSONPlace {
    if !(lineStart...index).contains(counted.index) { counted = (lineStart, 1) }
    for place in counted.index..<index where text[place] & 0xC0 != 0x80 { counted.column += 1 }
    counted.index = index
    return JSONPlace(line: line, column: counted.column)
  }

  private mutating func fault(_ text: Span<UInt8>, _ reason: String) -> JSONFault {
    JSONFault(place: place(text), reason: reason)
  }

  private func copied(_ text: Span<UInt8>, _ range: Range<Int>) -> String {
    var bytes: [UInt8] = []
    for place in range { bytes.append(text[place]) }
    return String(decoding: bytes, as: UTF8.self)
  }
}
