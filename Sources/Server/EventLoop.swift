internal import Dispatch
package import Posix

/// One thread's worth of connections: waits for readiness, gives each connection its turn, keeps
/// time.
///
/// A loop shares nothing that changes with another one but its mailbox and the quotas. It runs on a
/// serial queue of its own, from ``start(whenStopped:)`` until it is told to stop.
package final class EventLoop: @unchecked Sendable {
  // Unchecked because `core` belongs to the queue alone: `start` hands it over, and from then on
  // other threads reach only the mailbox, the statistics and the quotas, which are theirs to reach.
  private var core: LoopCore
  package let statistics = Statistics()
  private let mailbox: Mailbox
  private let queue: DispatchQueue
  private let name: String

  /// - Parameter quotas: Shared by all loops.
  /// - Throws: When there is no descriptor or memory for the loop's own needs.
  package init(
    name: String,
    limits: Limits,
    quotas: Quotas
  ) throws(Errno) {
    self.name = name
    mailbox = try Mailbox()
    queue = DispatchQueue(label: name)
    core = try LoopCore(limits: limits, statistics: statistics, mailbox: mailbox, quotas: quotas)
  }

  /// Gives the loop a listener, before it is started.
  package func add(_ listener: consuming Listener) throws(Errno) { try core.add(listener) }

  /// Asks something of the loop, from any thread.
  package func post(_ message: LoopMessage) { mailbox.put(message) }

  /// Begins to serve. Calls `whenStopped` on the loop's queue once everything has ended.
  package func start(whenStopped: @escaping @Sendable () -> Void) {
    queue.async {
      ProcessLimits.nameThread(self.name)
      self.core.run()
      whenStopped()
    }
  }
}
