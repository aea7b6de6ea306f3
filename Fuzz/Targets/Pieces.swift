/// The ways in which a target gets the same bytes: whole, in three pieces, and one by one where
/// they are few. The bytes themselves choose the places, so that libFuzzer can learn them.
func piecesOfAllKinds(_ bytes: [UInt8]) -> [[ArraySlice<UInt8>]] {
  let place = bytes.isEmpty ? 0 : Int(bytes[bytes.count / 2]) % (bytes.count + 1)
  let (first, second) = (min(place, bytes.count - place), max(place, bytes.count - place))
  let ways = [[bytes[...]], [bytes[..<first], bytes[first..<second], bytes[second...]]]
  return bytes.count <= 128 ? ways + [bytes.indices.map { bytes[$0...$0] }] : ways
}

/// What came of all ways, which must be the same. A refusal is `nil`.
func outcome<Result: Equatable>(
  _ bytes: [UInt8],
  _ read: ([ArraySlice<UInt8>]) -> Result?
) -> Result? {
  let outcomes = piecesOfAllKinds(bytes).map(read)
  for other in outcomes.dropFirst() { precondition(other == outcomes[0], "cutting changed it") }
  return outcomes[0]
}
