package import HTTP
internal import Posix
internal import Synchronization
package import TLS

/// What other threads may ask of a loop.
package enum LoopMessage: Sendable {
  /// Give each responder of the loop something new, then ask held requests again.
  case update(@Sendable (any Responder) -> Void)
  /// Do this, to show that the loop still turns.
  case perform(@Sendable () -> Void)
  /// Let the connections of TLS listeners that come from now on negotiate with another context.
  case replaceContext(TLSContext)
  /// Close the listeners, answer what is under way, and stop when that is done.
  case drain
  /// Stop now.
  case stop
}

/// How messages come to a loop from other threads: the one place in the engine with a lock, taken
/// only when there is a message.
final class Mailbox: Sendable {
  private let messages = Mutex<[LoopMessage]>([])
  private let counter: EventCounter

  init() throws(Errno) {
    counter = try EventCounter()
  }

  /// The descriptor that becomes readable when a message is there.
  var number: CInt { counter.number }

  func put(_ message: LoopMessage) {
    messages.withLock { $0.append(message) }
    counter.signal()
  }

  func takeAll() -> [LoopMessage] {
    counter.drain()
    return messages.withLock { messages in
      defer { messages = [] }
      return messages
    }
  }
}
