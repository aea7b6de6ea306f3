import Foundation
import Logging
import Synchronization
import Testing

@testable import portolan

/// Keeps the lines that are logged.
final class MemorySink: LogSink {
  private let kept = Mutex<[String]>([])

  func write(_ line: Span<UInt8>) {
    var bytes: [UInt8] = []
    for index in line.indices { bytes.append(line[index]) }
    let text = String(decoding: bytes, as: UTF8.self)
    kept.withLock { $0.append(text) }
  }

  var lines: [String] { kept.withLock { $0 } }
}

/// Goal: one record is one line that others can read, whatever is in it.
/// Method: made-up records with hostile text; JSON is read back by Foundation.
@Suite struct LoggingTests {
  private let hostile = "a \"b\" \\ =\n\r\t\u{1B}[31m \u{7F}\u{9B}\u{2028} é😀"

  private func event(_ message: String, _ metadata: Logger.Metadata = [:]) -> LogEvent {
    LogEvent(
      level: .warning,
      message: "\(message)",
      metadata: metadata,
      source: nil,
      file: "f",
      function: "f",
      line: 1
    )
  }

  private func line(
    _ format: LineLogHandler.Format,
    _ message: String,
    _ metadata: Logger.Metadata = [:]
  ) -> String {
    let handler = LineLogHandler(format, threshold: LogThreshold(.trace), sink: MemorySink())
    let time = Timestamp(nanosecondsSince1970: 1_770_972_577_123_456_789)
    return String(decoding: handler.line(event(message, metadata), at: time), as: UTF8.self)
  }

  @Test func theFormatsAreWritten() {
    let metadata: Logger.Metadata = ["port": "443", "name": "a b"]
    #expect(
      line(.text, "hello", metadata)
        == "2026-02-13T08:49:37.123Z warning  hello name=\"a b\" port=443\n"
    )
    #expect(
      line(.logfmt, "hello", metadata)
        == "time=2026-02-13T08:49:37.123Z level=warning message=hello name=\"a b\" port=443\n"
    )
    #expect(
      line(.json, "hello", metadata)
        == #"{"time":"2026-02-13T08:49:37.123Z","level":"warning","message":"hello","#
        + #""name":"a b","port":"443"}"# + "\n"
    )
  }

  @Test(arguments: [LineLogHandler.Format.text, .logfmt, .json])
  func aRecordIsOneLineOfPrintableText(format: LineLogHandler.Format) {
    let line = line(format, hostile, ["key": "\(hostile)", "a b=\n": "x"])
    let body = line.dropLast()
    #expect(line.last == "\n")
    #expect(
      !body.unicodeScalars.contains {
        $0.value < 0x20 || (0x7F...0x7F).contains($0.value) || $0.value == 0x2028
      }
    )
    if format != .json { #expect(!body.unicodeScalars.contains { $0.value == 0x9B }) }
  }

  @Test func jsonMeansWhatWasLogged() throws {
    let text = line(.json, hostile, ["key": "\(hostile)", "time": "mine"])
    let object = try #require(
      JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: String]
    )
    #expect(object["message"] == hostile)
    #expect(object["key"] == hostile)
    #expect(object["time"] == "2026-02-13T08:49:37.123Z")
    #expect(object["time_"] == "mine")
  }

  @Test func theThresholdHoldsForAllLoggersAtOnce() {
    let sink = MemorySink()
    let threshold = LogThreshold(.info)
    let logger = Logger(label: "t") { _ in LineLogHandler(.text, threshold: threshold, sink: sink) }
    logger.debug("one")
    threshold.level = .debug
    logger.debug("two")
    threshold.level = .error
    logger.warning("three")
    #expect(sink.lines.count == 1)
    #expect(sink.lines.first?.hasSuffix("two\n") == true)
  }

  @Test(arguments: [
    (LogFormat.automatic, true, LineLogHandler.Format.text),
    (.automatic, false, .json), (.json, true, .json), (.logfmt, true, .logfmt),
    (.text, false, .text),
  ])
  func theFormatSuitsTheStream(
    format: LogFormat,
    isTerminal: Bool,
    expected: LineLogHandler.Format
  ) {
    #expect(LineLogHandler.Format(format, isTerminal: isTerminal) == expected)
  }

  @Test(arguments: [0, 951_827_696, 1_770_972_577, 4_102_444_799])
  func timestampsAgreeWithFoundation(seconds: UInt64) {
    var bytes: [UInt8] = []
    Timestamp(nanosecondsSince1970: seconds * 1_000_000_000).writeInternet(to: &bytes)
    let formatter = ISO8601DateFormatter()
    formatter.formatOptions = [.withInternetDateTime, .withFractionalSeconds]
    let date = Date(timeIntervalSince1970: TimeInterval(seconds))
    #expect(String(decoding: bytes, as: UTF8.self) == formatter.string(from: date))
  }
}
