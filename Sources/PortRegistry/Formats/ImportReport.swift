/// What became of every record of a file that was imported.
package struct ImportReport: Equatable, Sendable {
  /// A record that gave nothing, and why.
  package struct SetAside: Equatable, Sendable {
    /// The line on which the record begins.
    package let line: Int
    package let reason: String

    package init(line: Int, reason: String) {
      self.line = line
      self.reason = reason
    }
  }

  /// So many are told apart; further ones are only counted.
  package static let setAsideListMax = 10_000

  package let file: String
  /// Records, the line that names the columns aside: the sum of the three below.
  package internal(set) var recordCount = 0
  /// Records that gave the table a row.
  package internal(set) var rowCount = 0
  /// Records that were joined to a row that was there.
  package internal(set) var mergedCount = 0
  package internal(set) var setAsideCount = 0
  /// The first ``setAsideListMax`` of those.
  package private(set) var setAside: [SetAside] = []

  init(file: String) {
    self.file = file
  }

  mutating func setAside(_ line: Int, _ reason: String) {
    recordCount += 1
    setAsideCount += 1
    if setAside.count < Self.setAsideListMax {
      setAside.append(SetAside(line: line, reason: reason))
    }
  }

  mutating func took(merged: Bool) {
    recordCount += 1
    if merged { mergedCount += 1 } else { rowCount += 1 }
  }
}
