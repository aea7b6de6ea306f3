internal import COpenSSL

/// A name that stands in the ticket, a key for AES-256-CBC and one for HMAC-SHA256.
///
/// SAFETY: the bytes are written in `init` and wiped in `deinit`, and only read between.
@safe final class TicketKey: @unchecked Sendable {
  static let nameCount = 16
  /// Of the initialisation vector of AES-CBC, in bytes.
  static let vectorCount: CInt = 16
  private static let keyCount = 32

  let madeAt: Int64
  private let bytes: UnsafeMutableRawBufferPointer

  init?(madeAt: Int64) {
    self.madeAt = madeAt
    unsafe bytes = .allocate(byteCount: Self.nameCount + 2 * Self.keyCount, alignment: 16)
    ErrorQueue.clear()
    guard unsafe RAND_priv_bytes(bytes.baseAddress, CInt(bytes.count)) == 1 else { return nil }
  }

  deinit {
    unsafe OPENSSL_cleanse(bytes.baseAddress, bytes.count)
    unsafe bytes.deallocate()
  }

  /// Names are no secret, so the comparison may end early.
  func isNamed(_ other: UnsafeRawBufferPointer) -> Bool {
    unsafe part(from: 0, Self.nameCount).elementsEqual(other)
  }

  /// Writes the name to the first ``nameCount`` bytes of `target`.
  func writeName(to target: UnsafeMutableRawBufferPointer) {
    unsafe target.copyMemory(from: part(from: 0, Self.nameCount))
  }

  /// Readies OpenSSL's contexts to seal or open a ticket with this key.
  ///
  /// - Parameter vector: The initialisation vector, 16 bytes.
  /// - Returns: Whether OpenSSL agreed, which it does if there is memory.
  func prepare(
    cipher: OpaquePointer,
    mac: OpaquePointer,
    vector: UnsafePointer<UInt8>,
    isSealing: Bool
  ) -> Bool {
    let cipherKey = unsafe part(from: Self.nameCount, Self.keyCount)
    let macKey = unsafe part(from: Self.nameCount + Self.keyCount, Self.keyCount)
    let isCipherReady =
      unsafe EVP_CipherInit_ex(
        cipher,
        EVP_aes_256_cbc(),
        nil,
        cipherKey.bindMemory(to: UInt8.self).baseAddress,
        vector,
        isSealing ? 1 : 0
      ) == 1
    guard isCipherReady else { return false }
    // SAFETY: the list holds the addresses of both texts, which exist as long as the program does;
    // a String's bytes would be gone before EVP_MAC_init looks at them.
    let digest: StaticString = "SHA256"
    let digestParameter: StaticString = "digest"  // OSSL_MAC_PARAM_DIGEST
    var parameters = unsafe (
      OSSL_PARAM_construct_utf8_string(
        UnsafeRawPointer(digestParameter.utf8Start).assumingMemoryBound(to: CChar.self),
        UnsafeMutableRawPointer(mutating: digest.utf8Start).assumingMemoryBound(to: CChar.self),
        0
      ),
      OSSL_PARAM_construct_end()
    )
    return unsafe withUnsafeBytes(of: &parameters) { list in
      unsafe EVP_MAC_init(
        mac,
        macKey.bindMemory(to: UInt8.self).baseAddress,
        macKey.count,
        list.bindMemory(to: OSSL_PARAM.self).baseAddress
      ) == 1
    }
  }

  private func part(from start: Int, _ count: Int) -> UnsafeRawBufferPointer {
    unsafe UnsafeRawBufferPointer(rebasing: bytes[start..<start + count])
  }
}
