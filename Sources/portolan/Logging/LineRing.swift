import Synchronization

/// Hands lines from one thread to another without a lock: one thread appends, one takes.
///
/// The bytes lie in atomic words, eight to each, so neither side can see half of what the other
/// does and no line of this needs to be unsafe. When the ring is full a line is dropped and
/// counted; the one who appends never waits.
final class LineRing: Sendable {
  /// 256 KiB: some 1,200 lines.
  static let wordCount = 32_768

  private let words = InlineArray<32_768, Atomic<UInt64>> { _ in Atomic(0) }
  /// How many words were ever written; only the appending thread stores it.
  private let written = Atomic<Int>(0)
  /// Keeps the two positions on cache lines of their own: each is stored by another thread.
  private let padding: [16 of UInt64] = .init(repeating: 0)
  /// How many words were ever taken; only the taking thread stores it.
  private let taken = Atomic<Int>(0)
  private let dropped = Atomic<UInt64>(0)

  /// How many lines found no room.
  var droppedCount: UInt64 { dropped.load(ordering: .relaxed) }

  /// Appends a line, for the one thread that does.
  ///
  /// - Returns: How many words are waiting now, so that the other side can be woken in time.
  @discardableResult
  func append(_ line: Span<UInt8>) -> Int {
    let start = written.load(ordering: .relaxed)
    // Acquiring pairs with the release in `take`: the words before it have been read.
    let waiting = start - taken.load(ordering: .acquiring)
    let size = 1 + (line.count + 7) / 8
    guard waiting + size <= Self.wordCount else {
      dropped.store(droppedCount + 1, ordering: .relaxed)
      return waiting
    }
    store(UInt64(line.count), at: start)
    var index = 0
    for place in start + 1..<start + size {
      var word: UInt64 = 0
      for shift in 0..<min(8, line.count - index) {
        word |= UInt64(line[index + shift]) << UInt64(8 * shift)
      }
      index += 8
      store(word, at: place)
    }
    // Releasing publishes the words above.
    written.store(start + size, ordering: .releasing)
    return waiting + size
  }

  /// Appends all whole lines that are waiting to `bytes`, for the one thread that takes.
  func take(into bytes: inout [UInt8]) {
    var place = taken.load(ordering: .relaxed)
    let end = written.load(ordering: .acquiring)
    while place < end {
      var rest = Int(load(at: place))
      place += 1
      while rest > 0 {
        var word = load(at: place)
        for _ in 0..<min(8, rest) {
          bytes.append(UInt8(truncatingIfNeeded: word))
          word >>= 8
        }
        rest -= 8
        place += 1
      }
    }
    taken.store(place, ordering: .releasing)
  }

  private func store(_ word: UInt64, at place: Int) {
    words[place % Self.wordCount].store(word, ordering: .relaxed)
  }

  private func load(at place: Int) -> UInt64 {
    words[place % Self.wordCount].load(ordering: .relaxed)
  }
}
