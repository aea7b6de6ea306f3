import PortRegistry
import Testing

/// Goal: what came, what went and what has another name is told apart, place by place.
@Suite struct RegistryDifferenceTests {
  private typealias T = Tables

  private func lines(_ difference: RegistryDifference) -> [String] {
    func place(_ place: RegistryDifference.Place) -> String {
      let last = place.last.map { "-\($0)" } ?? ""
      return "\(place.port.map(String.init) ?? "none")\(last)/\(place.transport?.name ?? "none")"
    }
    return difference.added.map { "+ \(place($0.place)) \($0.service)" }
      + difference.withdrawn.map { "- \(place($0.place)) \($0.service)" }
      + difference.renamed.map { "~ \(place($0.place)) \($0.old) \($0.new)" }
  }

  @Test func aRegistryDoesNotDifferFromItself() throws {
    let registry = try Embedded.registry.get()
    #expect(RegistryDifference(old: registry, new: registry).isEmpty)
  }

  @Test func addedWithdrawnAndRenamedAreToldApart() throws {
    let old = try T.registry(iana: [
      T.row(1, "tcp,udp", "same", "Title"), T.row(2, "tcp,udp", "gone"),
      T.row(3, "tcp", "old-name"),
      T.row(4, "tcp", "a"), T.row(5, to: 9, "-", "range"), T.row(nil, "tcp", "nowhere"),
    ])
    let new = try T.registry(iana: [
      T.row(1, "tcp,udp,sctp", "SAME", "Other title"), T.row(2, "tcp", "gone"),
      T.row(3, "tcp", "new-name"),
      T.row(4, "tcp", "b"), T.row(4, "tcp", "c"), T.row(5, to: 8, "-", "range"),
      T.row(nil, "tcp", "elsewhere"),
    ])
    #expect(
      lines(RegistryDifference(old: old, new: new)) == [
        "+ 1/sctp SAME", "+ 4/tcp b", "+ 4/tcp c", "+ 5-8/none range", "+ none/tcp elsewhere",
        "- 2/udp gone", "- 4/tcp a", "- 5-9/none range", "- none/tcp nowhere",
        "~ 3/tcp old-name new-name",
      ]
    )
  }

  @Test func theOtherWayRoundEverythingIsTurned() throws {
    let old = try T.registry(iana: [T.row(1, "tcp", "a"), T.row(2, "tcp", "b")])
    let new = try T.registry(iana: [T.row(1, "tcp", "x"), T.row(3, "tcp", "c")])
    #expect(
      lines(RegistryDifference(old: old, new: new)) == ["+ 3/tcp c", "- 2/tcp b", "~ 1/tcp a x"]
    )
    #expect(
      lines(RegistryDifference(old: new, new: old)) == ["+ 2/tcp b", "- 3/tcp c", "~ 1/tcp x a"]
    )
  }
}
