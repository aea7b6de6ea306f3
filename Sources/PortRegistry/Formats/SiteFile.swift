/// Reads the operator's own services: the layer that comes before all others.
///
/// Either CSV whose first line names columns of `port,last,transports,service,name,owner,
/// environments,link,note`, or a JSON array of objects with those members. `port`, `transports` and
/// one of `service` and `name` are needed. A file with a fault is refused as a whole: half a layer
/// is worse than the one that runs.
package struct SiteFile {
  /// A larger file is refused, in bytes.
  package static let sizeMax = 4 << 20
  /// More entries are refused.
  static let entryCountMax = 10_000
  /// Ports that all entries together may hold.
  static let heldPortCountMax = 1 << 20
  /// A longer text is refused, in code points.
  static let textSizeMax = 1_000

  static let columns = [
    "port", "last", "transports", "service", "name", "owner", "environments", "link", "note",
  ]

  /// The layer as a registry table, for ``RegistryBuilder/add(_:table:_:)``.
  package let table: [UInt8]
  let entries: [SiteEntry]
  private let file: String

  /// - Parameters:
  ///   - file: The name that faults and warnings give the file.
  ///   - bytes: The whole file.
  package init(file: String, _ bytes: [UInt8]) throws(RegistryTableFault) {
    guard bytes.count <= Self.sizeMax else {
      throw RegistryTableFault(
        table: file,
        line: 0,
        reason: "is larger than \(Self.sizeMax) bytes"
      )
    }
    let fields = try Self.fields(of: file, bytes)
    var entries: [SiteEntry] = []
    for (line, entry) in fields {
      entries.append(try SiteEntry(file: file, line: line, entry))
    }
    try Self.checkTogether(entries, of: file)
    var writer = RegistryTableWriter()
    for entry in entries { _ = writer.add(entry.row) }
    table = writer.table()
    self.entries = entries
    self.file = file
  }

  /// Puts the layer on top of what `builder` has.
  package func add(to builder: inout RegistryBuilder) throws(RegistryTableFault) {
    try builder.add(.site, table: file, table.span)
  }

  /// One sentence for each entry that stands where `registry` has an official assignment of another
  /// service, naming that service. Such an entry is no fault: people do run their own things there.
  package func warnings(against registry: Registry) -> [String] {
    entries.compactMap { entry in
      for port in entry.first...entry.last {
        for assignment in registry.assignments(of: PortNumber(port))
        where assignment.isOfficial
          && assignment.service?.lowercased() != entry.service.lowercased()
        {
          let shared = entry.transports.intersection(assignment.transports)
          guard let transport = shared.members.first else { continue }
          let own = entry.service.isEmpty ? entry.name : entry.service
          return "\(file), line \(entry.line): '\(own)' stands on \(port)/\(transport.name), "
            + "which is assigned to \(assignment.service ?? assignment.name)"
        }
      }
      return nil
    }
  }

  // MARK: Reading

  /// The entries' fields by column, each with its line.
  private static func fields(
    of file: String,
    _ bytes: [UInt8]
  ) throws(RegistryTableFault) -> [(Int, [String: String])] {
    let first = bytes.first { $0 != 0x20 && $0 != 0x09 && $0 != 0x0A && $0 != 0x0D }
    if first == UInt8(ascii: "[") || first == UInt8(ascii: "{") {
      return try jsonFields(of: file, bytes)
    }
    return try csvFields(of: file, bytes)
  }

  private static func csvFields(
    of file: String,
    _ bytes: [UInt8]
  ) throws(RegistryTableFault) -> [(Int, [String: String])] {
    var reader = CSVReader(file: file)
    var records: [CSVRecord] = []
    var index = 0
    while let record = try reader.nextRecord(in: bytes.span, from: &index) {
      records.append(record)
      try checkCount(records.count - 1, of: file, line: record.line)
    }
    if let record = try reader.finish() { records.append(record) }
    guard let header = records.first else {
      throw RegistryTableFault(table: file, line: 0, reason: "is empty")
    }
    let columns = try CSVColumns(
      header,
      of: file,
      required: ["port", "transports"],
      optional: Self.columns,
      isClosed: true
    )
    var entries: [(Int, [String: String])] = []
    for record in records.dropFirst() where record.fields != [""] {
      try checkCount(entries.count + 1, of: file, line: record.line)
      guard record.fields.count == columns.count else {
        throw RegistryTableFault(
          table: file,
          line: record.line,
          reason: "has \(record.fields.count) fields where \(columns.count) columns are named"
        )
      }
      var fields: [String: String] = [:]
      for name in Self.columns { fields[name] = columns.field(name, of: record) }
      entries.append((record.line, fields))
    }
    return entries
  }

  private static func jsonFields(
    of file: String,
    _ bytes: [UInt8]
  ) throws(RegistryTableFault) -> [(Int, [String: String])] {
    let node = try JSONReader.read(bytes, of: file)
    func fault(_ line: Int, _ reason: String) -> RegistryTableFault {
      RegistryTableFault(table: file, line: line, reason: reason)
    }
    guard case .array(let items) = node.value else { throw fault(node.line, "is no array") }
    var entries: [(Int, [String: String])] = []
    for item in items {
      guard case .object(let members) = item.value else {
        throw fault(item.line, "has an item that is no object")
      }
      try checkCount(entries.count + 1, of: file, line: item.line)
      var fields: [String: String] = [:]
      for (name, value) in members {
        guard columns.contains(name) else {
          throw fault(value.line, "there is no member '\(name.prefix(60))'")
        }
        guard let text = text(of: value) else {
          throw fault(value.line, "the member '\(name)' is no text, number or list of texts")
        }
        fields[name] = Text.singleLine(text)
      }
      entries.append((item.line, fields))
    }
    return entries
  }

  private static func text(of node: JSONNode) -> String? {
    switch node.value {
    case .null: return ""
    case .string(let text), .number(let text): return text
    case .array(let items):
      var texts: [String] = []
      for item in items {
        guard case .string(let text) = item.value else { return nil }
        texts.append(text)
      }
      return texts.joined(separator: ",")
    case .bool, .object: return nil
    }
  }

  private static func checkCount(
    _ count: Int,
    of file: String,
    line: Int
  ) throws(RegistryTableFault) {
    guard count <= entryCountMax else {
      throw RegistryTableFault(
        table: file,
        line: line,
        reason: "has more than \(entryCountMax) entries"
      )
    }
  }

  // MARK: Entries together

  /// Refuses an entry that says the same as another, or claims what another has.
  ///
  /// Two entries may share a port and a transport only where no environment has both.
  private static func checkTogether(
    _ entries: [SiteEntry],
    of file: String
  ) throws(RegistryTableFault) {
    var heldPortCount = 0
    var atPort: [UInt16: [Int]] = [:]
    for (place, entry) in entries.enumerated() {
      heldPortCount += Int(entry.last - entry.first) + 1
      guard heldPortCount <= heldPortCountMax else {
        throw RegistryTableFault(
          table: file,
          line: entry.line,
          reason: "holds more than \(heldPortCountMax) ports"
        )
      }
      for port in entry.first...entry.last {
        for other in atPort[port, default: []] where entry.collides(with: entries[other]) {
          throw RegistryTableFault(
            table: file,
            line: entry.line,
            reason: "claims \(port), which line \(entries[other].line) has for the same transport"
          )
        }
        atPort[port, default: []].append(place)
      }
    }
  }
}
