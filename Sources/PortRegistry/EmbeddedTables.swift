internal import CRegistryData

extension Registry {
  /// The registry that the program carries.
  ///
  /// - Throws: Which embedded table is at fault, where and why; a build with such a table is
  ///   broken.
  public static func embedded() throws(RegistryTableFault) -> Registry {
    try embeddedBuilder().build()
  }

  /// The same before it is merged, so that an operator's own layer can be put on top.
  package static func embeddedBuilder() throws(RegistryTableFault) -> RegistryBuilder {
    var builder = RegistryBuilder()
    try unsafe withTable(portolan_catalogue_table()) { bytes throws(RegistryTableFault) in
      try builder.add(.catalogue, table: "catalogue", bytes)
    }
    try unsafe withTable(portolan_iana_table()) { bytes throws(RegistryTableFault) in
      try builder.add(.iana, table: "iana", bytes)
    }
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

  private static func withTable(
    _ table: portolan_table,
    _ body: (Span<UInt8>) throws(RegistryTableFault) -> Void
  ) throws(RegistryTableFault) {
    // SAFETY: the table is a constant of the program and never goes away.
    let buffer = unsafe UnsafeBufferPointer(start: table.start, count: table.size)
    try body(unsafe buffer.span)
  }
}
