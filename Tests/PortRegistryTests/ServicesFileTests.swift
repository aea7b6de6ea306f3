import PortRegistry
import Testing

/// Goal: a services(5) file is read line by line, and no line that says something is dropped
/// unsaid.
@Suite struct ServicesFileTests {
  private func read(_ text: String) throws -> (rows: [String], report: ImportReport) {
    var file = ServicesFile(file: "services")
    for byte in text.utf8 { try file.read([byte].span) }
    let table = String(decoding: try file.finish(), as: UTF8.self)
    var builder = RegistryBuilder()
    try builder.add(.site, table: "services", Array(table.utf8).span)
    return (
      table.split(separator: "\n").filter { !$0.hasPrefix("#") }.dropFirst().map(String.init),
      file.report
    )
  }

  @Test func linesBecomeRows() throws {
    let (rows, report) = try read(
      "# comment\n\nhttp\t80/tcp  www WWW\t# World Wide Web | HTTP\nhttp 80/udp\n  x11 6000-6063/tcp/udp\nlast 65535/dccp\r\n"
    )
    #expect(
      rows == [
        "80\t-\ttcp,udp\tassigned\thttp\tWorld Wide Web | HTTP\twww|WWW\t-\t-",
        "6000\t6063\ttcp,udp\tassigned\tx11\t-\t-\t-\t-",
        "65535\t-\tdccp\tassigned\tlast\t-\t-\t-\t-",
      ]
    )
    #expect(report.counts == [4, 3, 1, 0])
  }

  @Test(arguments: [
    ("alone", "has a name and no port"), ("- 80/tcp", "has no name"),
    ("a 80", "names no transport protocol"),
    ("rtmp 1/ddp", "'ddp' is no transport protocol of this registry"),
    ("a 65536/tcp", "'65536' is no port number and no range"),
    ("a /tcp", "'' is no port number and no range"),
    ("a 9-8/tcp", "'9-8' is no port number and no range"),
    ("a 80/", "'' is no transport protocol of this registry"),
  ])
  func aLineThatIsNoServiceIsSetAside(line: String, reason: String) throws {
    let (rows, report) = try read("ok 1/tcp\n\(line)")
    #expect(rows.count == 1)
    #expect(report.setAside == [ImportReport.SetAside(line: 2, reason: reason)])
  }

  @Test(arguments: [
    ("a 1/tcp\n\0", 2, "holds a NUL byte: this is no text file, or one in UTF-16"),
    (String(repeating: "x", count: 4_097), 1, "is longer than 4096 bytes"),
  ])
  func aFileOfAnotherKindIsRefused(text: String, line: Int, reason: String) {
    #expect(throws: RegistryTableFault(table: "services", line: line, reason: reason)) {
      try read(text)
    }
  }
}
