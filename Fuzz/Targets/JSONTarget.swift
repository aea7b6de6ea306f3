import JSON

/// A JSON text, which is read or refused, and the same bytes as a string, which is written and read
/// back as the same.
func fuzzJSON(_ bytes: [UInt8]) {
  if let node = try? JSONReader.read(bytes.span) {
    precondition(depth(node) <= JSONReader.depthMax + 1)
  }
  guard let text = String(validating: bytes, as: UTF8.self) else { return }
  var writer = JSONWriter()
  writer.value(text)
  precondition(writer.bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7F })
  guard let node = try? JSONReader.read(writer.bytes.span), case .string(let read) = node.value
  else {
    preconditionFailure("what was written cannot be read")
  }
  precondition(Array(read.utf8) == bytes)
}

private func depth(_ node: JSONNode) -> Int {
  switch node.value {
  case .array(let elements): 1 + (elements.map(depth).max() ?? 0)
  case .object(let members): 1 + (members.map { depth($0.node) }.max() ?? 0)
  case .null, .boolean, .number, .string: 1
  }
}
