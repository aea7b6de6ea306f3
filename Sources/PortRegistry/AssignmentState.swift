/// What IANA may say of a port number and a transport protocol (RFC 6335 §6).
public enum AssignmentState: UInt8, CaseIterable, Sendable {
  case unassigned
  case reserved
  case assigned

  public var name: String {
    switch self {
    case .unassigned: "unassigned"
    case .reserved: "reserved"
    case .assigned: "assigned"
    }
  }
}

/// The states of one port number, one for each transport protocol.
public struct PortStates: Hashable, Sendable {
  /// Two bits a transport, tcp lowest.
  package var rawValue: UInt8

  package init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  public subscript(transport: TransportProtocol) -> AssignmentState {
    get { AssignmentState(rawValue: rawValue >> (2 * transport.rawValue) & 3) ?? .unassigned }
    set {
      let shift = 2 * transport.rawValue
      rawValue = rawValue & ~(3 << shift) | newValue.rawValue << shift
    }
  }
}
