@testable import PortRegistry

/// Records of a CSV file.
///
/// A file that is read is UTF-8, and what was read of it, written with every field in quotes, is
/// read again as the same.
func fuzzCSV(_ bytes: [UInt8]) {
  guard let records = outcome(bytes, recordsOfCSV) else { return }
  precondition(String(validating: bytes, as: UTF8.self) != nil)
  var again: [UInt8] = []
  for record in records {
    precondition((1...bytes.count).contains(record.line))
    for (place, field) in record.fields.enumerated() {
      again += Array((place == 0 ? "\"" : ",\"").utf8)
      for byte in field.utf8 {
        again.append(byte)
        if byte == UInt8(ascii: "\"") { again.append(byte) }
      }
      again.append(UInt8(ascii: "\""))
    }
    again += [0x0D, 0x0A]
  }
  let fields = recordsOfCSV([again[...]])?.map { $0.fields.map { Array($0.utf8) } }
  precondition(fields == records.map { $0.fields.map { Array($0.utf8) } })
}

private func recordsOfCSV(_ pieces: [ArraySlice<UInt8>]) -> [CSVRecord]? {
  var reader = CSVReader(file: "fuzz")
  var records: [CSVRecord] = []
  do {
    for piece in pieces {
      var index = 0
      let piece = Array(piece)
      while let record = try reader.nextRecord(in: piece.span, from: &index) {
        records.append(record)
      }
      precondition(index == piece.count)
    }
    if let record = try reader.finish() { records.append(record) }
    return records
  } catch {
    return nil
  }
}

/// IANA's CSV. See ``checkImport(_:_:)``.
func fuzzIANARegistryCSV(_ bytes: [UInt8]) {
  let read = outcome(bytes) { pieces in
    var file = IANARegistryCSV(file: "fuzz")
    return importing(
      pieces,
      { bytes throws(RegistryTableFault) in try file.read(bytes) },
      { () throws(RegistryTableFault) in (try file.finish(), file.report) }
    )
  }
  checkImport(read, bytes.count)
}

/// A file of services(5). See ``checkImport(_:_:)``.
func fuzzServicesFile(_ bytes: [UInt8]) {
  let read = outcome(bytes) { pieces in
    var file = ServicesFile(file: "fuzz")
    return importing(
      pieces,
      { bytes throws(RegistryTableFault) in try file.read(bytes) },
      { () throws(RegistryTableFault) in (try file.finish(), file.report) }
    )
  }
  checkImport(read, bytes.count)
}

/// What was imported: the table, and what became of every record.
private struct Import: Equatable {
  var table: [UInt8]
  var report: ImportReport
}

private func importing(
  _ pieces: [ArraySlice<UInt8>],
  _ read: (Span<UInt8>) throws(RegistryTableFault) -> Void,
  _ finish: () throws(RegistryTableFault) -> ([UInt8], ImportReport)
) -> Import? {
  do {
    for piece in pieces { try read(Array(piece).span) }
    let (table, report) = try finish()
    return Import(table: table, report: report)
  } catch {
    return nil
  }
}

/// No record is dropped in silence, every row is one of the table, and a table that the program
/// writes is one that it reads.
private func checkImport(_ read: Import?, _ size: Int) {
  guard let read else { return }
  let report = read.report
  precondition(
    report.recordCount == report.rowCount + report.mergedCount + report.setAsideCount
  )
  precondition(report.recordCount <= size && report.setAside.count == report.setAsideCount)
  // The line that names the columns is the one that is neither a remark nor a row.
  let lines = read.table.split(separator: UInt8(ascii: "\n"))
  precondition(lines.count { $0.first != UInt8(ascii: "#") } == report.rowCount + 1)
  var builder = RegistryBuilder()
  do {
    try builder.add(.iana, table: "fuzz", read.table.span)
  } catch {
    preconditionFailure("\(error)")
  }
}
