/// Finds what somebody may have meant.
enum Suggestion {
  /// The candidate that is nearest to `text`, if it is near enough to be meant: one error in three
  /// letters at most.
  static func nearest(to text: String, among candidates: [String]) -> String? {
    let asked = Array(text.lowercased().utf8)
    let limit = max(1, asked.count / 3)
    var best: (distance: Int, candidate: String)?
    for candidate in candidates {
      let distance = distance(asked, Array(candidate.lowercased().utf8))
      if distance <= limit, distance < best?.distance ?? .max { best = (distance, candidate) }
    }
    return best?.candidate
  }

  /// `; did you mean …?`, or nothing.
  static func sentence(for text: String, among candidates: [String]) -> String {
    guard let nearest = nearest(to: text, among: candidates) else { return "" }
    return "; did you mean \(nearest)?"
  }

  /// How many letters must be put in, left out, replaced or swapped with their neighbour.
  private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var beforeLast = [Int](repeating: 0, count: right.count + 1)
    var last = Array(0...right.count)
    for row in left.indices {
      var current = [row + 1]
      for column in right.indices {
        var cost = min(
          last[column + 1] + 1,
          current[column] + 1,
          last[column] + (left[row] == right[column] ? 0 : 1)
        )
        if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
          cost = min(cost, beforeLast[column - 1] + 1)
        }
        current.append(cost)
      }
      beforeLast = last
      last = current
    }
    return last[right.count]
  }
}
