/// How many typing errors lie between one word and others: insertions, deletions, substitutions and
/// transpositions of neighbours, no part being edited twice (optimal string alignment).
///
/// A column of the usual table is kept as two words of bits, one for steps up and one for steps
/// down (Myers 1999; Hyyrö 2003 adds the transposition), so a letter costs a dozen instructions
/// however long the word is.
///
/// One is kept and used again, since a word is held against many.
package struct EditDistance: Sendable {
  /// How long the word is, in bytes.
  private(set) var size = 0
  /// For each slot: at which places of the word a byte of it stands.
  private var places = Array(repeating: UInt64(0), count: 64)

  package init() {}

  /// How many typing errors a word may have: one from 4 letters on, two from 8, none in a number.
  static func errorMax(_ word: Span<UInt8>) -> Int {
    for index in word.indices where !Tokens.isDigit(word[index]) {
      return word.count >= 8 ? 2 : word.count >= 4 ? 1 : 0
    }
    return 0
  }

  /// Measures from `word`, of 1...63 bytes, from now on.
  package mutating func begin(_ word: Span<UInt8>) {
    size = word.count
    for slot in places.indices { places[slot] = 0 }
    for index in word.indices { places[Self.slot(word[index])] |= 1 << UInt64(index) }
  }

  /// Letters and digits have slots of their own. Other bytes share some, which may count an error
  /// too few between words that are not of Latin letters, never one too many.
  @inline(__always)
  static func slot(_ byte: UInt8) -> Int {
    if byte &- UInt8(ascii: "a") < 26 { return Int(byte &- UInt8(ascii: "a")) }
    if byte &- UInt8(ascii: "0") < 10 { return 26 + Int(byte &- UInt8(ascii: "0")) }
    return 36 + Int(byte % 28)
  }

  /// The distance to `other`, or something above `max` once it is sure to be.
  package func to(_ other: Span<UInt8>, max: Int) -> Int {
    var up = ~UInt64(0)
    var down: UInt64 = 0
    var diagonal: UInt64 = 0
    var previousMatch: UInt64 = 0
    var distance = size
    let last: UInt64 = 1 << UInt64(size - 1)
    for index in other.indices {
      let match = places[Self.slot(other[index])]
      let transposed = ((~diagonal & match) << 1) & previousMatch
      diagonal = (((match & up) &+ up) ^ up) | match | down | transposed
      var increase = down | ~(diagonal | up)
      let decrease = diagonal & up
      if increase & last != 0 { distance += 1 }
      if decrease & last != 0 { distance -= 1 }
      if distance - (other.count - 1 - index) > max { return max + 1 }
      increase = increase << 1 | 1
      up = decrease << 1 | ~(diagonal | increase)
      down = diagonal & increase
      previousMatch = match
    }
    return distance
  }
}
