import HTTP
import Posix

/// Where lines go, so that each stands there whole: also behind a moment in which the disk was full
/// and took half of one.
struct LineOutput: ~Copyable {
  private let descriptor: OwnedDescriptor
  /// Whether it is a file that was opened for appending, so that half a line can be taken back.
  private let isAppending: Bool
  private var endsWithinLine = false

  init(_ descriptor: consuming OwnedDescriptor, isAppending: Bool) {
    self.descriptor = descriptor
    self.isAppending = isAppending
  }

  /// Writes lines, each with its end.
  ///
  /// - Returns: How many are not there.
  mutating func write(_ lines: Span<UInt8>) -> Int {
    do throws(ShortWrite) {
      if endsWithinLine {
        try descriptor.writeAsMuchAsFits([.lineFeed].span)
        endsWithinLine = false
      }
      try descriptor.writeAsMuchAsFits(lines)
      return 0
    } catch {
      // Nothing of `lines` is there if the end of an older one was refused.
      let count = endsWithinLine ? 0 : error.count
      var whole = count
      while whole > 0, lines[whole - 1] != .lineFeed { whole -= 1 }
      if whole < count {
        endsWithinLine = !(isAppending && File.takeBack(count - whole, from: descriptor))
      }
      return lines.extracting(whole..<lines.count).lineCount
    }
  }
}

extension Span where Element == UInt8 {
  fileprivate var lineCount: Int {
    var count = 0
    for index in indices where self[index] == .lineFeed { count += 1 }
    return count
  }
}
