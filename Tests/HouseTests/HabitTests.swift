import Testing

/// What holds for every file, and what is used nowhere or not without a reason.
@Suite struct HabitTests {
  private static let lineCountMax = 350
  private static let columnsMax = 100

  private static func allFiles() throws -> [SourceFile] {
    try SourceTree.files(in: "Sources") + SourceTree.files(in: "Tests")
  }

  @Test func filesAndLinesStayShort() throws {
    for file in try Self.allFiles() {
      #expect(file.lines.count <= Self.lineCountMax, "\(file.path)")
      for (place, line) in file.lines.enumerated()
      where line.count > Self.columnsMax && !Self.isText(line, file) {
        Issue.record("\(file.path):\(place + 1) has \(line.count) columns")
      }
    }
  }

  /// Whether a line is long because of text that is best read whole.
  private static func isText(_ line: String, _ file: SourceFile) -> Bool {
    line.contains("\"") || file.path.hasPrefix("Tests/")
  }

  /// A worker of a queue that is not serial ends the process when no descriptor is left (ADR 1).
  @Test(arguments: ["DispatchQueue.global", ".concurrent", "concurrentPerform"])
  func queuesAreSerial(word: String) throws {
    try expectNone(in: SourceTree.files(in: "Sources")) { $0.contains(word) }
  }

  /// `unsafe` marks every touch of C, and so it stands only where C is wrapped.
  @Test func unsafeCodeStandsWhereCIsWrapped() throws {
    let wrappers: Set = ["Posix", "TLS", "Gzip"]
    let files: Set = [
      "Sources/PortRegistry/EmbeddedTables.swift", "Sources/PortsAPI/EmbeddedFiles.swift",
    ]
    let others = try SourceTree.files(in: "Sources").filter {
      !wrappers.contains($0.module) && !files.contains($0.path)
    }
    expectNone(in: others) { $0.contains(/\bunsafe\b/) }
  }

  /// What the compiler then no longer checks needs a comment on the line above.
  @Test(arguments: ["try!", "as!", "@unchecked Sendable", "nonisolated(unsafe)", "@_"])
  func whatIsNotCheckedHasAReason(word: String) throws {
    for file in try SourceTree.files(in: "Sources") {
      for (number, text) in file.code
      where text.contains(word) && !file.hasReason(above: number) {
        Issue.record("\(file.path):\(number) has '\(word)' without a reason above it")
      }
    }
  }

  /// `print` fills a buffer that a killed process never writes.
  @Test func nothingIsPrintedBehindABuffer() throws {
    try expectNone(in: SourceTree.files(in: "Sources")) { $0.contains(/(^|[^.\w])print\(/) }
  }

  @Test(arguments: ["TO" + "DO", "FIX" + "ME", "XX" + "X"])
  func nothingIsLeftForLater(word: String) throws {
    for file in try Self.allFiles() {
      for (place, line) in file.lines.enumerated()
      where line.split(whereSeparator: { !$0.isLetter }).contains(Substring(word)) {
        Issue.record("\(file.path):\(place + 1) has '\(word)'")
      }
    }
  }

  private func expectNone(in files: [SourceFile], where isBad: (Substring) -> Bool) {
    for file in files {
      for (number, text) in file.code where isBad(text) {
        Issue.record("\(file.path):\(number): \(text.drop { $0 == " " })")
      }
    }
  }
}
