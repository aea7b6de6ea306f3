internal import COpenSSL
internal import Glibc

/// What OpenSSL or the kernel said when a call failed: two numbers, so that a flood of broken
/// handshakes costs no allocation; the words are looked up when somebody asks.
package struct TLSFault: Error, Equatable, Sendable, CustomStringConvertible {
  /// OpenSSL's packed error number (ERR_get_error(3)), 0 if it gave none.
  package let number: UInt
  /// `errno` if it was the socket that failed, else 0.
  package let systemCode: CInt

  /// Whether the peer is simply gone (ECONNRESET, EPIPE), which is nothing to report.
  package var isReset: Bool { systemCode == ECONNRESET || systemCode == EPIPE }

  /// Whether the peer refused us with an alert, rather than we it.
  package var isAlertFromPeer: Bool {
    ERR_GET_LIB(number) == ERR_LIB_SSL && reason >= SSL_AD_REASON_OFFSET
  }

  /// OpenSSL's or the kernel's own words.
  package var description: String {
    if number != 0 {
      if let words = unsafe ERR_reason_error_string(number) { return unsafe String(cString: words) }
      return "OpenSSL error \(number)"
    }
    guard systemCode != 0, let words = unsafe strerror(systemCode) else { return "unknown" }
    return unsafe String(cString: words)
  }

  var reason: CInt { ERR_GET_REASON(number) }
}

/// The calling thread's error queue (ERR_get_error(3)).
///
/// SSL_get_error(3) looks at it, so what an earlier call left there turns a good result into a
/// failure: it is cleared before each call and taken away after a failed one.
enum ErrorQueue {
  @inline(__always)
  static func clear() { ERR_clear_error() }

  /// The oldest error, which is the cause of the others; the queue is empty afterwards.
  ///
  /// - Parameter systemCode: `errno` right after the call.
  static func drain(systemCode: CInt = 0) -> TLSFault {
    let number = ERR_get_error()
    ERR_clear_error()
    return TLSFault(number: number, systemCode: systemCode)
  }
}
