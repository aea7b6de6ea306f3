import HTTP
import JSON
package import PortRegistry

/// All that the API has ready for one state of the registry. Immutable, and shared by every loop.
package final class RepresentationStore: Sendable {
  /// Content below this size is never coded, in bytes: what gzip saves there is less than a packet.
  package static let gzipFloorBytes = 860

  package let registry: Registry
  package let options: APIOptions
  /// Tells this state of the data from any other. The same on every replica that has the same data.
  package let digest: UInt64
  /// Whether gzip forms have been made, where they are of use.
  package let hasGzipForms: Bool

  let shared: SharedFields
  let ports: PreparedPorts
  let fixed: FixedRepresentations
  let freeBlocks: FreeBlocks

  /// Makes what a start cannot do without. All else is made when it is asked for, until
  /// ``prepared()`` and ``withGzipForms()`` have made it ready in the background.
  package init(_ registry: Registry, options: APIOptions = APIOptions()) {
    self.registry = registry
    self.options = options
    shared = SharedFields(
      options,
      lastModified: registry.daysSince1970 > 0
        ? DateField(secondsSince1970: Int64(registry.daysSince1970) * 86_400) : nil
    )
    ports = PreparedPorts()
    fixed = FixedRepresentations(registry, shared)
    freeBlocks = FreeBlocks(registry)
    digest = Self.digest(registry)
    hasGzipForms = false
  }

  /// The same with the answers for single ports ready. Takes a while; call it in the background.
  package func prepared() -> RepresentationStore {
    guard ports.isEmpty else { return self }
    return RepresentationStore(
      self,
      ports: PreparedPorts(registry, shared: shared),
      fixed: fixed,
      hasGzipForms: false
    )
  }

  /// The same with the gzip forms of all that is long enough. Takes a while; call it in the
  /// background.
  package func withGzipForms() -> RepresentationStore {
    guard !hasGzipForms, let forms = GzipForms() else { return self }
    var ports = ports
    ports.makeGzipForms(forms, shared: shared)
    var fixed = fixed
    fixed.makeGzipForms(forms)
    return RepresentationStore(self, ports: ports, fixed: fixed, hasGzipForms: true)
  }

  private init(
    _ plain: RepresentationStore,
    ports: PreparedPorts,
    fixed: FixedRepresentations,
    hasGzipForms: Bool
  ) {
    registry = plain.registry
    options = plain.options
    digest = plain.digest
    shared = plain.shared
    freeBlocks = plain.freeBlocks
    self.ports = ports
    self.fixed = fixed
    self.hasGzipForms = hasGzipForms
  }

  /// What an answer says to the origin that asks, if the data is private and the operator allows
  /// it.
  func originLines(_ negotiation: Negotiation, _ bytes: Span<UInt8>) -> [UInt8] {
    guard options.isPrivate, let origin = negotiation.origin,
      let allowed = options.corsOrigins.first(where: { bytes.extracting(origin).equals($0) })
    else { return [] }
    return Array("Access-Control-Allow-Origin: \(allowed)\r\n".utf8) + shared.privateCORS
  }

  /// Raised when the answers to the same question over the same data change.
  private static let formatVersion: UInt64 = 2

  /// Everything that answers are made of: the words of all layers, and what was decided of them.
  private static func digest(_ registry: Registry) -> UInt64 {
    var digest = ContentDigest()
    digest.append(formatVersion)
    let text = registry.text
    digest.append(text.span)
    for record in registry.records {
      digest.append(UInt64(record.first) | UInt64(record.last) << 16 | UInt64(record.use) << 32)
      var transports = UInt64(record.layers)
      for layer in Layer.allCases {
        transports = transports << 8 | UInt64(record.transports(in: layer).rawValue)
      }
      digest.append(transports)
    }
    return digest.finish()
  }
}
