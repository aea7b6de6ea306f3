/// Gathers rows and writes them as a registry table, in the order and the form of the embedded
/// ones.
///
/// Rows of one (first, last, state, service) become one; what they say is joined. Without a service
/// they become one where their names are the same.
package struct RegistryTableWriter {
  /// What one row says. A list may not hold `|`, nor anything a line end; both are replaced.
  struct Row {
    var first: UInt16?
    var last: UInt16?
    var transports: TransportSet = []
    var state = AssignmentState.assigned
    var service = ""
    var name = ""
    var aliases: [String] = []
    var references: [String] = []
    var note = ""
    /// Whom IANA assigned it to, whom to ask, when it was registered and when modified.
    var assignees: [String] = []
    var contacts: [String] = []
    var registered: [String] = []
    var modified: [String] = []
    /// DCCP service codes (RFC 4340 §8.1.2).
    var serviceCodes: [String] = []
    /// What IANA knows of others who use the number.
    var unauthorized: [String] = []
    /// Whether IANA's registry has notes on the assignment.
    var isNoted = false

    /// All that is a list.
    fileprivate static var lists: [WritableKeyPath<Row, [String]>] {
      [
        \.aliases, \.references, \.assignees, \.contacts, \.registered, \.modified,
        \.serviceCodes, \.unauthorized,
      ]
    }
    fileprivate var lists: [[String]] { Self.lists.map { self[keyPath: $0] } }

    fileprivate var textSize: Int {
      service.utf8.count + name.utf8.count + note.utf8.count
        + lists.reduce(0) { $0 + $1.reduce(0) { $0 + $1.utf8.count } }
    }

    fileprivate var key: Key {
      Key(
        first: first.map(Int.init) ?? .max,
        last: Int(last ?? 0),
        state: state.rawValue,
        service: service.lowercased(),
        name: service.isEmpty ? name : ""
      )
    }
  }

  fileprivate struct Key: Hashable {
    var first: Int
    var last: Int
    var state: UInt8
    var service: String
    /// Tells apart what has no service, and so merges with nothing.
    var name: String
  }

  /// The columns, in order; the last seven are left out of a table that says nothing there.
  private static let columns = [
    "first", "last", "transports", "state", "service", "name", "aliases", "references", "note",
    "assignee", "contact", "registered", "modified", "service_code", "unauthorized", "noted",
  ]
  /// More rows are not gathered: as many as there are pairs of a port and a transport.
  static let rowCountMax = 1 << 18
  /// More text is not gathered, in bytes: what a program that is to read the table takes.
  static let textSizeMax = 1 << 25
  /// More items of one list are not gathered.
  static let listCountMax = 256

  private var textSize = 0
  private var rows: [Row] = []
  private var places: [Key: Int] = [:]

  package init() {}

  /// How many rows the table has.
  package var rowCount: Int { rows.count }

  /// Takes a row in.
  ///
  /// - Returns: Whether it was joined to one that was there; `nil` if the table is full.
  mutating func add(_ row: Row) -> Bool? {
    textSize += row.textSize
    guard textSize <= Self.textSizeMax else { return nil }
    if let place = places[row.key] {
      join(row, to: &rows[place])
      return rows[place].lists.allSatisfy { $0.count <= Self.listCountMax } ? true : nil
    }
    guard rows.count < Self.rowCountMax else { return nil }
    places[row.key] = rows.count
    rows.append(row)
    return false
  }

  private func join(_ row: Row, to known: inout Row) {
    known.transports.formUnion(row.transports)
    if known.name.isEmpty { known.name = row.name }
    if known.note.isEmpty {
      known.note = row.note
    } else if !row.note.isEmpty, known.note != row.note {
      known.note += " " + row.note
    }
    known.isNoted = known.isNoted || row.isNoted
    for list in Row.lists {
      for item in row[keyPath: list] where !known[keyPath: list].contains(item) {
        known[keyPath: list].append(item)
      }
    }
  }

  /// The table.
  ///
  /// - Parameters:
  ///   - remarks: Lines of comment that come first.
  ///   - date: `YYYY-MM-DD`: the day the table is of.
  package func table(remarks: [String] = [], date: String? = nil) -> [UInt8] {
    var lines = remarks.map { "# " + Text.singleLine($0) }
    if let date { lines.append("#date " + date) }
    let hasFacts = rows.contains { cells(of: $0).dropFirst(9).contains { $0 != "-" } }
    let width = hasFacts ? Self.columns.count : 9
    lines.append(Self.columns.prefix(width).joined(separator: "\t"))
    let sorted = rows.sorted { left, right in
      let (a, b) = (left.key, right.key)
      if (a.first, a.last) != (b.first, b.last) { return (a.first, a.last) < (b.first, b.last) }
      return (left.service, a.state, a.name) < (right.service, b.state, b.name)
    }
    for row in sorted { lines.append(cells(of: row).prefix(width).joined(separator: "\t")) }
    return Array((lines.joined(separator: "\n") + "\n").utf8)
  }

  private func cells(of row: Row) -> [String] {
    [
      row.first.map(String.init) ?? "-",
      row.last.map(String.init) ?? "-",
      cell(row.transports.members.map(\.name).joined(separator: ",")),
      row.state.name,
      cell(row.service),
      cell(row.name == row.service ? "" : row.name),
      cell(row.aliases),
      cell(row.references),
      cell(row.note),
      cell(row.assignees),
      cell(row.contacts),
      cell(row.registered),
      cell(row.modified),
      cell(row.serviceCodes),
      cell(row.unauthorized),
      row.isNoted ? "yes" : "-",
    ]
  }

  private func cell(_ text: String) -> String {
    let line = Text.singleLine(text)
    return line.isEmpty ? "-" : line
  }

  private func cell(_ list: [String]) -> String {
    cell(
      list.map { $0.split(separator: "|").joined(separator: "/") }.filter { !$0.isEmpty }
        .joined(separator: "|")
    )
  }
}
