internal import COpenSSL
internal import Glibc

/// The server's end of one TLS connection (SSL) over a socket that does not block.
///
/// One loop owns it. What it wants of the socket follows from the last outcome, not from the
/// operation: a read may want to write. OpenSSL writes with write(2), so the program must ignore
/// SIGPIPE.
@safe package final class TLSConnection {
  private enum State: Equatable {
    case handshaking
    case established
    /// close_notify has been sent, or there was nobody to send it to; reading still works.
    case finished
    /// OpenSSL has failed: it must not be called again (SSL_get_error(3)).
    case dead(TLSFault)
  }

  /// What the last read says about bytes that no readiness will announce.
  private enum ReadProgress {
    /// OpenSSL may hold more, or the socket.
    case open
    /// The socket was read until it would have blocked.
    case blocked
    /// OpenSSL has to write before it can go on.
    case awaitsRoom
    /// Records without content came and came, and we left in between.
    case interrupted
  }

  private let context: TLSContext
  private let handle: OpaquePointer
  private var state = State.handshaking
  private var readProgress = ReadProgress.open
  /// Whether the last read asked the socket and got all that it had.
  private var socketIsEmpty = false
  /// Whether OpenSSL holds a record that the socket has not taken whole.
  private var writeIsPending = false
  /// Whether close_notify is to be sent and has not been taken by the socket.
  private var closureIsDue = false

  /// How often one read lets OpenSSL go through records without content (key updates, refused
  /// renegotiations). Each time it goes through what it has buffered, 16 KiB at most.
  package static let silentRoundMax = 4

  /// - Parameter descriptor: A connected socket with O_NONBLOCK, which stays the caller's: it is
  ///   closed by its owner, after this object's last call.
  /// - Throws: ``TLSError/library(_:)`` if there is no memory.
  package init(context: TLSContext, descriptor: CInt) throws(TLSError) {
    ErrorQueue.clear()
    guard let handle = unsafe SSL_new(context.handle) else { throw .library(ErrorQueue.drain()) }
    guard unsafe SSL_set_fd(handle, descriptor) == 1 else {
      unsafe SSL_free(handle)
      throw .library(ErrorQueue.drain())
    }
    unsafe SSL_set_accept_state(handle)
    self.context = context
    unsafe self.handle = unsafe handle
    watchSocket()
  }

  deinit { unsafe SSL_free(handle) }

  // MARK: The life of a connection

  /// Goes on with the handshake as far as the socket allows.
  package func handshake() -> TLSStep {
    switch state {
    case .handshaking: break
    case .established, .finished: return .done
    case .dead(let fault): return .failed(fault)
    }
    prepareCall()
    let status = unsafe SSL_do_handshake(handle)
    switch verdict(on: status) {
    case .success:
      state = .established
      return .done
    case .wantRead: return .wantRead
    case .wantWrite: return .wantWrite
    case .closed, .truncated: return .truncated
    case .plainHTTP: return .plainHTTP
    case .failed(let fault): return .failed(fault)
    }
  }

  /// Reads what has come, at most one record (16 KiB), into `target`, which must not be empty.
  ///
  /// After `bytes` and after `wantRead`, ask ``hasPending`` before waiting for readiness.
  package func read(into target: inout MutableSpan<UInt8>) -> TLSReadOutcome {
    precondition(!target.isEmpty, "an empty read has no meaning")
    switch state {
    case .established, .finished: break
    case .handshaking: return .wantRead
    case .dead(let fault): return .failed(fault)
    }
    for _ in 0..<Self.silentRoundMax {
      var count = 0
      // A record that was buffered says nothing of what has come to the socket since.
      socketIsEmpty = false
      prepareCall()
      // SAFETY: the buffer is valid for `count` bytes for the length of the call.
      let status = unsafe target.withUnsafeMutableBytes { buffer in
        unsafe SSL_read_ex(handle, buffer.baseAddress, buffer.count, &count)
      }
      let systemCode = errno
      switch verdict(on: status, systemCode: systemCode) {
      case .success:
        readProgress = .open
        return .bytes(count)
      case .wantRead:
        // Without AUTO_RETRY this is also said after records that had no content.
        guard systemCode == EAGAIN else { continue }
        readProgress = .blocked
        return .wantRead
      case .wantWrite:
        readProgress = .awaitsRoom
        return .wantWrite
      case .closed: return .closed
      case .truncated: return .truncated
      case .plainHTTP: return .failed(TLSFault(number: 0, systemCode: EPROTO))
      case .failed(let fault): return .failed(fault)
      }
    }
    readProgress = .interrupted
    return .wantRead
  }

  /// Whether reading would bring something that no readiness of the socket announces.
  package var hasPending: Bool {
    switch (state, readProgress) {
    case (.dead, _), (.handshaking, _), (_, .blocked), (_, .awaitsRoom): false
    case (_, .interrupted): true
    case (_, .open): unsafe !socketIsEmpty || SSL_has_pending(handle) == 1
    }
  }

  /// Whether the last read has to be repeated once the socket is writable.
  package var readAwaitsRoom: Bool { readProgress == .awaitsRoom }

  /// A read(2) that brings less than was asked for has emptied the socket, and what comes later is
  /// announced (epoll(7)): to know it spares each request a read that would only say so.
  ///
  /// SAFETY: the BIO holds our address without a retain. It is called within OpenSSL's calls only,
  /// which are made by `self`.
  private func watchSocket() {
    let socket = unsafe SSL_get_rbio(handle)
    let ownAddress = unsafe Unmanaged.passUnretained(self).toOpaque()
    unsafe BIO_set_callback_arg(socket, ownAddress.assumingMemoryBound(to: CChar.self))
    unsafe BIO_set_callback_ex(socket) { socket, operation, _, asked, _, _, status, count in
      if operation == BIO_CB_READ | BIO_CB_RETURN, status > 0,
        let owner = unsafe BIO_get_callback_arg(socket), let count = unsafe count
      {
        let connection = unsafe Unmanaged<TLSConnection>.fromOpaque(owner).takeUnretainedValue()
        connection.socketIsEmpty = unsafe count.pointee < asked
      }
      return CLong(status)
    }
  }

  /// Writes as much of `source` as the socket takes.
  ///
  /// After `wantRead` or `wantWrite` a record is under way: the next write must begin with the same
  /// bytes, wherever they are in memory then, and offer no fewer.
  package func write(_ source: Span<UInt8>) -> TLSWriteOutcome {
    switch state {
    case .established: break
    case .handshaking, .finished: return .closed
    case .dead(let fault): return .failed(fault)
    }
    var written = 0
    // OpenSSL writes a record at a time, and must not be asked to write nothing.
    while written < source.count {
      let rest = source.extracting(droppingFirst: written)
      var count = 0
      prepareCall()
      // SAFETY: the buffer is valid for `count` bytes for the length of the call.
      let status = unsafe rest.withUnsafeBytes { buffer in
        unsafe SSL_write_ex(handle, buffer.baseAddress, buffer.count, &count)
      }
      let verdict = verdict(on: status)
      writeIsPending = verdict == .wantRead || verdict == .wantWrite
      if verdict == .success {
        written += count
        continue
      }
      // What was taken is told first; the next call meets the obstacle again.
      if written > 0 { return .bytes(written) }
      switch verdict {
      case .wantRead: return .wantRead
      case .wantWrite: return .wantWrite
      case .failed(let fault): return .failed(fault)
      case .success, .closed, .truncated, .plainHTTP:
        return .failed(TLSFault(number: 0, systemCode: EPIPE))
      }
    }
    return .bytes(written)
  }

  /// Says that nothing more will be written (close_notify), once, and does not wait for the peer to
  /// say the same. It says nothing where that would break a handshake or a record under way.
  ///
  /// - Returns: `wantWrite` if the socket does not take it; then it may be called again.
  package func shutdown() -> TLSStep {
    switch state {
    case .established: closureIsDue = !writeIsPending
    case .handshaking, .finished: break
    case .dead(let fault): return .failed(fault)
    }
    state = .finished
    guard closureIsDue else { return .done }
    prepareCall()
    let status = unsafe SSL_shutdown(handle)
    // 0 means that ours is sent and the peer's has not come.
    let verdict = status < 0 ? verdict(on: status) : .success
    closureIsDue = verdict == .wantWrite
    switch verdict {
    case .success, .closed, .wantRead: return .done
    case .wantWrite: return .wantWrite
    case .truncated, .plainHTTP: return .truncated
    case .failed(let fault): return .failed(fault)
    }
  }

  // MARK: What was agreed

  /// Whether a ticket made this handshake short.
  package var isResumed: Bool { unsafe SSL_session_reused(handle) == 1 }

  /// `TLSv1.2` or `TLSv1.3`.
  package var protocolVersion: String { unsafe Self.text(SSL_get_version(handle)) ?? "" }

  /// The cipher suite by OpenSSL's name.
  package var cipher: String {
    unsafe Self.text(SSL_CIPHER_get_name(SSL_get_current_cipher(handle))) ?? ""
  }

  /// The name that the client asked for (SNI); any bytes may stand in it.
  package var serverName: String? {
    unsafe Self.text(SSL_get_servername(handle, TLSEXT_NAMETYPE_host_name))
  }

  /// The subject of the client's certificate, verified, as RFC 4514 writes it and in ASCII.
  package var clientSubject: String? {
    guard let certificate = unsafe SSL_get1_peer_certificate(handle) else { return nil }
    return unsafe Certificate(adopting: certificate).subject
  }

  private static func text(_ pointer: UnsafePointer<CChar>?) -> String? {
    guard let pointer = unsafe pointer else { return nil }
    return unsafe String(cString: pointer)
  }

  // MARK: What OpenSSL says

  private enum Verdict: Equatable {
    case success, wantRead, wantWrite, closed, truncated, plainHTTP
    case failed(TLSFault)
  }

  /// Before every call: SSL_get_error(3) judges by the error queue, ``read(into:)`` by errno.
  @inline(__always)
  private func prepareCall() {
    ErrorQueue.clear()
    errno = 0
  }

  /// What a call's result means; must follow the call at once, on the same thread.
  private func verdict(on status: CInt, systemCode: CInt = errno) -> Verdict {
    if status > 0 { return .success }
    switch unsafe SSL_get_error(handle, status) {
    case SSL_ERROR_WANT_READ: return .wantRead
    case SSL_ERROR_WANT_WRITE: return .wantWrite
    case SSL_ERROR_ZERO_RETURN: return .closed
    case SSL_ERROR_SYSCALL:
      let fault = ErrorQueue.drain(systemCode: systemCode)
      state = .dead(fault)
      return fault.number == 0 && systemCode == 0 ? .truncated : .failed(fault)
    default:
      let fault = ErrorQueue.drain()
      state = .dead(fault)
      switch fault.reason {
      case SSL_R_UNEXPECTED_EOF_WHILE_READING: return .truncated
      case SSL_R_HTTP_REQUEST: return .plainHTTP
      default: return .failed(fault)
      }
    }
  }
}
