/// What a ``TLSContext`` is made from: names of files and a few decisions.
package struct TLSConfiguration: Equatable, Sendable {
  /// A certificate chain, leaf first, and its private key, both PEM.
  package struct CertificateFiles: Equatable, Sendable {
    package let chain: String
    /// The same as `chain` where one file holds both, which a renewal can replace atomically.
    package let privateKey: String

    package init(chain: String, privateKey: String) {
      self.chain = chain
      self.privateKey = privateKey
    }
  }

  /// Whether clients must show certificates, and whose.
  package enum ClientCertificates: Equatable, Sendable {
    case none
    /// A client may show one; what it shows must verify against the file's authorities.
    case requested(authorities: String)
    /// The handshake fails without one.
    case required(authorities: String)
  }

  /// At least one. The first serves clients that name no server, or one that no certificate covers.
  package var certificates: [CertificateFiles]
  package var clientCertificates: ClientCertificates
  /// TLS 1.3 only (Mozilla's *modern*), instead of 1.2 and 1.3 (*intermediate*).
  package var modernOnly: Bool
  /// Groups for key exchange, best first; those that the library does not know are left out.
  package var groups: [String]

  package init(
    certificates: [CertificateFiles],
    clientCertificates: ClientCertificates = .none,
    modernOnly: Bool = false,
    groups: [String] = Self.standardGroups
  ) {
    self.certificates = certificates
    self.clientCertificates = clientCertificates
    self.modernOnly = modernOnly
    self.groups = groups
  }

  /// Mozilla's server side TLS guideline 6.0. The first needs OpenSSL 3.5.
  package static let standardGroups = ["X25519MLKEM768", "X25519", "prime256v1", "secp384r1"]
}
