import ArgumentParser
import PortRegistry
import Posix

/// `portolan import`
struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Make a registry table of IANA's CSV or of a services file.",
    discussion: """
      portolan import service-names-port-numbers.csv -o iana.tsv
      portolan import /etc/services --check
      curl -s https://example.org/ports.csv | portolan import - -o iana.tsv

      The table is for --registry. It takes the place of an older one at once and only when it is \
      whole, so a server may have that in use. Records that are set aside are listed on standard \
      output: file, line, reason; a terminal gets each reason once. Exit status 65 if the file is \
      none of its kind, and then nothing is written.
      """
  )

  @Argument(
    help: ArgumentHelp("The file to read; - reads standard input.", valueName: "file"),
    completion: .file()
  )
  var source: String

  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: ArgumentHelp("Where the table goes.", valueName: "table"),
    completion: .file()
  )
  var output: String?

  @Flag(help: "Only say what would become of every record.") var check = false

  @Option(
    help: ArgumentHelp(
      "iana or services, where the file does not make it plain.",
      valueName: "kind"
    ),
    completion: .list(ImportFormat.allCases.map(\.rawValue))
  )
  var format: ImportFormat?

  @Flag(help: "List every record that is set aside on a terminal too.") var plain = false

  func validate() throws {
    guard check || output != nil else {
      throw ValidationError("Name the table with --output, or only --check the file.")
    }
  }

  func run() throws {
    let environment = ProcessEnvironment.variables()
    do {
      let (table, report) = try read(environment)
      Terminal.announce(ImportReportText.summary(of: report))
      let form = Table.Form(for: .output, environment: environment, isPlain: plain)
      try Terminal.write(ImportReportText.table(of: report, for: form).text(form))
      if let output, !check { try write(table, to: output) }
    } catch let fault as RegistryTableFault {
      Terminal.complain(fault.description)
      throw ExitStatus.badData.exitCode
    }
  }

  // MARK: Reading

  private static let pieceSizeBytes = 256 * 1024
  /// What is longer is refused, at once where the length is known: IANA's file has 1.5 MiB.
  private static let sourceLimitBytes = DataFiles.tableLimitBytes

  private func read(
    _ environment: [String: String]
  ) throws -> (table: [UInt8], report: ImportReport) {
    let name = source == "-" ? "standard input" : source
    do {
      let file = try open()
      let size = File.size(of: file)
      try Self.check(size ?? 0, of: name)
      var progress = ProgressBar(name, totalBytes: size, environment: environment)
      defer { progress.clear() }
      var piece = [UInt8](repeating: 0, count: Self.pieceSizeBytes)
      var count = try Self.fill(&piece, from: file)
      var readSize = 0
      let format = format ?? ImportFormat(name: source, beginning: piece.span.extracting(0..<count))
      var reader = RegistryImport(format, file: name)
      while count > 0 {
        readSize += count
        try Self.check(readSize, of: name)
        try reader.read(piece.span.extracting(0..<count))
        progress.advance(by: count)
        count = try Self.fill(&piece, from: file)
      }
      return try reader.finish()
    } catch let error as Errno {
      Terminal.complain("\(name): \(error)")
      throw ExitStatus.inputOutput.exitCode
    }
  }

  private static func check(_ size: Int, of name: String) throws(RegistryTableFault) {
    guard size <= sourceLimitBytes else {
      throw RegistryTableFault(
        table: name,
        line: 0,
        reason: "is larger than \(sourceLimitBytes) bytes"
      )
    }
  }

  private func open() throws(Errno) -> OwnedDescriptor {
    if source == "-" { return try File.openStandardInput() }
    return try File.openForReading(source)
  }

  /// - Returns: How many bytes came; 0 at the end.
  private static func fill(
    _ piece: inout [UInt8],
    from file: borrowing OwnedDescriptor
  ) throws(Errno) -> Int {
    var target = piece.mutableSpan
    guard case .bytes(let count) = try file.read(into: &target) else { return 0 }
    return count
  }

  // MARK: Writing

  private func write(_ table: [UInt8], to path: String) throws {
    do {
      try File.replace(path, with: table.span)
    } catch {
      Terminal.complain("\(path): \(error)")
      throw ExitStatus.inputOutput.exitCode
    }
    Terminal.announce("\(path): \(table.count) bytes written")
  }
}

/// What an import says about the records that it read.
enum ImportReportText {
  static func summary(of report: ImportReport) -> String {
    "\(report.file): \(report.recordCount) records: \(report.rowCount) rows, "
      + "\(report.mergedCount) joined to one of them, \(report.setAsideCount) set aside"
  }

  /// For programs each record that was set aside, for people each reason.
  static func table(of report: ImportReport, for form: Table.Form) -> Table {
    form == .tabbed ? everyRecord(of: report) : everyReason(of: report)
  }

  private static func everyRecord(of report: ImportReport) -> Table {
    var table = Table([
      Table.Column(name: "file"), Table.Column(name: "line", isNumeric: true),
      Table.Column(name: "reason"),
    ])
    for record in report.setAside {
      table.append([report.file, String(record.line), record.reason])
    }
    return table
  }

  private static func everyReason(of report: ImportReport) -> Table {
    var table = Table([
      Table.Column(name: "set aside", isNumeric: true),
      Table.Column(name: "first line", isNumeric: true), Table.Column(name: "reason"),
    ])
    var records: [String: (count: Int, first: Int)] = [:]
    for record in report.setAside {
      records[record.reason, default: (0, record.line)].count += 1
    }
    for (reason, record) in records.sorted(by: { $0.value.first < $1.value.first }) {
      table.append([String(record.count), String(record.first), reason])
    }
    return table
  }
}
