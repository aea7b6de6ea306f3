import PortRegistry
import PortsAPI
import Posix

/// The data in use: a registry, the answers made of it, and where it came from. Never changed; a
/// reload makes another.
final class Dataset: Sendable {
  let store: RepresentationStore
  /// How many assignments each layer has, in the order of ``Layer/allCases``.
  let assignmentCounts: [(layer: String, count: UInt64)]
  /// What the files hold that is allowed, but perhaps not meant.
  let warnings: [String]
  /// How much it is and where it came from, in a line for those who run the program.
  let summary: String
  /// Whether answers were made ready, or are about to be.
  let isPrepared: Bool

  typealias Failure = DataFiles.Failure

  /// Reads everything that `configuration` names.
  init(_ configuration: Configuration) throws(Failure) {
    let files = DataFiles(registry: configuration.registry, site: configuration.site)
    let contents = try files.read()
    let registry = contents.registry
    warnings = contents.warnings
    var options = APIOptions()
    options.isPrivate = files.site != nil
    options.corsOrigins = configuration.corsOrigins.map(\.text)
    store = RepresentationStore(registry, options: options)
    isPrepared = false
    assignmentCounts = Layer.allCases.map { layer in
      (layer.name, UInt64(registry.records.count { $0.isIn(layer) }))
    }
    summary = Self.summary(of: registry, files, warningCount: contents.warnings.count)
  }

  private static func summary(
    of registry: Registry,
    _ files: DataFiles,
    warningCount: Int
  ) -> String {
    var facts = ["\(registry.records.count) assignments"]
    facts.append("newest table of \(Timestamp.date(daysSince1970: registry.daysSince1970))")
    if let table = files.registry { facts.append("registry \(table)") }
    if let site = files.site { facts.append("site \(site)") }
    if warningCount > 0 { facts.append("\(warningCount) warned of") }
    return facts.joined(separator: ", ")
  }

  private init(_ dataset: Dataset, store: RepresentationStore) {
    self.store = store
    isPrepared = true
    assignmentCounts = dataset.assignmentCounts
    warnings = dataset.warnings
    summary = dataset.summary
  }

  /// The same with the answers for single ports ready. Takes a while.
  func prepared() -> Dataset { Dataset(self, store: store.prepared()) }

  /// The same with the gzip forms of fixed answers. Takes longer.
  func withGzipForms() -> Dataset { Dataset(self, store: store.withGzipForms()) }

  /// When the newest table was made, in seconds since 1970.
  var secondsSince1970: UInt64 { UInt64(max(0, store.registry.daysSince1970)) * 86_400 }
}
