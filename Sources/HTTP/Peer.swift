/// The other end of a connection.
package final class Peer: Sendable {
  /// The address in network order: 4 bytes of IPv4 (an IPv4-mapped IPv6 address too) or 16.
  package let address: [UInt8]
  package let port: UInt16
  /// Whether the connection is under TLS.
  package let isSecure: Bool
  /// The subject of a verified client certificate (RFC 4514).
  package let certificateSubject: String?

  package init(
    address: [UInt8],
    port: UInt16,
    isSecure: Bool = false,
    certificateSubject: String? = nil
  ) {
    self.address = address
    self.port = port
    self.isSecure = isSecure
    self.certificateSubject = certificateSubject
  }

  /// The same peer, whose certificate has been verified meanwhile.
  package func with(certificateSubject: String) -> Peer {
    Peer(
      address: address,
      port: port,
      isSecure: isSecure,
      certificateSubject: certificateSubject
    )
  }

  /// Nobody in particular, for answers that are made without a connection.
  package static let none = Peer(address: [], port: 0)

  /// The address as people write it: four decimal numbers, or the form of RFC 5952.
  package var host: String {
    switch address.count {
    case 4: address.map { String($0) }.joined(separator: ".")
    case 16: Self.hostOfIPv6(address)
    default: "-"
    }
  }

  private static func hostOfIPv6(_ address: [UInt8]) -> String {
    let groups = (0..<8).map { UInt16(address[2 * $0]) << 8 | UInt16(address[2 * $0 + 1]) }
    // §4.2: the longest run of at least two zero groups, the first of equals, becomes `::`.
    var longest = 0..<0
    var start = 0
    while start < 8 {
      var end = start
      while end < 8, groups[end] == 0 { end += 1 }
      if end - start > max(longest.count, 1) { longest = start..<end }
      start = end + 1
    }
    func text(_ range: Range<Int>) -> String {
      groups[range].map { String($0, radix: 16) }.joined(separator: ":")
    }
    if longest.isEmpty { return text(0..<8) }
    return "\(text(0..<longest.lowerBound))::\(text(longest.upperBound..<8))"
  }
}
