/// What IANA may say of a port number and a transport protocol (RFC 6335 §6).
public enum AssignmentState: UInt8, CaseIterable, Sendable {
  /// Free to be assigned on request.
  case unassigned
  /// Kept back: nobody gets it without a special action.
  case reserved
  /// Given to a service.
  case assigned

  /// The name in lower case.
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

  /// The state for `transport`.
  public subscript(transport: TransportProtocol) -> AssignmentState {
    get { AssignmentState(rawValue: rawValue >> (2 * transport.rawValue) & 3) ?? .unassigned }
    set {
      let shift = 2 * transport.rawValue
      rawValue = rawValue & ~(3 << shift) | newValue.rawValue << shift
    }
  }
}
