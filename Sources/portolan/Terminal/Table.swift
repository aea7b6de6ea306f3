import Posix

/// Rows of cells, for people on a terminal and for programs in a pipe.
struct Table: Sendable {
  /// How it is written.
  enum Form: Equatable, Sendable {
    /// Aligned columns under their names.
    case aligned(isColoured: Bool)
    /// Cells between tabs, without the names, so that `cut` and `awk` find data in every line.
    case tabbed

    /// What suits the stream. Colour is for terminals, and for nobody who has NO_COLOR set
    /// (no-color.org).
    init(for stream: StandardStream, environment: [String: String], isPlain: Bool = false) {
      guard stream.isTerminal, !isPlain else {
        self = .tabbed
        return
      }
      let refuses = !(environment["NO_COLOR"] ?? "").isEmpty || environment["TERM"] == "dumb"
      self = .aligned(isColoured: !refuses)
    }
  }

  /// A column's name on a terminal, and whether its cells are numbers, which end at one edge.
  struct Column: Sendable {
    let name: String
    var isNumeric = false
  }

  let columns: [Column]
  private(set) var rows: [[String]] = []

  init(_ columns: [Column]) {
    self.columns = columns
  }

  /// - Parameter cells: One for each column.
  mutating func append(_ cells: [String]) {
    precondition(cells.count == columns.count, "a row needs a cell for each column")
    rows.append(cells.map { Self.singleLine($0) })
  }

  /// A cell cannot end its row or its column, nor speak to the terminal.
  private static func singleLine(_ cell: String) -> String {
    var text = ""
    for scalar in cell.unicodeScalars {
      switch scalar.value {
      case 0..<0x20, 0x7F...0x9F, 0x2028, 0x2029: text.unicodeScalars.append(" ")
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text
  }

  /// The whole table as text that ends with its last line.
  func text(_ form: Form) -> String {
    switch form {
    case .tabbed: rows.map { $0.joined(separator: "\t") + "\n" }.joined()
    case .aligned(let isColoured): alignedText(isColoured: isColoured)
    }
  }

  private func alignedText(isColoured: Bool) -> String {
    guard !rows.isEmpty else { return "" }
    var widths = columns.map(\.name.count)
    for row in rows {
      for (place, cell) in row.enumerated() { widths[place] = max(widths[place], cell.count) }
    }
    let names = line(columns.map { $0.name.uppercased() }, widths)
    let head = isColoured ? "\u{1B}[1m\(names)\u{1B}[0m" : names
    return ([head] + rows.map { line($0, widths) }).map { $0 + "\n" }.joined()
  }

  /// The last column is not filled up, so that no line ends with blanks.
  private func line(_ cells: [String], _ widths: [Int]) -> String {
    var line = ""
    for (place, cell) in cells.enumerated() {
      let blanks = String(repeating: " ", count: widths[place] - cell.count)
      line += columns[place].isNumeric ? blanks + cell : cell + blanks
      line += "  "
    }
    while line.last == " " { line.removeLast() }
    return line
  }
}
