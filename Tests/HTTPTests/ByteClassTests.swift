import Testing

@testable import HTTP

/// Each class against the standard's own list, for all 256 bytes.
@Suite struct ByteClassTests {
  private let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
  private let digits = "0123456789"

  private func members(_ byteClass: ByteClass) -> Set<UInt8> {
    Set((UInt8.min...UInt8.max).filter { byteClass.contains($0) })
  }

  @Test func tokensAreMadeOfTchar() {
    #expect(members(.token) == Set((letters + digits + "!#$%&'*+-.^_`|~").utf8))
  }

  @Test func pathsAreMadeOfPchar() {
    #expect(members(.path) == Set((letters + digits + "-._~" + "!$&'()*+,;=" + ":@").utf8))
  }

  @Test func hostsAreMadeOfUnreservedAndSubDelims() {
    #expect(members(.host) == Set((letters + digits + "-._~" + "!$&'()*+,;=").utf8))
  }

  @Test(arguments: UInt8.min...UInt8.max)
  func aByteIsWhatItIs(byte: UInt8) {
    let scalar = Unicode.Scalar(byte)
    #expect(byte.isBlank == (scalar == " " || scalar == "\t"))
    #expect(byte.isControl == (byte < 32 || byte == 127))
    #expect(byte.isDigit == digits.unicodeScalars.contains(scalar))
    let isASCII = byte < 128
    #expect(byte.hexDigitValue.map(Int.init) == (isASCII ? Character(scalar).hexDigitValue : nil))
    let lowercased = isASCII ? Array(String(scalar).lowercased().utf8) : [byte]
    #expect([byte.asciiLowercased] == lowercased)
  }

  @Test func comparisonIgnoresTheCaseOfLettersOnly() {
    func equals(_ text: String, _ expected: String) -> Bool {
      Array(text.utf8).span.equalsIgnoringCase(expected)
    }
    #expect(equals("ChunKed", "chunked"))
    #expect(!equals("chunke", "chunked"))
    #expect(!equals("chunkedd", "chunked"))
    #expect(!equals("@[`{", "`{@["))
    #expect(equals("", ""))
    func isExactly(_ text: String, _ expected: String) -> Bool {
      Array(text.utf8).span.equals(expected)
    }
    #expect(isExactly("GET", "GET"))
    #expect(!isExactly("GeT", "GET"))
    #expect(!isExactly("GETS", "GET"))
  }

  @Test func trimmingTakesBlanksFromBothEnds() {
    func trimmed(_ text: String) -> String {
      let bytes = Array(text.utf8)
      return String(decoding: bytes[bytes.span.trimmedRange(0..<bytes.count)], as: UTF8.self)
    }
    #expect(trimmed(" \ta b\t ") == "a b")
    #expect(trimmed("ab") == "ab")
    #expect(trimmed(" \t ") == "")
    #expect(trimmed("") == "")
    #expect(trimmed("\r\n") == "\r\n")
  }
}
