/// Where in the registry's text an answer stands, as the index knows it.
package struct TextPosition: Sendable {
  let rawValue: UInt32

  init(rawValue: UInt32) { self.rawValue = rawValue }

  /// - Parameters:
  ///   - start: The place of the first byte of a word or, if that is not exact, of its field.
  ///   - isExact: Whether it is the word's, and there is nothing but ASCII before: then a byte is a
  ///     code point.
  init(_ start: Int, isExact: Bool) {
    rawValue = UInt32(truncatingIfNeeded: start) << 1 | (isExact ? 1 : 0)
  }

  package var start: Int { Int(rawValue >> 1) }
  var isExact: Bool { rawValue & 1 != 0 }
}
