/// Merges the layers' tables into one ``Registry``.
///
/// One assignment is one (port, last, service). What the layers say of it is kept side by side;
/// nothing is merged by guessing.
package struct RegistryBuilder: ~Copyable {
  /// A row that assigns, before merging. Lists are still the cells they came from.
  struct Row {
    var first: UInt16
    var last: UInt16
    var hasPort: Bool
    var transports: TransportSet
    var layer: Layer
    var service: TextRange
    /// Empty where the row has a service name alone.
    var name: TextRange
    var note: TextRange
    var aliases: TextRange
    var references: TextRange
    var trojans: TextRange
    /// As in ``AssignmentRecord``.
    var registration: UInt32
  }

  struct Reservation {
    var first: UInt16
    var last: UInt16
    var transports: TransportSet
  }

  struct UseRow {
    var port: UInt16
    var service: TextRange
    var use: UInt8
  }

  /// Rows that assign, of all tables together: what a posting's record number can count.
  static let rowCountMax = 1 << 24
  /// Ports that all rows together may hold, each row counting its own: 128 a port.
  static let heldPortCountMax = 1 << 23
  /// All tables together, in bytes: what a ``TextRange`` can reach, and a margin for joined notes.
  static let textSizeMax = 1 << 31

  var parts = RegistryParts()
  var rows: [Row] = []
  var reservations: [Reservation] = []
  var uses: [UseRow] = []
  private var heldPortCount = 0

  /// - Parameter sizeExpected: How many bytes of tables are about to come.
  package init(expecting sizeExpected: Int = 0) {
    parts.text.reserveCapacity(sizeExpected)
    rows.reserveCapacity(sizeExpected / Self.rowSizeExpected)
  }

  /// What a row of a table takes on average, in bytes.
  private static let rowSizeExpected = 64

  // MARK: Taking tables

  /// Takes a layer's table.
  ///
  /// - Throws: Which line is at fault and why. The builder is of no use then.
  package mutating func add(
    _ layer: Layer,
    table name: String,
    _ bytes: Span<UInt8>
  ) throws(RegistryTableFault) {
    let range = try take(bytes, of: name)
    let text = parts.text
    var table = try RegistryTable(
      name,
      in: text.span,
      range,
      required: [.first, .last, .transports, .service, .name]
    )
    while try table.nextRow(text.span) { try addRow(table, text.span, layer) }
    parts.daysSince1970 = max(parts.daysSince1970, table.daysSince1970)
  }

  private mutating func addRow(
    _ table: RegistryTable,
    _ bytes: Span<UInt8>,
    _ layer: Layer
  ) throws(RegistryTableFault) {
    let first = try table.port(.first, bytes)
    let last = try table.port(.last, bytes)
    if let last, last <= first ?? .max {
      throw table.fault("the last port of a range must be above the first")
    }
    let transports = try table.transports(bytes)
    let service = TextRange(table.cell(.service, bytes))
    let name = TextRange(table.cell(.name, bytes))
    let note = TextRange(table.cell(.note, bytes))
    let state = try table.state(bytes)
    if state == .assigned {
      if service.isEmpty, name.isEmpty { throw table.fault("has neither a service nor a name") }
      let row = Row(
        first: first ?? 0,
        last: last ?? first ?? 0,
        hasPort: first != nil,
        transports: transports,
        layer: layer,
        service: service,
        name: name,
        note: note,
        aliases: TextRange(table.cell(.aliases, bytes)),
        references: TextRange(table.cell(.references, bytes)),
        trojans: TextRange(table.cell(.trojans, bytes)),
        registration: registration(of: table, bytes)
      )
      heldPortCount += Int(row.last - row.first) + 1
      guard rows.count < Self.rowCountMax, heldPortCount <= Self.heldPortCountMax else {
        throw table.fault("assigns more than a registry can hold")
      }
      rows.append(row)
    } else if first == nil {
      throw table.fault("only an assignment may lack a port")
    }
    guard let first else { return }
    // A row that names no transport keeps the number from all of them, an assignment's row too.
    if layer.isOfficial, state == .reserved || (state == .assigned && transports.isEmpty) {
      reservations.append(
        Reservation(
          first: first,
          last: last ?? first,
          transports: transports.isEmpty ? .all : transports
        )
      )
    }
    if state != .assigned, !note.isEmpty {
      parts.notes.append(
        Registry.Note(
          first: first,
          last: last ?? first,
          transports: transports,
          text: note,
          layer: layer
        )
      )
    }
  }

  /// Takes the table of weights.
  package mutating func addUse(table name: String, _ bytes: Span<UInt8>) throws(RegistryTableFault)
  {
    let range = try take(bytes, of: name)
    let text = parts.text
    var table = try RegistryTable(
      name,
      in: text.span,
      range,
      required: [.port, .service, .use]
    )
    while try table.nextRow(text.span) {
      guard let port = try table.port(.port, text.span) else { throw table.fault("lacks a port") }
      let cell = table.cell(.use, text.span)
      guard let use = RegistryTable.decimal(text.span.extracting(cell)), (0...9).contains(use)
      else { throw table.fault("the use must be a number from 0 to 9") }
      uses.append(
        UseRow(
          port: port,
          service: TextRange(table.cell(.service, text.span)),
          use: UInt8(use)
        )
      )
    }
  }

  /// Takes the table of the three ranges.
  package mutating func addRanges(
    table name: String,
    _ bytes: Span<UInt8>
  ) throws(RegistryTableFault) {
    let range = try take(bytes, of: name)
    let text = parts.text
    var table = try RegistryTable(
      name,
      in: text.span,
      range,
      required: [.name, .first, .last, .names, .facts]
    )
    while try table.nextRow(text.span) {
      let word = table.text(table.cell(.name, text.span), text.span)
      guard let portRange = PortRange(rawValue: word) else {
        throw table.fault("'\(word)' is not system, user or dynamic")
      }
      guard try table.port(.first, text.span) == portRange.numbers.lowerBound,
        try table.port(.last, text.span) == portRange.numbers.upperBound
      else { throw table.fault("the bounds of \(word) are not those of RFC 6335") }
      parts.rangeFacts.append(
        Registry.RangeFacts(
          range: portRange,
          names: split(TextRange(table.cell(.names, text.span))),
          facts: split(TextRange(table.cell(.facts, text.span)))
        )
      )
    }
  }

  /// Copies a table behind those taken before.
  private mutating func take(
    _ bytes: Span<UInt8>,
    of table: String
  ) throws(RegistryTableFault) -> Range<Int> {
    let start = parts.text.count
    guard bytes.count <= Self.textSizeMax - start else {
      throw RegistryTableFault(table: table, line: 0, reason: "is larger than a registry can hold")
    }
    parts.text.append(addingCapacity: bytes.count) { target in
      for index in bytes.indices { target.append(bytes[index]) }
    }
    return start..<parts.text.count
  }

  /// The items of a list, empty ones left out.
  func split(_ cell: TextRange) -> [TextRange] {
    if cell.isEmpty { return [] }
    var items: [TextRange] = []
    var start = cell.bytes.lowerBound
    var index = start
    while index <= cell.bytes.upperBound {
      if index == cell.bytes.upperBound || parts.text[index] == UInt8(ascii: "|") {
        if index > start { items.append(TextRange(start..<index)) }
        start = index + 1
      }
      index += 1
    }
    return items
  }
}
