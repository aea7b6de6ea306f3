import HTTP

/// Finds who a request comes from when proxies stand between.
///
/// A field says who asked only as far as those who wrote it are trusted: the list is read from its
/// end, where the nearest proxy wrote, up to the first address that is no trusted proxy's.
struct ClientAddress: Sendable {
  let trustedProxies: [IPNetwork]

  /// The client's address.
  ///
  /// - Returns: The peer's own address unless it is a trusted proxy's and says otherwise. If both
  ///   `Forwarded` and `X-Forwarded-For` are there and disagree, one of them came from the client
  ///   through a proxy that knows only the other, so neither is believed.
  func resolve(
    peer: IPAddress,
    head: borrowing RequestHead,
    bytes: Span<UInt8>
  ) -> IPAddress {
    guard !trustedProxies.isEmpty, isTrusted(peer) else { return peer }
    let standard = Self.forwarded(head, bytes, trusted: self)
    let customary = Self.forwardedFor(head, bytes, trusted: self)
    switch (standard, customary) {
    case (.absent, .absent): return peer
    case (.client(let client), .absent), (.absent, .client(let client)): return client ?? peer
    case (.client(let left), .client(let right)): return left == right ? left ?? peer : peer
    }
  }

  func isTrusted(_ address: IPAddress) -> Bool {
    trustedProxies.contains { $0.contains(address) }
  }

  /// What one of the fields says.
  private enum Finding {
    case absent
    /// `nil` when even the nearest element is no address.
    case client(IPAddress?)
  }

  /// Takes a list's elements from the first to the last, and holds what reading it from the end
  /// would have found.
  private struct Chain {
    private(set) var client: IPAddress?

    mutating func append(_ element: IPAddress?, _ trusted: ClientAddress) {
      guard let element else {
        client = nil
        return
      }
      if client == nil || !trusted.isTrusted(element) { client = element }
    }
  }

  // MARK: X-Forwarded-For

  private static func forwardedFor(
    _ head: borrowing RequestHead,
    _ bytes: Span<UInt8>,
    trusted: ClientAddress
  ) -> Finding {
    var chain = Chain()
    var isThere = false
    for index in 0..<head.fieldCount where head[index].name == .forwardedFor {
      isThere = true
      let value = bytes.extracting(head[index].value)
      var start = 0
      while start <= value.count {
        var end = start
        while end < value.count, value[end] != UInt8(ascii: ",") { end += 1 }
        let element = value.extracting(value.trimmedRange(start..<end))
        // Empty elements of a list count for nothing (RFC 9110 §5.6.1.2).
        if !element.isEmpty { chain.append(node(element), trusted) }
        start = end + 1
      }
    }
    return isThere ? .client(chain.client) : .absent
  }

  // MARK: Forwarded (RFC 7239)

  private static func forwarded(
    _ head: borrowing RequestHead,
    _ bytes: Span<UInt8>,
    trusted: ClientAddress
  ) -> Finding {
    var chain = Chain()
    var isThere = false
    for index in 0..<head.fieldCount where head[index].name == .forwarded {
      isThere = true
      let value = bytes.extracting(head[index].value)
      var start = 0
      while start <= value.count {
        let end = endOfElement(value, from: start)
        let range = value.trimmedRange(start..<end)
        if !range.isEmpty { chain.append(forParameter(value.extracting(range)), trusted) }
        start = end + 1
      }
    }
    return isThere ? .client(chain.client) : .absent
  }

  /// The next comma outside quotes, or the end.
  private static func endOfElement(_ value: Span<UInt8>, from start: Int) -> Int {
    var index = start
    var isQuoted = false
    while index < value.count {
      switch value[index] {
      case UInt8(ascii: "\""): isQuoted.toggle()
      case UInt8(ascii: "\\") where isQuoted: index += 1
      case UInt8(ascii: ",") where !isQuoted: return index
      default: break
      }
      index += 1
    }
    return value.count
  }

  /// The address in `for=…` of one element; names in it are without regard to case.
  private static func forParameter(_ element: Span<UInt8>) -> IPAddress? {
    var start = 0
    while start < element.count {
      var end = start
      var isQuoted = false
      while end < element.count, isQuoted || element[end] != UInt8(ascii: ";") {
        if element[end] == UInt8(ascii: "\"") { isQuoted.toggle() }
        end += 1
      }
      let pair = element.extracting(element.trimmedRange(start..<end))
      if pair.count > 4, pair.extracting(0..<4).equalsIgnoringCase("for=") {
        var value = pair.extracting(4..<pair.count)
        if value[0] == UInt8(ascii: "\"") {
          guard value.count >= 2, value[value.count - 1] == UInt8(ascii: "\"") else { return nil }
          value = value.extracting(1..<value.count - 1)
        }
        return node(value)
      }
      start = end + 1
    }
    return nil
  }

  // MARK: Nodes

  /// An address with or without a port: `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`,
  /// `[2001:db8::1]:80`. `unknown` and made-up names are no addresses.
  private static func node(_ text: Span<UInt8>) -> IPAddress? {
    if text[0] == UInt8(ascii: "[") {
      guard let close = position(of: UInt8(ascii: "]"), in: text) else { return nil }
      if close + 1 < text.count, !isPort(text.extracting(close + 1..<text.count)) { return nil }
      return IPAddress(parsing: text.extracting(1..<close))
    }
    guard let colon = position(of: UInt8(ascii: ":"), in: text) else {
      return IPAddress(parsing: text)
    }
    let rest = text.extracting(colon..<text.count)
    if isPort(rest), let address = IPAddress(parsing: text.extracting(0..<colon)) {
      return address
    }
    return IPAddress(parsing: text)
  }

  private static func isPort(_ text: Span<UInt8>) -> Bool {
    guard (2...6).contains(text.count), text[0] == UInt8(ascii: ":") else { return false }
    for index in 1..<text.count where !text[index].isDigit { return false }
    return true
  }

  private static func position(of byte: UInt8, in text: Span<UInt8>) -> Int? {
    for index in text.indices where text[index] == byte { return index }
    return nil
  }
}
