package import HTTP
package import Posix

/// A listening socket of one loop, and who answers what comes in by it.
package struct Listener: ~Copyable {
  let socket: Socket
  let responder: any Responder
  /// Whether other loops watch the same socket, so that one of them has to be woken and not all.
  let isShared: Bool

  /// - Parameter socket: A listening socket that does not block.
  package init(_ socket: consuming Socket, responder: any Responder, isShared: Bool = false) {
    self.socket = socket
    self.responder = responder
    self.isShared = isShared
  }
}
