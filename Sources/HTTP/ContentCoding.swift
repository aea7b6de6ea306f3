/// The content codings in which answers are sent (RFC 9110 §8.4.1).
package enum ContentCoding: UInt8, CaseIterable, Sendable {
  case identity
  case gzip

  /// Picks the coding for an answer from what the client says it accepts (RFC 9110 §12.5.3).
  ///
  /// - Returns: ``gzip`` if its weight is above zero and not below that of identity; else
  ///   ``identity``, even when that is refused too, since an answer in it is of more use than none.
  /// - Note: Whichever way it goes, the answer says `Vary: Accept-Encoding`.
  package static func negotiate(
    _ head: borrowing RequestHead,
    in bytes: Span<UInt8>
  ) -> ContentCoding {
    var gzip: Int?
    var identity: Int?
    var any: Int?
    for index in 0..<head.fieldCount where head[index].name == .acceptEncoding {
      var list = WeightedList(head[index].value)
      while let member = list.next(bytes) {
        let coding = bytes.extracting(member.value)
        if coding.equalsIgnoringCase("gzip") || coding.equalsIgnoringCase("x-gzip") {
          gzip = max(gzip ?? 0, member.weight)
        } else if coding.equalsIgnoringCase("identity") {
          identity = max(identity ?? 0, member.weight)
        } else if coding.equals("*") {
          any = max(any ?? 0, member.weight)
        }
      }
    }
    let gzipWeight = gzip ?? any ?? 0
    guard gzipWeight > 0 else { return .identity }
    return gzipWeight >= (identity ?? 0) ? .gzip : .identity
  }
}
