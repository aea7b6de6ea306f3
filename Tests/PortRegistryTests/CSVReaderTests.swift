import PortRegistry
import Testing

/// Goal: a CSV file is read as RFC 4180 has it however it is cut, and a file of another kind is
/// refused with its line and the reason.
/// Method: through the two formats that lean on the reader.
@Suite struct CSVReaderTests {
  private static let header =
    "Service Name,Port Number,Transport Protocol,Description,Assignee,Contact,Registration Date,"
    + "Modification Date,Reference,Service Code,Unauthorized Use Reported,Assignment Notes\r\n"

  private func table(
    _ bytes: [UInt8],
    chunkSize: Int = 1 << 16
  ) throws(RegistryTableFault) -> String {
    var csv = IANARegistryCSV(file: "f.csv")
    var start = 0
    while start < bytes.count {
      let end = min(bytes.count, start + chunkSize)
      try csv.read(Array(bytes[start..<end]).span)
      start = end
    }
    return String(decoding: try csv.finish(), as: UTF8.self)
  }

  private func fault(_ bytes: [UInt8]) -> RegistryTableFault? {
    do throws(RegistryTableFault) {
      _ = try table(bytes)
      return nil
    } catch {
      return error
    }
  }

  @Test(arguments: 1...64)
  func everyCutGivesTheSameTable(chunkSize: Int) throws {
    let file = Array(
      ("\u{FEFF}" + Self.header
        + "a,1,tcp,\"one, \"\"two\"\"\n three\",,,,,\"[RFC1]\r\n[RFC2]\",,,\r\n\"b\",2,udp,é,,,,,,,,\n")
        .utf8
    )
    let whole = try table(file)
    #expect(whole.contains("\t\("one, \"two\" three")\t-\tRFC 1|RFC 2"))
    #expect(try table(file, chunkSize: chunkSize) == whole)
  }

  @Test(arguments: [
    ("a,1,tcp,\"open\n\nstill", 2, "ends inside quotes that open on line 2: the file is cut short"),
    ("a,1,tcp,\"x\"y,,,,,,,,", 2, "has text behind a closing quote"),
    ("a,1,tcp,x\"y\",,,,,,,,", 2, "has a quote inside a field without quotes"),
    ("a,1,tcp,x\ry", 2, "holds CR without LF outside quotes"),
    ("a,1,tcp,x\r", 2, "ends in CR without LF"),
    ("a,1,t\0c\0p", 2, "holds a NUL byte: this is no text file, or one in UTF-16"),
    ("a,1,tcp,\u{1}", 2, "holds a control byte (1): this is no text file"),
  ])
  func aFileThatIsNoCSVIsRefused(rows: String, line: Int, reason: String) {
    let fault = fault(Array((Self.header + rows).utf8))
    #expect(fault == RegistryTableFault(table: "f.csv", line: line, reason: reason))
  }

  @Test func aFaultBehindARecordOfSeveralLinesNamesTheRightLine() {
    let rows = Self.header + "a,1,tcp,\"x\ny\nz\",,,,,,,,\nb,2,\u{2}"
    #expect(fault(Array(rows.utf8))?.line == 5)
  }

  @Test(arguments: [
    (Array("".utf8), 0, "is empty"),
    ([0xFF, 0xFE, 0x41, 0x00], 1, "is UTF-16, not UTF-8"),
    ([0xFE, 0xFF, 0x00, 0x41], 1, "is UTF-16, not UTF-8"),
    (Array("S\0e\0r\0".utf8), 1, "holds a NUL byte: this is no text file, or one in UTF-16"),
    (
      Array("Service Name;Port Number;Transport Protocol\n".utf8), 1,
      "its fields are separated by semicolons, not by commas"
    ),
    (
      Array("Service Name\tPort Number\tTransport Protocol\n".utf8), 1,
      "its fields are separated by tabs, not by commas"
    ),
    (Array("tcpmux,1,tcp,x\n".utf8), 1, "the first line does not name the column 'service name'"),
    (
      Array("Service Name,Port Number,Description\n".utf8), 1,
      "the first line does not name the column 'transport protocol'"
    ),
    (
      Array("Service Name,Port Number,Transport Protocol,service name\n".utf8), 1,
      "the column 'service name' comes twice"
    ),
    (Array("\u{7F}ELF".utf8), 1, "holds a control byte (127): this is no text file"),
  ])
  func aFileOfAnotherKindIsRefused(bytes: [UInt8], line: Int, reason: String) {
    #expect(fault(bytes) == RegistryTableFault(table: "f.csv", line: line, reason: reason))
  }

  @Test func textThatIsNotUTF8IsRefused() {
    let bytes =
      Array(Self.header.utf8) + Array("a,1,tcp,Sm".utf8) + [0xF8, 0x72] + Array(",,,,,,,,\n".utf8)
    #expect(fault(bytes)?.description == "f.csv, line 2: is not UTF-8")
  }

  /// Half a byte order mark is text, and no UTF-8; its last bytes alone are neither.
  @Test(arguments: [[0xEF], [0xEF, 0xBB], [0xEF, 0xBB, 0x61], [0x22, 0xBB]])
  func whatIsNoByteOrderMarkIsNotPassedOver(start: [UInt8]) {
    let name = start.first == 0x22 ? "Service Name\"" : "Service Name"
    let header = name + ",Port Number,Transport Protocol,Description\n"
    #expect(fault(start + Array(header.utf8))?.reason == "is not UTF-8")
  }

  @Test func aLetterThatBeginsAsAByteOrderMarkIsKept() {
    let reason = fault(Array("\u{FF21}\n".utf8))?.reason
    #expect(reason == "the first line does not name the column 'service name'")
    #expect(fault([0xEF, 0xBB, 0xBF] + Array(Self.header.utf8)) == nil)
    #expect(fault([0xEF, 0xBB, 0xBF, 0xEF, 0xBB, 0xBF] + Array(Self.header.utf8)) != nil)
  }

  @Test func aFieldIsBounded() {
    let most = String(repeating: "x", count: 1 << 16)
    #expect(fault(Array((Self.header + "a,1,tcp,\(most),,,,,,,,\n").utf8)) == nil)
    let over = fault(Array((Self.header + "\n\"a\",1,tcp,\"\n\(most)").utf8))
    #expect(
      over
        == RegistryTableFault(
          table: "f.csv",
          line: 3,
          reason: "has a field of more than 65536 bytes"
        )
    )
    #expect(
      fault(Array(repeating: UInt8(ascii: ","), count: 300))?.reason == "has more than 256 fields"
    )
  }

  @Test func noFileOfRandomBytesTraps() {
    var generator = SeededGenerator(seed: 4180)
    let pieces = [
      "\"", "\"\"", ",", "\r\n", "\n", "\r", "a", "1", "tcp", "é", "Reserved", "[RFC1]", "1-2",
      "√´", "\0",
    ]
    .map { Array($0.utf8) }
    for _ in 0..<2_000 {
      var bytes = Bool.random(using: &generator) ? Array(Self.header.utf8) : []
      for _ in 0..<Int.random(in: 0..<80, using: &generator) {
        if Int.random(in: 0..<10, using: &generator) == 0 {
          bytes.append(UInt8.random(in: .min ... .max, using: &generator))
        } else {
          bytes += pieces.randomElement(using: &generator) ?? []
        }
      }
      _ = fault(bytes)
      _ = try? SiteFile(file: "f", bytes)
      var services = ServicesFile(file: "f")
      _ = try? services.read(bytes.span)
      _ = try? services.finish()
    }
  }
}
