/// Whether a reload is under way. Of those asked for meanwhile one is made, after it: the files may
/// have changed since they were read.
enum ReloadTurn: Equatable {
  case none
  case underWay
  case underWayAndWantedAgain

  /// - Returns: Whether the reload begins now.
  mutating func request() -> Bool {
    defer { self = self == .none ? .underWay : .underWayAndWantedAgain }
    return self == .none
  }

  /// - Returns: Whether another is to follow.
  mutating func finish() -> Bool {
    defer { self = .none }
    return self == .underWayAndWantedAgain
  }
}
