/// Writes JSON (RFC 8259) by appending: no tree, no reflection, no allocation once its buffer is
/// warm.
///
/// Members and elements put their own commas, so a writer never looks ahead. It is the caller's
/// part to open and close in order; a test holds every body that the API makes against a parser.
package struct JSONWriter: Sendable {
  package private(set) var bytes: [UInt8] = []
  /// Whether the next member or element needs a comma before it.
  private var needsComma = false

  package init(capacity: Int = 0) {
    bytes.reserveCapacity(capacity)
  }

  /// Makes ready for another text and keeps the buffer.
  package mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    needsComma = false
  }

  /// Goes back to an earlier size, so that what came since can be written again.
  package mutating func truncate(to count: Int, afterElement: Bool) {
    bytes.removeLast(bytes.count - count)
    needsComma = afterElement
  }

  // MARK: Structure

  package mutating func beginObject() {
    separate()
    bytes.append(UInt8(ascii: "{"))
    needsComma = false
  }

  package mutating func endObject() {
    bytes.append(UInt8(ascii: "}"))
    needsComma = true
  }

  package mutating func beginArray() {
    separate()
    bytes.append(UInt8(ascii: "["))
    needsComma = false
  }

  package mutating func endArray() {
    bytes.append(UInt8(ascii: "]"))
    needsComma = true
  }

  /// A member's name; its value is whatever is written next.
  ///
  /// - Parameter name: Printable ASCII without quote and backslash, as all our own names are.
  package mutating func name(_ name: String) {
    let comma = needsComma
    bytes.append(addingCapacity: name.utf8.count + 4) { target in
      if comma { target.append(UInt8(ascii: ",")) }
      target.append(UInt8(ascii: "\""))
      for byte in name.utf8 { target.append(byte) }
      target.append(UInt8(ascii: "\""))
      target.append(UInt8(ascii: ":"))
    }
    needsComma = false
  }

  /// A member's name that is not one of our own and may hold anything.
  package mutating func name(escaping name: String) {
    value(name)
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  /// The final newline that every body ends with.
  package mutating func endText() {
    bytes.append(UInt8(ascii: "\n"))
  }

  private mutating func separate() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
  }

  // MARK: Values

  package mutating func null() {
    separate()
    bytes.append(contentsOf: "null".utf8)
    needsComma = true
  }

  package mutating func value(_ value: Bool) {
    separate()
    bytes.append(contentsOf: (value ? "true" : "false").utf8)
    needsComma = true
  }

  package mutating func value(_ value: Int) {
    separate()
    digits(of: value)
    needsComma = true
  }

  private mutating func digits(of value: Int) {
    bytes.append(addingCapacity: OutputSpan<UInt8>.decimalSizeMax) { $0.append(decimal: value) }
  }

  package mutating func value(_ text: String) {
    var text = text
    text.withUTF8 { _ in }  // Makes it contiguous.
    value(text.utf8.span)
  }

  /// A string of UTF-8. Quotes, backslashes and controls are escaped; so are U+2028 and U+2029,
  /// which some readers of JavaScript take for the end of a line, and U+007F.
  package mutating func value(_ text: Span<UInt8>) {
    separate()
    bytes.append(UInt8(ascii: "\""))
    var start = 0
    var index = 0
    while index < text.count {
      if Self.isPlain(text[index]) {
        index += 1
        continue
      }
      append(text.extracting(start..<index))
      escape(text[index], in: text, at: index)
      index += 1
      start = index
    }
    append(text.extracting(start..<index))
    bytes.append(UInt8(ascii: "\""))
    needsComma = true
  }

  /// Whether a byte stands in a string as it is and needs no second look.
  @inline(__always)
  private static func isPlain(_ byte: UInt8) -> Bool {
    byte >= 0x20 && byte < 0x7F && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
  }

  private mutating func append(_ text: Span<UInt8>) {
    bytes.append(addingCapacity: text.count) { $0.append(copying: text) }
  }

  private mutating func escape(_ byte: UInt8, in text: Span<UInt8>, at index: Int) {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"):
      bytes.append(UInt8(ascii: "\\"))
      bytes.append(byte)
    case 0x0A: bytes.append(contentsOf: "\\n".utf8)
    case 0x0D: bytes.append(contentsOf: "\\r".utf8)
    case 0x09: bytes.append(contentsOf: "\\t".utf8)
    case 0..<0x20, 0x7F:
      bytes.append(contentsOf: "\\u00".utf8)
      bytes.append(Self.hexDigit(byte >> 4))
      bytes.append(Self.hexDigit(byte & 0xF))
    default:
      // E2 80 A8 and E2 80 A9: the third byte is replaced together with the two before it.
      if byte == 0xA8 || byte == 0xA9, index >= 2, text[index - 2] == 0xE2,
        text[index - 1] == 0x80
      {
        bytes.removeLast(2)
        bytes.append(contentsOf: (byte == 0xA8 ? "\\u2028" : "\\u2029").utf8)
      } else {
        bytes.append(byte)
      }
    }
  }

  private static func hexDigit(_ value: UInt8) -> UInt8 {
    value < 10 ? 0x30 + value : 0x57 + value
  }

  /// JSON that was written earlier, in one copy. It may be an object without its end, which more
  /// members and ``endObject()`` then follow.
  package mutating func raw(_ json: consuming ArraySlice<UInt8>) {
    separate()
    bytes.append(contentsOf: json)
    needsComma = true
  }

  /// Text that is JSON already, such as a template's part.
  package mutating func raw(_ json: Span<UInt8>) {
    separate()
    append(json)
    needsComma = true
  }

  /// The last members of an object and its end, with all their commas, quotes and braces.
  ///
  /// - Parameters:
  ///   - beginning: What they begin with.
  ///   - size: How long the rest is at most, in bytes.
  ///   - rest: Writes it in place.
  package mutating func endObject(
    _ beginning: consuming [UInt8],
    upTo size: Int,
    _ rest: (inout OutputSpan<UInt8>) -> Void
  ) {
    bytes.append(contentsOf: beginning)
    bytes.append(addingCapacity: size, initializingWith: rest)
    needsComma = true
  }

  /// A part of a text that was put together earlier, up to where a value or an element comes.
  package mutating func part(_ json: [UInt8]) {
    bytes.append(contentsOf: json)
    needsComma = false
  }

  /// The end of a string that ``part(_:)`` began.
  package mutating func endString() {
    bytes.append(UInt8(ascii: "\""))
    needsComma = true
  }
}

extension OutputSpan<UInt8> {
  /// How long a number can be, in bytes: `-9223372036854775808`.
  package static var decimalSizeMax: Int { 20 }

  /// Appends all of `text`, for which there must be room.
  package mutating func append(copying text: Span<UInt8>) {
    // Said before, it need not be asked at each byte, and the loop becomes a vector copy.
    precondition(text.count <= freeCapacity)
    for index in text.indices { append(text[index]) }
  }

  /// Appends a number, of at most ``decimalSizeMax`` bytes.
  package mutating func append(decimal value: Int) {
    if 0..<100 ~= value {
      let tens = UInt8(truncatingIfNeeded: value / 10)
      if tens > 0 { append(UInt8(ascii: "0") &+ tens) }
      return append(UInt8(ascii: "0") &+ (UInt8(truncatingIfNeeded: value) &- 10 &* tens))
    }
    if value < 0 { append(UInt8(ascii: "-")) }
    // The last digit is found first.
    var digits: [20 of UInt8] = .init(repeating: 0)
    var place = Self.decimalSizeMax
    var rest = value.magnitude
    repeat {
      place -= 1
      digits[place] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    } while rest > 0
    for place in place..<Self.decimalSizeMax { append(digits[place]) }
  }
}
