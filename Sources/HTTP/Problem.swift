/// An answer that refuses, in the terms of RFC 9457.
package struct Problem: Error, Equatable, Sendable {
  /// The kinds of problem, each with its own URI under `/problems/`.
  package enum Kind: String, CaseIterable, Sendable {
    case malformedRequest = "malformed-request"
    case invalidParameter = "invalid-parameter"
    case unknownParameter = "unknown-parameter"
    case unknownPath = "unknown-path"
    case unknownService = "unknown-service"
    case methodNotAllowed = "method-not-allowed"
    case requestTimeout = "request-timeout"
    case staleCursor = "stale-cursor"
    case preconditionFailed = "precondition-failed"
    case contentTooLarge = "content-too-large"
    case targetTooLong = "target-too-long"
    case expectationFailed = "expectation-failed"
    case tooManyRequests = "too-many-requests"
    case fieldsTooLarge = "fields-too-large"
    case internalError = "internal"
    case methodNotImplemented = "method-not-implemented"
    case overloaded = "overloaded"
    case versionNotSupported = "version-not-supported"

    package var status: Status {
      switch self {
      case .malformedRequest, .invalidParameter, .unknownParameter: .badRequest
      case .unknownPath, .unknownService: .notFound
      case .methodNotAllowed: .methodNotAllowed
      case .requestTimeout: .requestTimeout
      case .staleCursor: .conflict
      case .preconditionFailed: .preconditionFailed
      case .contentTooLarge: .contentTooLarge
      case .targetTooLong: .uriTooLong
      case .expectationFailed: .expectationFailed
      case .tooManyRequests: .tooManyRequests
      case .fieldsTooLarge: .requestHeaderFieldsTooLarge
      case .internalError: .internalServerError
      case .methodNotImplemented: .notImplemented
      case .overloaded: .serviceUnavailable
      case .versionNotSupported: .httpVersionNotSupported
      }
    }

    /// The same words for every occurrence (RFC 9457 §3.1.3).
    package var title: String {
      switch self {
      case .malformedRequest: "The request is malformed"
      case .invalidParameter: "A parameter has an invalid value"
      case .unknownParameter: "A parameter is unknown"
      case .unknownPath: "There is nothing at this path"
      case .unknownService: "No service has this name"
      case .methodNotAllowed: "The method is not allowed here"
      case .requestTimeout: "The request took too long to arrive"
      case .staleCursor: "The cursor belongs to another query or to older data"
      case .preconditionFailed: "A precondition does not hold"
      case .contentTooLarge: "The request content is too large"
      case .targetTooLong: "The request target is too long"
      case .expectationFailed: "The expectation cannot be met"
      case .tooManyRequests: "Too many requests"
      case .fieldsTooLarge: "The request fields are too large"
      case .internalError: "Something went wrong here"
      case .methodNotImplemented: "The method or coding is not implemented"
      case .overloaded: "The server is at its limit"
      case .versionNotSupported: "The protocol version is not supported"
      }
    }
  }

  /// One thing in the request that is at fault.
  package struct Detail: Equatable, Sendable {
    /// Where the parameter stands.
    package enum Place: String, Sendable { case path, query, header }

    package let parameter: String
    package let place: Place
    package let reason: String

    package init(parameter: String, place: Place, reason: String) {
      self.parameter = parameter
      self.place = place
      self.reason = reason
    }
  }

  package let kind: Kind
  /// What is wrong this time, and what would be right.
  package let detail: String
  package var errors: [Detail]

  package init(_ kind: Kind, _ detail: String, errors: [Detail] = []) {
    self.kind = kind
    self.detail = detail
    self.errors = errors
  }

  /// A parameter of the path or the query whose value cannot be used.
  package static func invalid(
    _ parameter: String,
    in place: Detail.Place = .query,
    _ reason: String
  ) -> Problem {
    Problem(
      .invalidParameter,
      "\(parameter): \(reason)",
      errors: [Detail(parameter: parameter, place: place, reason: reason)]
    )
  }

  /// What a fault of the head or the content is called.
  package init(_ fault: RequestHeadFault) {
    let kind: Kind =
      switch fault.status {
      case .httpVersionNotSupported: .versionNotSupported
      case .uriTooLong: .targetTooLong
      case .requestHeaderFieldsTooLarge: .fieldsTooLarge
      case .notImplemented: .methodNotImplemented
      case .contentTooLarge: .contentTooLarge
      case .expectationFailed: .expectationFailed
      case .requestTimeout: .requestTimeout
      case .serviceUnavailable: .overloaded
      default: .malformedRequest
      }
    self.init(
      kind,
      fault.reason,
      errors: fault.field.map {
        [Detail(parameter: $0, place: .header, reason: fault.reason)]
      } ?? []
    )
  }
}
