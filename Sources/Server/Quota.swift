internal import Synchronization

/// How much all loops together have taken of something that is limited.
///
/// Loops take without waiting for each other, so each may go over the limit by what it takes at
/// once.
package final class Quota: Sendable {
  package let limit: Int
  private let amount = Atomic<Int>(0)

  package init(limit: Int) {
    self.limit = limit
  }

  package var taken: Int { amount.load(ordering: .relaxed) }
  package var isFull: Bool { taken >= limit }

  /// Takes so much more, or gives it back if negative.
  func add(_ amount: Int) {
    if amount != 0 { self.amount.wrappingAdd(amount, ordering: .relaxed) }
  }
}

/// What is limited for all loops together.
package struct Quotas: Sendable {
  package let connections: Quota
  package let heldAnswers: Quota
  /// Answers that clients have not taken yet, in bytes, what they share not counted.
  package let unwrittenBytes: Quota

  package init(_ limits: Limits) {
    connections = Quota(limit: limits.connections)
    heldAnswers = Quota(limit: limits.heldAnswers)
    unwrittenBytes = Quota(limit: limits.unwrittenBytesInAll)
  }
}
