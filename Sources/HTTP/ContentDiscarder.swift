/// Reads a request's content to its end and keeps nothing of it.
///
/// No resource here takes content (RFC 9110 §9.3.1: it has no defined meaning in a GET), but its
/// end must be found, or its bytes would be read as the next request.
package struct ContentDiscarder: Sendable {
  private enum State: Equatable {
    case length(UInt64)
    case chunkLine
    case chunkData(UInt64)
    case chunkEnd
    case trailer
    case done
  }

  /// A chunk's size line may be this long with its CRLF, in bytes; extensions are of no use here.
  static let chunkLineMax = 256
  /// The trailer section may be this long with the empty line that ends it, in bytes.
  static let trailerMax = 8 * 1024

  private var state: State
  /// What has been read and thrown away: chunk data, and extensions, which are no less of a burden.
  private var total: UInt64 = 0
  private var trailerSize = 0
  /// How far the unfinished line has been looked at that the next bytes begin with.
  private var scanned = 0
  private let limit: UInt64

  package init(_ framing: MessageFraming, limits: HeadLimits) {
    limit = limits.contentBytes
    switch framing {
    case .none: state = .done
    case .length(let length): state = .length(length)
    case .chunked: state = .chunkLine
    }
  }

  /// Whether the end has been found.
  package var isDone: Bool { state == .done }

  /// Reads on from the start of `bytes`.
  ///
  /// - Returns: How many bytes belong to the content and need not be seen again. Fewer than all
  ///   mean that the end was found, or that the rest is the beginning of a line.
  /// - Throws: ``RequestHeadFault/chunk``, ``RequestHeadFault/contentTooLarge`` or a fault of a
  ///   trailer field.
  package mutating func consume(_ bytes: Span<UInt8>) throws(RequestHeadFault) -> Int {
    var index = 0
    while true {
      switch state {
      case .done:
        return index
      case .length(let rest):
        let taken = min(rest, UInt64(bytes.count - index))
        index += Int(taken)
        guard taken == rest else {
          state = .length(rest - taken)
          return index
        }
        state = .done
      case .chunkLine:
        guard let end = try lineEnd(bytes, index, Self.chunkLineMax, tooLong: .chunk) else {
          return index
        }
        let chunk = try ChunkLine(parsing: bytes.extracting(index..<end))
        index = end + 2
        // At most 2³² more each time, and checked each time.
        total += chunk.size + UInt64(chunk.extensionSize)
        if total > limit { throw .contentTooLarge }
        state = chunk.size == 0 ? .trailer : .chunkData(chunk.size)
      case .chunkData(let rest):
        let taken = min(rest, UInt64(bytes.count - index))
        index += Int(taken)
        guard taken == rest else {
          state = .chunkData(rest - taken)
          return index
        }
        state = .chunkEnd
      case .chunkEnd:
        guard bytes.count - index >= 1 else { return index }
        guard bytes[index] == .carriageReturn else { throw .chunk }
        guard bytes.count - index >= 2 else { return index }
        guard bytes[index + 1] == .lineFeed else { throw .chunk }
        index += 2
        state = .chunkLine
      case .trailer:
        let room = Self.trailerMax - trailerSize
        guard let end = try lineEnd(bytes, index, room, tooLong: .headTooLarge) else {
          return index
        }
        trailerSize += end + 2 - index
        if end == index {
          state = .done
        } else {
          _ = try FieldLine(parsing: bytes, index..<end)
        }
        index = end + 2
      }
    }
  }

  /// Where the line that begins at `start` has its CRLF, or `nil` if that has not arrived. The line
  /// is then where the next bytes begin.
  private mutating func lineEnd(
    _ bytes: Span<UInt8>,
    _ start: Int,
    _ sizeMax: Int,
    tooLong: RequestHeadFault
  ) throws(RequestHeadFault) -> Int? {
    let end = try Line.end(
      in: bytes,
      from: start + scanned,
      limit: start + sizeMax,
      tooLong: tooLong
    )
    scanned = end == nil ? max(0, bytes.count - start - 1) : 0
    return end
  }
}

/// `chunk-size [ chunk-ext ]` (RFC 9112 §7.1).
private struct ChunkLine {
  /// How many bytes the chunk has, 0..<2³².
  let size: UInt64
  /// How many bytes the extensions take.
  let extensionSize: Int

  /// Reads the size and checks the extensions' grammar.
  init(parsing line: Span<UInt8>) throws(RequestHeadFault) {
    var size: UInt64 = 0
    var index = 0
    while index < line.count, let digit = line[index].hexDigitValue {
      if index == 8 { throw .chunk }
      size = size << 4 | UInt64(digit)
      index += 1
    }
    if index == 0 { throw .chunk }
    self.size = size
    extensionSize = line.count - index
    while index < line.count { try Self.skipExtension(line, &index) }
  }

  /// `BWS ";" BWS chunk-ext-name [ BWS "=" BWS chunk-ext-val ]`
  private static func skipExtension(
    _ line: Span<UInt8>,
    _ index: inout Int
  ) throws(RequestHeadFault) {
    skipBlanks(line, &index)
    guard index < line.count, line[index] == UInt8(ascii: ";") else { throw .chunk }
    index += 1
    skipBlanks(line, &index)
    try skipToken(line, &index)
    let end = index
    skipBlanks(line, &index)
    guard index < line.count, line[index] == UInt8(ascii: "=") else {
      index = end
      return
    }
    index += 1
    skipBlanks(line, &index)
    guard index < line.count, line[index] == UInt8(ascii: "\"") else {
      try skipToken(line, &index)
      return
    }
    index += 1
    while index < line.count, line[index] != UInt8(ascii: "\"") {
      if line[index] == UInt8(ascii: "\\") { index += 1 }
      index += 1
    }
    guard index < line.count else { throw .chunk }
    index += 1
  }

  private static func skipBlanks(_ line: Span<UInt8>, _ index: inout Int) {
    while index < line.count, line[index].isBlank { index += 1 }
  }

  private static func skipToken(_ line: Span<UInt8>, _ index: inout Int) throws(RequestHeadFault) {
    let start = index
    let token = ByteClass.token
    while index < line.count, token.contains(line[index]) { index += 1 }
    if index == start { throw .chunk }
  }
}
