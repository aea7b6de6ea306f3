@testable import HTTP

/// A request with these field lines; `nil` if the grammar refuses it, or a value has lines itself.
private func withHead<Result>(
  _ lines: [(name: String, value: ArraySlice<UInt8>)],
  _ body: (borrowing RequestHead, Span<UInt8>) -> Result
) -> Result? {
  if lines.contains(where: { $0.value.contains(0x0D) || $0.value.contains(0x0A) }) { return nil }
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
/// A list may be cut at any comma outside quotes into two field lines (RFC 9110 §5.3); the order of
/// these and the case of letters mean nothing; a list of bare words is decided as plainly reading it
/// decides.
func fuzzAccept(_ bytes: [UInt8]) {
  let comma = bytes.span.firstUnquoted(UInt8(ascii: ","), in: bytes.indices)
  let halves = [bytes[..<comma], bytes[min(comma + 1, bytes.count)...]]
  let capitals = bytes.map { (0x61...0x7A).contains($0) ? $0 - 0x20 : $0 }
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
    precondition(decide(name, halves.reversed()) == whole)
    precondition(decide(name, [capitals[...]]) == whole)
    if name == "Accept-Encoding", let plain = plainCoding(bytes) {
      precondition(whole == plain.rawValue)
    }
  }
}

/// RFC 9110 §12.5.3 for lists of words with no weight but `q=0`; `nil` for all others.
private func plainCoding(_ bytes: [UInt8]) -> ContentCoding? {
  var weights: [String: Int] = [:]
  for member in String(decoding: bytes, as: UTF8.self).lowercased().split(separator: ",") {
    let parts = member.split(separator: ";", omittingEmptySubsequences: false)
    guard parts[0].allSatisfy({ $0.isASCII && $0.isLetter }) || parts[0] == "*",
      !parts[0].isEmpty, parts.count == 1 || (parts.count == 2 && parts[1] == "q=0")
    else { return nil }
    let word = String(parts[0])
    weights[word] = max(weights[word] ?? 0, parts.count == 1 ? 1000 : 0)
  }
  return (weights["gzip"] ?? weights["*"] ?? 0) > 0 ? .gzip : .identity
}

/// Conditional fields.
///
/// A date that is read and written is read again as the same. A tag that a list ends with is found;
/// a list that the grammar knows is decided as plainly reading it decides.
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
  if let tags = plainTags(bytes) {
    let opaque = Array("\"0123456789abcdef\"".utf8)
    precondition(
      isNamed(tag, in: bytes, by: .strong) == tags.contains { !$0.isWeak && $0.opaque == opaque }
    )
    precondition(isNamed(tag, in: bytes, by: .weak) == tags.contains { $0.opaque == opaque })
  }
  let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
  let names = ["If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since"]
  _ = withHead(zip(names, lines).map { ($0, $1) }) { head, bytes in
    Preconditions.evaluate(head, in: bytes, tag: tag, lastModified: now, now: now)
  }
}

private func isNamed(
  _ tag: EntityTag,
  in bytes: [UInt8],
  by comparison: EntityTag.Comparison
) -> Bool {
  tag.isListed(bytes.span, bytes.indices, by: comparison)
}

/// `#( [ %x57.2F ] DQUOTE *etagc DQUOTE )` (RFC 9110 §8.8.3); `nil` for anything else.
private func plainTags(_ bytes: [UInt8]) -> [(isWeak: Bool, opaque: [UInt8])]? {
  var tags: [(isWeak: Bool, opaque: [UInt8])] = []
  var rest = bytes[...]
  while true {
    rest = rest.drop { $0 == 0x20 || $0 == 0x09 }
    if rest.first == UInt8(ascii: ",") {
      rest = rest.dropFirst()
      continue
    }
    if rest.isEmpty { return tags }
    let isWeak = rest.starts(with: "W/".utf8)
    if isWeak { rest = rest.dropFirst(2) }
    guard rest.first == UInt8(ascii: "\""),
      let end = rest.dropFirst().firstIndex(of: UInt8(ascii: "\"")),
      rest[..<end].allSatisfy({ $0 > 0x20 && $0 != 0x7F })
    else { return nil }
    tags.append((isWeak, Array(rest[...end])))
    rest = rest[(end + 1)...].drop { $0 == 0x20 || $0 == 0x09 }
    guard rest.isEmpty || rest.first == UInt8(ascii: ",") else { return nil }
  }
}
