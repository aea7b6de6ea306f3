import PortRegistry
import Posix

/// The files that data is read from besides the tables that the program carries.
struct DataFiles: Sendable {
  /// A table made by `portolan import`; takes the place of the embedded one of IANA's registry.
  var registry: String?
  /// The operator's own services.
  var site: String?

  /// A longer file is refused before it is read to its end.
  static let tableLimitBytes = 64 * 1024 * 1024
  static let siteLimitBytes = 16 * 1024 * 1024

  /// Why data cannot be used: the file, the line where there is one, and the reason.
  struct Failure: Error, CustomStringConvertible {
    var status = ExitStatus.badData
    let description: String
  }

  /// What was read.
  struct Contents {
    let registry: Registry
    /// What is allowed, but perhaps not meant.
    var warnings: [String] = []
  }

  /// Reads all of them and merges what they say with what the program carries.
  ///
  /// - Parameter scope: What searches are to find.
  func read(searching scope: SearchIndex.Scope = .words) throws(Failure) -> Contents {
    let table = try registry.map { path throws(Failure) in try Self.table(path) }
    do throws(RegistryTableFault) {
      var builder = try Registry.embeddedBuilder(iana: table)
      guard let site else { return Contents(registry: builder.build(searching: scope)) }
      let file = try SiteFile(file: site, Self.read(site, limitBytes: Self.siteLimitBytes))
      try file.add(to: &builder)
      let merged = builder.build(searching: scope)
      return Contents(registry: merged, warnings: file.warnings(against: merged))
    } catch {
      throw Failure(description: error.description)
    }
  }

  /// A table as it stands in a file.
  static func table(_ path: String) throws(Failure) -> ImportedTable {
    do {
      return ImportedTable(file: path, bytes: try read(path, limitBytes: tableLimitBytes))
    } catch {
      throw Failure(description: error.description)
    }
  }

  private static func read(
    _ path: String,
    limitBytes: Int
  ) throws(RegistryTableFault) -> [UInt8] {
    do throws(Errno) {
      return try File.read(path, limitBytes: limitBytes)
    } catch {
      let reason =
        error == .fileTooLarge ? "is larger than \(limitBytes) bytes" : "cannot be read: \(error)"
      throw RegistryTableFault(table: path, line: 0, reason: reason)
    }
  }
}
