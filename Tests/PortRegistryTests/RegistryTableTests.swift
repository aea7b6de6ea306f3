import PortRegistry
import Testing

/// Goal: a table is either read whole or refused with its name, the line, and what is wrong there.
/// Method: one damaged table for each fault that there is; then tables of random bytes.
@Suite struct RegistryTableTests {
  private func fault(in text: String, _ layer: Layer = .iana) -> RegistryTableFault? {
    fault(in: Array(text.utf8), layer)
  }

  private func fault(in bytes: [UInt8], _ layer: Layer = .iana) -> RegistryTableFault? {
    do {
      var builder = RegistryBuilder()
      try builder.add(layer, table: "t.tsv", bytes.span)
      return nil
    } catch {
      return error
    }
  }

  private static let columns = "first\tlast\ttransports\tstate\tservice\tname"

  @Test(arguments: [
    ("443\t-\ttcp\tassigned\thttps", 2, "has 5 cells where 6 columns are named"),
    ("443\t-\ttcp\tassigned\thttps\tx\ty", 2, "has 7 cells where 6 columns are named"),
    ("443\t-\ttcp\tassigned\t\tx", 2, "has an empty cell; '-' says nothing"),
    ("# remark\n\n", 3, "is empty"),
    (
      "443\t-\ttcp\tassigned\thttps\tx\r\n", 2, "holds a control byte (13); lines end with LF alone"
    ),
    (
      "443\t-\ttcp\tassigned\thttps\tx\u{7F}", 2,
      "holds a control byte (127); lines end with LF alone"
    ),
    ("443\t-\ttcp\tassigned\thttps\t\0", 2, "holds a control byte (0); lines end with LF alone"),
    ("# a bell: \u{7}", 2, "holds a control byte (7); lines end with LF alone"),
    ("65536\t-\ttcp\tassigned\tx\tx", 2, "'65536' is not a port number from 0 to 65535"),
    ("0443\t-\ttcp\tassigned\tx\tx", 2, "'0443' is not a port number from 0 to 65535"),
    ("+1\t-\ttcp\tassigned\tx\tx", 2, "'+1' is not a port number from 0 to 65535"),
    ("9\t9\ttcp\tassigned\tx\tx", 2, "the last port of a range must be above the first"),
    ("9\t8\ttcp\tassigned\tx\tx", 2, "the last port of a range must be above the first"),
    ("-\t8\ttcp\tassigned\tx\tx", 2, "the last port of a range must be above the first"),
    ("9\t-\tudp,tcp\tassigned\tx\tx", 2, "'udp,tcp' is not a list of tcp,udp,sctp,dccp in order"),
    ("9\t-\ttcp,tcp\tassigned\tx\tx", 2, "'tcp,tcp' is not a list of tcp,udp,sctp,dccp in order"),
    ("9\t-\ttcp,\tassigned\tx\tx", 2, "'tcp,' is not a list of tcp,udp,sctp,dccp in order"),
    ("9\t-\tTCP\tassigned\tx\tx", 2, "'TCP' is not a list of tcp,udp,sctp,dccp in order"),
    ("9\t-\ttcp\tgiven\tx\tx", 2, "'given' is not assigned, reserved or unassigned"),
    ("9\t-\ttcp\tassigned\t-\t-", 2, "has neither a service nor a name"),
    ("-\t-\ttcp\treserved\t-\t-", 2, "only an assignment may lack a port"),
    ("#date 2024-8-15", 2, "the date is not YYYY-MM-DD"),
    ("#date 2024-02-30", 2, "the date is not YYYY-MM-DD"),
    ("#date 2024-13-01", 2, "the date is not YYYY-MM-DD"),
    ("#date yesterday!", 2, "the date is not YYYY-MM-DD"),
    (
      "9\t-\ttcp\tassigned\ta\ta\n9\t-\ttcp\tassigned\tb", 3,
      "has 5 cells where 6 columns are named"
    ),
  ])
  func aDamagedRowIsRefusedWithItsLine(rows: String, line: Int, reason: String) {
    let fault = fault(in: Self.columns + "\n" + rows)
    #expect(fault == RegistryTableFault(table: "t.tsv", line: line, reason: reason))
    #expect(fault?.description == "t.tsv, line \(line): \(reason)")
  }

  @Test(arguments: [
    ("", 0, "has no line that names its columns"),
    ("# only a remark\n", 1, "has no line that names its columns"),
    ("first\tlast\ttransports\tservice\tname\tfirst", 1, "the column 'first' comes twice"),
    ("first\tlast\tprotocol\tservice\tname", 1, "there is no column 'protocol'"),
    ("First\tlast\ttransports\tservice\tname", 1, "there is no column 'First'"),
    ("first\tlast\ttransports\tservice", 1, "lacks the column 'name'"),
  ])
  func aTableWithoutItsColumnsIsRefused(text: String, line: Int, reason: String) {
    #expect(fault(in: text) == RegistryTableFault(table: "t.tsv", line: line, reason: reason))
  }

  @Test func aFaultOfTheWholeTableNamesNoLine() {
    #expect(fault(in: "")?.description == "t.tsv: has no line that names its columns")
  }

