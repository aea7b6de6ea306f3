/// Answers that wait to be sent: a run for each connection, in it the order of its requests.
///
/// A loop keeps one and uses it again, so answering allocates nothing once warm. Long content that
/// many connections share is not copied but attached.
package struct ResponseBatch {
  /// Answers that stand together and go to the same connection; one write can send them, unless
  /// content is attached.
  package struct Run: Sendable {
    /// Where they are in the batch's own bytes.
    package let bytes: Range<Int>
    /// Where what belongs between those is among its attachments.
    package let attachments: Range<Int>
    /// What all of it comes to, in bytes.
    package let size: Int

    package var isEmpty: Bool { size == 0 }
  }

  /// Content that stands between the batch's own bytes.
  package struct Attachment: Sendable {
    /// How many of the batch's own bytes stand before it.
    package let offset: Int
    /// Shared with the store it came from: an array is one reference.
    package let content: [UInt8]
  }

  /// Content from this size on is attached when it is shared, in bytes.
  package static let attachmentFloorBytes = 16 * 1024

  package var bytes: [UInt8] = []
  package private(set) var attachments: [Attachment] = []
  package private(set) var attachedBytes = 0
  /// Where the latest run ended, and the size of all runs up to there.
  private var ended = (bytes: 0, attachments: 0, size: 0)

  /// `Date: …` with its CRLF, kept up to date by the owner.
  package private(set) var dateLine: [UInt8] = []
  /// The same moment.
  package private(set) var now = DateField(secondsSince1970: 0)
  /// What the next answer says about its connection.
  package var persistence = Persistence.persistent
  /// Whether the next answer's content is left out, as HEAD asks (RFC 9110 §9.3.2).
  package var omitsContent = false
  /// What is known of the request beside its own words.
  package var circumstances = Circumstances(peer: .none)
  /// Field lines, each with its CRLF, that the next answer carries whoever makes it.
  package var commonLines: [UInt8] = []
  /// The status of the latest answer, for logs and counters.
  package private(set) var latestStatus = Status.ok
  /// How many bytes of content the latest answer has.
  package private(set) var latestContentSize = 0

  package init(capacity: Int = 64 * 1024) {
    bytes.reserveCapacity(capacity)
    setDate(now)
  }

  package var isEmpty: Bool { bytes.isEmpty && attachments.isEmpty }

  /// What the answers of all runs come to, in bytes.
  package var size: Int { bytes.count + attachedBytes }

  /// What has been written since the latest run ended.
  package var run: Run {
    Run(
      bytes: ended.bytes..<bytes.count,
      attachments: ended.attachments..<attachments.count,
      size: runSize
    )
  }

  /// What it comes to, in bytes.
  package var runSize: Int { size - ended.size }

  /// Ends a run: what is written from now on goes to another connection.
  package mutating func endRun() -> Run {
    let run = run
    markEnd()
    return run
  }

  private mutating func markEnd() {
    ended = (bytes.count, attachments.count, size)
  }

  /// A part of the batch that is sent in one piece.
  package enum Segment {
    /// A range of ``bytes``.
    case own(Range<Int>)
    case shared([UInt8])

    package var count: Int {
      switch self {
      case .own(let range): range.count
      case .shared(let content): content.count
      }
    }
  }

  /// Calls `body` with each part of a run in the order in which they are sent; none is empty.
  package func forEachSegment(of run: Run, _ body: (Segment) -> Void) {
    var start = run.bytes.lowerBound
    for attachment in attachments[run.attachments] {
      if attachment.offset > start { body(.own(start..<attachment.offset)) }
      body(.shared(attachment.content))
      start = attachment.offset
    }
    if run.bytes.upperBound > start { body(.own(start..<run.bytes.upperBound)) }
  }

  /// Appends the answers of another batch, the latest of which becomes the latest here.
  package mutating func append(_ other: borrowing ResponseBatch) {
    for attachment in other.attachments {
      attachments.append(
        Attachment(offset: bytes.count + attachment.offset, content: attachment.content)
      )
    }
    attachedBytes += other.attachedBytes
    bytes.append(contentsOf: other.bytes)
    latestStatus = other.latestStatus
    latestContentSize = other.latestContentSize
  }

  package mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    ended = (0, 0, 0)
    if attachments.isEmpty { return }  // An empty array would be given a buffer of its own.
    attachments.removeAll(keepingCapacity: true)
    attachedBytes = 0
  }

  /// Removes a run and all that was written after it.
  package mutating func remove(from run: Run) {
    if run.bytes.lowerBound == 0 { return removeAll() }
    bytes.removeLast(bytes.count - run.bytes.lowerBound)
    for attachment in attachments[run.attachments.lowerBound...] {
      attachedBytes -= attachment.content.count
    }
    attachments.removeLast(attachments.count - run.attachments.lowerBound)
    markEnd()
  }

  package mutating func setDate(_ date: DateField) {
    now = date
    dateLine.removeAll(keepingCapacity: true)
    dateLine.append(contentsOf: "Date: ".utf8)
    date.write(to: &dateLine)
    dateLine.append(.carriageReturn)
    dateLine.append(.lineFeed)
  }

  // MARK: One answer

  /// Begins an answer: the status line, Date, and Connection where something must be said.
  package mutating func beginHead(_ status: Status) {
    latestStatus = status
    latestContentSize = 0
    if status == .ok {
      bytes.append(contentsOf: Self.okLine)
    } else {
      bytes.append(contentsOf: "HTTP/1.1 ".utf8)
      appendDecimal(status.code)
      bytes.append(.space)
      bytes.append(contentsOf: status.reason.utf8)
      appendLineEnd()
    }
    bytes.append(contentsOf: dateLine)
    switch persistence {
    case .persistent: break
    case .persistentByRequest: appendField("Connection", "keep-alive")
    case .close: appendField("Connection", "close")
    }
    if !commonLines.isEmpty { bytes.append(contentsOf: commonLines) }
  }

  private static let okLine = Array("HTTP/1.1 200 OK\r\n".utf8)

  /// Asks a client that waits for a word to go on with its content (RFC 9110 §15.2.1).
  package mutating func appendContinue() {
    bytes.append(contentsOf: "HTTP/1.1 100 Continue\r\n\r\n".utf8)
  }

  /// Appends a field whose value is known to hold no control byte.
  package mutating func appendField(_ name: String, _ value: String) {
    assert(!value.utf8.contains { $0.isControl }, "a field's value would end early")
    beginField(name)
    bytes.append(contentsOf: value.utf8)
    appendLineEnd()
  }

  package mutating func appendTag(_ tag: EntityTag) {
    bytes.append(contentsOf: "ETag: ".utf8)
    tag.write(to: &bytes)
    appendLineEnd()
  }

  package mutating func appendContentLength(_ length: Int) {
    bytes.append(contentsOf: "Content-Length: ".utf8)
    appendDecimal(length)
    appendLineEnd()
  }

  package mutating func appendLineEnd() {
    bytes.append(.carriageReturn)
    bytes.append(.lineFeed)
  }

  package mutating func appendDecimal(_ value: Int) {
    bytes.appendDecimal(value)
  }

  /// Ends the head of an answer without content.
  package mutating func endHead() {
    appendLineEnd()
  }

  /// Ends the head and copies the content.
  package mutating func endHead(content: Span<UInt8>) {
    appendLineEnd()
    latestContentSize = content.count
    if !omitsContent { bytes.append(copying: content) }
  }

  /// Ends the head and attaches content that is shared, or copies it where it is short.
  package mutating func endHead(sharing content: [UInt8]) {
    guard content.count >= Self.attachmentFloorBytes, !omitsContent else {
      return endHead(content: content.span)
    }
    appendLineEnd()
    latestContentSize = content.count
    attachments.append(Attachment(offset: bytes.count, content: content))
    attachedBytes += content.count
  }

  /// Appends field lines that were made earlier, each with its CRLF.
  package mutating func appendLines(_ lines: [UInt8]) {
    bytes.append(contentsOf: lines)
  }

  /// Appends the name of a field whose value follows, with the colon and the space.
  package mutating func beginField(_ name: String) {
    bytes.append(contentsOf: name.utf8)
    bytes.append(UInt8(ascii: ":"))
    bytes.append(.space)
  }

  /// Ends the head and copies the content.
  package mutating func endHead(copying content: [UInt8]) {
    appendLineEnd()
    latestContentSize = content.count
    if !omitsContent { bytes.append(contentsOf: content) }
  }

  /// Appends the rest of a head that was made earlier, its empty line, and its content, in one
  /// copy.
  ///
  /// - Parameters:
  ///   - place: Where they stand in `store`, one behind the other.
  ///   - headSize: How many of those bytes belong to the head.
  package mutating func endHead(
    prepared store: [UInt8],
    at place: Range<Int>,
    headSize: Int
  ) {
    latestContentSize = place.count - headSize
    let upper = omitsContent ? place.lowerBound + headSize : place.upperBound
    bytes.append(contentsOf: store[place.lowerBound..<upper])
  }
}

extension [UInt8] {
  /// Appends all of `source`. The optimiser makes one check and a vector copy of the loop.
  package mutating func append(copying source: Span<UInt8>) {
    append(addingCapacity: source.count) { target in
      for index in source.indices { target.append(source[index]) }
    }
  }

  /// Appends a number that is not negative, in decimal.
  package mutating func appendDecimal(_ value: Int) {
    if value < 10 {
      append(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: value))
      return
    }
    var divisor = 10
    while value / divisor >= 10 { divisor *= 10 }
    var rest = value
    while divisor > 0 {
      append(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest / divisor))
      rest %= divisor
      divisor /= 10
    }
  }
}
