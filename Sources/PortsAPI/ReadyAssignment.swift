import JSON
import PortRegistry

// An assignment's JSON: copied where it is ready, made where it is not.
extension RepresentationStore {
  /// Writes assignment `number` without the brace that ends it, so that members can follow.
  func writeAssignment(_ number: Int, into writer: inout JSONWriter) {
    if ports.isEmpty {
      AssignmentBody.begin(number, of: registry, into: &writer)
    } else {
      writer.raw(ports.assignment(number))
    }
  }

  /// How long it is, in bytes; the same however it comes about.
  ///
  /// - Parameter writer: Is used for it.
  func assignmentSize(_ number: Int, with writer: inout JSONWriter) -> Int {
    if !ports.isEmpty { return ports.assignmentSize(number) }
    writer.removeAll()
    AssignmentBody.begin(number, of: registry, into: &writer)
    return writer.bytes.count
  }

  /// Reads a byte of every cache line that the items of a page are copied from, of their records,
  /// and of the text at `positions`, where they answer.
  ///
  /// They lie anywhere in some megabytes, and a line that is not in the cache takes as long as
  /// hundreds of instructions. Made one behind the other, each item would wait for its own lines;
  /// here they are all asked for at once.
  ///
  /// - Returns: What depends on all that was read, so that no read is left out.
  @inline(never)
  func glance(at page: [RankingKey], _ positions: [TextPosition?]) -> UInt8 {
    var seen: UInt8 = 0
    guard !ports.isEmpty else { return seen }
    for position in positions {
      if let position { seen ^= registry.text[position.start] }
    }
    for key in page {
      let record = registry.records[key.number]
      seen ^= record.layers ^ UInt8(truncatingIfNeeded: record.note.bytes.lowerBound)
      let json = ports.assignment(key.number)
      for place in stride(from: json.startIndex, to: json.endIndex, by: Self.cacheLineBytes) {
        seen ^= json[place]
      }
    }
    return seen
  }

  /// On x86-64 and arm64.
  private static let cacheLineBytes = 64
}
