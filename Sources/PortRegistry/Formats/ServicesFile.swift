/// Reads a file of services(5), such as `/etc/services`, into a registry table.
///
///     name  port[-last]/transport[/transport…]  [alias …]  [# title]
///
/// The file comes in pieces of any size. Every line that says something gives a row, is joined to
/// one (the same name for another transport), or is set aside with a reason.
package struct ServicesFile {
  /// A longer line is none of this format. In bytes.
  static let lineSizeMax = 4_096

  private var writer = RegistryTableWriter()
  private var line: [UInt8] = []
  private var lineNumber = 0
  /// What became of the lines so far.
  package private(set) var report: ImportReport

  /// - Parameter file: The name that faults and the report give the file.
  package init(file: String) {
    report = ImportReport(file: file)
  }

  /// Takes the next piece of the file.
  package mutating func read(_ chunk: Span<UInt8>) throws(RegistryTableFault) {
    for index in chunk.indices {
      let byte = chunk[index]
      if byte == UInt8(ascii: "\n") {
        try takeLine()
      } else {
        if byte == 0 { throw fault("holds a NUL byte: this is no text file, or one in UTF-16") }
        guard line.count < Self.lineSizeMax else {
          throw fault("is longer than \(Self.lineSizeMax) bytes")
        }
        line.append(byte)
      }
    }
  }

  /// Ends the file.
  ///
  /// - Returns: The table.
  package mutating func finish() throws(RegistryTableFault) -> [UInt8] {
    if !line.isEmpty { try takeLine() }
    return writer.table(remarks: ["Service names and port numbers, imported from a services file."])
  }

  private func fault(_ reason: String) -> RegistryTableFault {
    RegistryTableFault(table: report.file, line: lineNumber + 1, reason: reason)
  }

  private mutating func takeLine() throws(RegistryTableFault) {
    guard let text = String(validating: line, as: UTF8.self) else { throw fault("is not UTF-8") }
    line.removeAll(keepingCapacity: true)
    lineNumber += 1
    let parts = text.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
    let words = Text.singleLine(String(parts[0])).split(separator: " ").map(String.init)
    if words.isEmpty { return }
    guard words.count >= 2 else {
      report.setAside(lineNumber, "has a name and no port")
      return
    }
    guard words[0] != "-" else {
      report.setAside(lineNumber, "has no name")
      return
    }
    var row = RegistryTableWriter.Row(service: words[0], aliases: Array(words.dropFirst(2)))
    if parts.count > 1 { row.name = Text.repaired(Text.singleLine(String(parts[1]))) }
    if let reason = Self.setPorts(words[1], of: &row) {
      report.setAside(lineNumber, reason)
    } else if let isMerged = writer.add(row) {
      report.took(merged: isMerged)
    } else {
      throw RegistryTableFault(
        table: report.file,
        line: lineNumber,
        reason: "is more than a table can hold"
      )
    }
  }

  /// `80/tcp`, `6000-6063/tcp/udp`.
  ///
  /// - Returns: What is wrong with it, if anything is.
  private static func setPorts(_ text: String, of row: inout RegistryTableWriter.Row) -> String? {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    let bounds = parts[0].split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
    guard let first = PortNumber(parsing: bounds[0]),
      let last = bounds.count > 1 ? PortNumber(parsing: bounds[1]) : first, first <= last
    else { return "'\(parts[0].prefix(60))' is no port number and no range" }
    guard parts.count > 1 else { return "names no transport protocol" }
    for name in parts.dropFirst() {
      guard let transport = TransportProtocol(name: name) else {
        return "'\(name.prefix(60))' is no transport protocol of this registry"
      }
      row.transports.insert(TransportSet(transport))
    }
    row.first = first.rawValue
    row.last = first == last ? nil : last.rawValue
    return nil
  }
}
