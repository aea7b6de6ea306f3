internal import HTTP

/// Answers that the kernel would not take yet, in order.
struct SendBuffer {
  /// A run of bytes of which the first ones may have been sent.
  private struct Segment {
    let content: [UInt8]
    var sent: Int
    /// Whether others hold the same bytes, so that they cost no memory of their own.
    let isShared: Bool
  }

  private var segments: [Segment] = []
  /// Segments before this one have been sent.
  private var first = 0
  /// What is still to be sent, in bytes.
  private(set) var size = 0
  /// What of it is held for this connection alone, whole segments counted.
  private(set) var privateSize = 0

  var isEmpty: Bool { size == 0 }

  /// Appends what is left of a run of the batch from its byte `sent` on.
  mutating func append(
    _ run: ResponseBatch.Run,
    of batch: borrowing ResponseBatch,
    from sent: Int
  ) {
    var skipped = sent
    batch.forEachSegment(of: run) { segment in
      if skipped >= segment.count {
        skipped -= segment.count
        return
      }
      switch segment {
      case .own(let range):
        let rest = Array(batch.bytes[range.lowerBound + skipped..<range.upperBound])
        append(rest, from: 0, isShared: false)
      case .shared(let content): append(content, from: skipped, isShared: true)
      }
      skipped = 0
    }
  }

  private mutating func append(_ content: [UInt8], from sent: Int, isShared: Bool) {
    guard sent < content.count else { return }
    segments.append(Segment(content: content, sent: sent, isShared: isShared))
    size += content.count - sent
    if !isShared { privateSize += content.count }
  }

  /// Gives the next run to `send`, which says how many bytes were taken, until one is not taken
  /// whole.
  ///
  /// - Returns: How many bytes were taken in all.
  mutating func drain(_ send: (Span<UInt8>, _ more: Bool) -> Int) -> Int {
    var total = 0
    while first < segments.count {
      let segment = segments[first]
      let rest = segment.content.span.extracting(segment.sent..<segment.content.count)
      let taken = send(rest, first + 1 < segments.count)
      total += taken
      size -= taken
      guard taken == rest.count else {
        segments[first].sent += taken
        return total
      }
      if !segment.isShared { privateSize -= segment.content.count }
      first += 1
    }
    segments.removeAll()
    first = 0
    return total
  }
}
