/// What a request's head says, as offsets into the bytes it was read from.
///
/// Nothing is copied: a value is a place, resolved with the bytes at hand. The table of fields
/// keeps its room from one request to the next, so reading a head allocates nothing once warm.
package struct RequestHead: Sendable {
  /// One field line whose name is of interest.
  package struct Field: Sendable {
    package var name: FieldName
    private var start: UInt16
    private var count: UInt16

    /// Where its value stands, without the white space around it.
    package var value: Range<Int> { Int(start)..<Int(start) + Int(count) }

    init(name: FieldName, value: Range<Int>) {
      self.name = name
      start = UInt16(truncatingIfNeeded: value.lowerBound)
      count = UInt16(truncatingIfNeeded: value.count)
    }
  }

  package internal(set) var method = Method.get
  package internal(set) var target = RequestTarget()
  /// Where the target stands as it came, for logs.
  package internal(set) var targetRange: Range<Int> = 0..<0
  /// 0 or 1: HTTP/1.0 or HTTP/1.1.
  package internal(set) var minorVersion: UInt8 = 1
  /// The size of the whole head with its empty line and any empty line before it, in bytes.
  package internal(set) var size = 0
  /// How the content is framed.
  package internal(set) var framing = MessageFraming.none
  /// Whether the client wants the connection to go on (RFC 9112 §9.3).
  package internal(set) var persistence = Persistence.persistent
  /// Whether the client waits for a word before it sends content (RFC 9110 §10.1.1).
  package internal(set) var expectsContinue = false

  private var fields: [Field] = []
  /// The names that came, one bit each: most questions are about fields that did not.
  private var present: UInt32 = 0

  package init() {}

  /// Forgets the last request, leaving the table's memory as it is.
  mutating func reset() {
    method = .get
    target = RequestTarget()
    targetRange = 0..<0
    minorVersion = 1
    size = 0
    framing = .none
    persistence = .persistent
    expectsContinue = false
    fields.removeAll(keepingCapacity: true)
    present = 0
  }

  mutating func append(_ name: FieldName, value: Range<Int>) {
    fields.append(Field(name: name, value: value))
    present |= 1 << UInt32(name.rawValue)
  }

  /// How many field lines are of interest.
  package var fieldCount: Int { fields.count }

  /// Whether a line of that name came.
  @inline(__always)
  package func has(_ name: FieldName) -> Bool { present & 1 << UInt32(name.rawValue) != 0 }

  /// The field line at `index`, 0..<``fieldCount``, in the order they came.
  package subscript(index: Int) -> Field { fields[index] }

  /// Where the value of the first such field stands.
  package func first(_ name: FieldName) -> Range<Int>? {
    guard has(name) else { return nil }
    return fields.first { $0.name == name }?.value
  }

  /// How many lines the field has.
  package func count(of name: FieldName) -> Int {
    guard has(name) else { return 0 }
    return fields.count { $0.name == name }
  }
}

/// Whether a connection goes on after an answer (RFC 9112 §9.3).
package enum Persistence: UInt8, Sendable {
  /// It goes on, as HTTP/1.1 does unless told otherwise.
  case persistent
  /// It goes on because an HTTP/1.0 client asked, and is told so.
  case persistentByRequest
  /// It ends, and the answer says so.
  case close
}
