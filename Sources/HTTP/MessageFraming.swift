/// How a request's content is delimited (RFC 9112 §6.3, for requests).
package enum MessageFraming: Equatable, Sendable {
  /// There is none (rule 7).
  case none
  /// So many bytes, at least one (rule 6).
  case length(UInt64)
  /// In chunks (rule 4).
  case chunked

  /// Decides the framing and checks all that could make two readers disagree about it.
  ///
  /// - Throws: A ``RequestHeadFault``; whatever follows the head cannot be trusted then.
  static func decide(
    _ head: borrowing RequestHead,
    in bytes: Span<UInt8>,
    limits: HeadLimits
  ) throws(RequestHeadFault) -> MessageFraming {
    let transferEncoding = head.first(.transferEncoding)
    let contentLength = head.first(.contentLength)
    if let transferEncoding {
      // §6.1: together they may be an attempt to smuggle, and HTTP/1.0 knows no codings.
      if contentLength != nil { throw .framingAmbiguous }
      if head.minorVersion == 0 { throw .transferEncodingInOldVersion }
      if head.count(of: .transferEncoding) > 1 { throw .transferEncoding }
      try checkIsChunked(bytes, transferEncoding)
      return .chunked
    }
    guard let contentLength else { return .none }
    if head.count(of: .contentLength) > 1 { throw .contentLengthRepeated }
    let length = try parseLength(bytes, contentLength)
    if length > limits.contentBytes { throw .contentTooLarge }
    return length == 0 ? .none : .length(length)
  }

  /// `Content-Length = 1*DIGIT` (RFC 9110 §8.6); no sign, no list, no overflow.
  private static func parseLength(
    _ bytes: Span<UInt8>,
    _ range: Range<Int>
  ) throws(RequestHeadFault) -> UInt64 {
    guard !range.isEmpty else { throw .contentLength }
    var length: UInt64 = 0
    for index in range {
      guard bytes[index].isDigit else { throw .contentLength }
      let (tens, overflow) = length.multipliedReportingOverflow(by: 10)
      let (sum, carry) = tens.addingReportingOverflow(UInt64(bytes[index] - 0x30))
      if overflow || carry { throw .contentLength }
      length = sum
    }
    return length
  }

  /// Accepts exactly `chunked`. A list that ends with it names codings we do not understand (501);
  /// anything else leaves the length in doubt (400).
  private static func checkIsChunked(
    _ bytes: Span<UInt8>,
    _ range: Range<Int>
  ) throws(RequestHeadFault) {
    if bytes.extracting(range).equalsIgnoringCase("chunked") { return }
    var last = range.upperBound
    while last > range.lowerBound, bytes[last - 1] != UInt8(ascii: ",") { last -= 1 }
    guard last > range.lowerBound else { throw .transferEncoding }
    let final = bytes.trimmedRange(last..<range.upperBound)
    guard bytes.extracting(final).equalsIgnoringCase("chunked") else { throw .transferEncoding }
    // `chunked, chunked` frames twice, which §6.1 forbids outright.
    var start = range.lowerBound
    var index = start
    while index < last {
      if bytes[index] == UInt8(ascii: ",") {
        let coding = bytes.extracting(bytes.trimmedRange(start..<index))
        if coding.isEmpty || coding.equalsIgnoringCase("chunked") { throw .transferEncoding }
        start = index + 1
      }
      index += 1
    }
    throw .transferCodingUnknown
  }
}
