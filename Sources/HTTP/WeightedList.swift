/// Walks a list whose members may carry a weight (RFC 9110 §12.4.2), such as Accept's.
///
/// Weights are thousandths, 0...1000. A member with a malformed weight has weight 0.
struct WeightedList: ~Copyable {
  /// One member: where its value stands, without parameters, and what follows it.
  struct Member {
    let value: Range<Int>
    let weight: Int
    /// Whether it has parameters other than `q`, which narrow a media range.
    let hasParameters: Bool
  }

  private var members: ListMembers

  init(_ range: Range<Int>) {
    members = ListMembers(range)
  }

  /// The next member that is not empty.
  mutating func next(_ bytes: Span<UInt8>) -> Member? {
    guard let range = members.next(bytes) else { return nil }
    var end = bytes.firstUnquoted(UInt8(ascii: ";"), in: range)
    let value = bytes.trimmedRange(range.lowerBound..<end)
    var weight = 1000
    var hasParameters = false
    while end < range.upperBound {
      let start = end + 1
      end = bytes.firstUnquoted(UInt8(ascii: ";"), in: start..<range.upperBound)
      let parameter = bytes.trimmedRange(start..<end)
      if parameter.isEmpty { continue }
      let equals = bytes.firstUnquoted(UInt8(ascii: "="), in: parameter)
      let name = bytes.trimmedRange(parameter.lowerBound..<equals)
      if bytes.extracting(name).equalsIgnoringCase("q") {
        // No white space may stand around the `=`; with it, the weight is malformed.
        let text = min(name.upperBound + 1, parameter.upperBound)..<parameter.upperBound
        weight = equals == name.upperBound ? Self.thousandths(bytes.extracting(text)) ?? 0 : 0
      } else {
        hasParameters = true
      }
    }
    return Member(value: value, weight: weight, hasParameters: hasParameters)
  }

  /// `qvalue = ( "0" [ "." 0*3DIGIT ] ) / ( "1" [ "." 0*3("0") ] )`, in thousandths.
  static func thousandths(_ text: Span<UInt8>) -> Int? {
    guard text.count >= 1, text.count <= 5 else { return nil }
    guard text[0] == UInt8(ascii: "0") || text[0] == UInt8(ascii: "1") else { return nil }
    var value = Int(text[0] - 0x30)
    if text.count > 1, text[1] != UInt8(ascii: ".") { return nil }
    for place in 0..<3 {
      value *= 10
      if text.count > 2 + place {
        guard text[2 + place].isDigit else { return nil }
        value += Int(text[2 + place] - 0x30)
      }
    }
    return value <= 1000 ? value : nil
  }
}
