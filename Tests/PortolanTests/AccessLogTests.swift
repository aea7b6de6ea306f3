import Foundation
import HTTP
import Posix
import Synchronization
import Testing

@testable import portolan

/// A request's head, read from text.
struct ReadHead {
  let bytes: [UInt8]
  let head: RequestHead

  init(_ lines: [String], target: String = "/ports/443") throws {
    let fields = (["Host: r"] + lines).map { $0 + "\r\n" }.joined()
    try self.init(bytes: Array("GET \(target) HTTP/1.1\r\n\(fields)\r\n".utf8))
  }

  init(bytes: [UInt8]) throws {
    self.bytes = bytes
    var parser = RequestHeadParser(limits: .standard)
    var head = RequestHead()
    let outcome = try parser.resume(over: bytes.span, into: &head)
    #expect(outcome == .complete)
    self.head = head
  }
}

/// Goal: requests are logged whole, in formats that others read, and never at a request's expense.
/// Method: log real heads, also hostile ones, into files, and read them back.
@Suite struct AccessLogTests {
  private let directory = FileManager.default.temporaryDirectory
    .appendingPathComponent("portolan-\(UUID().uuidString)")

  init() throws {
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
  }

  private var path: String { directory.appendingPathComponent("access.log").path }

  private func record(user: String? = nil) -> AccessRecord {
    AccessRecord(
      time: Timestamp(nanosecondsSince1970: 1_770_972_577_123_456_789),
      client: "192.0.2.7",
      status: .ok,
      contentSize: 512,
      durationNanoseconds: 35_900,
      user: user
    )
  }

  private func logged(
    _ format: AccessLogFormat,
    _ body: (AccessLogLane) throws -> Void
  ) throws -> String {
    let log = try #require(try AccessLog(.file(path), format: format, laneCount: 1))
    try body(log.lane(0))
    log.flush()
    #expect(log.droppedCount == 0)
    return try String(contentsOfFile: path, encoding: .utf8)
  }

  @Test func theFormatsAreWritten() throws {
    let read = try ReadHead(
      ["User-Agent: curl/8", "Referer: http://r/", "X-Request-Id: abc-1"],
      target: "/ports?q=a"
    )
    let id = Array("abc-1".utf8)[...]
    let json = try logged(.json) {
      $0.log(record(), read.head, read.bytes.span, requestID: id)
    }
    #expect(
      json
        == #"{"time":"2026-02-13T08:49:37.123Z","client":"192.0.2.7","method":"GET","#
        + #""target":"/ports?q=a","protocol":"HTTP/1.1","status":200,"bytes":512,"#
        + #""duration_us":35,"referer":"http://r/","user_agent":"curl/8","request_id":"abc-1"}"#
        + "\n"
    )
    try FileManager.default.removeItem(atPath: path)
    let combined = try logged(.combined) { lane in
      lane.log(record(user: "CN=a b"), read.head, read.bytes.span, requestID: [])
      lane.logRefusal(record(), requestID: [])
    }
    #expect(
      combined
        == #"192.0.2.7 - CN=a_b [13/Feb/2026:08:49:37 +0000] "GET /ports?q=a HTTP/1.1" 200 512 "#
        + "\"http://r/\" \"curl/8\"\n"
        + #"192.0.2.7 - - [13/Feb/2026:08:49:37 +0000] "-" 200 512 "-" "-""# + "\n"
    )
  }

  @Test(arguments: [AccessLogFormat.json, .combined])
  func noFieldCanForgeALine(format: AccessLogFormat) throws {
    let bytes =
      Array("GET / HTTP/1.1\r\nHost: r\r\nUser-Agent: a\" 200 \\ ".utf8)
      + [0xC3, 0x28, 0xFF, 0xE2, 0x80, 0xA8] + Array("{\"x\":1}\r\n\r\n".utf8)
    let read = try ReadHead(bytes: bytes)
    let text = try logged(format) { $0.log(record(), read.head, read.bytes.span, requestID: []) }
    #expect(text.utf8.count { $0 == 0x0A } == 1)
    if format == .json {
      let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
      #expect(
        object?["user_agent"] as? String
          == #"a\x22 200 \x5C \xC3(\xFF\xE2\x80\xA8{\x22x\x22:1}"#
      )
    } else {
      #expect(text.hasSuffix(#""a\x22 200 \x5C \xC3(\xFF\xE2\x80\xA8{\x22x\x22:1}""# + "\n"))
    }
  }

  @Test func aLongFieldIsCut() throws {
    let read = try ReadHead(["User-Agent: " + String(repeating: "a", count: 8000)])
    let text = try logged(.combined) { $0.log(record(), read.head, read.bytes.span, requestID: []) }
    #expect(text.utf8.count < LogEscaping.textLimitBytes + 200)
  }

  @Test func linesAreWrittenSoonWithoutBeingAskedFor() async throws {
    let log = try #require(try AccessLog(.file(path), format: .json, laneCount: 2))
    let read = try ReadHead([])
    log.lane(1).log(record(), read.head, read.bytes.span, requestID: [])
    let deadline = ContinuousClock.now + .seconds(10)
    while FileIdentity(path: path)?.size == 0, ContinuousClock.now < deadline {
      await Task.yield()
    }
    #expect(FileIdentity(path: path)?.size ?? 0 > 0)
  }

  @Test func aReloadOpensTheFileAnew() throws {
    let log = try #require(try AccessLog(.file(path), format: .json, laneCount: 1))
    let lane = log.lane(0)
    let read = try ReadHead([])
    lane.log(record(), read.head, read.bytes.span, requestID: [])
    log.flush()
    try FileManager.default.moveItem(atPath: path, toPath: path + ".1")
    lane.log(record(), read.head, read.bytes.span, requestID: [])
    log.reopen { Issue.record("\($0)") }
    log.flush()
    lane.log(record(), read.head, read.bytes.span, requestID: [])
    log.flush()
    let old = try String(contentsOfFile: path + ".1", encoding: .utf8)
    let new = try String(contentsOfFile: path, encoding: .utf8)
    #expect(old.utf8.count { $0 == 0x0A } == 2, "what was waiting belongs to the old file")
    #expect(new.utf8.count { $0 == 0x0A } == 1)
  }

  @Test func aFileThatCannotBeOpenedIsAnError() {
    #expect(throws: Errno.noSuchFile) {
      try AccessLog(.file("/nowhere/access.log"), format: .json, laneCount: 1)
    }
  }

  @Test func aPipeThatNobodyReadsHasALimitAtTheEnd() throws {
    ProcessLimits.ignoreFailedWrites()
    #expect(unsafe mkfifo(path, 0o600) == 0)
    let reader = unsafe open(path, O_RDONLY | O_NONBLOCK)
    defer { close(reader) }
    let log = try #require(try AccessLog(.file(path), format: .json, laneCount: 1))
    let lane = log.lane(0)
    let read = try ReadHead([])
    // A pipe holds 64 KiB, a line has some 150 bytes.
    for _ in 0..<1000 { lane.log(record(), read.head, read.bytes.span, requestID: []) }
    let start = ContinuousClock.now
    log.flush(limitMilliseconds: 50)
    #expect(ContinuousClock.now - start < .seconds(5), "whoever flushes waits for a reader")
  }

  @Test func aPipeWithoutAReaderIsAnError() {
    #expect(unsafe mkfifo(path, 0o600) == 0)
    #expect(throws: Errno.self) { try AccessLog(.file(path), format: .json, laneCount: 1) }
  }

  @Test func whatAFullDeviceRefusesIsCounted() throws {
    let log = try #require(try AccessLog(.file("/dev/full"), format: .json, laneCount: 1))
    let read = try ReadHead([])
    let lane = log.lane(0)
    for _ in 0..<3 { lane.log(record(), read.head, read.bytes.span, requestID: []) }
    log.flush()
    #expect(log.droppedCount == 3)
  }
}

