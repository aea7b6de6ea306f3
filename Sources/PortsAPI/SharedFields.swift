import HTTP

/// How the API presents itself.
package struct APIOptions: Sendable {
  /// Whether an operator's own services are among the data, so that shared caches and the pages of
  /// other origins must not have them.
  package var isPrivate = false
  /// Origins that may read the answers although they are private, such as `https://wiki.example`.
  package var corsOrigins: [String] = []

  package init() {}
}

/// The field lines that answers of one kind have in common, as bytes with their CRLF, made once.
final class SharedFields: Sendable {
  /// When the data was made.
  let lastModified: DateField?
  /// Of data, in 200 and in 304 alike.
  let data: [UInt8]
  /// Of the dashboard's page.
  let page: [UInt8]
  /// Of assets, whose names change with their content (RFC 8246).
  let asset: [UInt8]
  /// Of the API's description and other documents that are not negotiated by type.
  let document: [UInt8]
  /// Of problems, which are never kept.
  let problem: [UInt8]
  /// Of the pages about problems, which have nothing to do with the data.
  let problemPage: [UInt8]
  /// Of a redirect.
  let redirect: [UInt8]
  /// Of an answer to OPTIONS, with what a browser asks before it sends (Fetch, CORS-preflight).
  let options: [UInt8]
  /// What an answer says to an origin of the operator's, after the origin itself.
  let privateCORS: [UInt8]
  let privatePreflight: [UInt8]

  /// What a readable page may do: be styled by our own sheet, and ask us.
  static let policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    + "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

  init(_ options: APIOptions, lastModified: DateField?) {
    self.lastModified = lastModified
    let isPrivate = options.isPrivate
    let vary = isPrivate ? ", Origin" : ""
    let kept =
      isPrivate
      ? "private, no-cache"
      : "public, max-age=300, stale-while-revalidate=86400, stale-if-error=604800"
    let cors =
      isPrivate
      ? "" : "Access-Control-Allow-Origin: *\r\nAccess-Control-Expose-Headers: ETag, Link\r\n"
    let sniffing = "X-Content-Type-Options: nosniff\r\n"
    var modified = Array("Last-Modified: ".utf8)
    if let lastModified {
      lastModified.write(to: &modified)
      modified.append(contentsOf: "\r\n".utf8)
    } else {
      modified.removeAll()
    }
    data =
      modified
      + "Cache-Control: \(kept)\r\nVary: Accept, Accept-Encoding\(vary)\r\n\(cors)\(sniffing)".utf8
    document = Array(
      "Cache-Control: \(kept)\r\nVary: Accept-Encoding\(vary)\r\n\(cors)\(sniffing)".utf8
    )
    asset = Array(
      ("Cache-Control: public, max-age=31536000, immutable\r\nVary: Accept-Encoding\r\n"
        + sniffing).utf8
    )
    page = Array(
      ("Cache-Control: no-cache\r\nVary: Accept-Encoding\r\n"
        + "Link: </openapi.yaml>; rel=\"service-desc\"; type=\"application/yaml\"\r\n"
        + Self.pageSafety + sniffing).utf8
    )
    problem = Array("Cache-Control: no-store\r\nVary: Accept\(vary)\r\n\(cors)\(sniffing)".utf8)
    problemPage = Array(
      ("Cache-Control: public, max-age=86400\r\nVary: Accept, Accept-Encoding\(vary)\r\n"
        + cors + sniffing).utf8
    )
    redirect = Array("Cache-Control: \(kept)\r\n\(isPrivate ? "Vary: Origin\r\n" : "")\(cors)".utf8)
    let preflight =
      "Access-Control-Allow-Methods: \(Method.allowed)\r\n"
      + "Access-Control-Allow-Headers: Accept, If-Match, If-Modified-Since, If-None-Match, "
      + "If-Unmodified-Since, Prefer, X-Request-Id\r\nAccess-Control-Max-Age: 86400\r\n"
    self.options = Array(
      ("Allow: \(Method.allowed)\r\nCache-Control: no-store\r\n"
        + (isPrivate ? "Vary: Origin\r\n" : "Access-Control-Allow-Origin: *\r\n" + preflight)).utf8
    )
    privateCORS = Array("Access-Control-Expose-Headers: ETag, Link\r\n".utf8)
    privatePreflight = Array(preflight.utf8)
  }

  /// What a page for people says besides, on whatever route it is.
  static let pageSafety =
    "Content-Security-Policy: \(policy)\r\nReferrer-Policy: no-referrer\r\n"
    + "Permissions-Policy: camera=(), geolocation=(), microphone=()\r\n"
}
