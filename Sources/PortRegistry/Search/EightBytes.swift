// Eight bytes of a text as one number, the first one lowest: what is done to it is done to all of
// them in one step.
extension Span<UInt8> {
  /// The eight bytes from `place` on, which must be there: a single load.
  @inline(__always)
  func eightBytes(at place: Int) -> UInt64 {
    let eight = extracting(place..<place &+ 8)
    let low =
      UInt64(eight[0]) | UInt64(eight[1]) << 8 | UInt64(eight[2]) << 16 | UInt64(eight[3]) << 24
    let high =
      UInt64(eight[4]) | UInt64(eight[5]) << 8 | UInt64(eight[6]) << 16 | UInt64(eight[7]) << 24
    return low | high << 32
  }

  /// The first eight bytes, or all if there are fewer, and the bits that stand for them.
  var beginning: (bytes: UInt64, mask: UInt64) {
    var bytes: UInt64 = 0
    var mask: UInt64 = 0
    for index in 0..<Swift.min(count, 8) {
      bytes |= UInt64(self[index]) << UInt64(8 * index)
      mask |= 0xFF << UInt64(8 * index)
    }
    return (bytes, mask)
  }
}
