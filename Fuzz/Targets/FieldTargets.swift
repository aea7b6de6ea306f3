@testable import HTTP

/// A request with these field lines; `nil` if the grammar refuses it.
private func withHead<Result>(
  _ lines: [(name: String, value: ArraySlice<UInt8>)],
  _ body: (borrowing RequestHead, Span<UInt8>) -> Result
) -> Result? {
  var request = Array("GET / HTTP/1.1\r\nHost: r\r\n".utf8)
  for line in lines { request += Array("\(line.name): ".utf8) + line.value + [0x0D, 0x0A] }
  request += [0x0D, 0x0A]
  var parser = RequestHeadParser(limits: .standard)
  var head = RequestHead()
  guard (try? parser.resume(over: request.span, into: &head)) == .complete,
    head.size == request.count
  else { return nil }
  return body(head, request.span)
}

/// Accept and Accept-Encoding.
///
/// A list may be cut at any comma outside quotes into two field lines (RFC 9110 §5.3).
func fuzzAccept(_ bytes: [UInt8]) {
  let comma = bytes.span.firstUnquoted(UInt8(ascii: ","), in: bytes.indices)
  let halves = [bytes[..<comma], bytes[min(comma + 1, bytes.count)...]]
  func decide(_ name: String, _ values: [ArraySlice<UInt8>]) -> UInt8? {
    withHead(values.map { (name, $0) }) { head, bytes in
      name == "Accept"
        ? MediaType.negotiate(head, in: bytes).rawValue
        : ContentCoding.negotiate(head, in: bytes).rawValue
    }
  }
  for name in ["Accept", "Accept-Encoding"] {
    guard let whole = decide(name, [bytes[...]]) else { continue }
    precondition(decide(name, halves) == whole)
  }
}

/// Conditional fields.
///
/// A date that is read and written is read again as the same. A tag that a list ends with is found.
func fuzzConditions(_ bytes: [UInt8]) {
  let now = DateField(secondsSince1970: 1_795_600_000)
  let tag = EntityTag(digest: 0x0123_4567_89AB_CDEF, coding: .identity)
  if let date = DateField(parsing: bytes.span, now: now) {
    var written: [UInt8] = []
    date.write(to: &written)
    precondition(written.count == 29)
    precondition(DateField(parsing: written.span, now: now) == date)
  }
  var list = bytes
  list.append(UInt8(ascii: ","))
  tag.write(to: &list)
  let isListed = tag.isListed(list.span, list.indices, by: .strong)
  precondition(isListed || bytes.contains(UInt8(ascii: "\"")))
  let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
  let names = ["If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since"]
  _ = withHead(zip(names, lines).map { ($0, $1) }) { head, bytes in
    Preconditions.evaluate(head, in: bytes, tag: tag, lastModified: now, now: now)
  }
}
