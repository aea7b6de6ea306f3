internal import CRegistryData

/// A registry table that somebody made with `portolan import`.
package struct ImportedTable: Sendable {
  /// The name that faults give it.
  package let file: String
  package let bytes: [UInt8]

  package init(file: String, bytes: [UInt8]) {
    self.file = file
    self.bytes = bytes
  }
}

extension Registry {
  /// The registry that the program carries.
  ///
  /// - Throws: Which embedded table is at fault, where and why; a build with such a table is
  ///   broken.
  public static func embedded() throws(RegistryTableFault) -> Registry {
    try embeddedBuilder().build()
  }

  /// What one table says, without any other layer. Two such registries can be compared.
  ///
  /// - Parameter table: `nil` for the embedded table of IANA's registry.
  package static func alone(_ table: ImportedTable?) throws(RegistryTableFault) -> Registry {
    var builder = RegistryBuilder()
    try addIANA(table, to: &builder)
    return builder.build(searching: .nothing)
  }

  /// The same as ``embedded()`` before it is merged, so that an operator's own layer can be put on
  /// top.
  ///
  /// - Parameter table: Takes the place of the embedded table of IANA's registry.
  package static func embeddedBuilder(
    iana table: ImportedTable? = nil
  ) throws(RegistryTableFault) -> RegistryBuilder {
    let sizeBesides =
      unsafe portolan_catalogue_table().size + portolan_common_table().size
      + portolan_use_table().size + portolan_ranges_table().size
    let ianaSize = unsafe table?.bytes.count ?? portolan_iana_table().size
    var builder = RegistryBuilder(expecting: sizeBesides + ianaSize)
    try unsafe withTable(portolan_catalogue_table()) { bytes throws(RegistryTableFault) in
      try builder.add(.catalogue, table: "catalogue", bytes)
    }
    try addIANA(table, to: &builder)
    try unsafe withTable(portolan_common_table()) { bytes throws(RegistryTableFault) in
      try builder.add(.common, table: "common", bytes)
    }
    try unsafe withTable(portolan_use_table()) { bytes throws(RegistryTableFault) in
      try builder.addUse(table: "use", bytes)
    }
    try unsafe withTable(portolan_ranges_table()) { bytes throws(RegistryTableFault) in
      try builder.addRanges(table: "ranges", bytes)
    }
    return builder
  }

  private static func addIANA(
    _ table: ImportedTable?,
    to builder: inout RegistryBuilder
  ) throws(RegistryTableFault) {
    if let table { return try builder.add(.iana, table: table.file, table.bytes.span) }
    try unsafe withTable(portolan_iana_table()) { bytes throws(RegistryTableFault) in
      try builder.add(.iana, table: "iana", bytes)
    }
  }

  private static func withTable(
    _ table: portolan_table,
    _ body: (Span<UInt8>) throws(RegistryTableFault) -> Void
  ) throws(RegistryTableFault) {
    // SAFETY: the table is a constant of the program and never goes away.
    let buffer = unsafe UnsafeBufferPointer(start: table.start, count: table.size)
    try body(unsafe buffer.span)
  }
}
