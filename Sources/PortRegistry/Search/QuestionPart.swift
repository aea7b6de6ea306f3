/// A part of a question, between two blanks, and what it names besides words.
///
/// Parts are what people paste: `443/tcp`, `[::1]:5432`, `https://example.com/`, `0x1538`,
/// `_ldap._tcp.example.com`.
struct QuestionPart {
  /// The ports that it names.
  private(set) var ports: Query.Ports?
  /// Whether it can name nothing else, since a host or a transport stands beside the number.
  private(set) var isCertain = false
  /// Where those of its words stand that count.
  private(set) var words: Range<Int>

  /// Understands a part, folded, of at least one byte.
  init(_ part: Span<UInt8>) {
    // What ends a sentence or a clause, or leads on to the next part, is none of it.
    let part = part.extracting(0..<part.count(without: ".:!-"))
    words = 0..<part.count
    // Most parts are words and no more, or nothing.
    if part.isOfLetters { return }
    if let scheme = part.position(of: "://") {
      readURL(part, scheme: scheme)
    } else if let end = Self.serviceLabelsEnd(part) {
      words = 0..<end
    } else if let number = Self.hexadecimal(part) {
      set(Query.Ports(first: number, last: number, transport: nil), isCertain: true)
    } else {
      readNumber(part)
    }
  }

  private mutating func set(_ ports: Query.Ports, isCertain: Bool) {
    self.ports = ports
    self.isCertain = isCertain
    if isCertain { words = 0..<0 }
  }

  // MARK: Names

  /// A URL (RFC 3986): its port, else its scheme.
  private mutating func readURL(_ url: Span<UInt8>, scheme: Int) {
    let name = url.extracting(0..<scheme)
    var authority = url.extracting(scheme + 3..<url.count)
    if let path = authority.position(of: "/") { authority = authority.extracting(0..<path) }
    if let user = authority.lastPosition(of: "@") {
      authority = authority.extracting(user + 1..<authority.count)
    }
    if let size = Self.hostSize(authority),
      let port = Self.range(authority.extracting(size + 1..<authority.count))
    {
      set(port.over(RegistryTable.transport(name)), isCertain: true)
    } else {
      // `jdbc:mysql://` names two.
      words = (name.lastPosition(of: ":").map { $0 + 1 } ?? 0)..<scheme
    }
  }

  /// Where the service and the transport of a name of DNS end, as in `_ldap._tcp.example.com`
  /// (RFC 2782).
  private static func serviceLabelsEnd(_ part: Span<UInt8>) -> Int? {
    guard part[0] == UInt8(ascii: "_"), let dot = part.position(of: "._") else { return nil }
    let rest = part.extracting(dot + 2..<part.count)
    let end = rest.position(of: ".") ?? rest.count
    return RegistryTable.transport(rest.extracting(0..<end)) == nil ? nil : dot + 2 + end
  }

  // MARK: Numbers

  /// `443`, `443/tcp`, `tcp/443`, `tcp:443`, `443-445`, `port443`, `localhost:443`, `[::1]:443`;
  /// or an address alone.
  private mutating func readNumber(_ part: Span<UInt8>) {
    var number = part
    var transport: TransportProtocol?
    if let mark = part.position(of: "/") ?? part.position(of: ":") {
      let left = part.extracting(0..<mark)
      let right = part.extracting(mark + 1..<part.count)
      if let name = RegistryTable.transport(right) {
        (transport, number) = (name, left)
      } else if let name = RegistryTable.transport(left) {
        (transport, number) = (name, right)
      } else if part[mark] == UInt8(ascii: "/") {
        // `localhost:8080/path` is a URL that nobody wrote the scheme of.
        number = left
      }
    }
    let isWhole = number.count == part.count || transport != nil
    if let size = Self.hostSize(number) {
      if let ports = Self.range(number.extracting(size + 1..<number.count)) {
        let isHost = Self.isHost(number.extracting(0..<size))
        return set(ports.over(transport), isCertain: isHost || transport != nil)
      }
    } else if isWhole, let ports = Self.range(number) {
      return set(ports.over(transport), isCertain: transport != nil)
    } else if isWhole, number.starts(with: "port"),
      let ports = Self.range(number.extracting(4..<number.count))
    {
      return set(ports.over(transport), isCertain: true)
    }
    if Self.isAddress(number) { words = 0..<0 }
  }

