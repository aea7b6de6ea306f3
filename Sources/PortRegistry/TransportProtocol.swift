/// The transport protocols that IANA's registry covers (RFC 6335 §1).
public enum TransportProtocol: UInt8, CaseIterable, Sendable {
  case tcp
  case udp
  case sctp
  case dccp

  /// The name in lower case, as IANA writes it.
  public var name: String {
    switch self {
    case .tcp: "tcp"
    case .udp: "udp"
    case .sctp: "sctp"
    case .dccp: "dccp"
    }
  }

  /// - Parameter name: Exactly one of the lower-case names.
  public init?(name: some StringProtocol) {
    guard let match = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = match
  }
}

/// A set of transport protocols; iterates in the order tcp, udp, sctp, dccp.
public struct TransportSet: OptionSet, Hashable, Sendable {
  /// One bit a transport, tcp lowest.
  public let rawValue: UInt8

  /// Bits that stand for no transport are dropped.
  public init(rawValue: UInt8) {
    self.rawValue = rawValue & 0xF
  }

  /// The set of one.
  public init(_ transport: TransportProtocol) {
    rawValue = 1 << transport.rawValue
  }

  /// TCP alone.
  public static let tcp = TransportSet(.tcp)
  /// UDP alone.
  public static let udp = TransportSet(.udp)
  /// SCTP alone.
  public static let sctp = TransportSet(.sctp)
  /// DCCP alone.
  public static let dccp = TransportSet(.dccp)
  /// All four.
  public static let all: TransportSet = [.tcp, .udp, .sctp, .dccp]

  /// Whether `transport` is a member.
  public func contains(_ transport: TransportProtocol) -> Bool {
    rawValue >> transport.rawValue & 1 == 1
  }

  /// The members, in order.
  public var members: [TransportProtocol] { TransportProtocol.allCases.filter(contains) }
}
