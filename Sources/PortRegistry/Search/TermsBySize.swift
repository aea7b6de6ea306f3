/// Terms by their size, with the letters each has, so that a mistyped word is held only against
/// those that it could be.
struct TermsBySize: Sendable {
  /// The letters of four terms, side by side, as sets: one instruction compares all four.
  private typealias Letters = SIMD4<UInt32>

  /// For each size: where its fours begin in ``letters``.
  private let starts: [Int]
  private let letters: [Letters]
  /// The terms of all fours; those that fill a size's last four up are none.
  private let terms: [UInt32]

  private static let noTerm = UInt32.max

  init(_ text: [UInt8], _ termStarts: [UInt32]) {
    let termCount = termStarts.count - 1
    var starts = [Int](repeating: 0, count: SearchIndex.termSizeMax + 2)
    for term in 0..<termCount { starts[Int(termStarts[term + 1] - termStarts[term]) + 1] += 1 }
    for size in 1..<starts.count { starts[size] = starts[size - 1] + (starts[size] + 3) / 4 }
    let fourCount = starts[starts.count - 1]
    var letters = [Letters](repeating: Letters(repeating: .max), count: fourCount)
    var terms = [UInt32](repeating: Self.noTerm, count: 4 * fourCount)
    var next = starts.map { 4 * $0 }
    for term in 0..<termCount {
      let range = Int(termStarts[term])..<Int(termStarts[term + 1])
      let place = next[range.count]
      terms[place] = UInt32(term)
      letters[place / 4][place % 4] = Self.letters(text.span.extracting(range))
      next[range.count] += 1
    }
    self.starts = starts
    self.letters = letters
    self.terms = terms
  }

  /// The letters and digits of a word as a set. Some share a bit, which may leave a term in that
  /// could not be meant, never one out that could.
  static func letters(_ word: Span<UInt8>) -> UInt32 {
    var letters: UInt32 = 0
    for index in word.indices {
      let slot = EditDistance.slot(word[index])
      letters |= 1 << UInt32(slot < 26 ? slot : 26 + slot % 6)
    }
    return letters
  }

  /// Calls `body` with every term that could be at most `errorMax` typing errors from `word`.
  @inline(__always)
  func forEachCandidate(near word: Span<UInt8>, errorMax: Int, _ body: (Int) -> Void) {
    let wanted = Letters(repeating: Self.letters(word))
    for size in max(1, word.count - errorMax)...min(SearchIndex.termSizeMax, word.count + errorMax)
    {
      // Each error brings at most one letter in and takes at most one away, and those that make up
      // for the sizes do only one of both.
      let addedMax = min(errorMax, errorMax + size - word.count)
      let missingMax = min(errorMax, errorMax - size + word.count)
      for four in starts[size]..<starts[size + 1] {
        let added = Self.dropping(addedMax, from: letters[four] & ~wanted)
        let missing = Self.dropping(missingMax, from: wanted & ~letters[four])
        let differing = added | missing
        guard any(differing .== 0) else { continue }
        for lane in 0..<4 where differing[lane] == 0 && terms[4 * four + lane] != Self.noTerm {
          body(Int(terms[4 * four + lane]))
        }
      }
    }
  }

  /// The sets without up to two of their letters.
  @inline(__always)
  private static func dropping(_ count: Int, from letters: Letters) -> Letters {
    var rest = letters
    if count > 0 { rest &= rest &- 1 }
    if count > 1 { rest &= rest &- 1 }
    return rest
  }
}
