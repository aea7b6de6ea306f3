import HTTP

/// Answers on the admin listener: health with `?verbose`, and metrics.
final class AdminResponder: Responder {
  private let health: Health
  private let metrics: @Sendable () -> [UInt8]
  private let writeProblem: (Problem, inout ResponseBatch) -> Void
  private var parameters = QueryParameters()

  /// - Parameters:
  ///   - metrics: Makes the page of metrics.
  ///   - problem: Writes a refusal, as every listener does.
  init(
    health: Health,
    metrics: @escaping @Sendable () -> [UInt8],
    problem: @escaping (Problem, inout ResponseBatch) -> Void
  ) {
    self.health = health
    self.metrics = metrics
    writeProblem = problem
  }

  func respond(
    to head: borrowing RequestHead,
    in bytes: Span<UInt8>,
    into batch: inout ResponseBatch
  ) -> Disposition {
    switch head.method {
    case .get, .head: answer(head, bytes, &batch)
    case .options: writeOptions(&batch)
    case .connect, .registered:
      writeProblem(Problem(.methodNotAllowed, "use \(Method.allowed)"), &batch)
    case .unknown:
      writeProblem(Problem(.methodNotImplemented, "use \(Method.allowed)"), &batch)
    }
    return .ready
  }

  func refuse(_ fault: RequestHeadFault, into batch: inout ResponseBatch) {
    writeProblem(Problem(fault), &batch)
  }

  private func answer(
    _ head: borrowing RequestHead,
    _ bytes: Span<UInt8>,
    _ batch: inout ResponseBatch
  ) {
    let path = bytes.extracting(head.target.path)
    if let probe = HealthProbe(path: path) {
      let report = health.report(probe)
      if isVerbose(head, bytes) {
        report.writeVerbose(into: &batch)
      } else {
        report.writeShort(into: &batch)
      }
    } else if path.equals("/metrics") {
      let page = metrics()
      batch.beginHead(.ok)
      batch.appendField("Content-Type", MetricsText.contentType)
      batch.appendField("Cache-Control", "no-store")
      batch.appendField("X-Content-Type-Options", "nosniff")
      batch.appendContentLength(page.count)
      batch.endHead(sharing: page)
    } else {
      writeProblem(
        Problem(.unknownPath, "here are /livez, /readyz, /healthz and /metrics"),
        &batch
      )
    }
  }

  private func isVerbose(_ head: borrowing RequestHead, _ bytes: Span<UInt8>) -> Bool {
    guard let query = head.target.query else { return false }
    parameters.decode(bytes.extracting(query))
    return parameters.pairs.contains {
      parameters.string($0.name) == "verbose" && parameters.string($0.value) != "false"
    }
  }

  private func writeOptions(_ batch: inout ResponseBatch) {
    batch.beginHead(.noContent)
    batch.appendField("Allow", Method.allowed)
    batch.endHead()
  }
}
