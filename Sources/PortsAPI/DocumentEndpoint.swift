import HTTP
import JSON

// `/`, `/assets/{name}`, `/openapi.yaml`, `/openapi.json`, `/map` and `/problems/{type}`
extension APIResponder {
  /// - Parameter name: The last segment of the path.
  func answerAsset(
    _ name: Range<Int>,
    _ negotiation: Negotiation,
    _ head: borrowing RequestHead,
    _ bytes: Span<UInt8>,
    _ batch: inout ResponseBatch
  ) throws(Problem) -> Disposition {
    let name = path.text[name]
    guard let asset = store.fixed.dashboard.assets.first(where: { $0.name.elementsEqual(name) })
    else {
      throw Problem(.unknownPath, "there is no such asset; the page at / names those there are")
    }
    return try send(asset.representation, negotiation, head, bytes, &batch)
  }

  /// Sends a document that has one form only.
  func answerDocument(
    _ document: Representation,
    _ negotiation: Negotiation,
    _ head: borrowing RequestHead,
    _ bytes: Span<UInt8>,
    _ batch: inout ResponseBatch
  ) throws(Problem) -> Disposition {
    let reader = ParameterReader(parameters, allowed: [])
    try reader.finish()
    return try send(document, negotiation, head, bytes, &batch)
  }

  /// - Parameter type: Where the problem's name stands in the path.
  func answerProblemPage(
    _ type: Range<Int>,
    _ negotiation: Negotiation,
    _ head: borrowing RequestHead,
    _ bytes: Span<UInt8>,
    _ batch: inout ResponseBatch
  ) throws(Problem) -> Disposition {
    var negotiation = negotiation
    let name = path.text[type]
    guard let kind = Problem.Kind.allCases.first(where: { $0.rawValue.utf8.elementsEqual(name) })
    else { throw unknownPath() }
    var reader = ParameterReader(parameters, allowed: [])
    negotiation.mediaType = reader.mediaType(negotiation.mediaType)
    try reader.finish()
    if negotiation.mediaType == .csv { negotiation.mediaType = .json }
    text.removeAll(keepingCapacity: true)
    switch negotiation.mediaType {
    case .json, .csv:
      writer.removeAll()
      ProblemPage.write(kind, into: &writer)
      writer.endText()
      text.append(contentsOf: writer.bytes)
    case .plainText:
      text.append(
        contentsOf: "\(kind.status.code) \(kind.rawValue): \(kind.title)\n\(kind.advice)\n".utf8
      )
    case .html:
      HTMLPage.begin(kind.title, store.fixed.dashboard.pageFiles, to: &text)
      HTMLPage.paragraph("\(kind.status.code) \(kind.rawValue)", to: &text)
      HTMLPage.paragraph(kind.advice, to: &text)
      HTMLPage.end(to: &text)
    }
    var answer = RepresentationHead(data: negotiation.mediaType, store.shared)
    answer.digest = ContentDigest.of(text)
    answer.lastModified = nil
    answer.shared = store.shared.problemPage
    if let end = try decide(answer, &negotiation, head, bytes, &batch) { return end }
    return send(answer, text, .composed, negotiation, &batch)
  }
}

/// What a problem type means, at the address that its `type` gives.
enum ProblemPage {
  static func write(_ kind: Problem.Kind, into writer: inout JSONWriter) {
    writer.beginObject()
    writer.name("type")
    writer.value("/problems/\(kind.rawValue)")
    writer.name("title")
    writer.value(kind.title)
    writer.name("status")
    writer.value(kind.status.code)
    writer.name("description")
    writer.value(kind.advice)
    writer.endObject()
  }
}

extension Problem.Kind {
  /// What it means, and what to do about it.
  var advice: String {
    switch self {
    case .malformedRequest:
      "The bytes are not a request as RFC 9112 has it, or the path cannot be decoded. The connection "
        + "may have been closed, since what follows on it cannot be trusted. Send a well-formed one."
    case .invalidParameter:
      "A parameter is known but its value cannot be used. The errors name it and say what is allowed."
    case .unknownParameter:
      "A parameter is not one that this path takes. The errors name it and those that there are; "
        + "nothing is guessed, so that a misspelt filter never returns everything."
    case .unknownPath:
      "Nothing is at this path. Every port from 0 to 65535 is at /ports/{port}, assigned or not; no "
        + "path ends with a slash."
    case .unknownService:
      "No assignment has exactly this service name or alias. Search for it with /ports?q=."
    case .methodNotAllowed:
      "This service is only read: it allows GET, HEAD and OPTIONS. The field Allow says so."
    case .requestTimeout:
      "The request did not arrive whole in time. Send it again at once and in one piece."
    case .staleCursor:
      "The cursor comes from a page of another question, of other filters or of older data. Begin "
        + "again without a cursor."
    case .preconditionFailed:
      "If-Match or If-Unmodified-Since says that the data should be as it was, and it is not. Read it "
        + "again."
    case .contentTooLarge: "No request needs content here, and this one has too much. Send none."
    case .targetTooLong: "The request line is longer than 8192 bytes. Ask in several requests."
    case .expectationFailed:
      "The only expectation that is understood is 100-continue. Leave it out."
    case .tooManyRequests: "Wait as long as Retry-After says before the next request."
    case .fieldsTooLarge:
      "The head is longer than 16384 bytes or has more than 100 fields. Send fewer."
    case .internalError: "This is a fault of the service, not of the request. It has been logged."
    case .methodNotImplemented:
      "The method or transfer coding is unknown here. Methods are case-sensitive: GET, not get."
    case .overloaded:
      "The server is at its limit. Wait as long as Retry-After says. Single ports are still served."
    case .versionNotSupported: "Speak HTTP/1.1, or HTTP/1.0."
    }
  }
}
