internal import COpenSSL

// The questions that OpenSSL asks in the middle of a handshake, and how it reaches us.

/// The place that OpenSSL keeps for its user (SSL_CTX_get_app_data(3)).
private let ownerIndex: CInt = 0

extension TLSContext {
  /// SAFETY: the SSL_CTX holds our address without a retain, which would be a cycle. It asks only
  /// while a connection shakes hands, and a ``TLSConnection`` retains its context.
  func installCallbacks() {
    unsafe SSL_CTX_set_ex_data(handle, ownerIndex, Unmanaged.passUnretained(self).toOpaque())
    unsafe portolan_SSL_CTX_set_tlsext_servername_callback(handle, chooseIdentity)
    unsafe SSL_CTX_set_alpn_select_cb(handle, chooseProtocol, nil)
    unsafe SSL_CTX_set_tlsext_ticket_key_evp_cb(handle, prepareTicket)
  }
}

private func owner(of connection: OpaquePointer) -> TLSContext? {
  guard let context = unsafe SSL_get_SSL_CTX(connection),
    let owner = unsafe SSL_CTX_get_ex_data(context, ownerIndex)
  else { return nil }
  return unsafe Unmanaged<TLSContext>.fromOpaque(owner).takeUnretainedValue()
}

/// Serves the certificates that cover the name the client asked for (SNI, RFC 6066 §3). One that
/// nobody covers gets the first certificate: the client is the one to judge it.
private func chooseIdentity(
  _ connection: OpaquePointer?,
  _ alert: UnsafeMutablePointer<CInt>?,
  _: UnsafeMutableRawPointer?
) -> CInt {
  guard let connection = unsafe connection, let owner = unsafe owner(of: connection),
    owner.identities.hasChoice,
    let name = unsafe SSL_get_servername(connection, TLSEXT_NAMETYPE_host_name),
    let identities = unsafe owner.identities.identities(for: String(cString: name))
  else { return SSL_TLSEXT_ERR_OK }
  unsafe SSL_certs_clear(connection)
  for identity in identities where unsafe !identity.install(inConnection: connection) {
    unsafe alert?.pointee = SSL_AD_INTERNAL_ERROR
    return SSL_TLSEXT_ERR_ALERT_FATAL
  }
  return SSL_TLSEXT_ERR_OK
}

/// `http/1.1` if the client offers it, else the alert no_application_protocol (RFC 7301 §3.2). A
/// client that offers nothing does not get here.
private func chooseProtocol(
  _: OpaquePointer?,
  _ selected: UnsafeMutablePointer<UnsafePointer<UInt8>?>?,
  _ selectedCount: UnsafeMutablePointer<UInt8>?,
  _ offers: UnsafePointer<UInt8>?,
  _ offersCount: UInt32,
  _: UnsafeMutableRawPointer?
) -> CInt {
  // SAFETY: the client's list is valid during the call, and the choice may point into it
  // (SSL_CTX_set_alpn_select_cb(3)).
  let offers = unsafe UnsafeBufferPointer(start: offers, count: Int(offersCount))
  var index = 0
  while index < offers.count {
    let count = unsafe Int(offers[index])
    let end = index + 1 + count
    guard end <= offers.count else { break }
    let name = unsafe UnsafeBufferPointer(rebasing: offers[(index + 1)..<end])
    if unsafe name.elementsEqual("http/1.1".utf8) {
      unsafe selected?.pointee = name.baseAddress
      unsafe selectedCount?.pointee = UInt8(count)
      return SSL_TLSEXT_ERR_OK
    }
    index = end
  }
  return SSL_TLSEXT_ERR_ALERT_FATAL
}

/// What OpenSSL wants to hear of a ticket (SSL_CTX_set_tlsext_ticket_key_evp_cb(3)).
private enum TicketAnswer {
  static let failure: CInt = -1
  /// No ticket is given, or the one shown is ignored and a full handshake follows.
  static let none: CInt = 0
  static let accepted: CInt = 1
  /// The ticket is good, and a fresh one follows.
  static let acceptedAndRenewed: CInt = 2
}

/// Seals a new ticket, or opens the one that the client shows.
private func prepareTicket(
  _ connection: OpaquePointer?,
  _ name: UnsafeMutablePointer<UInt8>?,
  _ vector: UnsafeMutablePointer<UInt8>?,
  _ cipher: OpaquePointer?,
  _ mac: OpaquePointer?,
  _ isSealing: CInt
) -> CInt {
  guard let connection = unsafe connection, let owner = unsafe owner(of: connection),
    let name = unsafe name, let vector = unsafe vector, let cipher = unsafe cipher,
    let mac = unsafe mac
  else { return TicketAnswer.failure }
  let nameBytes = unsafe UnsafeMutableRawBufferPointer(start: name, count: TicketKey.nameCount)
  if isSealing == 1 {
    guard let key = owner.ticketKeys.sealingKey(),
      unsafe RAND_bytes(vector, TicketKey.vectorCount) == 1
    else { return TicketAnswer.none }
    unsafe key.writeName(to: nameBytes)
    let isReady = unsafe key.prepare(cipher: cipher, mac: mac, vector: vector, isSealing: true)
    return isReady ? TicketAnswer.accepted : TicketAnswer.failure
  }
  guard
    let (key, isOld) = unsafe owner.ticketKeys.openingKey(
      named: UnsafeRawBufferPointer(nameBytes)
    )
  else { return TicketAnswer.none }
  guard unsafe key.prepare(cipher: cipher, mac: mac, vector: vector, isSealing: false) else {
    return TicketAnswer.failure
  }
  // A TLS 1.3 client uses a ticket once (RFC 8446 §C.4), so it needs another.
  let isOnce = unsafe SSL_version(connection) >= TLS1_3_VERSION
  return isOld || isOnce ? TicketAnswer.acceptedAndRenewed : TicketAnswer.accepted
}
