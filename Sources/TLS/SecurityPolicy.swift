internal import COpenSSL

/// What we speak and with whom: Mozilla's server side TLS guideline 6.0, *intermediate* or
/// *modern*.
@safe struct SecurityPolicy {
  /// For TLS 1.2; all have forward secrecy and authenticated encryption.
  static let cipherList = [
    "ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-RSA-AES128-GCM-SHA256",
    "ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-RSA-AES256-GCM-SHA384",
    "ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE-RSA-CHACHA20-POLY1305",
  ]
  /// For TLS 1.3.
  static let cipherSuites = [
    "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256",
  ]
  /// Certificates between a client's and its authority's, at most.
  static let clientChainDepth: CInt = 4

  private let modernOnly: Bool
  private let groups: [String]
  private let verification: ClientVerification

  /// Reads the file of authorities, if there is one.
  init(_ configuration: TLSConfiguration) throws(TLSError) {
    modernOnly = configuration.modernOnly
    groups = configuration.groups
    verification = try ClientVerification(configuration.clientCertificates)
  }

  /// - Returns: The groups that the library knows.
  func apply(to context: OpaquePointer) throws(TLSError) -> [String] {
    let lowest = modernOnly ? TLS1_3_VERSION : TLS1_2_VERSION
    try check(unsafe portolan_SSL_CTX_set_min_proto_version(context, lowest))
    try check(unsafe portolan_SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION))
    try check(
      unsafe SSL_CTX_set_cipher_list(context, Self.cipherList.joined(separator: ":"))
    )
    try check(
      unsafe SSL_CTX_set_ciphersuites(context, Self.cipherSuites.joined(separator: ":"))
    )
    let known = try unsafe applyGroups(to: context)

    // Every suite is strong, so the client, which knows whether its processor has AES, chooses.
    unsafe SSL_CTX_clear_options(context, portolan_SSL_OP_CIPHER_SERVER_PREFERENCE)
    unsafe SSL_CTX_set_options(
      context,
      portolan_SSL_OP_NO_COMPRESSION | portolan_SSL_OP_NO_RENEGOTIATION
    )
    // Early data can be replayed (RFC 8446 §8).
    unsafe SSL_CTX_set_max_early_data(context, 0)

    unsafe applyBuffering(to: context)
    try unsafe applySessions(to: context)
    try unsafe verification.apply(to: context)
    return known
  }

  private func applyGroups(to context: OpaquePointer) throws(TLSError) -> [String] {
    let known = groups.filter { unsafe portolan_SSL_CTX_set1_groups_list(context, $0) == 1 }
    ErrorQueue.clear()
    guard !known.isEmpty else { throw .noKnownGroup(groups) }
    try check(
      unsafe portolan_SSL_CTX_set1_groups_list(context, known.joined(separator: ":"))
    )
    return known
  }

  private func applyBuffering(to context: OpaquePointer) {
    // An idle connection gives its buffers back; a write may end early and go on from elsewhere.
    unsafe portolan_SSL_CTX_set_mode(
      context,
      CLong(
        SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE
          | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER
      )
    )
    // With AUTO_RETRY a peer that sends key updates without end would never let SSL_read return.
    unsafe portolan_SSL_CTX_clear_mode(context, CLong(SSL_MODE_AUTO_RETRY))
    // One read(2) brings whole records, where otherwise each record's five bytes of header and its
    // content take a call of their own.
    unsafe portolan_SSL_CTX_set_read_ahead(context, 1)
  }

  private func applySessions(to context: OpaquePointer) throws(TLSError) {
    // OpenSSL's own cache is one locked table for all loops; tickets need none.
    unsafe portolan_SSL_CTX_set_session_cache_mode(context, CLong(SSL_SESS_CACHE_OFF))
    try check(unsafe SSL_CTX_set_num_tickets(context, 1))
    _ = unsafe SSL_CTX_set_timeout(context, CLong(TicketKeys.ticketSeconds))
  }
}

/// Fails with what the error queue holds, unless OpenSSL said 1.
func check(_ status: CInt) throws(TLSError) {
  guard status == 1 else { throw .library(ErrorQueue.drain()) }
}
