import HTTP
import PortRegistry
import Testing
import Yams

/// openapi.yaml and the code have the same lists.
@Suite struct DescriptionTests {
  private let document: Node

  init() throws {
    document = try #require(try Yams.compose(yaml: try SourceTree.text("openapi.yaml")))
  }

  private func schema(_ name: String) throws -> Node {
    try #require(document["components"]?["schemas"]?[name], "there is no schema \(name)")
  }

  private func words(_ name: String) throws -> [String] {
    try #require(try schema(name)["enum"]).array().compactMap(\.string)
  }

  @Test func everyKindOfProblemIsDescribed() throws {
    #expect(try words("ProblemName") == Problem.Kind.allCases.map(\.rawValue))
  }

  @Test func theRegistrysWordsAreDescribed() throws {
    #expect(try words("Transport") == TransportProtocol.allCases.map(\.name))
    #expect(try words("Layer") == Layer.allCases.map(\.name))
    #expect(try words("RangeName") == PortRange.allCases.map(\.rawValue))
    #expect(try Set(words("State")) == Set(AssignmentState.allCases.map(\.name)))
  }

  @Test func everyStatusIsDescribed() throws {
    let paths = try #require(document["paths"]?.mapping)
    let statuses = Set(
      paths.values.flatMap { path in
        path["get"]?["responses"]?.mapping?.keys.compactMap(\.string) ?? []
      }
    )
    // What any request may be refused with stands in one answer's description; 204 answers OPTIONS.
    let refusals = try #require(
      document["components"]?["responses"]?["Refusal"]?["description"]?.string
    )
    for status in Status.allCases where status != .noContent {
      let code = String(status.code)
      #expect(statuses.contains(code) || refusals.contains(code), "\(code) is not described")
    }
  }

  @Test func everyObjectIsClosed() throws {
    let schemas = try #require(document["components"]?["schemas"]?.mapping)
    for (name, schema) in schemas where schema["type"]?.string == "object" {
      #expect(schema["additionalProperties"]?.bool == false, "\(name.string ?? "") is open")
    }
  }
}
