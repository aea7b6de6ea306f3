internal import Glibc

/// Why a ``TLSContext`` could not be made. Each case names what the operator has to put right.
package enum TLSError: Error, Equatable, Sendable, CustomStringConvertible {
  /// A file cannot be used.
  case file(path: String, FileFault)
  /// The configuration names no certificate.
  case noCertificate
  /// The library knows none of the named groups.
  case noKnownGroup([String])
  /// OpenSSL refused a setting or ran out of memory.
  case library(TLSFault)

  /// What is wrong with a file of certificates or keys.
  package enum FileFault: Equatable, Sendable {
    case missing
    /// `errno` of the failed open(2) or read(2).
    case unreadable(CInt)
    case empty
    case tooLarge(limitBytes: Int)
    /// It holds nothing of the form `-----BEGIN …-----` (RFC 7468).
    case notPEM
    case noCertificate
    case noPrivateKey
    case encryptedPrivateKey
    /// It is PEM, but not what its label says.
    case malformed(TLSFault)
    /// The private key belongs to another certificate; the path is the certificate's.
    case keyDoesNotMatch(certificate: String)
    /// Seconds since 1970 at which certificate `index` of the chain, from 1, begins to be valid.
    case notYetValid(index: Int, notBefore: Int64)
    /// Seconds since 1970 at which certificate `index` of the chain, from 1, ceased to be valid.
    case expired(index: Int, notAfter: Int64)
    /// Certificate `index`, from 1, was not issued by the one after it (RFC 8446 §4.4.2).
    case chainOutOfOrder(index: Int)
    /// OpenSSL will not serve it, for example because its key is too small.
    case refused(TLSFault)
  }

  package var description: String {
    switch self {
    case .file(let path, let fault): "\(path): \(fault.description)"
    case .noCertificate: "no certificate is configured"
    case .noKnownGroup(let names):
      "the TLS library knows none of the groups \(names.joined(separator: ", "))"
    case .library(let fault): "OpenSSL: \(fault)"
    }
  }
}

extension TLSError.FileFault: CustomStringConvertible {
  package var description: String {
    switch self {
    case .missing: "no such file"
    case .unreadable(let code): "cannot be read: \(TLSFault(number: 0, systemCode: code))"
    case .empty: "the file is empty"
    case .tooLarge(let limitBytes): "the file is larger than \(limitBytes) bytes"
    case .notPEM: "not PEM: there is no -----BEGIN line"
    case .noCertificate: "there is no certificate in it"
    case .noPrivateKey: "there is no private key in it"
    case .encryptedPrivateKey: "the private key is encrypted; store it decrypted"
    case .malformed(let fault): "malformed: \(fault)"
    case .keyDoesNotMatch(let certificate): "the private key does not belong to \(certificate)"
    case .notYetValid(let index, let notBefore):
      "certificate \(index) is not valid before \(Self.date(notBefore))"
    case .expired(let index, let notAfter):
      "certificate \(index) expired at \(Self.date(notAfter))"
    case .chainOutOfOrder(let index):
      "certificate \(index) was not issued by certificate \(index + 1)"
    case .refused(let fault): "OpenSSL refuses it: \(fault)"
    }
  }

  /// RFC 3339, in UTC.
  private static func date(_ secondsSince1970: Int64) -> String {
    var seconds = time_t(secondsSince1970)
    var parts = unsafe tm()
    guard unsafe gmtime_r(&seconds, &parts) != nil else { return "\(secondsSince1970)" }
    func two(_ number: CInt) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let day = unsafe "\(1900 + Int(parts.tm_year))-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
    return unsafe "\(day)T\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))Z"
  }
}
