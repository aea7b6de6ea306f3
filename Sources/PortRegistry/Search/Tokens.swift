/// How text becomes words that can be compared.
///
/// Case and accents are dropped (`É` is `e`, whether it is one code point or two), `++` is said
/// `pp`, and whatever else is neither letter nor digit separates words. A name also has a key, all
/// its words run together, so that `sql*net`, `SQL Net` and `sqlnet` are the same name.
enum Tokens {
  /// A–Z as a–z.
  @inline(__always)
  static func lowercased(_ byte: UInt8) -> UInt8 {
    byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte
  }

  @inline(__always)
  static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

  /// Whether a folded byte is part of a word. Letters beyond ASCII and Latin count as parts.
  @inline(__always)
  static func isWordByte(_ byte: UInt8) -> Bool {
    byte &- UInt8(ascii: "a") < 26 || byte &- UInt8(ascii: "0") < 10 || byte >= 0x80
  }

  /// What an accent of its own is folded to: no byte of UTF-8.
  static let nothing: UInt8 = 0xFF

  /// The first code point of `text` from `index` on, folded.
  ///
  /// - Returns: The folded bytes as up to two ASCII letters or the bytes unchanged (`count` of them
  ///   from `index`), or ``nothing``, and how many bytes the code point has.
  @inline(__always)
  static func fold(_ text: Span<UInt8>, at index: Int) -> (first: UInt8, second: UInt8, size: Int) {
    let byte = text[index]
    if byte < 0x80 {
      if byte == UInt8(ascii: "+"), isDoubled(text, at: index) { return (UInt8(ascii: "p"), 0, 1) }
      return (lowercased(byte), 0, 1)
    }
    if isAccent(text, at: index) { return (nothing, 0, 2) }
    if byte == 0xC3 || byte == 0xC4 || byte == 0xC5, index + 1 < text.count {
      let point = Int(byte & 0x1F) << 6 | Int(text[index + 1] & 0x3F)
      let (first, second) = latin(point)
      if first != 0 { return (first, second, 2) }
      return (0, 0, 2)
    }
    let size = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1
    // General punctuation (U+2000...U+206F): dashes and quotes separate words.
    if byte == 0xE2, index + 1 < text.count, text[index + 1] == 0x80 || text[index + 1] == 0x81 {
      return (UInt8(ascii: "-"), 0, 3)
    }
    return (0, 0, min(size, text.count - index))
  }

  /// Whether the same byte stands beside the one at `index`.
  private static func isDoubled(_ text: Span<UInt8>, at index: Int) -> Bool {
    (index > 0 && text[index - 1] == text[index])
      || (index + 1 < text.count && text[index + 1] == text[index])
  }

  /// Whether the code point at `index` is an accent over the one before it, U+0300...U+036F.
  static func isAccent(_ text: Span<UInt8>, at index: Int) -> Bool {
    guard index + 1 < text.count else { return false }
    return (text[index] == 0xCC && text[index + 1] >= 0x80)
      || (text[index] == 0xCD && (0x80...0xAF).contains(text[index + 1]))
  }

  /// The ASCII letters of a Latin letter, U+00C0...U+017F; (0, 0) for one that has none.
  private static func latin(_ point: Int) -> (UInt8, UInt8) {
    switch point {
    case 0xC6, 0xE6: return (UInt8(ascii: "a"), UInt8(ascii: "e"))
    case 0x152, 0x153: return (UInt8(ascii: "o"), UInt8(ascii: "e"))
    case 0xDF: return (UInt8(ascii: "s"), UInt8(ascii: "s"))
    case 0xDE, 0xFE: return (UInt8(ascii: "t"), UInt8(ascii: "h"))
    case 0xD7, 0xF7: return (UInt8(ascii: "-"), 0)
    default: break
    }
    for (range, letter) in latinRanges where range.contains(point) { return (letter, 0) }
    return (0, 0)
  }

  private static let latinRanges: [(ClosedRange<Int>, UInt8)] = [
    (0xC0...0xC5, UInt8(ascii: "a")), (0xE0...0xE5, UInt8(ascii: "a")),
    (0xC7...0xC7, UInt8(ascii: "c")), (0xE7...0xE7, UInt8(ascii: "c")),
    (0xC8...0xCB, UInt8(ascii: "e")), (0xE8...0xEB, UInt8(ascii: "e")),
    (0xCC...0xCF, UInt8(ascii: "i")), (0xEC...0xEF, UInt8(ascii: "i")),
    (0xD0...0xD0, UInt8(ascii: "d")), (0xF0...0xF0, UInt8(ascii: "d")),
    (0xD1...0xD1, UInt8(ascii: "n")), (0xF1...0xF1, UInt8(ascii: "n")),
    (0xD2...0xD6, UInt8(ascii: "o")), (0xF2...0xF6, UInt8(ascii: "o")),
    (0xD8...0xD8, UInt8(ascii: "o")), (0xF8...0xF8, UInt8(ascii: "o")),
    (0xD9...0xDC, UInt8(ascii: "u")), (0xF9...0xFC, UInt8(ascii: "u")),
    (0xDD...0xDD, UInt8(ascii: "y")), (0xFD...0xFD, UInt8(ascii: "y")),
    (0xFF...0xFF, UInt8(ascii: "y")), (0x100...0x105, UInt8(ascii: "a")),
    (0x106...0x10D, UInt8(ascii: "c")), (0x10E...0x111, UInt8(ascii: "d")),
    (0x112...0x11B, UInt8(ascii: "e")), (0x11C...0x123, UInt8(ascii: "g")),
    (0x124...0x127, UInt8(ascii: "h")), (0x128...0x131, UInt8(ascii: "i")),
    (0x134...0x135, UInt8(ascii: "j")), (0x136...0x138, UInt8(ascii: "k")),
    (0x139...0x142, UInt8(ascii: "l")), (0x143...0x14B, UInt8(ascii: "n")),
    (0x14C...0x151, UInt8(ascii: "o")), (0x154...0x159, UInt8(ascii: "r")),
    (0x15A...0x161, UInt8(ascii: "s")), (0x162...0x167, UInt8(ascii: "t")),
    (0x168...0x173, UInt8(ascii: "u")), (0x174...0x175, UInt8(ascii: "w")),
    (0x176...0x178, UInt8(ascii: "y")), (0x179...0x17E, UInt8(ascii: "z")),
    (0x17F...0x17F, UInt8(ascii: "s")),
  ]

  /// Appends the folded form of `text`.
  static func appendFolded(_ text: Span<UInt8>, to folded: inout [UInt8]) {
    var index = 0
    while index < text.count {
      let (first, second, size) = fold(text, at: index)
      if first == 0 {
        for place in index..<index + size { folded.append(text[place]) }
      } else if first != nothing {
        folded.append(first)
        if second != 0 { folded.append(second) }
      }
      index += size
    }
  }
}
