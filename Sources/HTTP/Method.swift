/// A request method (RFC 9110 §9), as far as this service tells them apart.
package enum Method: UInt8, Equatable, Sendable {
  case get
  case head
  case options
  /// CONNECT, which alone has the authority-form of target (RFC 9112 §3.2.3).
  case connect
  /// In IANA's HTTP Method Registry, and known not to be allowed here (405).
  case registered
  /// Any other token (501).
  case unknown

  /// What `Allow` says of every resource here (RFC 9110 §10.2.1).
  package static let allowed = "GET, HEAD, OPTIONS"

  /// The name as requests and logs write it.
  package var name: String {
    switch self {
    case .get: "GET"
    case .head: "HEAD"
    case .options: "OPTIONS"
    case .connect: "CONNECT"
    case .registered, .unknown: "_OTHER"
    }
  }

  /// Methods are case-sensitive (RFC 9110 §9.1), so `get` is an unknown one.
  init(_ token: Span<UInt8>) {
    if token.equals("GET") {
      self = .get
    } else if token.equals("HEAD") {
      self = .head
    } else if token.equals("OPTIONS") {
      self = .options
    } else if token.equals("CONNECT") {
      self = .connect
    } else {
      self = Self.others.contains { token.equals($0) } ? .registered : .unknown
    }
  }

  /// The rest of IANA's HTTP Method Registry.
  private static let others = [
    "ACL", "BASELINE-CONTROL", "BIND", "CHECKIN", "CHECKOUT", "COPY", "DELETE", "LABEL", "LINK",
    "LOCK", "MERGE", "MKACTIVITY", "MKCALENDAR", "MKCOL", "MKREDIRECTREF", "MKWORKSPACE", "MOVE",
    "ORDERPATCH", "PATCH", "POST", "PRI", "PROPFIND", "PROPPATCH", "PUT", "QUERY", "REBIND",
    "REPORT", "SEARCH", "TRACE", "UNBIND", "UNCHECKOUT", "UNLINK", "UNLOCK", "UPDATE",
    "UPDATEREDIRECTREF", "VERSION-CONTROL",
  ]
}

extension Span where Element == UInt8 {
  /// Whether the bytes are exactly `text`.
  @inline(__always)
  package func equals(_ text: String) -> Bool {
    let expected = text.utf8.span
    guard count == expected.count else { return false }
    for index in expected.indices where self[index] != expected[index] { return false }
    return true
  }
}
