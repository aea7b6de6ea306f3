import Posix
import TLS

extension Configuration {
  /// What TLS listeners are to negotiate, or `nil` if there are none.
  var tlsConfiguration: TLSConfiguration? {
    guard !tlsIdentities.isEmpty else { return nil }
    let clients: TLSConfiguration.ClientCertificates =
      switch (tlsClientAuthentication, tlsClientAuthorities) {
      case (.none, _), (_, nil): .none
      case (.requested, let authorities?): .requested(authorities: authorities)
      case (.required, let authorities?): .required(authorities: authorities)
      }
    return TLSConfiguration(
      certificates: tlsIdentities.map {
        TLSConfiguration.CertificateFiles(chain: $0.certificate, privateKey: $0.key)
      },
      clientCertificates: clients,
      modernOnly: tlsModern,
      groups: tlsGroups.map { $0.split(separator: ":").map(String.init) }
        ?? TLSConfiguration.standardGroups
    )
  }

  /// The files that a change of which means a reload.
  var watchedFiles: [String] {
    tlsCertificates + tlsKeys + [tlsClientAuthorities, site, registry].compactMap { $0 }
  }
}
