import Foundation
import PortRegistry

/// Tables for tests, written as short as they can be said.
enum Tables {
  static let header =
    "first\tlast\ttransports\tstate\tservice\tname\taliases\treferences\ttrojans\tnote\n"

  /// One row of a layer's table; what is not said is `-`.
  static func row(
    _ first: Int?,
    to last: Int? = nil,
    _ transports: String = "tcp",
    state: String = "assigned",
    _ service: String = "-",
    _ name: String = "-",
    aliases: String = "-",
    references: String = "-",
    trojans: String = "-",
    note: String = "-"
  ) -> String {
    let cells = [
      first.map(String.init) ?? "-", last.map(String.init) ?? "-", transports, state, service, name,
      aliases, references, trojans, note,
    ]
    return cells.joined(separator: "\t") + "\n"
  }

  /// A registry of the rows of some layers.
  static func registry(
    catalogue: [String] = [],
    iana: [String] = [],
    common: [String] = [],
    site: [String] = [],
    use: [String] = []
  ) throws(RegistryTableFault) -> Registry {
    var builder = RegistryBuilder()
    for (layer, rows) in [
      (Layer.catalogue, catalogue), (.iana, iana), (.common, common), (.site, site),
    ]
    where !rows.isEmpty {
      let bytes = Array((header + rows.joined()).utf8)
      try builder.add(layer, table: layer.name, bytes.span)
    }
    if !use.isEmpty {
      let bytes = Array(("port\tservice\tuse\n" + use.joined()).utf8)
      try builder.addUse(table: "use", bytes.span)
    }
    return builder.build()
  }

  /// What the checkout's file at `path` holds.
  static func file(_ path: String) throws -> String {
    let checkout = URL(filePath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    return try String(contentsOf: checkout.appending(path: path), encoding: .utf8)
  }

  /// An embedded table's rows as dictionaries by column: read in the plainest way there is, to be
  /// compared with what the program makes of the same bytes.
  static func plainRows(_ table: String) throws -> [[String: String]] {
    let lines = try file("Sources/CRegistryData/\(table).tsv").split(separator: "\n")
      .filter { !$0.hasPrefix("#") }
    guard let columns = lines.first?.components(separatedBy: "\t") else { return [] }
    return lines.dropFirst().map { line in
      let cells = line.components(separatedBy: "\t").map { $0 == "-" ? "" : $0 }
      return Dictionary(uniqueKeysWithValues: zip(columns, cells))
    }
  }
}

/// The registry that the program carries, built once for all tests.
enum Embedded {
  static let registry = Result { try Registry.embedded() }
}

/// Numbers that look random and are the same in every run (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}

extension ImportReport {
  /// All records, those that gave a row, those that were joined to one, and those set aside.
  var counts: [Int] { [recordCount, rowCount, mergedCount, setAsideCount] }
}
