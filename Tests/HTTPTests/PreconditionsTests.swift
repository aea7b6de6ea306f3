import Testing

@testable import HTTP

/// Entity tags and conditional requests (RFC 9110 §8.8.3, §13).
@Suite struct PreconditionsTests {
  private static let tag = EntityTag(digest: 0x0123_4567_89AB_CDEF, coding: .identity)
  private static let gzipTag = EntityTag(digest: 0x0123_4567_89AB_CDEF, coding: .gzip)
  private static let modified = DateField(secondsSince1970: 784_111_777)

  private func evaluate(
    _ lines: [String],
    tag: EntityTag = Self.tag,
    lastModified: DateField? = Self.modified
  ) throws -> Preconditions.Outcome {
    try withHead(lines) {
      Preconditions.evaluate(
        $0,
        in: $1,
        tag: tag,
        lastModified: lastModified,
        now: DateField(secondsSince1970: 1_795_600_000)
      )
    }
  }

  // MARK: Tags

  @Test func aTagIsWrittenInQuotes() {
    var bytes: [UInt8] = []
    Self.tag.write(to: &bytes)
    #expect(String(decoding: bytes, as: UTF8.self) == "\"0123456789abcdef\"")
    #expect(bytes.count == Self.tag.size())
    bytes = []
    Self.gzipTag.write(to: &bytes)
    #expect(String(decoding: bytes, as: UTF8.self) == "\"0123456789abcdef-g\"")
    #expect(bytes.count == Self.gzipTag.size())
  }

  @Test(arguments: [UInt64.zero, .max, 1, 0x8000_0000_0000_0000, 0xFEDC_BA98_7654_3210])
  func aWrittenTagIsFoundInAList(digest: UInt64) {
    for coding in ContentCoding.allCases {
      let tag = EntityTag(digest: digest, coding: coding)
      var bytes = Array("\"x\", ".utf8)
      tag.write(to: &bytes)
      #expect(tag.isListed(in: bytes, by: .strong))
      #expect(tag.isListed(in: bytes, by: .weak))
      let other = EntityTag(digest: digest ^ 1, coding: coding)
      #expect(!other.isListed(in: bytes, by: .weak))
      // The other coding's form is another representation.
      let recoded = EntityTag(digest: digest, coding: coding == .gzip ? .identity : .gzip)
      #expect(!recoded.isListed(in: bytes, by: .weak))
    }
  }

  @Test(arguments: [
    ("\"0123456789abcdef\"", true, true),
    (" \t\"0123456789abcdef\"\t", true, true),
    ("*", true, true),
    (" * ", true, true),
    ("W/\"0123456789abcdef\"", false, true),
    ("\"a\",\"0123456789abcdef\"", true, true),
    ("\"a,b\", W/\"c\" ,, \"0123456789abcdef\"", true, true),
    ("W/\"0123456789abcdef\", \"0123456789abcdef\"", true, true),
    ("junk, \"0123456789abcdef\"", true, true),
    ("W/junk, \"0123456789abcdef\"", true, true),
    ("", false, false),
    (",", false, false),
    ("W/", false, false),
    ("W", false, false),
    ("\"", false, false),
    ("0123456789abcdef", false, false),
    ("'0123456789abcdef'", false, false),
    ("w/\"0123456789abcdef\"", false, false),
    ("\"0123456789ABCDEF\"", false, false),
    ("\"0123456789abcdef", false, false),
    ("\"0123456789abcdef-g\"", false, false),
    ("\"0123456789abcde\"", false, false),
    ("\"0123456789abcdef0\"", false, false),
    ("\"*\"", false, false),
    ("*, \"a\"", false, false),
    ("\"\"", false, false),
    ("\"x\\\"0123456789abcdef\"", false, false),
  ])
  func aListNamesATagOrNot(list: String, strong: Bool, weak: Bool) {
    let bytes = Array("[\(list)]".utf8)
    let range = 1..<bytes.count - 1
    #expect(Self.tag.isListed(in: bytes, range, by: .strong) == strong)
    #expect(Self.tag.isListed(in: bytes, range, by: .weak) == weak)
  }

  // MARK: The order of §13.2.2

  private static let mine = "\"0123456789abcdef\""
  private static let before = "Sun, 06 Nov 1994 08:49:36 GMT"
  private static let same = "Sun, 06 Nov 1994 08:49:37 GMT"
  private static let after = "Sunday, 06-Nov-94 08:49:38 GMT"

