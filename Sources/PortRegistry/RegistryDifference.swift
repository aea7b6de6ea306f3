/// What one registry assigns that another does not.
///
/// What is compared are (port, transport, service): a service whose title or references changed is
/// the same. Where one service left a place and one came to it, that is a new name.
package struct RegistryDifference: Equatable, Sendable {
  /// Where a service is assigned.
  package struct Place: Hashable, Comparable, Sendable {
    /// `nil` for a service without a port.
    package let port: UInt16?
    package let last: UInt16?
    /// `nil` where no transport is named.
    package let transport: TransportProtocol?

    package static func < (left: Place, right: Place) -> Bool { left.rank < right.rank }

    private var rank: (Int, Int, UInt8) {
      (port.map(Int.init) ?? .max, Int(last ?? 0), transport?.rawValue ?? .max)
    }
  }

  /// A service that came or went.
  package struct Change: Hashable, Comparable, Sendable {
    package let place: Place
    package let service: String

    package static func < (left: Change, right: Change) -> Bool {
      (left.place, left.service) < (right.place, right.service)
    }
  }

  /// A service that has another name now.
  package struct Renaming: Hashable, Sendable {
    package let place: Place
    package let old: String
    package let new: String
  }

  package private(set) var added: [Change] = []
  package private(set) var withdrawn: [Change] = []
  package private(set) var renamed: [Renaming] = []

  /// Whether both assign the same.
  package var isEmpty: Bool { added.isEmpty && withdrawn.isEmpty && renamed.isEmpty }

  /// Compares all that the layers of two registries name.
  package init(old: Registry, new: Registry) {
    let before = Self.services(of: old)
    let after = Self.services(of: new)
    for place in Set(before.keys).union(after.keys).sorted() {
      let was = before[place] ?? [:]
      let now = after[place] ?? [:]
      let gone = was.filter { now[$0.key] == nil }.map(\.value).sorted()
      let come = now.filter { was[$0.key] == nil }.map(\.value).sorted()
      if let oldName = gone.first, let newName = come.first, gone.count == 1, come.count == 1,
        place.port != nil
      {
        renamed.append(Renaming(place: place, old: oldName, new: newName))
      } else {
        withdrawn += gone.map { Change(place: place, service: $0) }
        added += come.map { Change(place: place, service: $0) }
      }
    }
  }

  /// The services at each place: as they are compared, and as they are spelt.
  private static func services(of registry: Registry) -> [Place: [String: String]] {
    var services: [Place: [String: String]] = [:]
    for record in registry.records {
      let isNamed = !record.service.isEmpty
      let name = registry.string(isNamed ? record.service : record.name)
      let named = record.transports.members
      for transport in named.isEmpty ? [nil] : named.map(Optional.some) {
        let place = Place(
          port: record.hasPort ? record.first : nil,
          last: record.isRange ? record.last : nil,
          transport: transport
        )
        services[place, default: [:]][name.lowercased()] = name
      }
    }
    return services
  }
}
