/// Which identities serve which server name (SNI, RFC 6066 §3).
struct IdentityTable: Sendable {
  /// For clients that name no server, or one that nobody covers.
  let fallback: [Identity]
  /// Whether a name can lead to anything but the fallback.
  let hasChoice: Bool
  /// By DNS name in lower case; wildcards under the name as certificates write it, `*.example.com`.
  private let byName: [String: [Identity]]

  /// - Precondition: `identities` is not empty.
  init(_ identities: [Identity]) {
    var byName: [String: [Identity]] = [:]
    for identity in identities {
      for name in identity.certificate.names {
        let others = byName[name, default: []]
        // Of two with the same kind of key the earlier one is served.
        if others.contains(where: { $0.keyKind == identity.keyKind }) { continue }
        byName[name] = others + [identity]
      }
    }
    self.byName = byName
    hasChoice = identities.count > 1
    // The first, and those of other key kinds that serve the same name.
    let first = identities[0]
    let namesakes = first.certificate.names.first.flatMap { byName[$0] } ?? []
    fallback = [first] + namesakes.filter { $0.keyKind != first.keyKind }
  }

  /// The identities for `name`, at most one of each kind of key: those that cover it as it stands,
  /// or those whose wildcard covers its first label (RFC 9525 §6.3).
  func identities(for name: String) -> [Identity]? {
    let name = name.lowercased()
    if let exact = byName[name] { return exact }
    guard let dot = name.firstIndex(of: "."), dot > name.startIndex else { return nil }
    return byName["*" + name[dot...]]
  }
}
