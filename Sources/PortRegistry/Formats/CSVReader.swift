/// One record of a CSV file.
struct CSVRecord: Equatable {
  /// The line on which it begins, counted from 1.
  let line: Int
  let fields: [String]
}

/// Reads the records of RFC 4180 from a file that comes in pieces, however it is cut.
///
///     record  = field *( "," field ) ( CRLF / LF )
///     field   = DQUOTE *( TEXT / "," / CR / LF / 2DQUOTE ) DQUOTE / *TEXT
///
/// Holds one record at a time. What is not such a file is refused with the line and the reason, so
/// that nothing is read from a file of another kind or from one that was cut short inside quotes.
struct CSVReader {
  /// A longer field is a quote that nobody closed, or no text. In bytes.
  static let fieldSizeMax = 1 << 16
  /// More fields than this are not read from one record.
  static let fieldCountMax = 256

  private enum State {
    case fieldStart
    case unquoted
    case quoted
    /// Behind a quote in a quoted field: its end, or the first of two.
    case quoteInQuoted
    /// Behind CR outside quotes, where only LF may follow.
    case carriageReturn
  }

  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  private let file: String
  private var state = State.fieldStart
  private var field: [UInt8] = []
  private var fields: [String] = []
  private var line = 1
  private var recordLine = 1
  private var quoteLine = 1
  /// How many bytes of the byte order mark the file has begun with; `nil` once that is decided.
  private var markSize: Int? = 0

  /// - Parameter file: The name that faults give the file.
  init(file: String) {
    self.file = file
  }

  /// Reads on in `chunk` from `index`, to the end of the next record.
  ///
  /// - Returns: `nil` when the chunk is used up. ``finish()`` says what the last chunk leaves over.
  mutating func nextRecord(
    in chunk: Span<UInt8>,
    from index: inout Int
  ) throws(RegistryTableFault) -> CSVRecord? {
    while index < chunk.count {
      let byte = chunk[index]
      index += 1
      if try isByteOrderMark(byte) { continue }
      if try take(byte) { return endRecord() }
    }
    return nil
  }

  /// The record that the end of the file ends, if it does not end with a line end.
  mutating func finish() throws(RegistryTableFault) -> CSVRecord? {
    try takeHalfMark()
    switch state {
    case .quoted:
      throw fault(
        "ends inside quotes that open on line \(quoteLine): the file is cut short",
        quoteLine
      )
    case .carriageReturn: throw fault("ends in CR without LF")
    case .fieldStart where fields.isEmpty: return nil
    case .fieldStart, .unquoted, .quoteInQuoted:
      try endField()
      return endRecord()
    }
  }

  // MARK: Bytes

  /// Takes one byte in; true if it ends the record.
  private mutating func take(_ byte: UInt8) throws(RegistryTableFault) -> Bool {
    try refuseControl(byte)
    switch (state, byte) {
    case (.carriageReturn, UInt8(ascii: "\n")): return true
    case (.carriageReturn, _): throw fault("holds CR without LF outside quotes")
    case (.quoted, UInt8(ascii: "\"")): state = .quoteInQuoted
    case (.quoted, _): try append(byte)
    case (.quoteInQuoted, UInt8(ascii: "\"")):
      try append(byte)
      state = .quoted
    case (.fieldStart, UInt8(ascii: "\"")):
      quoteLine = line
      state = .quoted
    case (_, UInt8(ascii: ",")):
      try endField()
      state = .fieldStart
    case (_, UInt8(ascii: "\r")):
      try endField()
      state = .carriageReturn
    case (_, UInt8(ascii: "\n")):
      try endField()
      return true
    case (.quoteInQuoted, _): throw fault("has text behind a closing quote")
    case (.unquoted, UInt8(ascii: "\"")): throw fault("has a quote inside a field without quotes")
    case (.fieldStart, _), (.unquoted, _):
      try append(byte)
      state = .unquoted
    }
    return false
  }

