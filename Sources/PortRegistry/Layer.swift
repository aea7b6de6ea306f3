/// Where a fact comes from. Layers are merged, never flattened: an answer says which layer says
/// what.
public enum Layer: UInt8, CaseIterable, Sendable {
  /// The document this registry started from.
  case catalogue
  /// IANA's Service Name and Transport Protocol Port Number Registry.
  case iana
  /// What people run and say that no registry knows.
  case common
  /// The operator's own services.
  case site

  /// The name that answers and filters use.
  public var name: String {
    switch self {
    case .catalogue: "catalogue"
    case .iana: "iana"
    case .common: "common"
    case .site: "site"
    }
  }

  /// - Parameter name: Exactly one of the lower-case names.
  public init?(name: some StringProtocol) {
    guard let match = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = match
  }

  /// Whether what it says is an assignment in the sense of RFC 6335.
  public var isOfficial: Bool { self == .catalogue || self == .iana }

  var bit: UInt8 { 1 << rawValue }
}
