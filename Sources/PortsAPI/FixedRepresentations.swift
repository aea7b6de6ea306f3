import HTTP
import JSON
import PortRegistry

/// The answers, besides those of single ports, that are the same for everyone who asks.
struct FixedRepresentations: Sendable {
  private(set) var ranges: Representation
  /// By the order of ``PortRange/allCases``.
  private(set) var eachRange: [Representation]
  private(set) var map: Representation
  private(set) var descriptionYAML: Representation
  private(set) var descriptionJSON: Representation
  private(set) var dashboard: Dashboard

  init(_ registry: Registry, _ shared: SharedFields) {
    func json(_ write: (inout JSONWriter) -> Void) -> Representation {
      var writer = JSONWriter()
      write(&writer)
      writer.endText()
      return Representation(json: writer.bytes, shared)
    }
    ranges = json { RangesBody.write(registry, into: &$0) }
    eachRange = PortRange.allCases.map { range in
      json { RangesBody.write(range, of: registry, into: &$0) }
    }
    map = json { MapBody.write(registry, into: &$0) }
    descriptionYAML = Representation(
      content: EmbeddedFiles.descriptionYAML(),
      shared: shared.document,
      contentType: "application/yaml"
    )
    descriptionJSON = Representation(
      content: EmbeddedFiles.descriptionJSON(),
      shared: shared.document,
      contentType: MediaType.json.name
    )
    dashboard = Dashboard(shared)
  }

  func range(_ range: PortRange) -> Representation {
    eachRange[PortRange.allCases.firstIndex(of: range) ?? 0]
  }

  mutating func makeGzipForms(_ forms: borrowing GzipForms) {
    ranges.makeGzip(forms)
    for index in eachRange.indices { eachRange[index].makeGzip(forms) }
    map.makeGzip(forms)
    descriptionYAML.makeGzip(forms)
    descriptionJSON.makeGzip(forms)
    dashboard.makeGzip(forms)
  }
}
