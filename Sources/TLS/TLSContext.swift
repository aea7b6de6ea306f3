internal import COpenSSL

/// What all connections of one configuration share: certificates, policy, ticket keys (SSL_CTX).
///
/// It is built whole and never changed afterwards; a reload makes another, and connections keep the
/// one that they began with.
///
/// SAFETY: OpenSSL lets threads share an SSL_CTX that nobody modifies any more
/// (openssl-threads(7)), and only `init` does.
@safe package final class TLSContext: @unchecked Sendable {
  /// The certificates served, in the configuration's order.
  package let certificates: [ServedCertificate]
  /// The groups of the configuration that this library knows, best first.
  package let groups: [String]

  let handle: OpaquePointer
  let identities: IdentityTable
  let ticketKeys: TicketKeys

  /// Reads the files and checks what a client would check.
  ///
  /// - Parameter now: Seconds since 1970, against which certificates are held.
  package init(
    _ configuration: TLSConfiguration,
    ticketKeys: TicketKeys,
    now: Int64
  ) throws(TLSError) {
    var served: [Identity] = []
    for files in configuration.certificates { served.append(try Identity(files, now: now)) }
    guard !served.isEmpty else { throw .noCertificate }
    let identities = IdentityTable(served)
    let policy = try SecurityPolicy(configuration)

    ErrorQueue.clear()
    guard let handle = unsafe SSL_CTX_new(TLS_server_method()) else {
      throw .library(ErrorQueue.drain())
    }
    do {
      groups = try unsafe policy.apply(to: handle)
      for identity in identities.fallback { try unsafe identity.install(inContext: handle) }
    } catch {
      unsafe SSL_CTX_free(handle)
      throw error
    }
    certificates = served.map(\.certificate)
    unsafe self.handle = unsafe handle
    self.identities = identities
    self.ticketKeys = ticketKeys
    installCallbacks()
  }

  deinit { unsafe SSL_CTX_free(handle) }
}
