/// The request fields that this service acts on or logs. All others are checked and passed over.
package enum FieldName: UInt8, Sendable {
  case accept
  case acceptEncoding
  case connection
  case contentEncoding
  case contentLength
  case expect
  case forwarded
  case host
  case ifMatch
  case ifModifiedSince
  case ifNoneMatch
  case ifUnmodifiedSince
  case origin
  case prefer
  case referer
  case requestID
  case transferEncoding
  case userAgent
  case forwardedFor

  /// The name's meaning, without regard to case (RFC 9110 §5.1); `nil` for one of no interest.
  init?(_ name: Span<UInt8>) {
    switch name.count {
    case 4 where name.equalsIgnoringCase("host"): self = .host
    case 6 where name.equalsIgnoringCase("accept"): self = .accept
    case 6 where name.equalsIgnoringCase("expect"): self = .expect
    case 6 where name.equalsIgnoringCase("prefer"): self = .prefer
    case 6 where name.equalsIgnoringCase("origin"): self = .origin
    case 7 where name.equalsIgnoringCase("referer"): self = .referer
    case 8 where name.equalsIgnoringCase("if-match"): self = .ifMatch
    case 9 where name.equalsIgnoringCase("forwarded"): self = .forwarded
    case 10 where name.equalsIgnoringCase("connection"): self = .connection
    case 10 where name.equalsIgnoringCase("user-agent"): self = .userAgent
    case 12 where name.equalsIgnoringCase("x-request-id"): self = .requestID
    case 13 where name.equalsIgnoringCase("if-none-match"): self = .ifNoneMatch
    case 14 where name.equalsIgnoringCase("content-length"): self = .contentLength
    case 15 where name.equalsIgnoringCase("accept-encoding"): self = .acceptEncoding
    case 15 where name.equalsIgnoringCase("x-forwarded-for"): self = .forwardedFor
    case 16 where name.equalsIgnoringCase("content-encoding"): self = .contentEncoding
    case 17 where name.equalsIgnoringCase("transfer-encoding"): self = .transferEncoding
    case 17 where name.equalsIgnoringCase("if-modified-since"): self = .ifModifiedSince
    case 19 where name.equalsIgnoringCase("if-unmodified-since"): self = .ifUnmodifiedSince
    default: return nil
    }
  }
}
