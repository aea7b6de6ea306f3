import HTTP
package import PortRegistry

/// Rows of short texts, and the ways in which they are printed.
///
/// One is kept and used again, so filling it allocates nothing once warm.
package struct Table: Sendable {
  private var columns: [String] = []
  private var text: [UInt8] = []
  /// Row after row.
  private var cells: [Range<Int>] = []

  package init() {}

  package var rowCount: Int { columns.isEmpty ? 0 : cells.count / columns.count }

  // MARK: Filling

  /// Begins another table. Its cells are then appended one by one.
  package mutating func begin(_ columns: [String]) {
    self.columns = columns
    text.removeAll(keepingCapacity: true)
    cells.removeAll(keepingCapacity: true)
  }

  package mutating func append(_ cell: some Sequence<UInt8>) {
    let start = text.count
    text.append(contentsOf: cell)
    cells.append(start..<text.count)
  }

  package mutating func append(_ cell: String) { append(cell.utf8) }

  package mutating func append(_ number: Int) {
    let start = text.count
    text.appendDecimal(number)
    cells.append(start..<text.count)
  }

  /// A cell of several words with commas between them.
  package mutating func append(list words: some Sequence<String>) {
    let start = text.count
    for word in words {
      if text.count > start { text.append(UInt8(ascii: ",")) }
      text.append(contentsOf: word.utf8)
    }
    cells.append(start..<text.count)
  }

  // MARK: Assignments

  private static let assignmentColumns = [
    "port", "last", "transports", "service", "name", "official", "sources",
  ]

  /// Begins a table of assignments.
  package mutating func beginAssignments() { begin(Self.assignmentColumns) }

  /// Appends assignment `number` as a row.
  package mutating func appendAssignment(_ number: Int, of registry: Registry) {
    let record = registry.records[number]
    if record.hasPort { append(Int(record.first)) } else { append("") }
    if record.isRange { append(Int(record.last)) } else { append("") }
    append(list: record.transports.members.lazy.map(\.name))
    append(registry.text[record.service.bytes])
    append(registry.text[record.name.bytes])
    append(record.isOfficial ? "true" : "false")
    append(list: Layer.allCases.lazy.filter { record.isIn($0) }.map(\.name))
  }

  /// Fills the table with the assignments of `port`.
  package mutating func fill(
    _ port: PortNumber,
    of registry: Registry,
    narrowedTo transport: TransportProtocol? = nil
  ) {
    beginAssignments()
    for place in registry.memberRange(of: port.rawValue) {
      let number = registry.member(at: place)
      if PortBody.names(registry.records[number], transport) {
        appendAssignment(number, of: registry)
      }
    }
  }

  // MARK: Printing

  /// Columns that stand below each other, two blanks apart, under their names in capitals. An empty
  /// cell is a `-`.
  package func writeText(to output: inout [UInt8]) {
    var widths = columns.map(\.utf8.count)
    for index in cells.indices {
      let column = index % columns.count
      widths[column] = max(widths[column], width(cells[index]))
    }
    for (column, name) in columns.enumerated() {
      let padding = column + 1 == columns.count ? 0 : widths[column] - name.utf8.count + 2
      output.append(contentsOf: name.utf8.lazy.map { $0 &- 0x61 < 26 ? $0 & 0xDF : $0 })
      output.append(contentsOf: repeatElement(.space, count: padding))
    }
    output.append(.lineFeed)
    for index in cells.indices {
      let column = index % columns.count
      if cells[index].isEmpty { output.append(UInt8(ascii: "-")) }
      output.append(contentsOf: text[cells[index]])
      if column + 1 == columns.count {
        output.append(.lineFeed)
      } else {
        let count = widths[column] - max(1, width(cells[index])) + 2
        output.append(contentsOf: repeatElement(.space, count: count))
      }
    }
  }

  private func width(_ cell: Range<Int>) -> Int {
    UTF8Text.codePointCount(text.span.extracting(cell))
  }

  /// CSV as RFC 4180 has it, with the line that names the columns.
  package func writeCSV(to output: inout [UInt8]) {
    output.append(contentsOf: columns.joined(separator: ",").utf8)
    for index in cells.indices {
      if index % columns.count == 0 {
        output.append(contentsOf: "\r\n".utf8)
      } else {
        output.append(UInt8(ascii: ","))
      }
      Self.writeCSV(text[cells[index]], to: &output)
    }
    output.append(contentsOf: "\r\n".utf8)
  }

  private static func writeCSV(_ cell: ArraySlice<UInt8>, to output: inout [UInt8]) {
    let quote = UInt8(ascii: "\"")
    let needsQuotes = cell.contains { $0 == quote || $0 == UInt8(ascii: ",") || $0 < 0x20 }
    guard needsQuotes else { return output.append(contentsOf: cell) }
    output.append(quote)
    for byte in cell {
      if byte == quote { output.append(quote) }
      output.append(byte)
    }
    output.append(quote)
  }

  /// Tab-separated lines without names, for pipes.
  package func writeTSV(to output: inout [UInt8]) {
    for index in cells.indices {
      output.append(contentsOf: text[cells[index]].lazy.map { $0 < 0x20 ? .space : $0 })
      output.append(index % columns.count + 1 == columns.count ? .lineFeed : .tab)
    }
  }

  /// A table of HTML. Cells of the column `port` lead to the port.
  func writeHTML(to output: inout [UInt8]) {
    output.append(contentsOf: "<div class=\"wide\">\n<table>\n<thead><tr>".utf8)
    for name in columns { output.append(contentsOf: "<th scope=\"col\">\(name)</th>".utf8) }
    output.append(contentsOf: "</tr></thead>\n<tbody>\n".utf8)
    for index in cells.indices {
      let column = index % columns.count
      if column == 0 { output.append(contentsOf: "<tr>".utf8) }
      output.append(contentsOf: "<td>".utf8)
      let cell = text[cells[index]]
      if columns[column] == "port", !cell.isEmpty {
        output.append(contentsOf: "<a href=\"/ports/".utf8)
        output.append(contentsOf: cell)
        output.append(contentsOf: "?format=html\">".utf8)
        output.append(contentsOf: cell)
        output.append(contentsOf: "</a>".utf8)
      } else {
        HTMLPage.escape(cell, to: &output)
      }
      output.append(contentsOf: "</td>".utf8)
      if column + 1 == columns.count { output.append(contentsOf: "</tr>\n".utf8) }
    }
    output.append(contentsOf: "</tbody>\n</table>\n</div>\n".utf8)
  }
}
