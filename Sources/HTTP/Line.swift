/// The lines of a head, a chunked content and a trailer section (RFC 9112 §2.2): each ends with
/// CRLF, and neither half of it may stand alone.
enum Line {
  /// Where the line's CRLF stands.
  ///
  /// The outcome depends on the bytes up to the first thing that decides it, never on how many more
  /// have arrived.
  ///
  /// - Parameters:
  ///   - index: A place in the line before which there is nothing of interest.
  ///   - limit: The CRLF must end here at the latest.
  ///   - tooLong: What to throw if it does not.
  /// - Returns: `nil` if it has not arrived. All bytes but the last have then been looked at.
  /// - Throws: `tooLong`, or ``RequestHeadFault/bareLineFeed``,
  ///   ``RequestHeadFault/bareCarriageReturn`` or ``RequestHeadFault/controlByte``.
  static func end(
    in bytes: Span<UInt8>,
    from index: Int,
    limit: Int,
    tooLong: RequestHeadFault
  ) throws(RequestHeadFault) -> Int? {
    var index = index
    let stop = min(bytes.count, limit)
    while index < stop {
      let byte = bytes[index]
      // Nearly all bytes are visible ASCII, which one comparison tells.
      if byte &- 0x20 >= 0x5F, byte.isControl, byte != .tab { break }
      index += 1
    }
    if index >= limit { throw tooLong }
    if index == bytes.count { return nil }
    switch bytes[index] {
    case .lineFeed: throw .bareLineFeed
    case .carriageReturn: break
    default: throw .controlByte
    }
    if index + 2 > limit { throw tooLong }
    if index + 1 == bytes.count { return nil }
    guard bytes[index + 1] == .lineFeed else { throw .bareCarriageReturn }
    return index
  }
}

/// `field-name ":" OWS field-value OWS` (RFC 9112 §5), as places in the bytes.
struct FieldLine {
  let name: Range<Int>
  let value: Range<Int>

  /// Reads the line at `range`, which is not empty and holds no control byte but HTAB.
  init(parsing bytes: Span<UInt8>, _ range: Range<Int>) throws(RequestHeadFault) {
    var index = range.lowerBound
    if bytes[index].isBlank { throw .lineFolding }
    let token = ByteClass.token
    while index < range.upperBound, token.contains(bytes[index]) { index += 1 }
    guard index < range.upperBound, bytes[index] == UInt8(ascii: ":") else {
      let blank = index < range.upperBound && bytes[index].isBlank
      throw blank ? .spaceBeforeColon : .fieldName
    }
    if index == range.lowerBound { throw .fieldName }
    name = range.lowerBound..<index
    value = bytes.trimmedRange(index + 1..<range.upperBound)
  }
}
