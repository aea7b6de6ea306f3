package import HTTP
import JSON
import PortRegistry

/// Answers the API's requests, for one loop.
///
/// The straight way leads from the digits of `/ports/443` to bytes that are ready. All else goes by
/// way of ``Route`` to an endpoint, each in a file of its own; whatever is refused on the way is
/// thrown as a ``Problem`` and written here.
package final class APIResponder: Responder {
  package private(set) var store: RepresentationStore

  // What is kept between requests, so that answering allocates nothing once warm.
  var path = PathSegments()
  var parameters = QueryParameters()
  var writer = JSONWriter(capacity: 64 * 1024)
  var text: [UInt8] = []
  var table = Table()
  var list = ListBench()
  var next = NextPage()
  let coder = ContentCoder()
  /// What the answer at hand says to an origin that the operator allows; empty for all others.
  var originLines: [UInt8] = []

  package init(store: RepresentationStore) {
    self.store = store
  }

  /// Goes on with other data, or with more of it ready.
  package func adopt(_ store: RepresentationStore) {
    self.store = store
    originLines = []
    if store.hasGzipForms { coder.releaseKept() }
  }

  package func respond(
    to head: borrowing RequestHead,
    in bytes: Span<UInt8>,
    into batch: inout ResponseBatch
  ) -> Disposition {
    let negotiation = Negotiation(head, in: bytes)
    if store.options.isPrivate { originLines = store.originLines(negotiation, bytes) }
    let method = head.method
    do throws(Problem) {
      if method == .get || method == .head {
        if negotiation.mediaType == .json, let port = Route.port(bytes, head.target),
          let entry = store.ports.entry(of: port)
        {
          return try send(entry, negotiation, head, bytes, &batch)
        }
        return try answer(negotiation, head, bytes, &batch)
      }
      try refuseMethod(method)
      writeOptions(into: &batch)
    } catch {
      write(error, negotiation.mediaType, into: &batch)
    }
    return .ready
  }

  package func refuse(_ fault: RequestHeadFault, into batch: inout ResponseBatch) {
    refuse(Problem(fault), into: &batch)
  }

  /// Says why a request is not answered that others turned away.
  ///
  /// - Parameter retryAfterSeconds: What Retry-After says where the problem passes by itself.
  package func refuse(
    _ problem: Problem,
    retryAfterSeconds: Int = 1,
    into batch: inout ResponseBatch
  ) {
    originLines = []
    write(problem, .json, retryAfterSeconds: retryAfterSeconds, into: &batch)
  }

  // MARK: Routes

  private func answer(
    _ negotiation: Negotiation,
    _ head: borrowing RequestHead,
    _ bytes: Span<UInt8>,
    _ batch: inout ResponseBatch
  ) throws(Problem) -> Disposition {
    if let fault = path.decode(bytes.extracting(head.target.path)) {
      throw Problem(.malformedRequest, "the path is not usable: \(fault.reason)")
    }
    guard let route = Route(path) else { throw unknownPath() }
    parameters.decode(bytes.extracting(head.target.query ?? 0..<0))
    switch route {
    // The page reads its own query, which is the question in its box.
    case .home: return try send(store.fixed.dashboard.page, negotiation, head, bytes, &batch)
    case .asset(let name): return try answerAsset(name, negotiation, head, bytes, &batch)
    case .descriptionYAML:
      return try answerDocument(store.fixed.descriptionYAML, negotiation, head, bytes, &batch)
    case .descriptionJSON:
      return try answerDocument(store.fixed.descriptionJSON, negotiation, head, bytes, &batch)
    case .map: return try answerDocument(store.fixed.map, negotiation, head, bytes, &batch)
    case .ports: return try answerPorts(negotiation, head, bytes, &batch)
    case .port(let number, let transport):
      return try answerPort(number, transport, negotiation, head, bytes, &batch)
    case .service(let name, let transport):
      return try answerService(name, transport, negotiation, head, bytes, &batch)
    case .ranges: return try answerRanges(nil, negotiation, head, bytes, &batch)
    case .range(let name): return try answerRanges(name, negotiation, head, bytes, &batch)
    case .freeRanges: return try answerFreeRanges(negotiation, head, bytes, &batch)
    case .problem(let type):
      return try answerProblemPage(type, negotiation, head, bytes, &batch)
    }
  }

  func unknownPath() -> Problem {
    Problem(
      .unknownPath,
      "the paths here are /ports, /ports/{port}, /services/{name}, /ranges, /free-ranges, /map, "
        + "/openapi.yaml and /openapi.json; none ends with a slash"
    )
  }

  // MARK: Methods

  /// Methods come before paths: what is not allowed here is allowed nowhere.
  private func refuseMethod(_ method: Method) throws(Problem) {
    switch method {
    case .get, .head, .options: return
    case .connect, .registered:
      throw Problem(.methodNotAllowed, "only \(Method.allowed) are allowed here")
    case .unknown:
      throw Problem(
        .methodNotImplemented,
        "the method is none that HTTP knows; \(Method.allowed) are allowed"
      )
    }
  }

  /// The same for every path and for `*`: a browser asks before it sends, and would show a wrong
  /// reason for the failure if it were told of a wrong path here.
  private func writeOptions(into batch: inout ResponseBatch) {
    batch.beginHead(.noContent)
    batch.appendLines(store.shared.options)
    if !originLines.isEmpty {
      batch.appendLines(originLines)
      batch.appendLines(store.shared.privatePreflight)
    }
    batch.endHead()
  }

  // MARK: Problems

  private func write(
    _ problem: Problem,
    _ type: MediaType,
    retryAfterSeconds: Int = 1,
    into batch: inout ResponseBatch
  ) {
    batch.beginHead(problem.kind.status)
    batch.appendLines(originLines)
    batch.appendLines(store.shared.problem)
    switch problem.kind {
    case .methodNotAllowed: batch.appendField("Allow", Method.allowed)
    case .overloaded, .tooManyRequests:
      batch.appendField("Retry-After", String(retryAfterSeconds))
    default: break
    }
    text.removeAll(keepingCapacity: true)
    switch type {
    case .plainText:
      text.append(contentsOf: ProblemBody.line(problem).utf8)
      batch.appendField("Content-Type", MediaType.plainText.name)
    case .html:
      HTMLPage.write(problem, store.fixed.dashboard.pageFiles, to: &text)
      batch.appendLines(Array(SharedFields.pageSafety.utf8))
      batch.appendField("Content-Type", MediaType.html.name)
    case .json, .csv:
      writer.removeAll()
      ProblemBody.write(problem, into: &writer)
      writer.endText()
      text.append(contentsOf: writer.bytes)
      batch.appendField("Content-Type", "application/problem+json")
    }
    batch.appendContentLength(text.count)
    batch.endHead(copying: text)
  }
}
