import JSON

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

  /// The same JSON.
  ///
  /// - Parameter writer: Is used for it where it is not ready.
  func assignment(_ number: Int, with writer: inout JSONWriter) -> ArraySlice<UInt8> {
    if !ports.isEmpty { return ports.assignment(number) }
    writer.removeAll()
    AssignmentBody.begin(number, of: registry, into: &writer)
    return writer.bytes[...]
  }
}
