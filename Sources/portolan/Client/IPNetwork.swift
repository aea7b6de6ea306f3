/// A block of addresses that share their first bits (RFC 4632 §3.1, RFC 4291 §2.3).
struct IPNetwork: Hashable, Sendable, CustomStringConvertible {
  let address: IPAddress
  /// How many bits are shared, of 128 whatever the family.
  let length: Int

  /// Reads `10.0.0.0/8`, `fd00::/8`, or one address alone.
  ///
  /// - Returns: `nil` for anything else, and when a bit is set behind the length: whoever writes
  ///   `10.1.2.3/8` may have meant either.
  init?(parsing text: String) {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let address = IPAddress(parsing: String(parts[0])) else { return nil }
    var length = 128
    if parts.count == 2 {
      let digits = parts[1].utf8
      guard (1...3).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }),
        let written = Int(parts[1]), written <= (address.isIPv4 ? 32 : 128)
      else { return nil }
      length = address.isIPv4 ? written + 96 : written
    }
    guard address.prefix(length) == address else { return nil }
    self.address = address
    self.length = length
  }

  func contains(_ other: IPAddress) -> Bool {
    other.prefix(length) == address
  }

  var description: String {
    "\(address)/\(address.isIPv4 ? length - 96 : length)"
  }
}
