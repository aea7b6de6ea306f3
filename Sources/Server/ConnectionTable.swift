/// The connections of a loop by slot, and the tokens that events name them with.
///
/// A token holds the slot and how often the slot was used before, so an event that was already on
/// its way when its connection ended finds nothing, even when another has the slot by then.
struct ConnectionTable<Member> {
  private var members: [Member?] = []
  private var uses: [UInt32] = []
  private var free: [Int] = []
  private(set) var count = 0

  var slots: Range<Int> { members.indices }

  mutating func insert(_ member: Member) -> Int {
    count += 1
    if let slot = free.popLast() {
      members[slot] = member
      return slot
    }
    members.append(member)
    uses.append(0)
    return members.count - 1
  }

  mutating func remove(_ slot: Int) {
    guard members[slot] != nil else { return }
    members[slot] = nil
    uses[slot] &+= 1
    free.append(slot)
    count -= 1
  }

  subscript(slot: Int) -> Member? { members[slot] }

  func token(of slot: Int) -> UInt64 { UInt64(uses[slot]) << 32 | UInt64(slot) }

  /// The slot that `token` names, if the connection it named is still there.
  func slot(of token: UInt64) -> Int? {
    let slot = Int(token & 0xFFFF_FFFF)
    guard slot < members.count, members[slot] != nil, uses[slot] == UInt32(token >> 32) else {
      return nil
    }
    return slot
  }
}