  @Test(arguments: [
    ([], Preconditions.Outcome.proceed),
    // Step 1: If-Match, by strong comparison.
    (["If-Match: \(mine)"], .proceed),
    (["If-Match: *"], .proceed),
    (["If-Match: \"x\""], .failed),
    (["If-Match: W/\(mine)"], .failed),
    (["If-Match:"], .failed),
    (["If-Match: \"x\"", "If-Match: \(mine)"], .proceed),
    // Step 2: If-Unmodified-Since, unless there was If-Match.
    (["If-Unmodified-Since: \(before)"], .failed),
    (["If-Unmodified-Since: \(same)"], .proceed),
    (["If-Unmodified-Since: \(after)"], .proceed),
    (["If-Unmodified-Since: yesterday"], .proceed),
    (["If-Unmodified-Since: \(before), \(before)"], .proceed),
    (["If-Unmodified-Since: \(before)", "If-Unmodified-Since: \(before)"], .proceed),
    (["If-Match: \(mine)", "If-Unmodified-Since: \(before)"], .proceed),
    (["If-Match: \"x\"", "If-Unmodified-Since: \(after)"], .failed),
    // Step 3: If-None-Match, by weak comparison.
    (["If-None-Match: \(mine)"], .notModified),
    (["If-None-Match: W/\(mine)"], .notModified),
    (["If-None-Match: *"], .notModified),
    (["If-None-Match: \"x\""], .proceed),
    (["If-None-Match: \"x\"", "If-None-Match: \(mine)"], .notModified),
    (["If-None-Match: 0123456789abcdef"], .proceed),
    (["If-Match: \(mine)", "If-None-Match: \(mine)"], .notModified),
    (["If-Match: \"x\"", "If-None-Match: \(mine)"], .failed),
    (["If-Unmodified-Since: \(before)", "If-None-Match: \(mine)"], .failed),
    // Step 4: If-Modified-Since, unless there was If-None-Match.
    (["If-Modified-Since: \(before)"], .proceed),
    (["If-Modified-Since: \(same)"], .notModified),
    (["If-Modified-Since: \(after)"], .notModified),
    (["If-Modified-Since: Fri, 31 Dec 9999 23:59:59 GMT"], .notModified),
    (["If-Modified-Since: tomorrow"], .proceed),
    (["If-Modified-Since: \(same)", "If-Modified-Since: \(same)"], .proceed),
    (["If-None-Match: \"x\"", "If-Modified-Since: \(same)"], .proceed),
    (["If-None-Match: \(mine)", "If-Modified-Since: \(before)"], .notModified),
    (["If-Match: \(mine)", "If-Modified-Since: \(same)"], .notModified),
    (["If-Unmodified-Since: \(after)", "If-Modified-Since: \(same)"], .notModified),
  ])
  func conditionsAreEvaluatedInTheirOrder(lines: [String], outcome: Preconditions.Outcome) throws {
    #expect(try evaluate(lines) == outcome)
  }

  @Test func withoutADateTheDatesSayNothing() throws {
    #expect(try evaluate(["If-Modified-Since: \(Self.same)"], lastModified: nil) == .proceed)
    #expect(try evaluate(["If-Unmodified-Since: \(Self.before)"], lastModified: nil) == .proceed)
  }

  @Test func eachCodingHasItsOwnTag() throws {
    let field = "If-None-Match: \"0123456789abcdef-g\""
    #expect(try evaluate([field]) == .proceed)
    #expect(try evaluate([field], tag: Self.gzipTag) == .notModified)
  }

  // MARK: The digest

  /// The vectors that Aumasson and Bernstein publish with SipHash-2-4: the key is 00…0F, and the
  /// n-th input is the first n of the bytes 00…3F.
  @Test func theDigestIsSipHash() {
    let key: (UInt64, UInt64) = (0x0706_0504_0302_0100, 0x0F0E_0D0C_0B0A_0908)
    let published: [(Int, UInt64)] = [
      (0, 0x726F_DB47_DD0E_0E31), (1, 0x74F8_39C5_93DC_67FD), (2, 0x0D6C_8009_D9A9_4F5A),
      (3, 0x8567_6696_D7FB_7E2D), (4, 0xCF27_94E0_2771_87B7), (5, 0x1876_5564_CD99_A68D),
      (6, 0xCBC9_466E_58FE_E3CE), (7, 0xAB02_00F5_8B01_D137), (8, 0x93F5_F579_9A93_2462),
      (15, 0xA129_CA61_49BE_45E5), (63, 0x958A_324C_EB06_4572),
    ]
    for (count, expected) in published {
      let input = (0..<UInt8(count)).map { $0 }
      var whole = ContentDigest(key: key)
      whole.append(input.span)
      #expect(whole.finish() == expected, "\(count) bytes")
      var pieces = ContentDigest(key: key)
      for byte in input { pieces.append(byte) }
      #expect(pieces.finish() == expected)
      // However it is cut, too.
      for cut in 0...count {
        var halves = ContentDigest(key: key)
        halves.append(input.span.extracting(0..<cut))
        halves.append(input.span.extracting(cut..<count))
        #expect(halves.finish() == expected)
      }
    }
  }

  @Test func aWordIsItsEightBytes() {
    var words = ContentDigest()
    words.append(0x0123_4567_89AB_CDEF as UInt64)
    let bytes: [UInt8] = [0xEF, 0xCD, 0xAB, 0x89, 0x67, 0x45, 0x23, 0x01]
    #expect(words.finish() == ContentDigest.of(bytes: bytes))
    #expect(ContentDigest.of(bytes: bytes) != ContentDigest.of(bytes: bytes.dropLast()))
  }
}
