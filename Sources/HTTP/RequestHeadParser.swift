/// Reads a request's head (RFC 9112 §2–§5) from the bytes that have arrived so far.
///
/// The bytes are always given from the head's first one on. A head that arrives whole, as nearly
/// all do, is read in one pass. One that does not is read up to where it breaks off; from then on
/// its lines are checked as they come, and when its end is there the head is read again from the
/// start. So a client that sends a byte at a time pays for each byte a few times at most, and
/// nothing is kept meanwhile but two places and a count.
///
/// The first fault in the order of the bytes is the one thrown, and as soon as its line is there,
/// however they were cut.
package struct RequestHeadParser: Sendable {
  package enum Outcome: Equatable, Sendable {
    /// The head has not arrived whole.
    case needMore
    /// The head is whole; its `size` tells where it ends.
    case complete
  }

  private let limits: HeadLimits
  /// Where the line begins whose end has not arrived.
  private var lineStart = 0
  /// How far that line has been looked at; 0 before the first reading.
  private(set) var scanned = 0
  /// How many field lines stand before it.
  private var fieldLines = 0

  package init(limits: HeadLimits) {
    self.limits = limits.clamped
  }

  /// Makes ready for another request.
  package mutating func reset() {
    lineStart = 0
    scanned = 0
    fieldLines = 0
  }

  /// Reads on.
  ///
  /// - Parameters:
  ///   - bytes: All that arrived since the end of the last request.
  ///   - head: Filled in when the outcome is ``Outcome/complete``; undefined otherwise.
  /// - Throws: What is wrong.
  package mutating func resume(
    over bytes: Span<UInt8>,
    into head: inout RequestHead
  ) throws(RequestHeadFault) -> Outcome {
    if scanned > 0, !hunt(bytes, into: &head) { return .needMore }
    return try read(bytes, into: &head)
  }

  /// Looks on for the empty line that ends the head.
  ///
  /// - Returns: Whether it is there, or a fault.
  private mutating func hunt(_ bytes: Span<UInt8>, into head: inout RequestHead) -> Bool {
    do {
      let start = Self.start(bytes)
      while let end = try lineEnd(bytes, lineStart, from: scanned) {
        if lineStart == start {
          try parseRequestLine(bytes, lineStart..<end, into: &head)
        } else if end == lineStart {
          return true
        } else {
          fieldLines += 1
          if fieldLines > limits.fieldCount { return true }
          _ = try FieldLine(parsing: bytes, lineStart..<end)
        }
        lineStart = end + 2
        scanned = lineStart
      }
      scanned = max(lineStart, bytes.count - 1)
      return false
    } catch {
      return true
    }
  }

  /// Reads all lines that are there.
  private mutating func read(
    _ bytes: Span<UInt8>,
    into head: inout RequestHead
  ) throws(RequestHeadFault) -> Outcome {
    head.reset()
    let start = Self.start(bytes)
    var line = start
    var fieldLines = 0
    while let end = try lineEnd(bytes, line, from: line) {
      if line == start {
        try parseRequestLine(bytes, line..<end, into: &head)
      } else if end == line {
        head.size = end + 2
        try finish(bytes, &head)
        reset()
        return .complete
      } else {
        fieldLines += 1
        if fieldLines > limits.fieldCount { throw .tooManyFields }
        let field = try FieldLine(parsing: bytes, line..<end)
        if let name = FieldName(bytes.extracting(field.name)) {
          head.append(name, value: field.value)
        }
      }
      line = end + 2
    }
    lineStart = line
    self.fieldLines = fieldLines
    scanned = max(line, bytes.count - 1)
    return .needMore
  }

  /// Where the request line begins. §2.2: an empty line before it is passed over, once.
  private static func start(_ bytes: Span<UInt8>) -> Int {
    bytes.count >= 2 && bytes[0] == .carriageReturn && bytes[1] == .lineFeed ? 2 : 0
  }

  /// Where the line ends that begins at `line`, if that has arrived, within the limits.
  @inline(__always)
  private func lineEnd(
    _ bytes: Span<UInt8>,
    _ line: Int,
    from index: Int
  ) throws(RequestHeadFault) -> Int? {
    let start = Self.start(bytes)
    let headEnd = start + limits.headBytes
    return line == start
      ? try Line.end(
        in: bytes,
        from: index,
        limit: min(headEnd, start + limits.requestLineBytes),
        tooLong: .requestLineTooLong
      )
      : try Line.end(in: bytes, from: index, limit: headEnd, tooLong: .headTooLarge)
  }

  // MARK: What the lines say

  /// `method SP request-target SP HTTP-version` (RFC 9112 §3).
  private func parseRequestLine(
    _ bytes: Span<UInt8>,
    _ line: Range<Int>,
    into head: inout RequestHead
  ) throws(RequestHeadFault) {
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
    _ bytes: Span<UInt8>,
    _ range: Range<Int>
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

  /// Decides what takes all fields to decide.
  private func finish(
    _ bytes: Span<UInt8>,
    _ head: inout RequestHead
  ) throws(RequestHeadFault) {
    try Self.checkHost(bytes, head)
    head.framing = try MessageFraming.decide(head, in: bytes, limits: limits)
    try Self.decideExpectation(bytes, into: &head)
    head.persistence = Self.persistence(bytes, head)
  }

  /// RFC 9112 §3.2.
  private static func checkHost(
    _ bytes: Span<UInt8>,
    _ head: borrowing RequestHead
  ) throws(RequestHeadFault) {
    guard let host = head.first(.host) else {
      if head.minorVersion == 1 { throw .hostMissing }
      return
    }
    if head.count(of: .host) > 1 { throw .hostRepeated }
    guard Authority.isValid(bytes, host, port: .optional) else { throw .hostInvalid }
  }

  /// RFC 9110 §10.1.1; a server ignores it in HTTP/1.0.
  private static func decideExpectation(
    _ bytes: Span<UInt8>,
    into head: inout RequestHead
  ) throws(RequestHeadFault) {
    guard head.minorVersion == 1, head.has(.expect) else { return }
    for index in 0..<head.fieldCount where head[index].name == .expect {
      var list = ListMembers(head[index].value)
      while let member = list.next(bytes) {
        guard bytes.extracting(member).equalsIgnoringCase("100-continue") else {
          throw .expectation
        }
        head.expectsContinue = head.framing != .none
      }
    }
  }

  /// RFC 9112 §9.3.
  private static func persistence(
    _ bytes: Span<UInt8>,
    _ head: borrowing RequestHead
  ) -> Persistence {
    guard head.has(.connection) else { return head.minorVersion == 1 ? .persistent : .close }
    var wantsClose = false
    var wantsKeepAlive = false
    for index in 0..<head.fieldCount where head[index].name == .connection {
      var list = ListMembers(head[index].value)
      while let member = list.next(bytes) {
        let option = bytes.extracting(member)
        if option.equalsIgnoringCase("close") { wantsClose = true }
        if option.equalsIgnoringCase("keep-alive") { wantsKeepAlive = true }
      }
    }
    if wantsClose { return .close }
    if head.minorVersion == 1 { return .persistent }
    return wantsKeepAlive ? .persistentByRequest : .close
  }
}
