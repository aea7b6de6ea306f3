import ArgumentParser
import PortRegistry
import Posix

/// Which kind of file a registry is imported from.
enum ImportFormat: String, CaseIterable, ExpressibleByArgument, Sendable {
  /// IANA's `service-names-port-numbers.csv`.
  case iana
  /// services(5), such as `/etc/services`.
  case services

  /// Decides by the name, or else by what comes first in the file: only CSV has a comma in its
  /// first line.
  init(name: String, beginning: Span<UInt8>) {
    if name.lowercased().hasSuffix(".csv") {
      self = .iana
      return
    }
    self = .services
    for index in beginning.indices {
      switch beginning[index] {
      case UInt8(ascii: "#"), UInt8(ascii: "\n"): return
      case UInt8(ascii: ","):
        self = .iana
        return
      default: continue
      }
    }
  }
}

/// Makes a registry table of a file that comes in pieces.
struct RegistryImport {
  // One of the two.
  private var csv: IANARegistryCSV?
  private var services: ServicesFile?
  private let file: String

  /// - Parameter file: The name that faults and the report give the file.
  init(_ format: ImportFormat, file: String) {
    self.file = file
    switch format {
    case .iana: csv = IANARegistryCSV(file: file)
    case .services: services = ServicesFile(file: file)
    }
  }

  mutating func read(_ piece: Span<UInt8>) throws(RegistryTableFault) {
    try csv?.read(piece)
    try services?.read(piece)
  }

  /// Ends the file.
  ///
  /// - Returns: The table, which has been read once more to see that it can be, and what became of
  ///   every record.
  /// - Throws: Also where nothing was found: an empty table must not take the place of a full one.
  mutating func finish() throws(RegistryTableFault) -> (table: [UInt8], report: ImportReport) {
    // Only one of the two is there to be finished.
    let csvTable = try csv?.finish()
    let servicesTable = try services?.finish()
    guard let table = csvTable ?? servicesTable, let report = csv?.report ?? services?.report,
      report.rowCount > 0
    else {
      let aside = (csv?.report ?? services?.report)?.setAside.first
      throw RegistryTableFault(
        table: file,
        line: aside?.line ?? 0,
        reason: aside?.reason ?? "holds nothing that a registry could take"
      )
    }
    _ = try Registry.alone(ImportedTable(file: "the table made of \(file)", bytes: table))
    return (table, report)
  }
}
