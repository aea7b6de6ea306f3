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

  /// Makes everything but the gzip forms, in a few milliseconds.
  package init(_ registry: Registry, options: APIOptions = APIOptions()) {
    self.registry = registry
    self.options = options
    shared = SharedFields(
      options,
      lastModified: registry.daysSince1970 > 0
        ? DateField(secondsSince1970: Int64(registry.daysSince1970) * 86_400) : nil
    )
    ports = PreparedPorts(registry, shared: shared)
    fixed = FixedRepresentations(registry, shared)
    freeBlocks = FreeBlocks(registry)
    digest = Self.digest(registry, ports)
    hasGzipForms = false
  }

  /// The same with the gzip forms of all that is long enough. Takes a while; call it in the background.
  package func withGzipForms() -> RepresentationStore {
    guard !hasGzipForms, let forms = GzipForms() else { return self }
    var ports = ports
    ports.makeGzipForms(forms, shared: shared)
    var fixed = fixed
    fixed.makeGzipForms(forms)
    return RepresentationStore(self, ports: ports, fixed: fixed)
  }

  private init(_ plain: RepresentationStore, ports: PreparedPorts, fixed: FixedRepresentations) {
    registry = plain.registry
    options = plain.options
    digest = plain.digest
    shared = plain.shared
    freeBlocks = plain.freeBlocks
    self.ports = ports
    self.fixed = fixed
    hasGzipForms = true
  }

  /// What an answer says to the origin that asks, if the data is private and the operator allows it.
  func originLines(_ negotiation: Negotiation, _ bytes: Span<UInt8>) -> [UInt8] {
    guard options.isPrivate, let origin = negotiation.origin,
      let allowed = options.corsOrigins.first(where: { bytes.extracting(origin).equals($0) })
    else { return [] }
    return Array("Access-Control-Allow-Origin: \(allowed)\r\n".utf8) + shared.privateCORS
  }

  /// Raised when the answers to the same question over the same data change.
  private static let formatVersion: UInt64 = 1

  private static func digest(_ registry: Registry, _ ports: PreparedPorts) -> UInt64 {
    var digest = ContentDigest()
    digest.append(formatVersion)
    for entry in ports.entries { digest.append(entry.digest) }
    for number in registry.records.indices {
      // Those with a port are in their ports' answers; the weight is in none, and orders lists.
      if number >= registry.portedCount {
        let body = ports.assignment(number)
        digest.append(body.span)
      }
      digest.append(registry.records[number].use)
    }
    for port in UInt16.min...UInt16.max {
      digest.append(registry.states(of: PortNumber(port)).rawValue)
    }
    return digest.finish()
  }
}
