internal import HTTP

/// What a loop lends to the connection whose turn it is.
struct Workbench {
  var batch = ResponseBatch()
  var head = RequestHead()
  /// Milliseconds of a clock that never goes back.
  var now: UInt64
  let limits: Limits
  let statistics: Statistics
  let quotas: Quotas
  /// Whether answers wait in the batch for those of other connections, so that all are sent
  /// together.
  var gathersAnswers = false
  /// Whether the loop is going to stop.
  var isDraining = false

  init(limits: Limits, statistics: Statistics, quotas: Quotas, now: UInt64) {
    self.limits = limits
    self.statistics = statistics
    self.quotas = quotas
    self.now = now
  }
}
