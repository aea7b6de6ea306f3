/// The parts of a text that answer a question, in code points, in order and apart from each other.
///
/// One is kept and used again: a list asks for them at every item.
package struct MatchSpans: Sendable {
  /// Those below ``count``. Each word of a question brings one at most.
  private var ranges = Array(repeating: 0..<0, count: Query.wordCountMax)
  package private(set) var count = 0

  package var isEmpty: Bool { count == 0 }

  /// The span at `place`, from 0 to below ``count``.
  package subscript(place: Int) -> Range<Int> { ranges[place] }

  mutating func removeAll() { count = 0 }

  /// Keeps a span, joined with those that it overlaps.
  mutating func insert(_ span: Range<Int>) {
    var joined = span
    var kept = 0
    for place in 0..<count {
      let other = ranges[place]
      if other.overlaps(joined) {
        joined = min(other.lowerBound, joined.lowerBound)..<max(other.upperBound, joined.upperBound)
      } else {
        ranges[kept] = other
        kept += 1
      }
    }
    guard kept < ranges.count else { return }
    var place = kept
    while place > 0, ranges[place - 1].lowerBound > joined.lowerBound {
      ranges[place] = ranges[place - 1]
      place -= 1
    }
    ranges[place] = joined
    count = kept + 1
  }
}
