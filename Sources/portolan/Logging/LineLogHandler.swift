import HTTP
import JSON
import Logging
import Posix
import Synchronization

/// Takes whole lines of a log.
protocol LogSink: Sendable {
  func write(_ line: Span<UInt8>)
}

/// Standard error, one write(2) a line, so that a line is there whatever comes next.
///
/// A line that a pipe cannot take at once is lost and counted: who logs is the queue that also
/// hears SIGTERM, and a reader that sleeps must not stop it. Half a line is ended before the next.
final class StandardErrorSink: LogSink {
  static let shared = StandardErrorSink()

  private let endsWithinLine = Mutex(false)
  private let dropped = Atomic<UInt64>(0)

  /// How many lines were lost, or half lost.
  var droppedCount: UInt64 { dropped.load(ordering: .relaxed) }

  func write(_ line: Span<UInt8>) {
    endsWithinLine.withLock { endsWithinLine in
      if endsWithinLine, Self.put([.lineFeed].span) == 1 { endsWithinLine = false }
      let count = endsWithinLine ? 0 : Self.put(line)
      guard count < line.count else { return }
      dropped.add(1, ordering: .relaxed)
      if count > 0 { endsWithinLine = true }
    }
  }

  /// - Returns: How many bytes were taken without waiting.
  private static func put(_ bytes: Span<UInt8>) -> Int {
    var count = 0
    while count < bytes.count, StandardStream.error.isWritable {
      let size = min(bytes.count - count, StandardStream.sizeTakenAtOnce)
      do throws(ShortWrite) {
        try StandardStream.error.writeAsMuchAsFits(bytes.extracting(count..<count + size))
      } catch {
        return count + error.count
      }
      count += size
    }
    return count
  }
}

/// The least level that is logged, for every logger at once, so that a reload can change it.
final class LogThreshold: Sendable {
  private let place: Atomic<Int>

  init(_ level: Logger.Level) {
    place = Atomic(Self.place(of: level))
  }

  var level: Logger.Level {
    get { Logger.Level.allCases[place.load(ordering: .relaxed)] }
    set { place.store(Self.place(of: newValue), ordering: .relaxed) }
  }

  private static func place(of level: Logger.Level) -> Int {
    Logger.Level.allCases.firstIndex(of: level) ?? 0
  }
}

/// Writes each record as one line.
struct LineLogHandler: LogHandler {
  enum Format: Sendable {
    case json
    case logfmt
    case text

    /// What `format` means for this process.
    init(_ format: LogFormat, isTerminal: Bool) {
      switch format {
      case .json: self = .json
      case .logfmt: self = .logfmt
      case .text: self = .text
      case .automatic: self = isTerminal ? .text : .json
      }
    }
  }

  private let format: Format
  private let sink: any LogSink
  private let threshold: LogThreshold
  /// Set on one logger only; the threshold then does not hold for it.
  private var ownLevel: Logger.Level?

  var metadata = Logger.Metadata()
  var metadataProvider: Logger.MetadataProvider?

  init(_ format: Format, threshold: LogThreshold, sink: any LogSink = StandardErrorSink.shared) {
    self.format = format
    self.threshold = threshold
    self.sink = sink
  }

  var logLevel: Logger.Level {
    get { ownLevel ?? threshold.level }
    set { ownLevel = newValue }
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let line = line(event, at: Timestamp(nanosecondsSince1970: SystemClock.nanosecondsSince1970()))
    sink.write(line.span)
  }

  /// The whole line with its end.
  func line(_ event: LogEvent, at time: Timestamp) -> [UInt8] {
    let pairs = pairs(of: event)
    switch format {
    case .json: return Self.json(event, pairs, time)
    case .logfmt: return Self.logfmt(event, pairs, time)
    case .text: return Self.text(event, pairs, time)
    }
  }

  /// What goes with the message, by name: the nearer to the record, the stronger.
  private func pairs(of event: LogEvent) -> [(name: String, value: String)] {
    var merged = metadataProvider?.get() ?? [:]
    merged.merge(metadata) { $1 }
    if let own = event.metadata { merged.merge(own) { $1 } }
    var pairs = merged.map { name, value in
      // A name of our own would come twice.
      (name: Self.ownNames.contains(name) ? name + "_" : name, value: "\(value)")
    }
    pairs.sort { $0.name < $1.name }
    if let error = event.error { pairs.append((name: "error", value: "\(error)")) }
    return pairs
  }

  private static let ownNames: Set<String> = ["time", "level", "message", "error"]

  // MARK: Formats

  private static func json(
    _ event: LogEvent,
    _ pairs: [(name: String, value: String)],
    _ time: Timestamp
  ) -> [UInt8] {
    var stamp: [UInt8] = []
    time.writeInternet(to: &stamp)
    var writer = JSONWriter(capacity: 256)
    writer.beginObject()
    writer.name("time")
    writer.value(stamp.span)
    writer.name("level")
    writer.value(event.level.rawValue)
    writer.name("message")
    writer.value(event.message.description)
    for pair in pairs {
      writer.name(escaping: pair.name)
      writer.value(pair.value)
    }
    writer.endObject()
    writer.endText()
    return writer.bytes
  }

  private static func logfmt(
    _ event: LogEvent,
    _ pairs: [(name: String, value: String)],
    _ time: Timestamp
  ) -> [UInt8] {
    var line = Array("time=".utf8)
    time.writeInternet(to: &line)
    line.append(contentsOf: " level=\(event.level.rawValue) message=".utf8)
    LogEscaping.appendLogfmt(event.message.description, to: &line)
    append(pairs, to: &line)
    line.append(.lineFeed)
    return line
  }

  private static func text(
    _ event: LogEvent,
    _ pairs: [(name: String, value: String)],
    _ time: Timestamp
  ) -> [UInt8] {
    var line: [UInt8] = []
    time.writeInternet(to: &line)
    let level = event.level.rawValue
    let blanks = String(repeating: " ", count: max(1, 9 - level.utf8.count))
    line.append(contentsOf: " \(level)\(blanks)".utf8)
    LogEscaping.append(event.message.description, to: &line)
    append(pairs, to: &line)
    line.append(.lineFeed)
    return line
  }

  private static func append(_ pairs: [(name: String, value: String)], to line: inout [UInt8]) {
    for pair in pairs {
      line.append(.space)
      // A name with a blank or an equals sign in it would read as something else.
      line.append(contentsOf: pair.name.utf8.map { 0x21...0x7E ~= $0 && $0 != 0x3D ? $0 : 0x5F })
      line.append(UInt8(ascii: "="))
      LogEscaping.appendLogfmt(pair.value, to: &line)
    }
  }
}
