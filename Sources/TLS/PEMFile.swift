internal import COpenSSL
internal import Glibc

/// The content of one file of certificates or keys, read whole and once, so that a chain and a key
/// that stand in one file always belong together. It is wiped when it is let go.
@safe final class PEMFile {
  /// Far above any chain, and any sensible file of authorities.
  static let limitBytes = 1 << 20

  let path: String
  /// One byte more than the limit, so that a file that is too large is noticed.
  private let storage: UnsafeMutableRawBufferPointer
  private var count = 0

  init(path: String) throws(TLSError) {
    self.path = path
    unsafe storage = .allocate(byteCount: Self.limitBytes + 1, alignment: 1)
    let descriptor = unsafe path.withCString { unsafe open($0, O_RDONLY | O_CLOEXEC) }
    guard descriptor >= 0 else {
      throw fault(errno == ENOENT || errno == ENOTDIR ? .missing : .unreadable(errno))
    }
    let code = readAll(descriptor)
    close(descriptor)
    guard code == 0 else { throw fault(.unreadable(code)) }
    guard count > 0 else { throw fault(.empty) }
    guard count <= Self.limitBytes else { throw fault(.tooLarge(limitBytes: Self.limitBytes)) }
    guard unsafe storage[..<count].contains("-----BEGIN ".utf8) else { throw fault(.notPEM) }
  }

  deinit {
    unsafe OPENSSL_cleanse(storage.baseAddress, count)
    unsafe storage.deallocate()
  }

  /// The certificates, in the order of the file; at least one.
  func certificates() throws(TLSError) -> [Certificate] {
    let source = try unsafe reader()
    defer { unsafe BIO_free(source) }
    var certificates: [Certificate] = []
    while true {
      ErrorQueue.clear()
      if let certificate = unsafe PEM_read_bio_X509(source, nil, refuseToAsk, nil) {
        unsafe certificates.append(Certificate(adopting: certificate))
        continue
      }
      let failure = ErrorQueue.drain()
      guard failure.reason == PEM_R_NO_START_LINE else { throw fault(.malformed(failure)) }
      guard !certificates.isEmpty else { throw fault(.noCertificate) }
      return certificates
    }
  }

  /// The first private key.
  func privateKey() throws(TLSError) -> PrivateKey {
    guard unsafe storage[..<count].contains(" PRIVATE KEY-----".utf8) else {
      throw fault(.noPrivateKey)
    }
    let source = try unsafe reader()
    defer { unsafe BIO_free(source) }
    var wasAsked = false
    ErrorQueue.clear()
    // SAFETY: `refuseToAsk` is called during this call only, with the pointer to `wasAsked`.
    let key = unsafe withUnsafeMutablePointer(to: &wasAsked) { pointer in
      unsafe PEM_read_bio_PrivateKey(source, nil, refuseToAsk, pointer)
    }
    guard let key = unsafe key else {
      let failure = ErrorQueue.drain()
      throw fault(wasAsked ? .encryptedPrivateKey : .malformed(failure))
    }
    return unsafe PrivateKey(adopting: key)
  }

  func fault(_ fault: TLSError.FileFault) -> TLSError { .file(path: path, fault) }

  /// A BIO over the content, which must not outlive `self`.
  private func reader() throws(TLSError) -> OpaquePointer {
    // `count` fits because the content is under the limit.
    guard let reader = unsafe BIO_new_mem_buf(storage.baseAddress, CInt(count)) else {
      throw .library(ErrorQueue.drain())
    }
    return unsafe reader
  }

  /// - Returns: 0, or the errno of the read that failed.
  private func readAll(_ descriptor: CInt) -> CInt {
    while unsafe count < storage.count {
      // SAFETY: the room begins inside the buffer and ends with it.
      let room = unsafe UnsafeMutableRawBufferPointer(rebasing: storage[count...])
      let taken = unsafe read(descriptor, room.baseAddress, room.count)
      if taken == 0 { return 0 }
      if taken > 0 { count += taken } else if errno != EINTR { return errno }
    }
    return 0
  }
}

/// Called for the passphrase of something encrypted. A server has nobody to ask, and OpenSSL's
/// own way would stop and prompt on the terminal.
private func refuseToAsk(
  _: UnsafeMutablePointer<CChar>?,
  _: CInt,
  _: CInt,
  _ wasAsked: UnsafeMutableRawPointer?
) -> CInt {
  unsafe wasAsked?.assumingMemoryBound(to: Bool.self).pointee = true
  return -1
}
