/// Reads IANA's own file, `service-names-port-numbers.csv`, into a registry table.
///
/// The file comes in pieces of any size, and only one record of it is held at a time. Columns are
/// found by their names. Every record gives a row, is joined to one (IANA has a record for each
/// transport), or is set aside with a reason; none is dropped in silence.
package struct IANARegistryCSV {
  private static let required = [
    "service name", "port number", "transport protocol", "description",
  ]
  private static let optional = [
    "assignee", "contact", "registration date", "modification date", "reference", "service code",
    "unauthorized use reported", "assignment notes",
  ]
  /// IANA says this behind the title of a name that it respelled, and of the name that it replaced.
  private static let respelling = "IANA assigned this well-formed service name"

  private var reader: CSVReader
  private var columns: CSVColumns?
  private var writer = RegistryTableWriter()
  /// What became of the records so far.
  package private(set) var report: ImportReport
  /// The newest date that a record has, `YYYY-MM-DD`.
  package private(set) var newestDate: String?

  /// - Parameter file: The name that faults and the report give the file.
  package init(file: String) {
    reader = CSVReader(file: file)
    report = ImportReport(file: file)
  }

  /// Takes the next piece of the file.
  package mutating func read(_ chunk: Span<UInt8>) throws(RegistryTableFault) {
    var index = 0
    while let record = try reader.nextRecord(in: chunk, from: &index) { try take(record) }
  }

  /// Ends the file.
  ///
  /// - Returns: The table.
  package mutating func finish() throws(RegistryTableFault) -> [UInt8] {
    if let record = try reader.finish() {
      // IANA's file ends with a line end, so this is where a shorter copy of it breaks off.
      throw RegistryTableFault(
        table: report.file,
        line: record.line,
        reason: "ends inside a record: the file is cut short"
      )
    }
    guard columns != nil else {
      throw RegistryTableFault(table: report.file, line: 0, reason: "is empty")
    }
    return writer.table(
      remarks: ["IANA's service names and port numbers, imported from IANA's own file."],
      date: newestDate
    )
  }

  // MARK: Records

  private mutating func take(_ record: CSVRecord) throws(RegistryTableFault) {
    guard let columns else {
      columns = try CSVColumns(
        record,
        of: report.file,
        required: Self.required,
        optional: Self.optional
      )
      return
    }
    if record.fields == [""] { return }
    guard record.fields.count == columns.count else {
      report.setAside(
        record.line,
        "has \(record.fields.count) fields where \(columns.count) columns are named"
      )
      return
    }
    switch row(of: record, columns) {
    case .failure(let aside): report.setAside(record.line, aside.reason)
    case .success(let row):
      guard let isMerged = writer.add(row) else {
        throw RegistryTableFault(
          table: report.file,
          line: record.line,
          reason: "is more than a table can hold"
        )
      }
      report.took(merged: isMerged)
    }
  }

  private struct Aside: Error {
    let reason: String
  }

  private mutating func row(
    of record: CSVRecord,
    _ columns: CSVColumns
  ) -> Result<RegistryTableWriter.Row, Aside> {
    func field(_ name: String) -> String { Text.repaired(columns.field(name, of: record)) }
    var row = RegistryTableWriter.Row()
    let ports = field("port number")
    if !ports.isEmpty {
      guard let (first, last) = Self.ports(ports) else {
        return .failure(Aside(reason: "'\(ports.prefix(60))' is no port number and no range"))
      }
      (row.first, row.last) = (first, last)
    }
    let transport = field("transport protocol").lowercased()
    if !transport.isEmpty {
      guard let transport = TransportProtocol(name: transport) else {
        return .failure(Aside(reason: "'\(transport.prefix(60))' is no transport protocol"))
      }
      row.transports = TransportSet(transport)
    }
    row.service = field("service name")
    let title = Self.title(field("description"))
    if row.service.isEmpty || row.service == "-" {
      if let aside = Self.aside(title, hasPort: row.first != nil) { return .failure(aside) }
      row.service = ""
      row.state = .reserved
    } else {
      row.name = title
    }
    addFacts(field, to: &row)
    return .success(row)
  }

  private mutating func addFacts(
    _ field: (String) -> String,
    to row: inout RegistryTableWriter.Row
  ) {
    row.references = Self.bracketed(field("reference")).compactMap(Self.reference)
    row.assignees = Self.bracketed(field("assignee"))
    row.contacts = Self.bracketed(field("contact"))
    row.registered = [field("registration date")].filter { !$0.isEmpty }
    row.modified = [field("modification date")].filter { !$0.isEmpty }
    row.serviceCodes = [field("service code")].filter { !$0.isEmpty }
    row.unauthorized = [field("unauthorized use reported")].filter { !$0.isEmpty }
    row.isNoted = !field("assignment notes").isEmpty
    for date in row.registered + row.modified
    where Self.isDay(date) && date > newestDate ?? "" { newestDate = date }
  }

  /// Why a record without a service name gives no row; `nil` if it reserves.
  private static func aside(_ title: String, hasPort: Bool) -> Aside? {
    let words = title.lowercased()
    if !hasPort { return Aside(reason: "has neither a service name nor a port") }
    if words == "reserved" || words.hasPrefix("reserved ") || words.hasPrefix("iana reserved") {
      return nil
    }
    if words.hasPrefix("unassigned") || words.hasPrefix("(unassigned)") {
      return Aside(reason: "is unassigned, which a table need not say")
    }
    return Aside(reason: "names no service: '\(title.prefix(60))'")
  }

  // MARK: Fields

  /// `80` and `6000-6063`; a range of one is that one.
  private static func ports(_ text: String) -> (first: UInt16, last: UInt16?)? {
    let bounds = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
    guard let first = PortNumber(parsing: bounds[0]) else { return nil }
    guard bounds.count == 2 else { return (first.rawValue, nil) }
    guard let last = PortNumber(parsing: bounds[1]), first <= last else { return nil }
    return (first.rawValue, first == last ? nil : last.rawValue)
  }

  /// A description without IANA's remark on names that it respelled.
  private static func title(_ description: String) -> String {
    guard let remark = description.firstRange(of: respelling) else { return description }
    return Text.singleLine(String(description[..<remark.lowerBound]))
  }

  /// What stands in brackets, one behind the other: `[RFC768][RFC9260]`.
  private static func bracketed(_ text: String) -> [String] {
    var items: [String] = []
    for part in text.split(separator: "[") {
      let item = Text.singleLine(String(part.prefix { $0 != "]" }))
      if !item.isEmpty, !items.contains(item) { items.append(item) }
    }
    return items
  }

  /// `RFC9110` as `RFC 9110`; the number of a footnote is no reference.
  private static func reference(_ item: String) -> String? {
    if item == "n/a" || item.allSatisfy(\.isNumber) { return nil }
    guard item.hasPrefix("RFC"), item.dropFirst(3).first?.isNumber ?? false else { return item }
    return "RFC " + item.dropFirst(3)
  }

  private static func isDay(_ date: String) -> Bool {
    let parts = date.split(separator: "-", omittingEmptySubsequences: false)
    guard date.utf8.allSatisfy({ $0 == UInt8(ascii: "-") || Tokens.isDigit($0) }),
      parts.map(\.utf8.count) == [4, 2, 2], let year = Int(parts[0]),
      let month = Int(parts[1]), let day = Int(parts[2])
    else { return false }
    return CivilDate.days(year: year, month: month, day: day) != nil
  }
}
