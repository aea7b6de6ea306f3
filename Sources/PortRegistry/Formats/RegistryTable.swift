/// Why a table or another file of ports cannot be read.
public struct RegistryTableFault: Error, Equatable, CustomStringConvertible {
  /// The table's name or file.
  public let table: String
  /// Counted from 1; 0 when the table as a whole is at fault.
  public let line: Int
  /// What is wrong there.
  public let reason: String

  package init(table: String, line: Int, reason: String) {
    self.table = table
    self.line = line
    self.reason = reason
  }

  /// Table, line and reason in one sentence.
  public var description: String {
    line == 0 ? "\(table): \(reason)" : "\(table), line \(line): \(reason)"
  }
}

/// Reads the registry's tables: lines of cells between tabs.
///
/// A line that begins with `#` is a comment; `#date YYYY-MM-DD` among them says of which day the
/// table is. The first other line names the columns. A cell is never empty: `-` stands for nothing.
/// Lists in a cell are separated by `|`, transports by commas.
struct RegistryTable {
  /// The columns that a table may have.
  enum Column: Int, CaseIterable {
    case first, last, transports, state, service, name, aliases, references, trojans, note
    case errata, use, sources, names, facts, port
    // What IANA says besides of an assignment; imported tables keep it.
    case assignee, contact, registered, modified, unauthorized, noted, serviceCode

    /// As the line that names the columns has it.
    var name: String { self == .serviceCode ? "service_code" : "\(self)" }

    static let byName = Dictionary(uniqueKeysWithValues: allCases.map { ($0.name, $0) })
  }

  let table: String
  /// Whether it has columns for what IANA says besides.
  private(set) var hasRegistrations = false
  private let end: Int
  private var index: Int
  private(set) var line = 0
  /// The cell of each column in the row at hand, `nil` for columns that the table lacks.
  private var cellOfColumn: [Int?] = Array(repeating: nil, count: Column.allCases.count)
  private var columnCount = 0
  private var cells: [Range<Int>] = []
  /// From the `#date` line, as days since 1970-01-01; 0 without one.
  private(set) var daysSince1970 = 0

  /// - Parameters:
  ///   - range: Where the table stands in the bytes that every call is given.
  ///   - required: Columns without which the table is of no use.
  init(
    _ table: String,
    in bytes: Span<UInt8>,
    _ range: Range<Int>,
    required: [Column]
  ) throws(RegistryTableFault) {
    self.table = table
    index = range.lowerBound
    end = range.upperBound
    guard try nextLine(bytes) else { throw fault("has no line that names its columns") }
    for cell in cells.indices {
      let name = text(cells[cell], bytes)
      guard let column = Column.byName[name] else {
        throw fault("there is no column \(quoted(cells[cell], bytes))")
      }
      if cellOfColumn[column.rawValue] != nil { throw fault("the column '\(name)' comes twice") }
      cellOfColumn[column.rawValue] = cell
    }
    columnCount = cells.count
    let facts = Registration.Fact.allCases.map(\.column) + [.noted]
    hasRegistrations = facts.contains { cellOfColumn[$0.rawValue] != nil }
    for column in required where cellOfColumn[column.rawValue] == nil {
      throw fault("lacks the column '\(column.name)'")
    }
  }

  func fault(_ reason: String) -> RegistryTableFault {
    RegistryTableFault(table: table, line: line, reason: reason)
  }

  /// Goes on to the next row.
  mutating func nextRow(_ bytes: Span<UInt8>) throws(RegistryTableFault) -> Bool {
    guard try nextLine(bytes) else { return false }
    guard cells.count == columnCount else {
      throw fault("has \(cells.count) cells where \(columnCount) columns are named")
    }
    return true
  }

  /// Where the cell of `column` stands; empty when it says nothing or the table lacks the column.
  func cell(_ column: Column, _ bytes: Span<UInt8>) -> Range<Int> {
    guard let place = cellOfColumn[column.rawValue] else { return 0..<0 }
    let range = cells[place]
    if range.count == 1, bytes[range.lowerBound] == UInt8(ascii: "-") { return 0..<0 }
    return range
  }

  private mutating func nextLine(_ bytes: Span<UInt8>) throws(RegistryTableFault) -> Bool {
    while index < end {
      line += 1
      let start = index
      let stop = try splitCells(bytes)
      let isComment = bytes[start] == UInt8(ascii: "#")
      index = stop + 1
      if isComment {
        try readDirective(bytes.extracting(start..<stop))
        continue
      }
      if start == stop { throw fault("is empty") }
      for cell in cells where cell.isEmpty { throw fault("has an empty cell; '-' says nothing") }
      return true
    }
    return false
  }

  /// Finds the cells of the line at ``index``.
  ///
  /// - Returns: Where the line ends.
  private mutating func splitCells(_ bytes: Span<UInt8>) throws(RegistryTableFault) -> Int {
    cells.removeAll(keepingCapacity: true)
    var cellStart = index
    var stop = index
    var bits: UInt8 = 0
    while stop < end {
      let byte = bytes[stop]
      bits |= byte
      if byte < 0x20 || byte == 0x7F {
        if byte == 0x0A { break }
        guard byte == 0x09 else {
          throw fault("holds a control byte (\(byte)); lines end with LF alone")
        }
        cells.append(cellStart..<stop)
        cellStart = stop + 1
      }
      stop += 1
    }
    cells.append(cellStart..<stop)
    guard bits < 0x80 || Self.isUTF8(bytes.extracting(index..<stop)) else {
      throw fault("is not UTF-8")
    }
    return stop
  }

  private static func isUTF8(_ bytes: Span<UInt8>) -> Bool {
    String(validating: Array(copying: bytes), as: UTF8.self) != nil
  }