  private func refuseControl(_ byte: UInt8) throws(RegistryTableFault) {
    switch byte {
    case 0: throw fault("holds a NUL byte: this is no text file, or one in UTF-16")
    case UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"): break
    case 1..<0x20, 0x7F: throw fault("holds a control byte (\(byte)): this is no text file")
    default: break
    }
  }

  /// Whether `byte` is part of UTF-8's mark at the beginning of the file, which says nothing.
  private mutating func isByteOrderMark(_ byte: UInt8) throws(RegistryTableFault) -> Bool {
    guard let size = markSize else { return false }
    if size == 0, byte >= 0xFE { throw fault("is UTF-16, not UTF-8") }
    if byte == Self.byteOrderMark[size] {
      markSize = size + 1 < Self.byteOrderMark.count ? size + 1 : nil
      return true
    }
    try takeHalfMark()
    return false
  }

  /// Decides that there is no mark; what looked like one is text.
  private mutating func takeHalfMark() throws(RegistryTableFault) {
    let size = markSize ?? 0
    markSize = nil
    for byte in Self.byteOrderMark.prefix(size) { _ = try take(byte) }
  }

  private mutating func append(_ byte: UInt8) throws(RegistryTableFault) {
    guard field.count < Self.fieldSizeMax else {
      let start = state == .quoted ? quoteLine : line
      throw fault("has a field of more than \(Self.fieldSizeMax) bytes", start)
    }
    field.append(byte)
    if byte == UInt8(ascii: "\n") { line += 1 }
  }

  private mutating func endField() throws(RegistryTableFault) {
    guard fields.count < Self.fieldCountMax else {
      throw fault("has more than \(Self.fieldCountMax) fields")
    }
    guard let text = String(validating: field, as: UTF8.self) else {
      throw fault("is not UTF-8", recordLine)
    }
    fields.append(text)
    field.removeAll(keepingCapacity: true)
  }

  private mutating func endRecord() -> CSVRecord {
    let record = CSVRecord(line: recordLine, fields: fields)
    fields.removeAll(keepingCapacity: true)
    state = .fieldStart
    line += 1
    recordLine = line
    return record
  }

  private func fault(_ reason: String, _ line: Int? = nil) -> RegistryTableFault {
    RegistryTableFault(table: file, line: line ?? self.line, reason: reason)
  }
}

/// Where a CSV file has the columns that are looked for, by their names and in any order.
struct CSVColumns {
  private let places: [String: Int]
  let count: Int

  /// - Parameters:
  ///   - required: Names without which the file is of another kind.
  ///   - optional: Names that are known besides; further ones are ignored unless `isClosed`.
  init(
    _ header: CSVRecord,
    of file: String,
    required: [String],
    optional: [String],
    isClosed: Bool = false
  ) throws(RegistryTableFault) {
    func fault(_ reason: String) -> RegistryTableFault {
      RegistryTableFault(table: file, line: header.line, reason: reason)
    }
    let names = header.fields.map { Text.singleLine($0).lowercased() }
    if names.count == 1 {
      for (separator, word) in [(";" as Character, "semicolons"), ("\t", "tabs")]
      where header.fields[0].contains(separator) {
        throw fault("its fields are separated by \(word), not by commas")
      }
    }
    func missing(_ name: String) -> RegistryTableFault {
      fault("the first line does not name the column '\(name)'")
    }
    // A first line that names none of them is no header, whatever else is odd in it.
    if let name = required.first, !required.contains(where: names.contains) { throw missing(name) }
    var places: [String: Int] = [:]
    for (place, name) in names.enumerated() {
      if places.updateValue(place, forKey: name) != nil {
        throw fault("the column '\(name.prefix(60))' comes twice")
      }
      if isClosed, !required.contains(name), !optional.contains(name) {
        throw fault("there is no column '\(name.prefix(60))'")
      }
    }
    for name in required where places[name] == nil { throw missing(name) }
    self.places = places
    count = header.fields.count
  }

  /// The field of `record` in the column of that name, on one line; empty if there is none.
  func field(_ name: String, of record: CSVRecord) -> String {
    guard let place = places[name], place < record.fields.count else { return "" }
    return Text.singleLine(record.fields[place])
  }
}
