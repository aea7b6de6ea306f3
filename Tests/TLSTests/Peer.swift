import COpenSSL
import Glibc
import TLS

/// A client in this process, for what Python's ssl cannot be made to send.
@safe final class Peer {
  private let context: OpaquePointer
  private let connection: OpaquePointer
  /// What has been written but not been sent yet.
  private let outgoing: OpaquePointer
  private let descriptor: CInt

  struct Failure: Error {}

  /// - Parameter descriptor: A connected socket, which is made not to block.
  init(descriptor: CInt) throws {
    _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
    guard let context = unsafe SSL_CTX_new(TLS_client_method()),
      let connection = unsafe SSL_new(context),
      let incoming = unsafe BIO_new_socket(descriptor, BIO_NOCLOSE),
      let outgoing = unsafe BIO_new(BIO_s_mem())
    else { throw Failure() }
    // The connection owns both from here on.
    unsafe SSL_set_bio(connection, incoming, outgoing)
    unsafe SSL_set_connect_state(connection)
    unsafe self.context = unsafe context
    unsafe self.connection = unsafe connection
    unsafe self.outgoing = unsafe outgoing
    self.descriptor = descriptor
  }

  deinit {
    unsafe SSL_free(connection)
    unsafe SSL_CTX_free(context)
  }

  /// Plays both ends of the handshake in turn.
  ///
  /// - Returns: Whether both are done.
  func shakeHands(with server: TLSConnection) -> Bool {
    for _ in 0..<10 {
      let isOurs = unsafe SSL_do_handshake(connection) == 1
      _ = flush()
      if server.handshake() == .done, isOurs { return true }
    }
    return false
  }

  /// Writes a KeyUpdate (RFC 8446 §4.6.3).
  func updateKey(asksForAnother: Bool = false) {
    let kind = asksForAnother ? SSL_KEY_UPDATE_REQUESTED : SSL_KEY_UPDATE_NOT_REQUESTED
    unsafe SSL_key_update(connection, kind)
    unsafe SSL_do_handshake(connection)
  }

  func write(_ text: String) {
    var count = 0
    let bytes = Array(text.utf8)
    unsafe SSL_write_ex(connection, bytes, bytes.count, &count)
  }

  /// Sends what has been written, in one piece.
  ///
  /// - Returns: How many bytes the kernel took.
  func flush() -> Int {
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    let count = unsafe BIO_read(outgoing, &bytes, CInt(bytes.count))
    return unsafe Glibc.send(descriptor, bytes, Int(max(0, count)), CInt(MSG_NOSIGNAL))
  }
}
