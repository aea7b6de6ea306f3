import JSON

// An assignment's JSON: copied where it is ready, made where it is not.
extension APIResponder {
  /// Writes assignment `number` without the brace that ends it, so that members can follow.
  func writeAssignment(_ number: Int) {
    if store.ports.isEmpty {
      AssignmentBody.begin(number, of: store.registry, into: &writer)
    } else {
      writer.raw(store.ports.assignment(number))
    }
  }

  /// How long it is, in bytes; the same however it comes about. ``writer`` is used for it.
  func assignmentSize(_ number: Int) -> Int {
    if !store.ports.isEmpty { return store.ports.assignment(number).count }
    writer.removeAll()
    AssignmentBody.begin(number, of: store.registry, into: &writer)
    return writer.bytes.count
  }
}
