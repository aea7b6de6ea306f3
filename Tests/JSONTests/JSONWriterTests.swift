import Foundation
import JSON
import Testing

/// RFC 8259, with Foundation's reader as the judge of what is written.
@Suite struct JSONWriterTests {
  private func text(_ write: (inout JSONWriter) -> Void) -> String {
    var writer = JSONWriter()
    write(&writer)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  /// What Foundation reads from the written form of `value`.
  private func roundTrip(_ value: String) throws -> String? {
    var writer = JSONWriter()
    writer.beginArray()
    writer.value(value)
    writer.endArray()
    let read = try JSONSerialization.jsonObject(with: Data(writer.bytes))
    return (read as? [Any])?.first as? String
  }

  // MARK: Structure

  @Test func membersAndElementsAreSeparated() {
    let written = text { writer in
      writer.beginObject()
      writer.name("a")
      writer.value(1)
      writer.name("b")
      writer.beginArray()
      writer.value(true)
      writer.value(false)
      writer.null()
      writer.beginObject()
      writer.endObject()
      writer.beginArray()
      writer.endArray()
      writer.endArray()
      writer.name("c")
      writer.value("d")
      writer.name("e")
      writer.raw(Array("{\"f\":[]}".utf8).span)
      writer.name("g")
      writer.null()
      writer.endObject()
      writer.endText()
    }
    #expect(
      written == """
        {"a":1,"b":[true,false,null,{},[]],"c":"d","e":{"f":[]},"g":null}

        """
    )
  }

  @Test func aTextMayBeOneValue() {
    #expect(text { $0.value("a") } == "\"a\"")
    #expect(text { $0.null() } == "null")
    #expect(
      text {
        $0.beginArray(); $0.endArray()
      } == "[]"
    )
  }

  @Test func aWriterIsUsedAgain() {
    var writer = JSONWriter(capacity: 64)
    writer.beginArray()
    writer.value(1)
    writer.removeAll()
    #expect(writer.bytes.isEmpty)
    writer.value(2)
    #expect(writer.bytes == Array("2".utf8))
  }

  @Test func whatWasWrittenCanBeTakenBack() {
    var writer = JSONWriter()
    writer.beginArray()
    let empty = writer.bytes.count
    writer.value(1)
    let one = writer.bytes.count
    writer.value(2)
    writer.truncate(to: one, afterElement: true)
    writer.value(3)
    #expect(String(decoding: writer.bytes, as: UTF8.self) == "[1,3")
    writer.truncate(to: empty, afterElement: false)
    writer.value(4)
    writer.endArray()
    #expect(String(decoding: writer.bytes, as: UTF8.self) == "[4]")
  }

  // MARK: Numbers

  @Test(arguments: [
    0, 1, 9, 10, 11, 99, 100, 65_535, -1, -9, -10, -100, 1_000_000_007, .max, .max - 1, .min,
    .min + 1,
  ])
  func aNumberIsWrittenInDecimal(value: Int) {
    #expect(text { $0.value(value) } == "\(value)")
  }

  @Test func everyPowerOfTenAndItsNeighbours() {
    var power = 1
    while true {
      for value in [power - 1, power, power + 1, -power] {
        #expect(text { $0.value(value) } == "\(value)")
      }
      let (next, overflow) = power.multipliedReportingOverflow(by: 10)
      if overflow { return }
      power = next
    }
  }

  // MARK: Strings

  @Test(arguments: [
    ("", "\"\""),
    ("a", "\"a\""),
    ("a\"b", "\"a\\\"b\""),
    ("a\\b", "\"a\\\\b\""),
    ("a/b", "\"a/b\""),
    ("\n\r\t", "\"\\n\\r\\t\""),
    ("\u{0}\u{1F}\u{7F}", "\"\\u0000\\u001f\\u007f\""),
    ("\u{8}\u{C}", "\"\\u0008\\u000c\""),
    ("gr\u{F6}\u{DF}e", "\"gr\u{F6}\u{DF}e\""),
    ("\u{2027}\u{2028}\u{2029}\u{202A}", "\"\u{2027}\\u2028\\u2029\u{202A}\""),
    ("\u{A8}\u{A9}", "\"\u{A8}\u{A9}\""),
    ("\u{1F6A2}", "\"\u{1F6A2}\""),
    ("</script>", "\"</script>\""),
  ])
  func aStringIsEscapedWhereItMustBe(value: String, written: String) {
    #expect(text { $0.value(value) } == written)
  }

  @Test func everyCodePointComesBack() throws {
    // In chunks, since one text of all would be as slow to compare as to read.
    for block in stride(from: UInt32(0), to: 0x11_0000, by: 0x400) {
      var value = ""
      for number in block..<block + 0x400 {
        if let scalar = Unicode.Scalar(number) { value.unicodeScalars.append(scalar) }
      }
      let read = try roundTrip(value)
      #expect(read.map { Array($0.utf8) } == Array(value.utf8))
    }
  }

  @Test func pairsOfHostileCharactersComeBack() throws {
    let hostile = [
      "\"", "\\", "/", "\u{0}", "\u{1}", "\n", "\u{1F}", "\u{7F}", "\u{80}", "\u{2028}", "\u{2029}",
      "\u{FFFD}", "\u{FFFF}", "\u{10FFFF}", "e\u{301}", "\u{E2}", "u0022", "",
    ]
    for first in hostile {
      for second in hostile {
        let value = first + second
        let read = try roundTrip(value)
        #expect(read.map { Array($0.utf8) } == Array(value.utf8))
      }
    }
  }

  @Test func aBridgedStringIsWrittenToo() throws {
    let value = String(repeating: "\u{F6}\"", count: 100) as NSString
    #expect(try roundTrip(value as String) == value as String)
  }

  @Test func whatIsWrittenHoldsNoControlByte() {
    let written = text { $0.value((UInt8.min..<0x80).map { String(Unicode.Scalar($0)) }.joined()) }
    #expect(written.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F })
  }
}