/// Goal: what goes into a ring comes out whole and in order, or is counted.
/// Method: fill and empty rings, and let two threads run against each other.
@Suite struct LineRingTests {
  @Test(arguments: [0, 1, 7, 8, 9, 15, 16, 17, 1000])
  func aLineComesOutAsItWentIn(size: Int) {
    let line = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    let ring = LineRing()
    ring.append(line.span)
    ring.append(line.span)
    var taken: [UInt8] = []
    ring.take(into: &taken)
    #expect(taken == line + line)
    ring.take(into: &taken)
    #expect(taken == line + line)
  }

  @Test func aFullRingDropsWholeLinesAndGoesOn() {
    let ring = LineRing()
    let line = [UInt8](repeating: 0x61, count: 8 * 1023)  // 1,024 words with its size.
    for _ in 0..<LineRing.wordCount / 1024 { ring.append(line.span) }
    #expect(ring.droppedCount == 0)
    ring.append([0x62].span)
    #expect(ring.droppedCount == 1)
    var taken: [UInt8] = []
    ring.take(into: &taken)
    #expect(taken.count == LineRing.wordCount / 1024 * line.count)
    taken.removeAll()
    ring.append([0x63].span)
    ring.take(into: &taken)
    #expect(taken == [0x63])
  }

  private final class Flag: Sendable {
    let isSet = Atomic<Bool>(false)
  }

  @Test func twoThreadsLoseNothingUncounted() async {
    let ring = LineRing()
    let lineCount = 50_000
    let flag = Flag()
    await withTaskGroup(of: [UInt8].self) { group in
      group.addTask {
        for number in 0..<lineCount {
          let line = Array("line \(number) \(String(repeating: "x", count: number % 40))\n".utf8)
          ring.append(line.span)
        }
        flag.isSet.store(true, ordering: .releasing)
        return []
      }
      group.addTask {
        var bytes: [UInt8] = []
        var isLast = false
        while true {
          ring.take(into: &bytes)
          if isLast { return bytes }
          isLast = flag.isSet.load(ordering: .acquiring)
        }
      }
      var bytes: [UInt8] = []
      for await part in group { bytes += part }
      let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
      #expect(UInt64(lines.count) + ring.droppedCount == UInt64(lineCount))
      var previous = -1
      for line in lines {
        let parts = line.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 3, let number = Int(parts[1]), number > previous,
          parts[2].count == number % 40
        else {
          Issue.record("damaged or out of order: \(line)")
          return
        }
        previous = number
      }
    }
  }
}
