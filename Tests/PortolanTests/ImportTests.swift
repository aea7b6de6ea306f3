import PortRegistry
import Testing

@testable import portolan

/// Goal: the kind of a file is seen, and its end is told.
@Suite struct ImportTests {
  @Test(arguments: [
    ("a.csv", "", ImportFormat.iana), ("a.CSV", "ssh 22/tcp\n", .iana),
    ("-", "Service Name,Port Number\n", .iana), ("services", "ssh 22/tcp\n", .services),
    ("services", "# one, two\nssh 22/tcp\n", .services), ("services", "\nssh,22\n", .services),
    ("-", "", .services),
  ])
  func theKindOfAFileIsSeen(name: String, beginning: String, expected: ImportFormat) {
    let bytes = Array(beginning.utf8)
    #expect(ImportFormat(name: name, beginning: bytes.span) == expected)
  }

  @Test func aFileThatGivesNothingIsRefusedWithItsFirstReason() {
    var reader = RegistryImport(.services, file: "services")
    #expect(
      throws: RegistryTableFault(table: "services", line: 2, reason: "has a name and no port")
    ) {
      try reader.read(Array("\nnothing\n".utf8).span)
      _ = try reader.finish()
    }
  }

  @Test func theTableIsThatOfTheFile() throws {
    var reader = RegistryImport(.services, file: "services")
    for byte in Array("ssh 22/tcp\nssh 22/udp\n".utf8) { try reader.read([byte].span) }
    let (table, report) = try reader.finish()
    #expect(String(decoding: table, as: UTF8.self).contains("\n22\t-\ttcp,udp\tassigned\tssh\t"))
    #expect(
      ImportReportText.summary(of: report)
        == "services: 2 records: 1 rows, 1 joined to one of them, 0 set aside"
    )
  }
}

@Suite struct ProgressBarTests {
  @Test(arguments: [
    (0, 2 << 20, "f  [------------------------------]  0 %  0.0 of 2.0 MiB"),
    (1 << 20, 2 << 20, "f  [###############---------------]  50 %  1.0 of 2.0 MiB"),
    (2 << 20, 2 << 20, "f  [##############################]  100 %  2.0 of 2.0 MiB"),
    (3 << 20, 2 << 20, "f  [##############################]  100 %  3.0 of 2.0 MiB"),
  ])
  func theShareIsShown(done: Int, total: Int, expected: String) {
    #expect(ProgressBar.text("f", done, of: total) == expected)
  }

  @Test func withoutALengthOnlyTheAmountIsShown() {
    #expect(ProgressBar.text("f", 3 << 19, of: nil) == "f  1.5 MiB")
    #expect(ProgressBar.text("f", 0, of: 0) == "f  0.0 MiB")
  }
}
