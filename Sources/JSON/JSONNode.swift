/// Where something stands in a text, counted from 1; columns count characters, not bytes.
package struct JSONPlace: Equatable, Sendable, CustomStringConvertible {
  package let line: Int
  package let column: Int

  package init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }

  package var description: String { "\(line):\(column)" }
}

/// A value that was read, and where it begins.
package struct JSONNode: Equatable, Sendable {
  package enum Value: Equatable, Sendable {
    case null
    case boolean(Bool)
    /// As it is written: whoever needs the number decides how exactly.
    case number(String)
    case string(String)
    case array([JSONNode])
    case object([JSONMember])
  }

  package let value: Value
  package let place: JSONPlace
}

/// One member of an object, in the order they are written.
package struct JSONMember: Equatable, Sendable {
  package let name: String
  package let place: JSONPlace
  package let node: JSONNode
}

/// Why a text is not JSON, and where.
package struct JSONFault: Error, Equatable, Sendable, CustomStringConvertible {
  package let place: JSONPlace
  package let reason: String

  package var description: String { "\(place): \(reason)" }
}
