@testable import HTTP

/// A connection's bytes: a head, then its content.
///
/// The outcome does not depend on how they were cut; a head that is read lies within the bytes,
/// ends with an empty line and holds no half of a line end.
func fuzzRequestHead(_ bytes: [UInt8]) {
  let whole = HeadReading(bytes, cuts: [])
  // The bytes themselves choose where they are cut, so that libFuzzer can learn it.
  let cut = bytes.isEmpty ? 0 : Int(bytes[bytes.count / 2]) % (bytes.count + 1)
  let other = bytes.count - cut
  precondition(HeadReading(bytes, cuts: [min(cut, other), max(cut, other)]) == whole)
  if bytes.count <= 128 {
    precondition(HeadReading(bytes, cuts: Array(0..<bytes.count)) == whole)
  }
}

/// All that reading says, for comparison.
private struct HeadReading: Equatable {
  var fault: RequestHeadFault?
  var size = 0
  var contentSize: Int?
  var method = HTTP.Method.get
  var target = RequestTarget()
  var framing = MessageFraming.none
  var persistence = Persistence.persistent
  var expectsContinue = false
  var fields: [Range<Int>] = []

  init(_ bytes: [UInt8], cuts: [Int]) {
    var parser = RequestHeadParser(limits: .standard)
    var head = RequestHead()
    do {
      for count in cuts + [bytes.count] {
        let arrived = Array(bytes[..<count])
        guard try parser.resume(over: arrived.span, into: &head) == .complete else { continue }
        keep(head, arrived)
        try discard(bytes, cuts: cuts.filter { $0 >= head.size })
        return
      }
    } catch {
      fault = error
    }
  }

  private mutating func keep(_ head: borrowing RequestHead, _ bytes: [UInt8]) {
    size = head.size
    method = head.method
    target = head.target
    framing = head.framing
    persistence = head.persistence
    expectsContinue = head.expectsContinue
    for index in 0..<head.fieldCount { fields.append(head[index].value) }
    precondition(bytes[..<size].suffix(4) == [0x0D, 0x0A, 0x0D, 0x0A])
    for index in 0..<size where bytes[index] == 0x0A { precondition(bytes[index - 1] == 0x0D) }
    for field in fields { precondition(field.upperBound <= size - 4) }
    precondition(target.path.upperBound <= size && (target.query?.upperBound ?? 0) <= size)
  }

  /// Feeds the content as an engine does: what is not consumed comes again.
  private mutating func discard(_ bytes: [UInt8], cuts: [Int]) throws(RequestHeadFault) {
    var discarder = ContentDiscarder(framing, limits: .standard)
    var consumed = size
    for count in cuts + [bytes.count] {
      consumed += try discarder.consume(Array(bytes[consumed..<count]).span)
      if discarder.isDone {
        contentSize = consumed - size
        return
      }
    }
  }
}
