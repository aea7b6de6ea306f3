import PortRegistry
import Testing

/// Goal: the bit-parallel distance is optimal string alignment.
/// Method: hold it against the textbook's table on words that are near and far.
@Suite struct EditDistanceTests {
  /// Insertions, deletions, substitutions and transpositions of neighbours, no part edited twice.
  static func plain(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var table = [[Int]](
      repeating: [Int](repeating: 0, count: right.count + 1),
      count: left.count + 1
    )
    for row in 0...left.count { table[row][0] = row }
    for column in 0...right.count { table[0][column] = column }
    for row in stride(from: 1, through: left.count, by: 1) {
      for column in stride(from: 1, through: right.count, by: 1) {
        let isSame = left[row - 1] == right[column - 1]
        var best = min(table[row - 1][column], table[row][column - 1]) + 1
        best = min(best, table[row - 1][column - 1] + (isSame ? 0 : 1))
        if row > 1, column > 1, left[row - 1] == right[column - 2],
          left[row - 2] == right[column - 1]
        {
          best = min(best, table[row - 2][column - 2] + 1)
        }
        table[row][column] = best
      }
    }
    return table[left.count][right.count]
  }

  /// One for all words, as a search has it.
  private var distance = EditDistance()

  private mutating func check(_ left: [UInt8], _ right: [UInt8]) {
    let expected = Self.plain(left, right)
    distance.begin(left.span)
    #expect(distance.to(right.span, max: 200) == expected)
    for max in 0...2 {
      let found = distance.to(right.span, max: max)
      #expect((found <= max) == (expected <= max))
      if expected <= max { #expect(found == expected) }
    }
  }

  @Test mutating func aFewWordsByHand() {
    for (left, right, expected) in [
      ("ca", "abc", 3), ("ssh", "shh", 1), ("mysql", "myslq", 1), ("a", "", 1),
      ("kerberos", "kerbeors", 1),
      ("postgresql", "postgesql", 1), ("telnet", "telnet", 0),
    ] {
      distance.begin(Array(left.utf8).span)
      #expect(distance.to(Array(right.utf8).span, max: 9) == expected)
    }
  }

  @Test mutating func itAgreesWithTheTextbookOnRandomWords() {
    var generator = SeededGenerator(seed: 2003)
    for _ in 0..<3_000 {
      let alphabet = Array("abcz019".utf8.prefix(Int.random(in: 1...7, using: &generator)))
      func word(_ sizes: ClosedRange<Int>) -> [UInt8] {
        (0..<Int.random(in: sizes, using: &generator)).map { _ in
          alphabet.randomElement(using: &generator) ?? 0
        }
      }
      check(word(1...12), word(0...12))
    }
  }

  @Test(arguments: [62, 63])
  mutating func itHoldsUpToTheLongestWord(size: Int) {
    var generator = SeededGenerator(seed: UInt64(size))
    for _ in 0..<100 {
      let word = (0..<size).map { _ in UInt8.random(in: 97...122, using: &generator) }
      var other = word
      for _ in 0..<Int.random(in: 0...3, using: &generator) {
        let index = Int.random(in: 0..<other.count - 1, using: &generator)
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: other.swapAt(index, index + 1)
        case 1: other.remove(at: index)
        case 2: other.insert(120, at: index)
        default: other[index] = 120
        }
      }
      check(word, other)
    }
  }
}
