internal import COpenSSL

/// Whether clients show certificates, and the authorities that must have issued them.
struct ClientVerification {
  /// SSL_VERIFY_PEER and its kin.
  private let mode: CInt
  private let authorities: [Certificate]
  private let path: String

  init(_ setting: TLSConfiguration.ClientCertificates) throws(TLSError) {
    switch setting {
    case .none:
      mode = SSL_VERIFY_NONE
      authorities = []
      path = ""
    case .requested(let path):
      mode = SSL_VERIFY_PEER
      authorities = try PEMFile(path: path).certificates()
      self.path = path
    case .required(let path):
      mode = SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT
      authorities = try PEMFile(path: path).certificates()
      self.path = path
    }
  }

  func apply(to context: OpaquePointer) throws(TLSError) {
    unsafe SSL_CTX_set_verify(context, mode, nil)
    unsafe SSL_CTX_set_verify_depth(context, SecurityPolicy.clientChainDepth)
    let store = unsafe SSL_CTX_get_cert_store(context)
    for authority in authorities {
      let isStored = unsafe X509_STORE_add_cert(store, authority.handle) == 1
      // The names go into the request, so that the client can choose a certificate.
      guard isStored, unsafe SSL_CTX_add_client_CA(context, authority.handle) == 1 else {
        throw .file(path: path, .refused(ErrorQueue.drain()))
      }
    }
    // An authority in the file is believed even if it is no root.
    unsafe X509_STORE_set_flags(store, UInt(X509_V_FLAG_PARTIAL_CHAIN))
    let identifier = digest()
    try check(
      unsafe SSL_CTX_set_session_id_context(context, identifier, UInt32(identifier.count))
    )
  }

  /// A digest of this policy, which is sealed into each ticket. A session that began under another
  /// policy is not resumed: its client was not asked, or was believed for other reasons.
  private func digest() -> [UInt8] {
    var content = [UInt8(truncatingIfNeeded: mode)]
    for authority in authorities { content += authority.fingerprint }
    var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    var count: UInt32 = 0
    unsafe EVP_Digest(content, content.count, &digest, &count, EVP_sha256(), nil)
    return Array(digest.prefix(Int(count)))
  }
}
