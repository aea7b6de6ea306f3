/// Walks a comma-separated list of a field's value (RFC 9110 §5.6.1) whose members may carry a
/// weight (§12.4.2).
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

  private var index: Int
  private let end: Int

  init(_ range: Range<Int>) {
    index = range.lowerBound
    end = range.upperBound
  }

  /// The next member that is not empty.
  mutating func next(_ bytes: Span<UInt8>) -> Member? {
    while index < end {
      var stop = index
      var quoted = false
      while stop < end, quoted || bytes[stop] != UInt8(ascii: ",") {
        if bytes[stop] == UInt8(ascii: "\"") { quoted.toggle() }
        stop += 1
      }
      let member = bytes.trimmedRange(index..<stop)
      index = stop + 1
      if !member.isEmpty { return Self.member(bytes, member) }
    }
    return nil
  }

  private static func member(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Member {
    var index = range.lowerBound
    while index < range.upperBound, bytes[index] != UInt8(ascii: ";") { index += 1 }
    let value = bytes.trimmedRange(range.lowerBound..<index)
    var weight = 1000
    var hasParameters = false
    while index < range.upperBound {
      index += 1
      let start = index
      while index < range.upperBound, bytes[index] != UInt8(ascii: ";") { index += 1 }
      let parameter = bytes.trimmedRange(start..<index)
      if parameter.count >= 2, bytes[parameter.lowerBound].asciiLowercased == UInt8(ascii: "q"),
        bytes[parameter.lowerBound + 1] == UInt8(ascii: "=")
      {
        weight =
          thousandths(bytes.extracting(parameter.lowerBound + 2..<parameter.upperBound)) ?? 0
      } else if !parameter.isEmpty {
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