  /// Where a host ends that a port stands behind: at the last colon, or, as netstat(8) of BSD
  /// prints it, at the dot behind an address.
  private static func hostSize(_ text: Span<UInt8>) -> Int? {
    if let colon = text.lastPosition(of: ":") {
      let host = text.extracting(0..<colon)
      // More than one colon is an address of IPv6, which has a port only behind brackets, or where
      // programs leave them out, as in `:::443` and `::1:443`.
      let isHost =
        host.position(of: ":") == nil || host.last == UInt8(ascii: "]") || host.isEqual(to: "::")
        || host.isEqual(to: "::1")
      return isHost ? colon : nil
    }
    guard let dot = text.lastPosition(of: ".") else { return nil }
    let host = text.extracting(0..<dot)
    return host.isEqual(to: "*") || isAddress(host) ? dot : nil
  }

  /// Whether what stands before a port is a host for certain: nothing, `*`, an address,
  /// `localhost`, or a name with a dot. `redis:7` may be a version.
  private static func isHost(_ text: Span<UInt8>) -> Bool {
    guard let last = text.last else { return true }
    return last == UInt8(ascii: "*") || last == UInt8(ascii: "]") || last == UInt8(ascii: ":")
      || text.position(of: ".") != nil || text.isEqual(to: "localhost")
  }

  /// Whether it is an address of IPv4, as in `10.0.0.0/24`, of IPv6, or of this host.
  private static func isAddress(_ text: Span<UInt8>) -> Bool {
    var dots = 0
    var colons = 0
    var hasLetters = false
    for index in text.indices {
      switch text[index] {
      case UInt8(ascii: "."): dots += 1
      case UInt8(ascii: ":"): colons += 1
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "["), UInt8(ascii: "]"): break
      case UInt8(ascii: "a")...UInt8(ascii: "f"): hasLetters = true
      default: return text.isEqual(to: "localhost")
      }
    }
    return colons >= 2 || (dots == 3 && colons == 0 && !hasLetters)
  }

  /// A number, or two with a dash between.
  private static func range(_ text: Span<UInt8>) -> Query.Ports? {
    if let dash = text.position(of: "-") {
      guard let first = number(text.extracting(0..<dash)),
        let last = number(text.extracting(dash + 1..<text.count)), first <= last
      else { return nil }
      return Query.Ports(first: first, last: last, transport: nil)
    }
    return number(text).map { Query.Ports(first: $0, last: $0, transport: nil) }
  }

  /// Decimal digits, leading zeros dropped.
  private static func number(_ digits: Span<UInt8>) -> UInt16? {
    guard !digits.isEmpty else { return nil }
    var value: UInt32 = 0
    for index in digits.indices {
      guard Tokens.isDigit(digits[index]) else { return nil }
      value = value * 10 + UInt32(digits[index] &- UInt8(ascii: "0"))
      guard value <= 65_535 else { return nil }
    }
    return UInt16(value)
  }

  /// `0x` and one to four digits.
  private static func hexadecimal(_ part: Span<UInt8>) -> UInt16? {
    guard (3...6).contains(part.count), part.starts(with: "0x") else { return nil }
    var value: UInt16 = 0
    for index in 2..<part.count {
      switch part[index] {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        value = value << 4 | UInt16(part[index] &- UInt8(ascii: "0"))
      case UInt8(ascii: "a")...UInt8(ascii: "f"):
        value = value << 4 | UInt16(part[index] &- UInt8(ascii: "a") &+ 10)
      default: return nil
      }
    }
    return value
  }
}

extension Query.Ports {
  fileprivate func over(_ transport: TransportProtocol?) -> Query.Ports {
    Query.Ports(first: first, last: last, transport: transport)
  }
}

extension Span<UInt8> {
  fileprivate var last: UInt8? { isEmpty ? nil : self[count - 1] }

  /// Whether there is nothing but a to z.
  fileprivate var isOfLetters: Bool {
    indices.allSatisfy { self[$0] &- UInt8(ascii: "a") < 26 }
  }

  /// Whether `text`, which is ASCII, stands at `place`.
  private func holds(_ text: String, at place: Int) -> Bool {
    guard place + text.utf8.count <= count else { return false }
    var index = place
    for byte in text.utf8 {
      guard self[index] == byte else { return false }
      index += 1
    }
    return true
  }

  fileprivate func starts(with text: String) -> Bool { holds(text, at: 0) }

  fileprivate func isEqual(to text: String) -> Bool {
    count == text.utf8.count && holds(text, at: 0)
  }

  fileprivate func position(of text: String) -> Int? {
    indices.first { holds(text, at: $0) }
  }

  fileprivate func lastPosition(of text: String) -> Int? {
    indices.last { holds(text, at: $0) }
  }

  /// How many there are without those at the end that are among `marks`.
  fileprivate func count(without marks: String) -> Int {
    var end = count
    while end > 0, marks.utf8.contains(self[end - 1]) { end -= 1 }
    return end
  }
}
