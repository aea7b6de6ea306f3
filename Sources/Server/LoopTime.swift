internal import HTTP
internal import Posix

// How a loop keeps deadlines, and makes room when memory or connections are short.
extension LoopCore {
  mutating func keepTime() {
    due.removeAll(keepingCapacity: true)
    deadlines.advance(to: bench.now, appendingDueTo: &due)
    for slot in due {
      guard let client = table[slot] else { continue }
      finish(slot, client.connection.timePassed(&bench))
    }
    if acceptsNothing, bench.now >= acceptsAgainAt { acceptAgain() }
    if bench.now >= relievesAt {
      relievesAt = bench.now + Deadlines.tickMilliseconds
      relieveMemory()
      relieveTable()
    }
  }

  /// While memory is short, closes the connections that have gone longest without progress.
  mutating func relieveMemory() {
    while bench.quotas.unwrittenBytes.isFull {
      var worst: (slot: Int, client: Client)?
      for slot in table.slots {
        guard let client = table[slot], client.connection.unsentPrivateSize > 0 else { continue }
        if client.connection.lastProgress < worst?.client.connection.lastProgress ?? .max {
          worst = (slot, client)
        }
      }
      guard let worst else { return }
      statistics.count(.memory)
      worst.client.connection.giveUp(&bench)
      remove(worst.slot)
    }
  }

  /// While four fifths of the connections are taken, closes those that have been idle for a while.
  mutating func relieveTable() {
    let quota = bench.quotas.connections
    guard quota.taken >= quota.limit - quota.limit / 5 else { return }
    for slot in table.slots {
      guard let client = table[slot], client.connection.state.phase == .idle,
        client.connection.unsentPrivateSize == 0,
        bench.now - client.connection.lastProgress >= limits.idleUnderPressureMilliseconds
      else { continue }
      statistics.count(.idle)
      client.connection.close(&bench)
      remove(slot)
    }
  }
}
