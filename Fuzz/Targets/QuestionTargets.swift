import HTTP

@testable import PortRegistry
@testable import PortsAPI

/// The text of a search. Any UTF-8 without control characters is understood, and the same twice.
func fuzzQuestion(_ bytes: [UInt8]) {
  guard UTF8Text.fault(bytes.span) == nil else { return }
  var query = Query()
  query.parse(bytes.span)
  let first = (query.text, query.words, query.ports, query.key)
  query.parse(bytes.span)
  precondition(first == (query.text, query.words, query.ports, query.key))
  for word in query.words { precondition(word.upperBound <= query.text.count) }
  for ports in query.ports { precondition(ports.first <= ports.last) }
}

/// A cursor. Strangers' bytes are refused, since they cannot know the digest, and written ones are
/// read.
func fuzzCursor(_ bytes: [UInt8]) {
  var binding = ContentDigest()
  binding.append(bytes.span)
  precondition((try? Cursor.read(bytes.span, binding)) == nil)
  let key = bytes.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
  var text: [UInt8] = []
  Cursor.write(key, binding, to: &text)
  precondition((try? Cursor.read(text.span, binding)) == key)
}
