/// Reads a request's head (RFC 9112 §2–§5) from the bytes that have arrived so far.
///
/// The bytes are always given from the head's first one on. The hunt for the head's end remembers
/// how far it has looked, so a client that sends a byte at a time pays for each byte once; nothing
/// else runs, and nothing else is kept, until the end is there.
package struct RequestHeadParser: Sendable {
  package enum Outcome: Equatable, Sendable {
    /// The head has not arrived whole.
    case needMore
    /// The head is whole; its `size` tells where it ends.
    case complete
  }

  private let limits: HeadLimits
  /// Bytes that hold no fault and no end of the head. The last three are looked at again.
  private var scanned = 0

  package init(limits: HeadLimits) {
    self.limits = limits
  }

  /// Makes ready for another request.
  package mutating func reset() { scanned = 0 }

  /// Reads on.
  ///
  /// - Parameters:
  ///   - bytes: All that arrived since the end of the last request.
  ///   - head: Filled in when the outcome is ``Outcome/complete``; undefined otherwise.
  /// - Throws: What is wrong, as soon as it is certain.
  package mutating func resume(
    over bytes: Span<UInt8>, into head: inout RequestHead
  ) throws(RequestHeadFault) -> Outcome {
    // §2.2: an empty line before the request line is passed over, once.
    let start = bytes.count >= 2 && bytes[0] == .carriageReturn && bytes[1] == .lineFeed ? 2 : 0
    guard let end = try hunt(bytes, from: start) else { return .needMore }
    head.reset()
    head.size = end
    try parse(bytes, start..<end - 2, into: &head)
    scanned = 0
    return .complete
  }

  // MARK: The hunt for the empty line

  /// Looks for CRLF CRLF and, on the way, for bytes that no head may hold.
  ///
  /// - Returns: Where the head ends, or `nil` if that has not arrived.
  private mutating func hunt(
    _ bytes: Span<UInt8>, from start: Int
  ) throws(RequestHeadFault) -> Int? {
    var index = max(start, scanned - 3)
    let limit = min(bytes.count, limits.headBytes + start)
    while index < limit {
      let byte = bytes[index]
      if byte >= 0x20, byte != 0x7F {
        index += 1
        continue
      }
      switch byte {
      case .carriageReturn:
        guard index + 1 < bytes.count else {
          scanned = index
          return try overLimit(bytes, start)
        }
        guard bytes[index + 1] == .lineFeed else { throw .bareCarriageReturn }
        if index + 3 < bytes.count, bytes[index + 2] == .carriageReturn,
          bytes[index + 3] == .lineFeed
        {
          let end = index + 4
          if end - start > limits.headBytes { throw try tooLarge(bytes, start) }
          return end
        }
        index += 2
      case .lineFeed: throw .bareLineFeed
      case .tab: index += 1
      default: throw .controlByte
      }
    }
    scanned = index
    return try overLimit(bytes, start)
  }

  private func overLimit(_ bytes: Span<UInt8>, _ start: Int) throws(RequestHeadFault) -> Int? {
    // While the line's own end is missing, its length is what is wrong.
    if bytes.count - start > limits.requestLineBytes,
      requestLineEnd(bytes, start) == nil
    {
      throw .requestLineTooLong
    }
    if bytes.count - start >= limits.headBytes { throw try tooLarge(bytes, start) }
    return nil
  }

  /// 414 if the request line alone is too long, else 431.
  private func tooLarge(
    _ bytes: Span<UInt8>, _ start: Int
  ) throws(RequestHeadFault) -> RequestHeadFault {
    requestLineEnd(bytes, start) == nil ? .requestLineTooLong : .headTooLarge
  }

  /// Where the request line's CRLF ends, if that is within its limit.
  private func requestLineEnd(_ bytes: Span<UInt8>, _ start: Int) -> Int? {
    var index = start
    let limit = min(bytes.count, start + limits.requestLineBytes)
    while index < limit {
      if bytes[index] == .lineFeed { return index + 1 }
      index += 1
    }
    return nil
  }

  // MARK: The lines

  /// Reads the lines within `range`, each of which ends with CRLF. The hunt has seen to it that a
  /// CR is always followed by LF, and that no other control byte but HTAB is there.
  private func parse(
    _ bytes: Span<UInt8>, _ range: Range<Int>, into head: inout RequestHead
  ) throws(RequestHeadFault) {
    var lineStart = range.lowerBound
    var lineEnd = Self.lineEnd(bytes, lineStart)
    if lineEnd + 2 - lineStart > limits.requestLineBytes { throw .requestLineTooLong }
    try parseRequestLine(bytes, lineStart..<lineEnd, into: &head)
    lineStart = lineEnd + 2

    var lines = 0
    while lineStart < range.upperBound {
      lineEnd = Self.lineEnd(bytes, lineStart)
      lines += 1
      if lines > limits.fieldCount { throw .tooManyFields }
      let line = try FieldLine(parsing: bytes, lineStart..<lineEnd)
      if let name = FieldName(bytes.extracting(line.name)) { head.append(name, value: line.value) }
      lineStart = lineEnd + 2
    }
    try checkHost(bytes, head)
    head.framing = try MessageFraming.decide(head, in: bytes, limits: limits)
    try decideExpectation(bytes, into: &head)
    head.persistence = Self.persistence(bytes, head)
  }

  private static func lineEnd(_ bytes: Span<UInt8>, _ start: Int) -> Int {
    var index = start
    while bytes[index] != .carriageReturn { index += 1 }
    return index
  }

  /// `method SP request-target SP HTTP-version` (RFC 9112 §3).
  private func parseRequestLine(
    _ bytes: Span<UInt8>, _ line: Range<Int>, into head: inout RequestHead
  ) throws(RequestHeadFault) {
    if line.isEmpty { throw .requestLine }
    if bytes[line.lowerBound].isBlank { throw .lineFolding }
    var index = line.lowerBound
    let token = ByteClass.token
    while index < line.upperBound, token.contains(bytes[index]) { index += 1 }
    guard index > line.lowerBound, index < line.upperBound, bytes[index] == .space else {
      throw .requestLine
    }
    let method = Method(bytes.extracting(line.lowerBound..<index))
    index += 1
    let targetStart = index
    while index < line.upperBound, bytes[index] != .space { index += 1 }
    guard index > targetStart, index < line.upperBound else { throw .requestLine }
    let target = targetStart..<index
    head.minorVersion = try Self.minorVersion(bytes, index + 1..<line.upperBound)
    head.method = method
    head.targetRange = target
    head.target = try RequestTarget(parsing: bytes, at: target, method: method)
  }

  /// `"HTTP/" DIGIT "." DIGIT`, case-sensitive (RFC 9112 §2.3).
  private static func minorVersion(
    _ bytes: Span<UInt8>, _ range: Range<Int>
  ) throws(RequestHeadFault) -> UInt8 {
    // More than one space before it, or anything after it, is a malformed line.
    let start = range.lowerBound
    guard range.count == 8, bytes.extracting(start..<start + 5).equals("HTTP/") else {
      let looksLikeVersion = range.count > 5 && bytes[start] == UInt8(ascii: "H")
      throw looksLikeVersion ? .versionSyntax : .requestLine
    }
    guard bytes[start + 5].isDigit, bytes[start + 6] == UInt8(ascii: "."),
      bytes[start + 7].isDigit
    else { throw .versionSyntax }
    if bytes[start + 5] != UInt8(ascii: "1") { throw .versionUnsupported }
    // RFC 9110 §2.5: a higher minor version is spoken to in the highest one known.
    return min(bytes[start + 7] - 0x30, 1)
  }

  /// RFC 9112 §3.2.
  private func checkHost(
    _ bytes: Span<UInt8>, _ head: borrowing RequestHead
  ) throws(RequestHeadFault) {
    guard let host = head.first(.host) else {
      if head.minorVersion == 1 { throw .hostMissing }
      return
    }
    if head.count(of: .host) > 1 { throw .hostRepeated }
    guard Authority.isValid(bytes, host, port: .optional) else { throw .hostInvalid }
  }

  /// RFC 9110 §10.1.1; a server ignores it in HTTP/1.0.
  private func decideExpectation(
    _ bytes: Span<UInt8>, into head: inout RequestHead
  ) throws(RequestHeadFault) {
    guard head.minorVersion == 1 else { return }
    for index in 0..<head.fieldCount where head[index].name == .expect {
      guard bytes.extracting(head[index].value).equalsIgnoringCase("100-continue") else {
        throw .expectation
      }
      head.expectsContinue = head.framing != .none
    }
  }

  /// RFC 9112 §9.3.
  private static func persistence(
    _ bytes: Span<UInt8>, _ head: borrowing RequestHead
  ) -> Persistence {
    var wantsClose = false
    var wantsKeepAlive = false
    for index in 0..<head.fieldCount where head[index].name == .connection {
      let value = head[index].value
      var start = value.lowerBound
      while start <= value.upperBound {
        var end = start
        while end < value.upperBound, bytes[end] != UInt8(ascii: ",") { end += 1 }
        let option = bytes.extracting(bytes.trimmedRange(start..<end))
        if option.equalsIgnoringCase("close") { wantsClose = true }
        if option.equalsIgnoringCase("keep-alive") { wantsKeepAlive = true }
        start = end + 1
      }
    }
    if wantsClose { return .close }
    if head.minorVersion == 1 { return .persistent }
    return wantsKeepAlive ? .persistentByRequest : .close
  }
}

/// `field-name ":" OWS field-value OWS` (RFC 9112 §5), as places in the bytes.
struct FieldLine {
  let name: Range<Int>
  let value: Range<Int>

  /// Reads the line at `range`, which holds no control byte but HTAB.
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
