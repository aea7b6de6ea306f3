/// What a request's conditional fields make of an answer (RFC 9110 §13).
package enum Preconditions {
  package enum Outcome: Equatable, Sendable {
    /// Send the representation.
    case proceed
    /// The client has it already: 304.
    case notModified
    /// A condition that had to hold does not: 412.
    case failed
  }

  /// Evaluates the fields in the order of RFC 9110 §13.2.2, for GET and HEAD.
  package static func evaluate(
    _ head: borrowing RequestHead,
    in bytes: Span<UInt8>,
    tag: EntityTag,
    lastModified: DateField?,
    now: DateField
  ) -> Outcome {
    var hasIfMatch = false
    var ifMatchHolds = false
    var hasIfNoneMatch = false
    var ifNoneMatchHolds = true
    for index in 0..<head.fieldCount {
      let field = head[index]
      switch field.name {
      case .ifMatch:
        hasIfMatch = true
        if tag.isListed(bytes, field.value, by: .strong) { ifMatchHolds = true }
      case .ifNoneMatch:
        hasIfNoneMatch = true
        if tag.isListed(bytes, field.value, by: .weak) { ifNoneMatchHolds = false }
      default: break
      }
    }
    if hasIfMatch {
      if !ifMatchHolds { return .failed }
    } else if let lastModified, let date = date(.ifUnmodifiedSince, head, bytes, now: now),
      lastModified > date
    {
      return .failed
    }
    if hasIfNoneMatch { return ifNoneMatchHolds ? .proceed : .notModified }
    if let lastModified, let date = date(.ifModifiedSince, head, bytes, now: now),
      lastModified <= date
    {
      return .notModified
    }
    return .proceed
  }

  /// A field's date. One that is malformed, or comes more than once, counts as absent (§13.1.3,
  /// §13.1.4).
  private static func date(
    _ name: FieldName,
    _ head: borrowing RequestHead,
    _ bytes: Span<UInt8>,
    now: DateField
  ) -> DateField? {
    guard let range = head.first(name), head.count(of: name) == 1 else { return nil }
    return DateField(parsing: bytes.extracting(range), now: now)
  }
}
