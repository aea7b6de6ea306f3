/// A JSON value as it was read, with the line it begins on.
struct JSONNode {
  enum Value {
    case null
    case bool(Bool)
    /// As it is written: whoever reads it knows what numbers it takes.
    case number(String)
    case string(String)
    case array([JSONNode])
    /// In the order of the file; no name comes twice.
    case object([(name: String, value: JSONNode)])
  }

  let line: Int
  let value: Value
}

/// Reads JSON strictly as RFC 8259 has it: UTF-8, nothing before or behind, no comments, no comma
/// too many, every name in an object once.
struct JSONReader {
  /// Deeper nesting is refused, so that no file exhausts the stack.
  static let depthMax = 16

  private let file: String
  private let bytes: [UInt8]
  private var index = 0
  private var line = 1

  /// Reads all of `bytes` as one value.
  ///
  /// - Parameter file: The name that faults give the file.
  static func read(_ bytes: [UInt8], of file: String) throws(RegistryTableFault) -> JSONNode {
    var reader = JSONReader(file: file, bytes: bytes)
    guard String(validating: bytes, as: UTF8.self) != nil else {
      throw RegistryTableFault(table: file, line: 0, reason: "is not UTF-8")
    }
    let node = try reader.value(depth: 0)
    reader.skipBlanks()
    guard reader.next == nil else { throw reader.fault("holds something behind the value") }
    return node
  }

  private init(file: String, bytes: [UInt8]) {
    self.file = file
    self.bytes = bytes
  }

  private func fault(_ reason: String) -> RegistryTableFault {
    RegistryTableFault(table: file, line: line, reason: reason)
  }

  private var next: UInt8? { index < bytes.count ? bytes[index] : nil }

  private mutating func skipBlanks() {
    while let byte = next, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D {
      if byte == 0x0A { line += 1 }
      index += 1
    }
  }

  private mutating func skip(_ byte: UInt8) -> Bool {
    guard next == byte else { return false }
    index += 1
    return true
  }

  private mutating func skip(word: StaticString) -> Bool {
    let text = Array("\(word)".utf8)
    guard bytes[index...].starts(with: text) else { return false }
    index += text.count
    return true
  }

  // MARK: Values

  private mutating func value(depth: Int) throws(RegistryTableFault) -> JSONNode {
    skipBlanks()
    guard depth <= Self.depthMax else { throw fault("nests deeper than \(Self.depthMax)") }
    let line = line
    switch next {
    case UInt8(ascii: "{"): return JSONNode(line: line, value: .object(try object(depth)))
    case UInt8(ascii: "["): return JSONNode(line: line, value: .array(try array(depth)))
    case UInt8(ascii: "\""): return JSONNode(line: line, value: .string(try string()))
    case let byte? where byte == UInt8(ascii: "-") || Tokens.isDigit(byte):
      return JSONNode(line: line, value: .number(try number()))
    case UInt8(ascii: "n") where skip(word: "null"): return JSONNode(line: line, value: .null)
    case UInt8(ascii: "t") where skip(word: "true"): return JSONNode(line: line, value: .bool(true))
    case UInt8(ascii: "f") where skip(word: "false"):
      return JSONNode(line: line, value: .bool(false))
    case nil: throw fault("ends where a value is expected")
    default: throw fault("has no value where one is expected")
    }
  }

  private mutating func array(_ depth: Int) throws(RegistryTableFault) -> [JSONNode] {
    index += 1
    var items: [JSONNode] = []
    skipBlanks()
    if skip(UInt8(ascii: "]")) { return items }
    while true {
      items.append(try value(depth: depth + 1))
      skipBlanks()
      if skip(UInt8(ascii: "]")) { return items }
      guard skip(UInt8(ascii: ",")) else { throw fault("lacks a comma or the end of an array") }
    }
  }

  private mutating func object(
    _ depth: Int
  ) throws(RegistryTableFault) -> [(name: String, value: JSONNode)] {
    index += 1
    var members: [(name: String, value: JSONNode)] = []
    var names: Set<String> = []
    skipBlanks()
    if skip(UInt8(ascii: "}")) { return members }
    while true {
      skipBlanks()
      guard next == UInt8(ascii: "\"") else { throw fault("lacks the name of a member") }
      let name = try string()
      guard names.insert(name).inserted else {
        throw fault("has the member '\(name.prefix(60))' twice")
      }
      skipBlanks()
      guard skip(UInt8(ascii: ":")) else { throw fault("lacks a colon behind a name") }
      members.append((name, try value(depth: depth + 1)))
      skipBlanks()
      if skip(UInt8(ascii: "}")) { return members }
      guard skip(UInt8(ascii: ",")) else { throw fault("lacks a comma or the end of an object") }
    }
  }

  // MARK: Numbers and strings

  /// `-? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?`
  private mutating func number() throws(RegistryTableFault) -> String {
    let start = index
    _ = skip(UInt8(ascii: "-"))
    if !skip(UInt8(ascii: "0")) { try digits() }
    if skip(UInt8(ascii: ".")) { try digits() }
    if skip(UInt8(ascii: "e")) || skip(UInt8(ascii: "E")) {
      _ = skip(UInt8(ascii: "+")) || skip(UInt8(ascii: "-"))
      try digits()
    }
    if let byte = next, Tokens.isDigit(byte) { throw fault("has a number with a leading zero") }
    return String(decoding: bytes[start..<index], as: UTF8.self)
  }

  private mutating func digits() throws(RegistryTableFault) {
    let start = index
    while let byte = next, Tokens.isDigit(byte) { index += 1 }
    if index == start { throw fault("has a number that lacks digits") }
  }

  private mutating func string() throws(RegistryTableFault) -> String {
    index += 1
    var text: [UInt8] = []
    while let byte = next {
      index += 1
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"): text.append(contentsOf: String(try escaped()).utf8)
      case 0..<0x20: throw fault("has a control byte in a string")
      default: text.append(byte)
      }
    }
    throw fault("ends inside a string")
  }

  private mutating func escaped() throws(RegistryTableFault) -> Unicode.Scalar {
    guard let byte = next else { throw fault("ends inside a string") }
    index += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"):
      let first = try codeUnit()
      if let scalar = Unicode.Scalar(first) { return scalar }
      guard first < 0xDC00, skip(UInt8(ascii: "\\")), skip(UInt8(ascii: "u")) else {
        throw fault("has half of a surrogate pair")
      }
      let second = try codeUnit()
      let offset = (first - 0xD800) << 10
      guard (0xDC00...0xDFFF).contains(second),
        let scalar = Unicode.Scalar(0x1_0000 + offset + (second - 0xDC00))
      else { throw fault("has half of a surrogate pair") }
      return scalar
    default: throw fault("has an escape that JSON does not know")
    }
  }

  private mutating func codeUnit() throws(RegistryTableFault) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw fault("has an escape without four hexadecimal digits")
      }
      value = value << 4 | UInt32(digit)
      index += 1
    }
    return value
  }
}
