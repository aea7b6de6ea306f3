internal import COpenSSL

/// What can be told of a certificate that is served.
package struct ServedCertificate: Equatable, Sendable {
  /// The file of its chain.
  package let path: String
  /// RFC 4514, ASCII.
  package let subject: String
  /// The DNS names it covers, in lower case; `*` may stand for the first label.
  package let names: [String]
  /// Seconds since 1970 from which the whole chain is valid.
  package let notBefore: Int64
  /// Seconds since 1970 until which the whole chain is valid: the earliest of its ends.
  package let notAfter: Int64
}

/// A certificate chain and its private key, proven to belong together.
///
/// SAFETY: the OpenSSL objects are never changed after `init`, and their reference counts, which
/// connections on all threads touch, are atomic (openssl-threads(7)).
@safe final class Identity: @unchecked Sendable {
  let certificate: ServedCertificate
  let keyKind: CInt
  private let leaf: Certificate
  private let key: PrivateKey
  /// The rest of the chain; the stack borrows from the array beside it.
  private let intermediates: [Certificate]
  private let stack: OpaquePointer

  /// - Parameter now: Seconds since 1970.
  init(_ files: TLSConfiguration.CertificateFiles, now: Int64) throws(TLSError) {
    let chainFile = try PEMFile(path: files.chain)
    let keyFile = files.privateKey == files.chain ? chainFile : try PEMFile(path: files.privateKey)
    let chain = try chainFile.certificates()
    key = try keyFile.privateKey()
    leaf = chain[0]
    intermediates = Array(chain.dropFirst())
    keyKind = key.kind
    certificate = ServedCertificate(
      path: files.chain,
      subject: leaf.subject,
      names: leaf.names,
      notBefore: chain.reduce(.min) { max($0, $1.notBefore) },
      notAfter: chain.reduce(.max) { min($0, $1.notAfter) }
    )
    guard let stack = unsafe portolan_sk_X509_new_null() else {
      throw .library(ErrorQueue.drain())
    }
    unsafe self.stack = unsafe stack
    for intermediate in intermediates {
      guard unsafe portolan_sk_X509_push(stack, intermediate.handle) > 0 else {
        throw .library(ErrorQueue.drain())
      }
    }
    if let fault = Self.fault(of: chain, now: now) { throw chainFile.fault(fault) }
    guard key.belongs(to: leaf) else {
      throw keyFile.fault(.keyDoesNotMatch(certificate: files.chain))
    }
  }

  deinit { unsafe portolan_sk_X509_free(stack) }

  /// Makes it one of those that every connection of `context` may be served with.
  func install(inContext context: OpaquePointer) throws(TLSError) {
    ErrorQueue.clear()
    guard unsafe SSL_CTX_use_cert_and_key(context, leaf.handle, key.handle, stack, 0) == 1 else {
      throw .file(path: certificate.path, .refused(ErrorQueue.drain()))
    }
  }

  /// Makes it one of those that `connection` may be served with.
  ///
  /// - Returns: Whether OpenSSL agreed, which it does if there is memory.
  func install(inConnection connection: OpaquePointer) -> Bool {
    unsafe SSL_use_cert_and_key(connection, leaf.handle, key.handle, stack, 0) == 1
  }

  /// What a client would hold against `chain`; its root is for the client to know.
  private static func fault(of chain: [Certificate], now: Int64) -> TLSError.FileFault? {
    for (index, certificate) in chain.enumerated() {
      if now < certificate.notBefore {
        return .notYetValid(index: index + 1, notBefore: certificate.notBefore)
      }
      if now > certificate.notAfter {
        return .expired(index: index + 1, notAfter: certificate.notAfter)
      }
      if index + 1 < chain.count, !certificate.wasIssued(by: chain[index + 1]) {
        return .chainOutOfOrder(index: index + 1)
      }
    }
    return nil
  }
}
