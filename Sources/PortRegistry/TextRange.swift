/// A place in a registry's text. All words of all layers stand in one array, so an assignment is a
/// few numbers, and answering copies bytes rather than making strings.
package struct TextRange: Hashable, Sendable {
  var offset: UInt32
  var size: UInt32

  static let empty = TextRange(offset: 0, size: 0)

  init(offset: UInt32, size: UInt32) {
    self.offset = offset
    self.size = size
  }

  init(_ range: Range<Int>) {
    offset = UInt32(truncatingIfNeeded: range.lowerBound)
    size = UInt32(truncatingIfNeeded: range.count)
  }

  package var isEmpty: Bool { size == 0 }
  package var bytes: Range<Int> { Int(offset)..<Int(offset) + Int(size) }
}

/// A run of elements in one of a registry's shared arrays.
struct Run: Sendable {
  var start: UInt32 = 0
  var count: UInt32 = 0

  var indices: Range<Int> { Int(start)..<Int(start) + Int(count) }
}
