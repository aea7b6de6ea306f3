/// Text of other people's files made fit for a cell of a table.
enum Text {
  /// Runs of white space and control characters as one space, none at the ends.
  static func singleLine(_ text: String) -> String {
    if isSingleLine(text) { return text }
    var line = String.UnicodeScalarView()
    var isPending = false
    for scalar in text.unicodeScalars {
      if scalar.properties.isWhitespace || scalar.properties.generalCategory == .control {
        isPending = !line.isEmpty
      } else {
        if isPending { line.append(" ") }
        isPending = false
        line.append(scalar)
      }
    }
    return String(line)
  }

  /// Whether `text` is ASCII in which nothing is to be done, as most is.
  private static func isSingleLine(_ text: String) -> Bool {
    var previous = UInt8(ascii: " ")
    for byte in text.utf8 {
      guard (0x20..<0x7F).contains(byte), byte != 0x20 || previous != 0x20 else { return false }
      previous = byte
    }
    return previous != 0x20 || text.isEmpty
  }

  // MARK: Text that was decoded wrongly once

  /// The letters of text that went through a wrong decoding: `√´` and `Ã«` are `ë`.
  ///
  /// A letter U+00A0...U+017F is two bytes in UTF-8. Where they were taken for two characters of
  /// Mac Roman or of Windows-1252, the first is one of few that no word has before the second; such
  /// a pair is read as the letter. Everything else stays as it is.
  static func repaired(_ text: String) -> String {
    guard text.utf8.contains(where: { $0 >= 0x80 }) else { return text }
    let scalars = Array(text.unicodeScalars)
    var result = String.UnicodeScalarView()
    var index = 0
    while index < scalars.count {
      if index + 1 < scalars.count, let letter = letter(scalars[index], scalars[index + 1]) {
        result.append(letter)
        index += 2
      } else {
        result.append(scalars[index])
        index += 1
      }
    }
    return String(result)
  }

  private static func letter(_ first: Unicode.Scalar, _ second: Unicode.Scalar) -> Unicode.Scalar? {
    let lead: UInt32
    let trail: Int?
    switch first {
    case "¬", "√", "ƒ", "≈":
      lead = first == "¬" ? 0xC2 : first == "√" ? 0xC3 : first == "ƒ" ? 0xC4 : 0xC5
      trail = macRoman.firstIndex(of: second)
    case "Â", "Ã", "Ä", "Å":
      lead = first.value
      trail = windows1252.firstIndex(of: second)
    default: return nil
    }
    guard let trail, lead > 0xC2 || trail >= 0x20 else { return nil }
    return Unicode.Scalar((lead & 0x1F) << 6 | UInt32(trail))
  }

  /// The characters of the bytes 0x80...0xBF.
  private static let macRoman = Array(
    ("ÄÅÇÉÑÖÜáàâäãåçéèêëíìîïñóòôöõúùûü" + "†°¢£§•¶ß®©™´¨≠ÆØ∞±≤≥¥µ∂∑∏π∫ªºΩæø").unicodeScalars
  )
  private static let windows1252 = Array(
    ("€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8D}Ž\u{8F}\u{90}‘’“”•–—˜™š›œ\u{9D}žŸ"
      + "\u{A0}¡¢£¤¥¦§¨©ª«¬\u{AD}®¯°±²³´µ¶·¸¹º»¼½¾¿").unicodeScalars
  )
}
