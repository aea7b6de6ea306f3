import Gzip
import HTTP

/// The deflate streams of one loop, each made when it is first needed and then used again and
/// again.
final class ContentCoder {
  /// Content above this size is coded in pieces, between other events; in bytes.
  static let piecewiseFloorBytes = 32 * 1024
  /// The size of such a piece, in bytes.
  static let pieceBytes = 16 * 1024

  private var onTheFly: GzipEncoder?
  /// The same for content that a small window does for, as most searches are.
  private var onTheFlyShort: GzipEncoder?
  /// For what is fixed, until its gzip form is there: at the level of that, so that the same tag
  /// always means the same bytes.
  private var kept: GzipEncoder?
  /// For works. They go one at a time, but other answers are coded between their pieces.
  private var piecewise: GzipEncoder?
  private(set) var coded: [UInt8] = []

  /// Codes `content` at once.
  ///
  /// - Returns: Whether that made it smaller; it is in ``coded`` then.
  func encode(_ content: Span<UInt8>, _ level: ContentLevel) -> Bool {
    guard let encoder = encoder(level, contentSize: content.count) else { return false }
    coded.removeAll(keepingCapacity: true)
    encoder.encode(content, appendingTo: &coded)
    return coded.count < content.count
  }

  /// A stream for content that is coded in pieces; `nil` if there is no memory for one.
  func piecewiseEncoder(_ level: ContentLevel) -> GzipEncoder? {
    switch level {
    case .fixed: return try? GzipEncoder(level: .kept)
    case .composed:
      if piecewise == nil { piecewise = try? GzipEncoder(level: .onTheFly) }
      return piecewise
    }
  }

  /// Gives back what is of no use once the gzip forms are there.
  func releaseKept() { kept = nil }

  private func encoder(_ level: ContentLevel, contentSize: Int) -> GzipEncoder? {
    switch level {
    case .fixed:
      if kept == nil { kept = try? GzipEncoder(level: .kept) }
      return kept
    case .composed where contentSize <= GzipEncoder.Window.shortContentSizeMax:
      if onTheFlyShort == nil {
        onTheFlyShort = try? GzipEncoder(level: .onTheFly, window: .short)
      }
      return onTheFlyShort
    case .composed:
      if onTheFly == nil { onTheFly = try? GzipEncoder(level: .onTheFly) }
      return onTheFly
    }
  }
}

/// How much work a content is worth.
enum ContentLevel {
  /// Made at load, and soon kept in its gzip form.
  case fixed
  /// Made for this request.
  case composed
}

/// A long answer that is coded in pieces.
final class GzipWork: ResponseWork {
  private let encoder: GzipEncoder
  private let content: [UInt8]
  private let write: (inout ResponseBatch, [UInt8]) -> Void
  private var position = 0
  private var coded: [UInt8] = []

  /// - Parameter write: Puts the answer into the batch, given its coded content.
  init(
    _ encoder: GzipEncoder,
    _ content: [UInt8],
    write: @escaping (inout ResponseBatch, [UInt8]) -> Void
  ) {
    self.encoder = encoder
    self.content = content
    self.write = write
  }

  func advance() -> Bool {
    if position == 0 { encoder.begin() }
    let content = content
    let end = min(position + ContentCoder.pieceBytes, content.count)
    encoder.feed(
      content.span.extracting(position..<end),
      isLast: end == content.count,
      appendingTo: &coded
    )
    position = end
    return position == content.count
  }

  func finish(into batch: inout ResponseBatch) { write(&batch, coded) }
}
