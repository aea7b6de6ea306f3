import Foundation
import JSON
import Testing

/// Goal: exactly the texts of RFC 8259 are read, and a fault names its place.
/// Method: tables of texts, and Foundation's reader as a second opinion on which of them are JSON.
@Suite struct JSONReaderTests {
  private func read(_ text: String) throws(JSONFault) -> JSONNode {
    let bytes = Array(text.utf8)
    return try JSONReader.read(bytes.span)
  }

  @Test func everyKindOfValueIsRead() throws {
    let node = try read(#"{"a":[null,true,false,-1.5e+3,"x"],"b":{}}"#)
    guard case .object(let members) = node.value else {
      Issue.record("not an object")
      return
    }
    #expect(members.map(\.name) == ["a", "b"])
    guard case .array(let elements) = members[0].node.value else {
      Issue.record("not an array")
      return
    }
    #expect(
      elements.map(\.value) == [
        .null, .boolean(true), .boolean(false), .number("-1.5e+3"), .string("x"),
      ]
    )
  }

  @Test func placesCountLinesAndCharacters() throws {
    let node = try read("{\n  \"é\": 1,\n  \"é2\": [\n2]}")
    guard case .object(let members) = node.value else { return }
    #expect(members[0].place == JSONPlace(line: 2, column: 3))
    #expect(members[0].node.place == JSONPlace(line: 2, column: 8))
    #expect(members[1].place == JSONPlace(line: 3, column: 3))
  }

  @Test(arguments: [
    (#""\u00e9\ud83d\ude00\n\/\\\"""#, "é😀\n/\\\""),
    (#""\b\f\r\t""#, "\u{8}\u{C}\r\t"),
    (#""é😀""#, "é😀"),
    (#""""#, ""),
  ])
  func escapesMeanWhatTheStandardSays(text: String, meaning: String) throws {
    #expect(try read(text).value == .string(meaning))
  }

  @Test(arguments: [
    ("", "1:1"), ("{", "1:2"), ("[1,]", "1:4"), ("{\"a\":1,}", "1:8"), ("01", "1:2"),
    ("{\"a\" 1}", "1:6"), ("[1 2]", "1:4"), ("1 1", "1:3"), ("tru", "1:1"), ("-", "1:2"),
    ("1.", "1:3"), ("1e", "1:3"), ("\"a", "1:3"), ("\"\n\"", "1:2"), ("{'a':1}", "1:2"),
    ("\n\n  x", "3:3"), ("// a comment\n1", "1:1"), (#""\x""#, "1:2"), (#""\u12g4""#, "1:6"),
    (#""\ud800""#, "1:2"), (#""\ud800\u0041""#, "1:2"), (#""\udc00""#, "1:2"), ("+1", "1:1"),
    (".5", "1:1"), ("NaN", "1:1"), ("\u{FEFF}1", "1:1"), ("{\"a\":1,\n\"a\":2}", "2:1"),
    ("[\u{B}1]", "1:2"),
  ])
  func anythingElseIsAFaultAtItsPlace(text: String, place: String) {
    let fault = #expect(throws: JSONFault.self) { try read(text) }
    #expect(fault?.place.description == place, "\(text): \(fault?.description ?? "")")
  }

  @Test func bytesThatAreNotUTF8AreAFaultAtTheirPlace() {
    let bytes = Array("{\n\"a\": \"".utf8) + [0xC3, 0x28] + Array("\"}".utf8)
    let fault = #expect(throws: JSONFault.self) { try JSONReader.read(bytes.span) }
    #expect(fault?.place == JSONPlace(line: 2, column: 7))
  }

  @Test(arguments: [
    (JSONReader.depthMax, true), (JSONReader.depthMax + 1, false), (100_000, false),
  ])
  func depthIsBounded(depth: Int, isRead: Bool) {
    let text = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    #expect(((try? read(text)) != nil) == isRead)
  }

  /// Places are counted in lines and columns; a line of a megabyte must not be counted through for
  /// every value in it.
  @Test(.timeLimit(.minutes(1))) func aLongLineIsCountedThroughOnce() throws {
    let count = 300_000
    let node = try read("[" + Array(repeating: "\"é\"", count: count).joined(separator: ",") + "]")
    guard case .array(let items) = node.value else {
      Issue.record("it is no array")
      return
    }
    #expect(items.last?.place == JSONPlace(line: 1, column: 4 * (count - 1) + 2))
  }

  /// Cuts and damages one text everywhere and asks Foundation whether the result is JSON.
  @Test func theGrammarIsTheOneOthersRead() throws {
    let seed = Array(#"{"a":[1,-0.5e2,"x\u0041",true,null],"b":{"c":false}}"#.utf8)
    var texts = (0...seed.count).map { Array(seed[..<$0]) }
    for index in seed.indices {
      for byte in [UInt8(ascii: "0"), UInt8(ascii: ","), UInt8(ascii: "\""), 0x20, 0x5D] {
        var damaged = seed
        damaged[index] = byte
        texts.append(damaged)
      }
    }
    for text in texts {
      let ours = (try? JSONReader.read(text.span)) != nil
      let theirs =
        (try? JSONSerialization.jsonObject(with: Data(text), options: [.fragmentsAllowed])) != nil
      // Foundation keeps the last of two members of one name; ours is stricter there.
      #expect(ours == theirs, "\(String(decoding: text, as: UTF8.self))")
    }
  }
}
