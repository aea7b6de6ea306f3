/// The three ranges of port numbers (RFC 6335 §6).
public enum PortRange: String, CaseIterable, Sendable {
  /// 0...1023, assigned by IETF processes.
  case system
  /// 1024...49151, assigned on request.
  case user
  /// 49152...65535, never assigned.
  case dynamic

  /// The bounds.
  public var numbers: ClosedRange<UInt16> {
    switch self {
    case .system: 0...1023
    case .user: 1024...49_151
    case .dynamic: 49_152...65_535
    }
  }
}
