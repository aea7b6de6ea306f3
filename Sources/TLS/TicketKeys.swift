internal import COpenSSL
internal import Glibc
internal import Synchronization

/// The keys that session tickets are sealed with (RFC 5077 §4), made anew every twelve hours.
///
/// One object serves all contexts, so that a ticket given before a reload, or by another loop,
/// still resumes. Keys live in memory only and are wiped when they are forgotten: whoever takes
/// them later cannot open what was recorded earlier.
package final class TicketKeys: Sendable {
  /// How long a key seals new tickets.
  package static let sealingSeconds: Int64 = 12 * 3600
  /// How long a key opens tickets: while it seals, and twice that time afterwards.
  package static let openingSeconds: Int64 = 3 * sealingSeconds
  /// How long a ticket is good for; half of the above (RFC 9325 §3.4).
  package static let ticketSeconds: Int64 = openingSeconds / 2

  /// Newest first, at most three. Only handshakes take the lock, never a request.
  private let keys = Mutex<[TicketKey]>([])
  private let clock: @Sendable () -> Int64

  /// - Parameter clock: Seconds since some fixed point, which never go back.
  package init(clock: @escaping @Sendable () -> Int64 = TicketKeys.secondsSinceBoot) {
    self.clock = clock
  }

  /// CLOCK_BOOTTIME: neither a set date nor a suspended machine lengthens the life of a key.
  package static func secondsSinceBoot() -> Int64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_BOOTTIME, &time)
    return Int64(time.tv_sec)
  }

  /// How many keys are held, for reports.
  package var count: Int { keys.withLock { $0.count } }

  /// Wipes the keys whose time is over. Handshakes do so too; a server that sees none for hours
  /// wants to be told.
  package func forgetOldKeys() {
    let now = clock()
    keys.withLock { Self.forgetOld(&$0, now: now) }
  }

  /// The key that seals new tickets.
  ///
  /// - Returns: `nil` if the system gives no randomness; then no ticket is given.
  func sealingKey() -> TicketKey? {
    let now = clock()
    return keys.withLock { keys in
      Self.forgetOld(&keys, now: now)
      if let newest = keys.first, now - newest.madeAt < Self.sealingSeconds { return newest }
      guard let key = TicketKey(madeAt: now) else { return nil }
      keys.insert(key, at: 0)
      return key
    }
  }

  /// The key called `name`, and whether a fresh ticket should replace the one it opens.
  func openingKey(named name: UnsafeRawBufferPointer) -> (key: TicketKey, isOld: Bool)? {
    let now = clock()
    return keys.withLock { keys in
      Self.forgetOld(&keys, now: now)
      guard let key = keys.first(where: { unsafe $0.isNamed(name) }) else { return nil }
      return (key, now - key.madeAt >= Self.sealingSeconds)
    }
  }

  private static func forgetOld(_ keys: inout [TicketKey], now: Int64) {
    keys.removeAll { now - $0.madeAt >= openingSeconds }
  }
}
