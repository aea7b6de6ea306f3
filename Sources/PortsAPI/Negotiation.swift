import HTTP

/// What a request's fields ask of the form of its answer, read in one pass.
struct Negotiation {
  /// Chosen by Accept; `?format=` may overrule it.
  var mediaType = MediaType.json
  var coding = ContentCoding.identity
  /// Whether any field makes the answer conditional (RFC 9110 §13.1).
  private(set) var hasConditions = false
  /// How long the client would wait for a change (RFC 7240 §4.3), in seconds; 0 for not at all.
  private(set) var waitSeconds = 0
  /// Where the value of Origin stands.
  private(set) var origin: Range<Int>?

  /// The longest wait that may be asked for, and the longest that is granted, in seconds.
  static let waitSecondsMax = 300
  static let waitSecondsGranted = 60

  @inline(__always)
  init(_ head: borrowing RequestHead, in bytes: Span<UInt8>) {
    var acceptsAnything = true
    var namesCodings = false
    for index in 0..<head.fieldCount {
      let field = head[index]
      switch field.name {
      case .accept: if !Self.isAnything(bytes, field.value) { acceptsAnything = false }
      case .acceptEncoding: namesCodings = true
      case .ifMatch, .ifNoneMatch, .ifModifiedSince, .ifUnmodifiedSince: hasConditions = true
      case .prefer: readPreference(bytes.extracting(field.value))
      case .origin: origin = field.value
      default: break
      }
    }
    if !acceptsAnything { mediaType = MediaType.negotiate(head, in: bytes) }
    if namesCodings { coding = ContentCoding.negotiate(head, in: bytes) }
  }

  private static func isAnything(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
    range.count == 3 && bytes[range.lowerBound] == UInt8(ascii: "*")
      && bytes[range.lowerBound + 1] == UInt8(ascii: "/")
      && bytes[range.lowerBound + 2] == UInt8(ascii: "*")
  }

  /// Looks for `wait=N` in a list of preferences. The first one counts; one out of bounds is
  /// ignored, as preferences may be.
  private mutating func readPreference(_ value: Span<UInt8>) {
    var start = 0
    while start < value.count {
      var end = start
      while end < value.count, value[end] != UInt8(ascii: ",") { end += 1 }
      var member = value.trimmedRange(start..<end)
      if let semicolon = member.first(where: { value[$0] == UInt8(ascii: ";") }) {
        member = value.trimmedRange(member.lowerBound..<semicolon)
      }
      start = end + 1
      guard waitSeconds == 0, member.count > 5,
        value.extracting(member.lowerBound..<member.lowerBound + 5).equalsIgnoringCase("wait=")
      else { continue }
      var seconds = 0
      for index in member.dropFirst(5) {
        guard value[index].isDigit, seconds <= Self.waitSecondsMax else {
          seconds = 0
          break
        }
        seconds = seconds * 10 + Int(value[index] - 0x30)
      }
      if (1...Self.waitSecondsMax).contains(seconds) { waitSeconds = seconds }
    }
  }

  /// How long the client is let wait, in seconds.
  var grantedSeconds: Int { min(waitSeconds, Self.waitSecondsGranted) }

  /// Says in an answer that it was held back (RFC 7240 §3).
  func writeWait(to batch: inout ResponseBatch) {
    batch.appendField("Preference-Applied", "wait=\(grantedSeconds)")
  }
}
