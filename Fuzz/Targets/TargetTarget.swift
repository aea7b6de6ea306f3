@testable import HTTP

/// A request target, and a query by itself.
///
/// What is decoded lies within the decoder's text and is UTF-8 without control characters, or has a
/// fault; written again with every byte escaped, it decodes to the same.
func fuzzTarget(_ bytes: [UInt8]) {
  let request = Array("GET ".utf8) + bytes + Array(" HTTP/1.1\r\nHost: r\r\n\r\n".utf8)
  var parser = RequestHeadParser(limits: .standard)
  var head = RequestHead()
  if (try? parser.resume(over: request.span, into: &head)) == .complete,
    let query = head.target.query
  {
    checkDecoding(Array(request[query]))
  }
  checkDecoding(bytes)
}

private func checkDecoding(_ query: [UInt8]) {
  var parameters = QueryParameters()
  parameters.decode(query.span)
  var again: [UInt8] = []
  for pair in parameters.pairs {
    precondition(pair.name.upperBound <= pair.value.lowerBound)
    precondition(pair.value.upperBound <= parameters.text.count)
    if pair.fault == nil {
      for range in [pair.name, pair.value] {
        let text = String(validating: parameters.text[range], as: UTF8.self)
        precondition(
          text?.unicodeScalars.contains { $0.properties.generalCategory == .control } == false
        )
      }
    }
    if !again.isEmpty { again.append(UInt8(ascii: "&")) }
    escape(parameters.text[pair.name], to: &again)
    again.append(UInt8(ascii: "="))
    escape(parameters.text[pair.value], to: &again)
  }
  var second = QueryParameters()
  second.decode(again.span)
  precondition(second.text == parameters.text)
  precondition(second.pairs.count == parameters.pairs.count)
}

private func escape(_ bytes: ArraySlice<UInt8>, to target: inout [UInt8]) {
  let digits = Array("0123456789abcdef".utf8)
  for byte in bytes {
    target.append(UInt8(ascii: "%"))
    target.append(digits[Int(byte >> 4)])
    target.append(digits[Int(byte & 0xF)])
  }
}
