import Foundation
import PortRegistry
import Testing

/// Goal: every record of IANA's file gives a row, is joined to one, or is set aside with a reason.
/// Method: small files by hand; then the real one, where it is there, against a second reader.
@Suite struct IANARegistryCSVTests {
  private static let header =
    "Service Name,Port Number,Transport Protocol,Description,Assignee,Contact,Registration Date,"
    + "Modification Date,Reference,Service Code,Unauthorized Use Reported,Assignment Notes\r\n"

  private func read(
    _ records: String,
    header: String = Self.header
  ) throws -> (rows: [String], report: ImportReport) {
    var csv = IANARegistryCSV(file: "iana.csv")
    try csv.read(Array((header + records).utf8).span)
    let table = String(decoding: try csv.finish(), as: UTF8.self)
    return (
      table.split(separator: "\n").filter { !$0.hasPrefix("#") }.dropFirst().map(String.init),
      csv.report
    )
  }

  @Test func theTransportsOfOneServiceBecomeOneRow() throws {
    let (rows, report) = try read(
      "http,80,udp,World Wide Web HTTP,[IESG],[IETF_Chair],2021-10-01,,[RFC9110],,,\r\n"
        + "http,80,tcp,World Wide Web HTTP,[IESG],[IETF_Chair],,2021-10-02,[RFC9110],,,Defined\r\n"
        + "www-http,80,tcp,World Wide Web HTTP,,,,,,,,\r\n"
    )
    #expect(
      rows == [
        "80\t-\ttcp,udp\tassigned\thttp\tWorld Wide Web HTTP\t-\tRFC 9110\t-\tIESG\tIETF_Chair\t2021-10-01\t2021-10-02\t-\t-\tyes",
        "80\t-\ttcp\tassigned\twww-http\tWorld Wide Web HTTP\t-\t-\t-\t-\t-\t-\t-\t-\t-\t-",
      ]
    )
    #expect(report.counts == [3, 2, 1, 0])
  }

  @Test func allFormsOfRowsAreKept() throws {
    let (rows, _) = try read(
      "x11,6000-6063,tcp,X Window System,,,,,,,,\n" + "airplay,,tcp,AirPlay,,,,,,,,\n"
        + "active-net,3322-3325,,Active Networks,,,,,,,,\n" + ",225-241,,Reserved,,,,,,,,\n"
        + ",0,tcp,Reserved,,,,,[RFC6335],,,\n" + ",0,udp,Reserved,,,,,[RFC6335],,,\n"
        + "z39.50,210,tcp,ANSI Z39.50,,,,,,,,\n" + "one,7-7,tcp,One,,,,,,,,\n"
        + "discard,9,dccp,Discard,,,,,[RFC4340],1145656131,Used by others,\n"
    )
    let places = rows.map { row in
      row.components(separatedBy: "\t").prefix(6).joined(separator: " ")
    }
    let expected = [
      "0 - tcp,udp reserved - -", "7 - tcp assigned one One", "9 - dccp assigned discard Discard",
      "210 - tcp assigned z39.50 ANSI Z39.50", "225 241 - reserved - -",
      "3322 3325 - assigned active-net Active Networks",
      "6000 6063 tcp assigned x11 X Window System",
      "- - tcp assigned airplay AirPlay",
    ]
    #expect(places == expected)
    #expect(rows[2].hasSuffix("RFC 4340\t-\t-\t-\t-\t-\t1145656131\tUsed by others\t-"))
  }

  @Test(arguments: [
    (",4,tcp,Unassigned,,,,,,,,", "is unassigned, which a table need not say"),
    (",4,tcp,(unassigned) Possibly assigned,,,,,,,,", "is unassigned, which a table need not say"),
    (",24,tcp,any private mail system,,,,,,,,", "names no service: 'any private mail system'"),
    (",24,tcp,Reservedly,,,,,,,,", "names no service: 'Reservedly'"),
    (",,tcp,Reserved,,,,,,,,", "has neither a service name nor a port"),
    ("a,65536,tcp,x,,,,,,,,", "'65536' is no port number and no range"),
    ("a,9-8,tcp,x,,,,,,,,", "'9-8' is no port number and no range"),
    ("a,1-2-3,tcp,x,,,,,,,,", "'1-2-3' is no port number and no range"),
    ("a,9-,tcp,x,,,,,,,,", "'9-' is no port number and no range"),
    ("a,9,ddp,x,,,,,,,,", "'ddp' is no transport protocol"),
    ("a,9,tcp,x", "has 4 fields where 12 columns are named"),
  ])
  func aRecordThatGivesNothingIsSetAsideWithItsReason(record: String, reason: String) throws {
    let (rows, report) = try read("ok,1,tcp,Fine,,,,,,,,\n" + record + "\n")
    #expect(rows.count == 1)
    #expect(report.setAside == [ImportReport.SetAside(line: 3, reason: reason)])
    #expect(report.recordCount == 2)
  }

  @Test func columnsAreFoundByName() throws {
    let (rows, _) = try read(
      "x,tcp,Echo,7,echo\n",
      header: "Extra,Transport Protocol,Description,PORT NUMBER,Service Name\n"
    )
    #expect(rows == ["7\t-\ttcp\tassigned\techo\tEcho\t-\t-\t-"])
  }

  @Test(arguments: [
    ("Ari√´n", "Ariën"), ("AriÃ«n", "Ariën"), ("FORTÉ", "FORTÉ"), ("swÿp", "swÿp"), ("√2", "√2"),
    ("Å", "Å"), ("Ångström", "Ångström"), ("Â©", "©"), ("Quiñónez", "Quiñónez"),
    ("Štěpánek", "Štěpánek"),
    ("Ãƒ", "Ã"), ("ƒç", "č"), ("Å¡", "š"), ("plain", "plain"), ("", ""),
  ])
  func whatWasDecodedWronglyIsReadAsItWasMeant(text: String, meant: String) throws {
    let row = try read("a,1,tcp,+\(text)+,,,,,,,,\n").rows.first
    #expect(row?.components(separatedBy: "\t")[5] == "+\(meant)+")
  }

  @Test func referencesAreSpeltAsTheAnswersSpellThem() throws {
    let (rows, _) = try read(
      "a,1,tcp,x,,,,,[1][RFC4727][RFC6335],,,\n"
        + "b,2,tcp,x,,,,,\"[RFC8765, Section 6.1][https://example.org/a|b]\",,,\n"
        + "c,3,tcp,x,,,,,[ISO/IEC 13818-6],,,\n"
    )
    #expect(
      rows.map { $0.components(separatedBy: "\t")[7] } == [
        "RFC 4727|RFC 6335", "RFC 8765, Section 6.1|https://example.org/a/b", "ISO/IEC 13818-6",
      ]
    )
  }

  @Test func theRemarkOnAnotherSpellingIsNoTitle() throws {
    let (rows, _) = try read(
      "whoispp,63,tcp,\"whois++\n          IANA assigned this well-formed service name as a replacement for \"\"whois++\"\".\",,,,,,,,\n"
    )
    #expect(rows.first?.contains("\twhoispp\twhois++\t") == true)
  }

  /// Such a date would give a table that nobody can read.
  @Test(arguments: ["+123-01-01", "2026-+1-01", "2026-01--1", "-123-01-01"])
  func aDateWithASignIsNone(date: String) throws {
    var csv = IANARegistryCSV(file: "iana.csv")
    try csv.read(Array((Self.header + "a,1,tcp,b,,,\(date),,,,,\n").utf8).span)
    _ = try csv.finish()
    #expect(csv.newestDate == nil)
  }

  @Test func theTableHasTheNewestDateAndIsRead() throws {
    var csv = IANARegistryCSV(file: "iana.csv")
    let records =
      "a,1,tcp,A,,,2005-08,,,,,\nb,2,tcp,B,,,2024-02-29,2019-01-01,,,,\nc,3,tcp,C,,,9999-99-99,,,,,\n"
    try csv.read(Array((Self.header + records).utf8).span)
    let table = try csv.finish()
    #expect(csv.newestDate == "2024-02-29")
    var builder = RegistryBuilder()
    try builder.add(.iana, table: "imported", table.span)
    let registry = builder.build()
    #expect(registry.daysSince1970 == 19_782)
    #expect(registry.assignments(of: PortNumber(2)).map(\.name) == ["B"])
  }

  // MARK: The real file

  /// IANA's file, which is not part of the repository: at `PORTOLAN_IANA_CSV`, or in `shared/data`
  /// beside the checkout or beside the folder it stands in.
  private static let realFile: URL? = {
    if let path = ProcessInfo.processInfo.environment["PORTOLAN_IANA_CSV"] {
      return URL(filePath: path)
    }
    var folder = URL(filePath: #filePath)
    for _ in 0..<3 { folder.deleteLastPathComponent() }
    for _ in 0..<2 {
      folder.deleteLastPathComponent()
      let data = folder.appending(path: "shared/data")
      let files = try? FileManager.default.contentsOfDirectory(
        at: data,
        includingPropertiesForKeys: nil
      )
      if let file = files?.first(where: { $0.lastPathComponent.hasPrefix("iana-service-names") }) {
        return file
      }
    }
    print("skipped: IANA's file does not stand beside the checkout")
    return nil
  }()

  @Test(.enabled(if: realFile != nil)) func everyRecordOfTheRealFileIsAccountedFor() throws {
    let file = try #require(Self.realFile)
    let bytes = Array(try Data(contentsOf: file))
    var csv = IANARegistryCSV(file: "iana.csv")
    for start in stride(from: 0, to: bytes.count, by: 4_096) {
      try csv.read(Array(bytes[start..<min(bytes.count, start + 4_096)]).span)
    }
    let table = try csv.finish()
    let report = csv.report
    print(
      "import: \(report.recordCount) records, \(report.rowCount) rows, \(report.mergedCount) merged, \(report.setAsideCount) set aside"
    )
    #expect(report.recordCount == report.rowCount + report.mergedCount + report.setAsideCount)
    #expect(report.setAside.count == report.setAsideCount)
    #expect(report.recordCount > 14_000)

    var builder = RegistryBuilder()
    try builder.add(.iana, table: "imported", table.span)
    let registry = builder.build()
    #expect(registry.assignments(of: PortNumber(443)).map(\.service) == ["https"])

    let written = FileManager.default.temporaryDirectory.appending(path: "imported-\(UUID()).tsv")
    try Data(table).write(to: written)
    defer { try? FileManager.default.removeItem(at: written) }
    let reader = Process()
    reader.executableURL = URL(filePath: "/usr/bin/env")
    let script = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Import/second-reader")
    reader.arguments = ["python3", script.path(), file.path(), written.path()]
    try reader.run()
    reader.waitUntilExit()
    #expect(reader.terminationStatus == 0)
  }
}
