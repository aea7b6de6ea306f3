import PortRegistry

/// A table of the registry, as an operator may give one. It is read or refused, and what is read
/// can be built and asked.
func fuzzRegistryTable(_ bytes: [UInt8]) {
  for layer in [Layer.catalogue, .site] {
    var builder = RegistryBuilder()
    guard (try? builder.add(layer, table: "fuzz", bytes.span)) != nil else { continue }
    let registry = builder.build()
    let first = registry.assignments(of: PortNumber(0)).count
    precondition(first <= bytes.count)
  }
}
