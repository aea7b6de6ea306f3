/// A strong entity tag (RFC 9110 §8.8.3), made from what it stands for, so that it is the same
/// after a restart and on every replica.
package struct EntityTag: Equatable, Sendable {
  /// A digest of the representation, before any coding.
  package let digest: UInt64
  package let coding: ContentCoding

  package init(digest: UInt64, coding: ContentCoding) {
    self.digest = digest
    self.coding = coding
  }

  /// The tag's size with its quotes, in bytes.
  package func size() -> Int { coding == .gzip ? 20 : 18 }

  /// Writes the tag with its quotes: sixteen hexadecimal digits, then `-g` for the gzip form.
  package func write(to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    var shift: UInt64 = 60
    while true {
      bytes.append(Self.digit(at: shift, of: digest))
      if shift == 0 { break }
      shift -= 4
    }
    if coding == .gzip {
      bytes.append(UInt8(ascii: "-"))
      bytes.append(UInt8(ascii: "g"))
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private static func digit(at shift: UInt64, of digest: UInt64) -> UInt8 {
    let value = UInt8(truncatingIfNeeded: digest &>> shift) & 0xF
    return value < 10 ? 0x30 + value : 0x57 + value
  }

  /// Whether `text`, the opaque part between the quotes, is this tag's.
  private func hasOpaque(_ text: Span<UInt8>) -> Bool {
    guard text.count == size() - 2 else { return false }
    for index in 0..<16
    where text[index] != Self.digit(at: 60 - 4 * UInt64(index), of: digest) { return false }
    return coding == .identity
      || (text[16] == UInt8(ascii: "-") && text[17] == UInt8(ascii: "g"))
  }

  /// How two tags are compared (RFC 9110 §8.8.3.2).
  package enum Comparison: Sendable { case strong, weak }

  /// Whether a list such as If-None-Match's names this tag, or is `*`.
  ///
  /// What is not an entity tag in the list matches nothing.
  package func isListed(
    _ bytes: Span<UInt8>,
    _ range: Range<Int>,
    by comparison: Comparison
  ) -> Bool {
    let value = bytes.trimmedRange(range)
    if value.count == 1, bytes[value.lowerBound] == UInt8(ascii: "*") { return true }
    var index = value.lowerBound
    while index < value.upperBound {
      let byte = bytes[index]
      if byte.isBlank || byte == UInt8(ascii: ",") {
        index += 1
        continue
      }
      var isWeak = false
      if byte == UInt8(ascii: "W"), index + 1 < value.upperBound,
        bytes[index + 1] == UInt8(ascii: "/")
      {
        isWeak = true
        index += 2
      }
      guard index < value.upperBound, bytes[index] == UInt8(ascii: "\"") else {
        // No tag: pass over it, up to the next comma.
        while index < value.upperBound, bytes[index] != UInt8(ascii: ",") { index += 1 }
        continue
      }
      let start = index + 1
      index = start
      while index < value.upperBound, bytes[index] != UInt8(ascii: "\"") { index += 1 }
      guard index < value.upperBound else { return false }
      if !(isWeak && comparison == .strong), hasOpaque(bytes.extracting(start..<index)) {
        return true
      }
      index += 1
    }
    return false
  }
}

/// A 64-bit digest of bytes: SipHash-2-4 (Aumasson and Bernstein, 2012) under a fixed key.
///
/// Not a secret and not for signatures: it tells versions of our own data apart.
package struct ContentDigest: Sendable {
  private var v0: UInt64 = 0x736f_6d65_7073_6575
  private var v1: UInt64 = 0x646f_7261_6e64_6f6d
  private var v2: UInt64 = 0x6c79_6765_6e65_7261
  private var v3: UInt64 = 0x7465_6462_7974_6573
  private var tail: UInt64 = 0
  private var count: UInt64 = 0

  /// - Parameter key: The 128-bit key as two little-endian words.
  package init(key: (UInt64, UInt64) = (0x706f_7274_6f6c_616e, 1)) {
    v0 ^= key.0
    v1 ^= key.1
    v2 ^= key.0
    v3 ^= key.1
  }

  /// The digest of `bytes` alone.
  package static func of(_ bytes: Span<UInt8>) -> UInt64 {
    var digest = ContentDigest()
    digest.append(bytes)
    return digest.finish()
  }

  /// The same of an array.
  package static func of(_ bytes: [UInt8]) -> UInt64 { of(bytes.span) }

  package mutating func append(_ bytes: Span<UInt8>) {
    var index = 0
    // From the edge of a word on, eight bytes at a time.
    while index < bytes.count, count & 7 != 0 {
      append(bytes[index])
      index += 1
    }
    while index + 8 <= bytes.count {
      compress(Self.word(bytes.extracting(index..<index + 8)))
      count &+= 8
      index += 8
    }
    while index < bytes.count {
      append(bytes[index])
      index += 1
    }
  }

  /// Eight bytes, least first; written so that the compiler makes one load of it.
  @inline(__always)
  private static func word(_ bytes: Span<UInt8>) -> UInt64 {
    UInt64(bytes[0]) | UInt64(bytes[1]) &<< 8 | UInt64(bytes[2]) &<< 16
      | UInt64(bytes[3]) &<< 24 | UInt64(bytes[4]) &<< 32 | UInt64(bytes[5]) &<< 40
      | UInt64(bytes[6]) &<< 48 | UInt64(bytes[7]) &<< 56
  }

  @inline(__always)
  package mutating func append(_ byte: UInt8) {
    tail |= UInt64(byte) &<< (8 &* (count & 7))
    count &+= 1
    if count & 7 == 0 {
      compress(tail)
      tail = 0
    }
  }

  /// Appends the eight bytes of `word`, least first.
  package mutating func append(_ word: UInt64) {
    let used = 8 &* (count & 7)
    compress(tail | word &<< used)
    tail = used == 0 ? 0 : word &>> (64 &- used)
    count &+= 8
  }

  package consuming func finish() -> UInt64 {
    compress(tail | count &<< 56)
    v2 ^= 0xFF
    for _ in 0..<4 { round() }
    return v0 ^ v1 ^ v2 ^ v3
  }

  @inline(__always)
  private mutating func compress(_ word: UInt64) {
    v3 ^= word
    round()
    round()
    v0 ^= word
  }

  @inline(__always)
  private mutating func round() {
    v0 &+= v1
    v1 = v1 &<< 13 | v1 &>> 51
    v1 ^= v0
    v0 = v0 &<< 32 | v0 &>> 32
    v2 &+= v3
    v3 = v3 &<< 16 | v3 &>> 48
    v3 ^= v2
    v0 &+= v3
    v3 = v3 &<< 21 | v3 &>> 43
    v3 ^= v0
    v2 &+= v1
    v1 = v1 &<< 17 | v1 &>> 47
    v1 ^= v2
    v2 = v2 &<< 32 | v2 &>> 32
  }
}
