import Dispatch
import HTTP
import JSON
import Posix
import Synchronization

/// Logs requests without ever making a request wait: each loop writes lines into a ring of its own,
/// and a queue of the log's own carries them to the file.
final class AccessLog: Sendable {
  /// How long a line may wait before it is written.
  static let delayMilliseconds = 100
  /// How long the end of the program may wait for the file to take what is left.
  static let flushLimitMilliseconds = 1000

  private let format: AccessLogFormat
  private let path: String?
  private let rings: [LineRing]
  private let queue = DispatchQueue(label: "portolan.access-log")
  /// What the queue has been asked to do and has not begun yet.
  private let errand = Atomic<UInt8>(AccessLog.none)
  private let output: Mutex<Output>
  private let lost = Atomic<UInt64>(0)

  private static let none: UInt8 = 0
  private static let carryLater: UInt8 = 1
  private static let carryNow: UInt8 = 2

  /// Only ever used on the queue; the mutex says so to the compiler and is never contended.
  private struct Output: ~Copyable {
    var file: LineOutput
    /// Kept empty, for its capacity.
    var lines: [UInt8] = []
  }

  /// - Parameter laneCount: How many loops will log.
  /// - Throws: Why the file cannot be opened.
  init?(
    _ destination: AccessLogDestination,
    format: AccessLogFormat,
    laneCount: Int
  ) throws(Errno) {
    let file: LineOutput
    switch destination {
    case .off: return nil
    case .standardOutput:
      path = nil
      file = LineOutput(try StandardStream.output.duplicate(), isAppending: false)
    case .file(let name):
      path = name
      file = LineOutput(try File.openForAppending(name), isAppending: true)
    }
    self.format = format
    output = Mutex(Output(file: file))
    rings = (0..<laneCount).map { _ in LineRing() }
  }

  /// How many lines were dropped because the file could not take them in time, or not at all.
  var droppedCount: UInt64 {
    rings.reduce(lost.load(ordering: .relaxed)) { $0 + $1.droppedCount }
  }

  /// The lane of one loop, to be used on that loop only.
  func lane(_ index: Int) -> AccessLogLane {
    AccessLogLane(self, rings[index], format)
  }

  /// Opens the file anew, so that one that was moved away (logrotate(8)) can be closed. A file that
  /// cannot be opened leaves the old one in use.
  ///
  /// - Parameter failed: Told why, on the log's queue.
  func reopen(failed: @escaping @Sendable (Errno) -> Void) {
    guard let path else { return }
    queue.async { [self] in
      carry()
      do throws(Errno) {
        try output.withLock { output throws(Errno) in
          output.file = LineOutput(try File.openForAppending(path), isAppending: true)
        }
      } catch {
        failed(error)
      }
    }
  }

  /// Writes what is waiting and returns when it is written, or when the time is over: a pipe that
  /// nobody reads takes for ever, and must not keep the program from ending.
  func flush(limitMilliseconds: Int = AccessLog.flushLimitMilliseconds) {
    let done = DispatchSemaphore(value: 0)
    queue.async { [self] in
      carry()
      done.signal()
    }
    _ = done.wait(timeout: .now() + .milliseconds(limitMilliseconds))
  }

  // MARK: Carrying

  /// Has the lines carried soon, or at once when a ring is half full.
  fileprivate func schedule(waitingWords: Int) {
    let asked = errand.load(ordering: .relaxed)
    if waitingWords > LineRing.wordCount / 2 {
      guard asked != Self.carryNow,
        errand.exchange(Self.carryNow, ordering: .acquiringAndReleasing) != Self.carryNow
      else { return }
      queue.async { [self] in carry() }
    } else if asked == Self.none {
      let isMine = errand.compareExchange(
        expected: Self.none,
        desired: Self.carryLater,
        ordering: .acquiringAndReleasing
      ).exchanged
      guard isMine else { return }
      queue.asyncAfter(deadline: .now() + .milliseconds(Self.delayMilliseconds)) { [self] in
        carry()
      }
    }
  }

  private func carry() {
    // Cleared before taking: a line that comes after this is either taken below or schedules anew.
    errand.store(Self.none, ordering: .sequentiallyConsistent)
    output.withLock { output in
      var lines: [UInt8] = []
      swap(&lines, &output.lines)
      for ring in rings { ring.take(into: &lines) }
      lost.add(UInt64(output.file.write(lines.span)), ordering: .relaxed)
      lines.removeAll(keepingCapacity: true)
      swap(&lines, &output.lines)
    }
  }
}

/// One loop's way into the access log.
final class AccessLogLane {
  private let log: AccessLog
  private let ring: LineRing
  private let format: AccessLogFormat
  private var line = AccessLine()

  fileprivate init(_ log: AccessLog, _ ring: LineRing, _ format: AccessLogFormat) {
    self.log = log
    self.ring = ring
    self.format = format
  }

  /// Logs a request whose head was read.
  ///
  /// - Parameter requestID: What it is called; empty for nothing.
  func log(
    _ record: AccessRecord,
    _ head: borrowing RequestHead,
    _ bytes: Span<UInt8>,
    requestID: ArraySlice<UInt8>
  ) {
    // A method that is not known by name stands at the beginning of the head's line.
    var start = 0
    while start < bytes.count, bytes[start] == .carriageReturn || bytes[start] == .lineFeed {
      start += 1
    }
    let end = max(start, head.targetRange.lowerBound - 1)
    append(
      record,
      method: bytes.extracting(start..<end),
      target: bytes.extracting(head.targetRange),
      minorVersion: head.minorVersion,
      referer: bytes.extracting(head.first(.referer) ?? 0..<0),
      userAgent: bytes.extracting(head.first(.userAgent) ?? 0..<0),
      requestID: requestID.span
    )
  }

  /// Logs a request that could not be read.
  func logRefusal(_ record: AccessRecord, requestID: ArraySlice<UInt8>) {
    let none = [UInt8]()
    let empty = none.span
    append(
      record,
      method: empty,
      target: empty,
      minorVersion: nil,
      referer: empty,
      userAgent: empty,
      requestID: requestID.span
    )
  }

  private func append(
    _ record: AccessRecord,
    method: Span<UInt8>,
    target: Span<UInt8>,
    minorVersion: UInt8?,
    referer: Span<UInt8>,
    userAgent: Span<UInt8>,
    requestID: Span<UInt8>
  ) {
    line.removeAll()
    record.write(
      format,
      method: method,
      target: target,
      minorVersion: minorVersion,
      referer: referer,
      userAgent: userAgent,
      requestID: requestID,
      into: &line
    )
    let waiting =
      switch format {
      case .json: ring.append(line.writer.bytes.span)
      case .combined: ring.append(line.text.span)
      }
    log.schedule(waitingWords: waiting)
  }
}
