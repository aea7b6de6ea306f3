/// Why a request's head or content cannot be trusted. Whatever follows it on the connection is
/// never read as another request.
package enum RequestHeadFault: Error, Equatable, Sendable {
  /// A line ends with LF alone (RFC 9112 §2.2).
  case bareLineFeed
  /// A CR stands without its LF (RFC 9112 §2.2).
  case bareCarriageReturn
  /// A control byte other than HTAB (RFC 9110 §5.5).
  case controlByte
  /// Not `method SP request-target SP HTTP-version` (RFC 9112 §3).
  case requestLine
  /// The target has none of the four forms, or bytes that no URI has (RFC 9112 §3.2).
  case requestTarget
  /// The target is of the `https` scheme, and the connection is in plain (RFC 9110 §7.4).
  case schemeNotSecured
  /// `HTTP/` is not followed by DIGIT "." DIGIT (RFC 9112 §2.3).
  case versionSyntax
  /// A major version other than 1 (RFC 9110 §15.6.6).
  case versionUnsupported
  /// The request line is longer than ``HeadLimits/requestLineBytes``.
  case requestLineTooLong
  /// The head is longer than ``HeadLimits/headBytes``, or the trailer section too long.
  case headTooLarge
  /// There are more field lines than ``HeadLimits/fieldCount``.
  case tooManyFields
  /// A field name is empty or no token (RFC 9110 §5.1).
  case fieldName
  /// White space stands between a field name and its colon (RFC 9112 §5.1).
  case spaceBeforeColon
  /// A field line begins with white space: obs-fold, or a line before the first (RFC 9112 §5.2,
  /// §2.2).
  case lineFolding
  /// An HTTP/1.1 request has no Host (RFC 9112 §3.2).
  case hostMissing
  /// There is more than one Host (RFC 9112 §3.2).
  case hostRepeated
  /// Host is not `uri-host [ ":" port ]`, or is empty (RFC 9110 §7.2, §4.2.1).
  case hostInvalid
  /// Content-Length is not one decimal number (RFC 9110 §8.6).
  case contentLength
  /// Content-Length comes more than once (RFC 9112 §6.3).
  case contentLengthRepeated
  /// Transfer-Encoding and Content-Length come together (RFC 9112 §6.1).
  case framingAmbiguous
  /// Transfer-Encoding in a request that is not HTTP/1.1 (RFC 9112 §6.1).
  case transferEncodingInOldVersion
  /// `chunked` is not the last coding, or comes twice (RFC 9112 §6.3).
  case transferEncoding
  /// A transfer coding besides `chunked` (RFC 9112 §6.1).
  case transferCodingUnknown
  /// The content is longer than ``HeadLimits/contentBytes``.
  case contentTooLarge
  /// A chunk's size, extension, data or trailer is malformed (RFC 9112 §7.1).
  case chunk
  /// An expectation other than 100-continue (RFC 9110 §10.1.1).
  case expectation
  /// The head or content did not arrive in time (RFC 9110 §15.5.9).
  case timeout
  /// TLS came to a listener that speaks plain HTTP, or the other way round.
  case wrongProtocol
  /// This server has no room for it now (RFC 9110 §15.6.4).
  case overloaded

  package var status: Status {
    switch self {
    case .versionUnsupported: .httpVersionNotSupported
    case .requestLineTooLong: .uriTooLong
    case .headTooLarge, .tooManyFields: .requestHeaderFieldsTooLarge
    case .transferCodingUnknown: .notImplemented
    case .contentTooLarge: .contentTooLarge
    case .expectation: .expectationFailed
    case .timeout: .requestTimeout
    case .overloaded: .serviceUnavailable
    default: .badRequest
    }
  }

  /// What is wrong, for the one who sent it.
  package var reason: String {
    switch self {
    case .bareLineFeed: "a line ends with LF without CR"
    case .bareCarriageReturn: "a CR is not followed by LF"
    case .controlByte: "the request holds a control byte"
    case .requestLine: "the request line is not METHOD SP TARGET SP HTTP/1.1"
    case .requestTarget: "the request target is not a valid origin-form, absolute-form or *"
    case .schemeNotSecured: "an https target was asked for in plain text"
    case .versionSyntax: "the protocol version is malformed"
    case .versionUnsupported: "only HTTP/1.1 and HTTP/1.0 are spoken here"
    case .requestLineTooLong: "the request line is longer than 8192 bytes"
    case .headTooLarge: "the request head is longer than 16384 bytes, or its trailers than 8192"
    case .tooManyFields: "the request has more than 100 field lines"
    case .fieldName: "a field name is empty or holds a byte that is not allowed there"
    case .spaceBeforeColon: "white space stands before the colon of a field"
    case .lineFolding: "a field line begins with white space"
    case .hostMissing: "an HTTP/1.1 request must have a Host field"
    case .hostRepeated: "there is more than one Host field"
    case .hostInvalid: "Host is empty or not a host with an optional port"
    case .contentLength: "Content-Length is not one decimal number"
    case .contentLengthRepeated: "there is more than one Content-Length"
    case .framingAmbiguous: "Transfer-Encoding and Content-Length exclude each other"
    case .transferEncodingInOldVersion: "HTTP/1.0 has no Transfer-Encoding"
    case .transferEncoding: "Transfer-Encoding must end with chunked, once"
    case .transferCodingUnknown: "the only transfer coding understood here is chunked"
    case .contentTooLarge: "the request content is longer than 65536 bytes"
    case .chunk: "the chunked content is malformed"
    case .expectation: "the only expectation understood here is 100-continue"
    case .timeout: "the request did not arrive completely within 10 seconds"
    case .wrongProtocol: "this listener speaks TLS; use https"
    case .overloaded: "the server is at its limit; try again in a second"
    }
  }

  /// The field that is at fault, where it is one.
  package var field: String? {
    switch self {
    case .hostMissing, .hostRepeated, .hostInvalid: "Host"
    case .contentLength, .contentLengthRepeated: "Content-Length"
    case .framingAmbiguous, .transferEncodingInOldVersion, .transferEncoding,
      .transferCodingUnknown:
      "Transfer-Encoding"
    case .expectation: "Expect"
    default: nil
    }
  }
}

/// How large a request may be.
package struct HeadLimits: Sendable {
  /// The request line with its CRLF, in bytes.
  package var requestLineBytes = 8 * 1024
  /// The whole head with the empty line that ends it, in bytes; at most 65,533.
  package var headBytes = 16 * 1024
  /// Field lines.
  package var fieldCount = 100
  /// Content that is read and thrown away, in bytes.
  package var contentBytes: UInt64 = 64 * 1024

  package init() {}
  package static let standard = HeadLimits()

  /// The limits, none of them beyond the places that a ``RequestHead`` can tell. An empty line may
  /// stand before the head, and counts for them.
  var clamped: HeadLimits {
    var limits = self
    limits.headBytes = min(headBytes, Int(UInt16.max) - 2)
    return limits
  }
}
