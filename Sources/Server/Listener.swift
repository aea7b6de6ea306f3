package import HTTP
package import Posix
package import TLS

/// A listening socket of one loop, and who answers what comes in by it.
package struct Listener: ~Copyable {
  let socket: Socket
  let responder: any Responder
  /// What its connections negotiate; `nil` for plain ones.
  var context: TLSContext?
  /// Whether other loops watch the same socket, so that one of them has to be woken and not all.
  let isShared: Bool

  /// - Parameter socket: A listening socket that does not block.
  package init(
    _ socket: consuming Socket,
    responder: any Responder,
    context: TLSContext? = nil,
    isShared: Bool = false
  ) {
    self.socket = socket
    self.responder = responder
    self.context = context
    self.isShared = isShared
  }
}