  @Test(arguments: [[0xFF], [0xC3], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80]])
  func bytesThatAreNotUTF8AreRefused(bytes: [UInt8]) {
    let text = Array((Self.columns + "\n9\t-\ttcp\tassigned\tx\t").utf8) + bytes
    #expect(fault(in: text)?.reason == "is not UTF-8")
    let comment = Array("# ".utf8) + bytes
    #expect(fault(in: comment)?.reason == "is not UTF-8")
  }

  @Test func aLongCellIsCutInTheReason() {
    let reason = fault(
      in: Self.columns + "\n\(String(repeating: "9", count: 10_000))\t-\t-\t-\tx\tx"
    )?.reason
    #expect(reason.map { $0.count < 120 } == true)
  }

  @Test func whatIsFineIsRead() {
    #expect(fault(in: Self.columns + "\n") == nil)
    #expect(fault(in: "# remark\n" + Self.columns) == nil)
    #expect(
      fault(in: Self.columns + "\n0\t65535\ttcp,udp,sctp,dccp\tassigned\tall\tÜbermaß") == nil
    )
    #expect(fault(in: "name\tservice\ttransports\tlast\tfirst\nx\t-\t-\t-\t9\n") == nil)
  }

  @Test func theNewestDateOfAllTablesIsTheRegistrys() throws {
    var builder = RegistryBuilder()
    let older = Array(("#date 2009-01-31\n" + Self.columns + "\n").utf8)
    let newer = Array(("#date 2024-02-29\n" + Self.columns + "\n").utf8)
    try builder.add(.iana, table: "newer", newer.span)
    try builder.add(.catalogue, table: "older", older.span)
    #expect(builder.build().daysSince1970 == 19_782)
  }

  @Test(arguments: [
    ("x\tssh\t9", "'x' is not a port number from 0 to 65535"),
    ("-\tssh\t9", "lacks a port"),
    ("22\tssh\t10", "the use must be a number from 0 to 9"),
    ("22\tssh\t-1", "the use must be a number from 0 to 9"),
    ("22\tssh\t9999999999999999999", "the use must be a number from 0 to 9"),
  ])
  func aDamagedWeightIsRefused(row: String, reason: String) {
    #expect(throws: RegistryTableFault(table: "use", line: 2, reason: reason)) {
      try Tables.registry(use: [row])
    }
  }

  @Test(arguments: [
    ("system\t0\t1022\t-\t-", "the bounds of system are not those of RFC 6335"),
    ("low\t0\t1023\t-\t-", "'low' is not system, user or dynamic"),
  ])
  func aDamagedRangeIsRefused(row: String, reason: String) {
    #expect(throws: RegistryTableFault(table: "r", line: 2, reason: reason)) {
      var builder = RegistryBuilder()
      try builder.addRanges(table: "r", Array("name\tfirst\tlast\tnames\tfacts\n\(row)".utf8).span)
    }
  }

  @Test func noTableOfRandomBytesTraps() {
    var generator = SeededGenerator(seed: 6335)
    let pieces = [
      "\t", "\n", "-", "#date ", "2024-01-01", "0", "65535", "65536", "tcp", "udp", ",", "|",
      "assigned", "reserved", "http", "é", "\u{0}", " ",
    ].map { Array($0.utf8) }
    for _ in 0..<3_000 {
      var bytes = Bool.random(using: &generator) ? Array((Self.columns + "\n").utf8) : []
      for _ in 0..<Int.random(in: 0..<60, using: &generator) {
        if Int.random(in: 0..<8, using: &generator) == 0 {
          bytes.append(UInt8.random(in: .min ... .max, using: &generator))
        } else if let piece = pieces.randomElement(using: &generator) {
          bytes += piece
        }
      }
      _ = fault(in: bytes, Layer.allCases.randomElement(using: &generator) ?? .site)
    }
  }

  @Test func noTableOfRandomRowsTraps() throws {
    var generator = SeededGenerator(seed: 793)
    let ports = [nil, 0, 1, 1023, 1024, 49_151, 49_152, 65_534, 65_535]
    let transports = ["-", "tcp", "udp,dccp", "tcp,udp,sctp,dccp"]
    let states = ["assigned", "reserved", "unassigned"]
    for _ in 0..<40 {
      let rows = (0..<6).map { _ in
        let first = ports.randomElement(using: &generator) ?? nil
        let last = ports.randomElement(using: &generator) ?? nil
        return Tables.row(
          first,
          to: last,
          transports.randomElement(using: &generator) ?? "-",
          state: states.randomElement(using: &generator) ?? "-",
          ["a", "b", "-"].randomElement(using: &generator) ?? "-",
          ["A", "-", "--"].randomElement(using: &generator) ?? "-",
          aliases: "|||",
          note: "é"
        )
      }
      guard let registry = try? Tables.registry(catalogue: rows, iana: rows, site: rows) else {
        continue
      }
      for port in ports.compactMap({ $0 }) {
        let port = PortNumber(UInt16(port))
        #expect(registry.assignments(of: port).count <= 12)
        _ = registry.states(of: port)
      }
    }
  }
}
