/// A word of a question by how rare it is: the rarest is what the question is about. Numbers and
/// versions come last, since they are in names by chance.
struct WordRank: Comparable {
  /// How many assignments have it, and below that its place in the question.
  private let rawValue: Int

  /// - Parameters:
  ///   - position: 0..<``Query/wordCountMax``.
  ///   - count: How many assignments have it; `nil` for a number or a version.
  init(_ position: Int, count: Int?) { rawValue = (count ?? Self.ofNumbers) << 8 | position }

  /// More than there are assignments.
  private static let ofNumbers = 1 << 40

  var position: Int { rawValue & 0xFF }
  /// How many assignments have it; beyond all counts for a number.
  var count: Int { rawValue >> 8 }
  var isUnknown: Bool { count == 0 }
  private var isNumber: Bool { count == Self.ofNumbers }

  /// What it weighs against others: two more each time that it is half as frequent. A number weighs
  /// less than that difference, an unknown word more than all others together.
  var weight: Int {
    if isUnknown { return Self.weightOfUnknown }
    return isNumber ? 1 : max(Self.weightMin, 2 * (count.leadingZeroBitCount - 50))
  }

  /// That of any word but numbers.
  static let weightMin = 2
  static let weightOfUnknown = 1_000

  static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
