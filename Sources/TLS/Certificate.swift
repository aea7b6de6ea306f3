internal import COpenSSL

/// One X.509 certificate (RFC 5280).
@safe final class Certificate {
  let handle: OpaquePointer

  /// - Precondition: Nobody else will free `handle`.
  init(adopting handle: OpaquePointer) { unsafe self.handle = unsafe handle }

  deinit { unsafe X509_free(handle) }

  /// Seconds since 1970 from which it is valid.
  var notBefore: Int64 { unsafe Self.secondsSince1970(X509_get0_notBefore(handle)) }

  /// Seconds since 1970 until which it is valid.
  var notAfter: Int64 { unsafe Self.secondsSince1970(X509_get0_notAfter(handle)) }

  /// Whether `issuer` signed this one, and says of itself that it may.
  func wasIssued(by issuer: Certificate) -> Bool {
    let isIssuer = unsafe X509_check_issued(issuer.handle, handle) == X509_V_OK
    let isSigned = unsafe X509_verify(handle, X509_get0_pubkey(issuer.handle)) == 1
    ErrorQueue.clear()
    return isIssuer && isSigned
  }

  /// The subject as RFC 4514 writes it, in ASCII.
  var subject: String {
    guard let target = unsafe BIO_new(BIO_s_mem()) else { return "" }
    defer { unsafe BIO_free(target) }
    unsafe X509_NAME_print_ex(
      target,
      X509_get_subject_name(handle),
      0,
      portolan_XN_FLAG_RFC2253
    )
    var start: UnsafeMutableRawPointer?
    // BIO_get_mem_data(3): where the text begins, and how long it is.
    let count = unsafe BIO_ctrl(target, BIO_CTRL_INFO, 0, &start)
    guard let start = unsafe start, count > 0 else { return "" }
    return unsafe String(
      decoding: UnsafeRawBufferPointer(start: start, count: count),
      as: UTF8.self
    )
  }

  /// The DNS names it covers (subjectAltName, RFC 5280 §4.2.1.6), in lower case.
  ///
  /// The common name is none of them (RFC 9525 §6.3).
  var names: [String] {
    guard let extensionValue = unsafe X509_get_ext_d2i(handle, NID_subject_alt_name, nil, nil)
    else { return [] }
    let stack = OpaquePointer(extensionValue)
    defer { unsafe GENERAL_NAMES_free(stack) }
    var names: [String] = []
    for index in 0..<max(0, unsafe portolan_sk_GENERAL_NAME_num(stack)) {
      guard let name = unsafe portolan_sk_GENERAL_NAME_value(stack, index),
        unsafe name.pointee.type == GEN_DNS, let text = unsafe name.pointee.d.dNSName
      else { continue }
      let bytes = unsafe UnsafeBufferPointer(
        start: ASN1_STRING_get0_data(text),
        count: Int(ASN1_STRING_length(text))
      )
      unsafe names.append(String(decoding: bytes, as: UTF8.self).lowercased())
    }
    return names
  }

  /// The SHA-256 digest of its DER form.
  var fingerprint: [UInt8] {
    var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    var count: UInt32 = 0
    unsafe X509_digest(handle, EVP_sha256(), &digest, &count)
    return Array(digest.prefix(Int(count)))
  }

  private static func secondsSince1970(_ time: UnsafePointer<ASN1_TIME>?) -> Int64 {
    guard let epoch = unsafe ASN1_TIME_set(nil, 0) else { return 0 }
    defer { unsafe ASN1_TIME_free(epoch) }
    var days: CInt = 0
    var seconds: CInt = 0
    unsafe ASN1_TIME_diff(&days, &seconds, epoch, time)
    return Int64(days) * 86_400 + Int64(seconds)
  }
}

/// One private key; OpenSSL wipes it when it is freed.
@safe final class PrivateKey {
  let handle: OpaquePointer

  /// - Precondition: Nobody else will free `handle`.
  init(adopting handle: OpaquePointer) { unsafe self.handle = unsafe handle }

  deinit { unsafe EVP_PKEY_free(handle) }

  /// OpenSSL serves one certificate of each kind of key: RSA, EC, Ed25519.
  var kind: CInt { unsafe EVP_PKEY_get_base_id(handle) }

  func belongs(to certificate: Certificate) -> Bool {
    let isMatch = unsafe X509_check_private_key(certificate.handle, handle) == 1
    ErrorQueue.clear()
    return isMatch
  }
}
