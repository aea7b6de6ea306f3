// Names as getservbyname(3) compares them: whole, and with their punctuation.
extension SearchIndex {
  /// The assignments whose service name or alias is exactly `name` but for case, best first.
  func exact(_ name: Span<UInt8>, in registry: Registry) -> [Int] {
    var key: [UInt8] = []
    Tokens.appendFolded(name, to: &key)
    key.removeAll { !Tokens.isWordByte($0) }
    guard !key.isEmpty else { return [] }
    var found: [Int] = []
    if isWhole {
      guard let number = term(equalTo: key.span.extracting(first: Self.termSizeMax)) else {
        return []
      }
      for place in postingRange(number) {
        let posting = postings[place]
        guard !posting.fields.isDisjoint(with: [.serviceKey, .aliasKey]) else { continue }
        if registry.isNamed(posting.record, name) { found.append(posting.record) }
      }
    } else {
      for number in registry.records.indices where registry.isNamed(number, name) {
        found.append(number)
      }
    }
    return found.sorted {
      let left = registry.records[$0]
      let right = registry.records[$1]
      let leftRank = (left.hasPort ? 0 : 1, Int(left.precedence))
      let rightRank = (right.hasPort ? 0 : 1, Int(right.precedence))
      return leftRank == rightRank ? $0 < $1 : leftRank < rightRank
    }
  }
}

extension Registry {
  /// Whether `name` is the service name or an alias of assignment `number`.
  fileprivate func isNamed(_ number: Int, _ name: Span<UInt8>) -> Bool {
    if equalsIgnoringCase(records[number].service, name) { return true }
    for place in records[number].aliases.indices where equalsIgnoringCase(lists[place], name) {
      return true
    }
    return false
  }

  /// Whether the text at `range` is `other` but for ASCII case.
  func equalsIgnoringCase(_ range: TextRange, _ other: Span<UInt8>) -> Bool {
    guard Int(range.size) == other.count, !range.isEmpty else { return false }
    for index in other.indices
    where Tokens.lowercased(text[range.bytes.lowerBound + index])
      != Tokens.lowercased(other[index])
    {
      return false
    }
    return true
  }
}