  /// `#date YYYY-MM-DD`
  private mutating func readDirective(_ comment: Span<UInt8>) throws(RegistryTableFault) {
    let prefix = Array("#date ".utf8)
    guard comment.count >= prefix.count else { return }
    for index in prefix.indices where comment[index] != prefix[index] { return }
    guard comment.count == 16, comment[10] == UInt8(ascii: "-"), comment[13] == UInt8(ascii: "-"),
      let year = Self.decimal(comment.extracting(6..<10)),
      let month = Self.decimal(comment.extracting(11..<13)),
      let day = Self.decimal(comment.extracting(14..<16)),
      let days = CivilDate.days(year: year, month: month, day: day)
    else { throw fault("the date is not YYYY-MM-DD") }
    daysSince1970 = days
  }

  // MARK: Cells

  static func decimal(_ digits: Span<UInt8>) -> Int? {
    guard (1...9).contains(digits.count) else { return nil }
    var value = 0
    for index in digits.indices {
      let digit = digits[index] &- UInt8(ascii: "0")
      guard digit < 10 else { return nil }
      value = value * 10 + Int(digit)
    }
    return value
  }

  /// A port number, or `nil` for none.
  func port(_ column: Column, _ bytes: Span<UInt8>) throws(RegistryTableFault) -> UInt16? {
    let cell = cell(column, bytes)
    if cell.isEmpty { return nil }
    guard let port = PortNumber.parse(bytes.extracting(cell)) else {
      throw fault("\(quoted(cell, bytes)) is not a port number from 0 to 65535")
    }
    return port
  }

  /// Transports in their order, each once.
  func transports(_ bytes: Span<UInt8>) throws(RegistryTableFault) -> TransportSet {
    let cell = cell(.transports, bytes)
    var set: TransportSet = []
    var start = cell.lowerBound
    while start < cell.upperBound {
      var stop = start
      while stop < cell.upperBound, bytes[stop] != UInt8(ascii: ",") { stop += 1 }
      guard let transport = Self.transport(bytes.extracting(start..<stop)),
        set.rawValue >> transport.rawValue == 0, stop + 1 != cell.upperBound
      else { throw fault("\(quoted(cell, bytes)) is not a list of tcp,udp,sctp,dccp in order") }
      set.insert(TransportSet(transport))
      start = stop + 1
    }
    return set
  }

  static func transport(_ name: Span<UInt8>) -> TransportProtocol? {
    switch name.count {
    case 3
    where name[0] == UInt8(ascii: "t") && name[1] == UInt8(ascii: "c")
      && name[2] == UInt8(ascii: "p"):
      .tcp
    case 3
    where name[0] == UInt8(ascii: "u") && name[1] == UInt8(ascii: "d")
      && name[2] == UInt8(ascii: "p"):
      .udp
    case 4
    where name[0] == UInt8(ascii: "s") && name[1] == UInt8(ascii: "c")
      && name[2] == UInt8(ascii: "t") && name[3] == UInt8(ascii: "p"):
      .sctp
    case 4
    where name[0] == UInt8(ascii: "d") && name[1] == UInt8(ascii: "c")
      && name[2] == UInt8(ascii: "c") && name[3] == UInt8(ascii: "p"):
      .dccp
    default: nil
    }
  }

  /// The state that the row says; ``AssignmentState/assigned`` where the table has no such column.
  func state(_ bytes: Span<UInt8>) throws(RegistryTableFault) -> AssignmentState {
    let cell = cell(.state, bytes)
    if cell.isEmpty { return .assigned }
    for (state, name) in Self.states where bytes.extracting(cell).equals(name) { return state }
    throw fault("\(quoted(cell, bytes)) is not assigned, reserved or unassigned")
  }

  private static let states = AssignmentState.allCases.map { ($0, Array($0.name.utf8)) }

  func text(_ range: Range<Int>, _ bytes: Span<UInt8>) -> String {
    String(decoding: Array(copying: bytes.extracting(range)), as: UTF8.self)
  }

  /// A cell as a reason shows it: cut when it is long.
  private func quoted(_ range: Range<Int>, _ bytes: Span<UInt8>) -> String {
    let text = text(range, bytes)
    return text.count > 60 ? "'\(text.prefix(60))…'" : "'\(text)'"
  }
}

extension Span<UInt8> {
  func equals(_ other: [UInt8]) -> Bool {
    guard count == other.count else { return false }
    for index in indices where self[index] != other[index] { return false }
    return true
  }
}

extension [UInt8] {
  init(copying source: Span<UInt8>) {
    self = []
    append(addingCapacity: source.count) { target in
      for index in source.indices { target.append(source[index]) }
    }
  }
}

/// The proleptic Gregorian calendar, as far as a table's date needs it.
enum CivilDate {
  /// How many days a date lies after 1970-01-01; `nil` if there is no such day.
  static func days(year: Int, month: Int, day: Int) -> Int? {
    guard (1...12).contains(month), day >= 1 else { return nil }
    let first = daysToFirst(year: year, month: month)
    let next = daysToFirst(year: month == 12 ? year + 1 : year, month: month % 12 + 1)
    return first + day - 1 < next ? first + day - 1 : nil
  }

  private static func daysToFirst(year: Int, month: Int) -> Int {
    // A year is counted from March, so that the leap day is its last.
    let yearFromMarch = month <= 2 ? year - 1 : year
    let cycle = yearFromMarch >= 0 ? yearFromMarch / 400 : -1
    let yearOfCycle = yearFromMarch - cycle * 400
    let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5
    return cycle * 146_097 + yearOfCycle * 365 + yearOfCycle / 4 - yearOfCycle / 100 + dayOfYear
      - 719_468
  }
}
