/// Where a request is aimed (RFC 9112 §3.2), as offsets into the bytes of its head.
package struct RequestTarget: Equatable, Sendable {
  /// The four forms of a target.
  package enum Form: UInt8, Sendable {
    /// `/ports/443?transport=tcp`
    case origin
    /// `http://host/ports/443`, as proxies are asked.
    case absolute
    /// `host:443`, of CONNECT only.
    case authority
    /// `*`, of OPTIONS only: the server as a whole.
    case asterisk
  }

  package var form = Form.origin
  /// Whether the target is of the `https` scheme, which only a connection under TLS may be asked
  /// for.
  package var isHTTPS = false
  /// The path, percent-encoded as it came. Empty for authority- and asterisk-form, and for an
  /// absolute-form without one, which means `/`.
  package var path: Range<Int> = 0..<0
  /// The query without its `?`, percent-encoded as it came; `nil` if there is no `?`.
  package var query: Range<Int>?

  package init() {}

  /// Reads the target that stands at `range`.
  ///
  /// - Throws: ``RequestHeadFault/requestTarget``.
  init(parsing bytes: Span<UInt8>, at range: Range<Int>, method: Method) throws(RequestHeadFault) {
    let first = bytes[range.lowerBound]
    if method == .connect {
      form = .authority
      guard Authority.isValid(bytes, range, port: .required) else { throw .requestTarget }
    } else if first == UInt8(ascii: "/") {
      try readPathAndQuery(bytes, range)
    } else if range.count == 1, first == UInt8(ascii: "*") {
      guard method == .options else { throw .requestTarget }
      form = .asterisk
    } else {
      try readAbsolute(bytes, range, method)
    }
  }

  private mutating func readAbsolute(
    _ bytes: Span<UInt8>,
    _ range: Range<Int>,
    _ method: Method
  ) throws(RequestHeadFault) {
    let target = bytes.extracting(range)
    let schemeCount: Int
    if target.count >= 7, target.extracting(0..<7).equalsIgnoringCase("http://") {
      schemeCount = 7
    } else if target.count >= 8, target.extracting(0..<8).equalsIgnoringCase("https://") {
      schemeCount = 8
      isHTTPS = true
    } else {
      throw .requestTarget
    }
    form = .absolute
    let start = range.lowerBound + schemeCount
    var end = start
    while end < range.upperBound, bytes[end] != UInt8(ascii: "/"), bytes[end] != UInt8(ascii: "?") {
      end += 1
    }
    guard Authority.isValid(bytes, start..<end, port: .optional) else { throw .requestTarget }
    if end == range.upperBound, method == .options {
      form = .asterisk  // RFC 9112 §3.2.4: how a proxy passes on `*`.
    }
    try readPathAndQuery(bytes, end..<range.upperBound)
  }

  private mutating func readPathAndQuery(
    _ bytes: Span<UInt8>,
    _ range: Range<Int>
  ) throws(RequestHeadFault) {
    var index = range.lowerBound
    let allowed = ByteClass.path
    while index < range.upperBound {
      let byte = bytes[index]
      if byte == UInt8(ascii: "?") { break }
      // A `%` that begins no escape is left to whoever decodes: he can name the parameter.
      guard allowed.contains(byte) || byte == UInt8(ascii: "/") || byte == UInt8(ascii: "%") else {
        throw .requestTarget
      }
      index += 1
    }
    path = range.lowerBound..<index
    guard index < range.upperBound else { return }
    index += 1
    query = index..<range.upperBound
    while index < range.upperBound {
      let byte = bytes[index]
      guard
        allowed.contains(byte) || byte == UInt8(ascii: "/") || byte == UInt8(ascii: "?")
          || byte == UInt8(ascii: "%")
      else { throw .requestTarget }
      index += 1
    }
  }
}
