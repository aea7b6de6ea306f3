/// A timer wheel: wakes each connection not before its time, and not more than a tick after.
///
/// Setting and cancelling cost the same few steps whatever the number of connections. A deadline
/// beyond the wheel's reach is parked in the farthest slot and put back when that comes.
struct Deadlines {
  /// How exact deadlines are kept.
  static let tickMilliseconds: UInt64 = 100
  /// Slots of the wheel; with the tick it reaches over 102 s.
  private static let slotCount = 1024
  private static let none: Int32 = -1

  /// One member of the wheel, linked to its neighbours in a slot.
  private struct Entry {
    var deadline: UInt64 = .max
    var slot: Int32 = none
    var next: Int32 = none
    var previous: Int32 = none
  }

  private var entries: [Entry] = []
  private var heads = [Int32](repeating: none, count: slotCount)
  /// The tick that was looked at last.
  private var tick: UInt64
  private var memberCount = 0

  init(at now: UInt64) {
    tick = now / Self.tickMilliseconds
  }

  /// Whether nothing waits.
  var isEmpty: Bool { memberCount == 0 }

  /// Sets when `member` is to be woken; `.max` for never.
  mutating func set(_ member: Int, to deadline: UInt64) {
    while entries.count <= member { entries.append(Entry()) }
    let current = entries[member].deadline
    if current == deadline { return }
    entries[member].deadline = deadline
    // A later deadline costs nothing: the entry is looked at when its slot comes, and put back.
    if entries[member].slot != Self.none, deadline != .max, deadline >= current { return }
    unlink(member)
    if deadline != .max { link(member, deadline) }
  }

  /// Appends each member whose deadline has come to `due`; it is set no more.
  mutating func advance(to now: UInt64, appendingDueTo due: inout [Int]) {
    let target = now / Self.tickMilliseconds
    guard target > tick else { return }
    // After a long sleep every slot has come once.
    let steps = min(target - tick, UInt64(Self.slotCount))
    for current in target - steps + 1...target {
      tick = current
      let slot = Int(current % UInt64(Self.slotCount))
      var member = heads[slot]
      heads[slot] = Self.none
      while member != Self.none {
        let index = Int(member)
        member = entries[index].next
        entries[index].slot = Self.none
        memberCount -= 1
        if entries[index].deadline <= now {
          entries[index].deadline = .max
          due.append(index)
        } else {
          link(index, entries[index].deadline)
        }
      }
    }
  }

  /// How long until a slot comes that is not empty; `nil` if all are.
  func millisecondsToNext(from now: UInt64) -> UInt64? {
    if isEmpty { return nil }
    for step in 1...UInt64(Self.slotCount)
    where heads[Int((tick + step) % UInt64(Self.slotCount))] != Self.none {
      let due = (tick + step) * Self.tickMilliseconds
      return due > now ? due - now : 0
    }
    return nil
  }

  private mutating func link(_ member: Int, _ deadline: UInt64) {
    // Rounded up: never before its time.
    let due = (deadline + Self.tickMilliseconds - 1) / Self.tickMilliseconds
    let reach = min(max(due, tick + 1), tick + UInt64(Self.slotCount) - 1)
    let slot = Int(reach % UInt64(Self.slotCount))
    let head = heads[slot]
    entries[member].slot = Int32(slot)
    entries[member].previous = Self.none
    entries[member].next = head
    if head != Self.none { entries[Int(head)].previous = Int32(member) }
    heads[slot] = Int32(member)
    memberCount += 1
  }

  private mutating func unlink(_ member: Int) {
    let entry = entries[member]
    guard entry.slot != Self.none else { return }
    if entry.previous == Self.none {
      heads[Int(entry.slot)] = entry.next
    } else {
      entries[Int(entry.previous)].next = entry.next
    }
    if entry.next != Self.none { entries[Int(entry.next)].previous = entry.previous }
    entries[member].slot = Self.none
    memberCount -= 1
  }
}
