import JSON

@testable import PortRegistry

/// A JSON text, which both readers read as the same or refuse, and the same bytes as a string,
/// which is written and read back as the same.
func fuzzJSON(_ bytes: [UInt8]) {
  let node = try? JSON.JSONReader.read(bytes.span)
  let other = try? PortRegistry.JSONReader.read(bytes, of: "fuzz")
  if let node {
    let depth = depth(node)
    precondition(depth <= JSON.JSONReader.depthMax + 1)
    precondition((other != nil) == (depth <= PortRegistry.JSONReader.depthMax + 1))
  }
  if let other {
    guard let node else { preconditionFailure("only one reader takes it") }
    precondition(isSame(node, other))
  }
  checkString(bytes)
}

private func checkString(_ bytes: [UInt8]) {
  guard let text = String(validating: bytes, as: UTF8.self) else { return }
  var writer = JSONWriter()
  writer.value(text)
  precondition(writer.bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7F })
  guard let node = try? JSON.JSONReader.read(writer.bytes.span), case .string(let read) = node.value
  else {
    preconditionFailure("what was written cannot be read")
  }
  precondition(Array(read.utf8) == bytes)
}

private func depth(_ node: JSON.JSONNode) -> Int {
  switch node.value {
  case .array(let elements): 1 + (elements.map(depth).max() ?? 0)
  case .object(let members): 1 + (members.map { depth($0.node) }.max() ?? 0)
  case .null, .boolean, .number, .string: 1
  }
}

/// Whether both readers read the same, byte by byte, on the same lines.
private func isSame(_ node: JSON.JSONNode, _ other: PortRegistry.JSONNode) -> Bool {
  guard node.place.line == other.line else { return false }
  switch (node.value, other.value) {
  case (.null, .null): return true
  case (.boolean(let a), .bool(let b)): return a == b
  case (.number(let a), .number(let b)), (.string(let a), .string(let b)):
    return a.utf8.elementsEqual(b.utf8)
  case (.array(let a), .array(let b)):
    return a.count == b.count && zip(a, b).allSatisfy(isSame)
  case (.object(let a), .object(let b)):
    return a.count == b.count
      && zip(a, b).allSatisfy {
        $0.name.utf8.elementsEqual($1.name.utf8) && isSame($0.node, $1.value)
      }
  default: return false
  }
}
