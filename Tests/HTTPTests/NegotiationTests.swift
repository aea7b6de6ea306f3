import Testing

@testable import HTTP

/// Accept and Accept-Encoding (RFC 9110 §12).
@Suite struct NegotiationTests {
  // MARK: Content codings (§12.5.3)

  @Test(arguments: [
    ([], ContentCoding.identity),
    ([""], .identity),
    (["gzip"], .gzip),
    (["GZip"], .gzip),
    (["x-gzip"], .gzip),
    (["compress, gzip"], .gzip),
    (["compress;q=0.5, gzip;q=1.0"], .gzip),
    (["gzip;q=1.0, identity; q=0.5, *;q=0"], .gzip),
    (["gzip, deflate, br, zstd"], .gzip),
    (["deflate", "gzip"], .gzip),
    (["*"], .gzip),
    (["*;q=0"], .identity),
    (["*;q=0.5, gzip;q=0"], .identity),
    (["gzip;q=0"], .identity),
    (["gzip;q=0.0"], .identity),
    (["gzip;q=0.000"], .identity),
    (["gzip;q=0.001"], .gzip),
    (["identity"], .identity),
    (["br"], .identity),
    (["identity;q=0, gzip;q=0"], .identity),
    (["identity;q=0"], .identity),
    (["identity;q=0, *"], .gzip),
    (["identity;q=0.5, *;q=0.4"], .identity),
    (["identity;q=1, gzip;q=0.9"], .identity),
    (["identity, gzip"], .gzip),
    (["gzip;q=0.5, identity;q=0.5"], .gzip),
    (["gzip;q=0, gzip;q=0.3"], .gzip),
    (["gzip;q=2"], .identity),
    (["gzip;q=1.001"], .identity),
    (["gzip;q=-1"], .identity),
    (["gzip;q="], .identity),
    (["gzip;q"], .identity),
    (["gzip;q=a"], .identity),
    (["gzip;q=0.1234"], .identity),
    (["gzip;q =1"], .identity),
    (["gzip;q= 1"], .identity),
    (["gzip;Q=0"], .identity),
    (["gzip ; q=0"], .identity),
    (["gzip;;q=0"], .identity),
    (["gzip;a=b"], .gzip),
    (["gzip;a=\",br;q=0\", br"], .gzip),
    (["gzip;a=\"\\\";q=0\""], .gzip),
    (["br;a=\"\\\", gzip\""], .identity),
    (["\"gzip"], .identity),
    (["gzipx"], .identity),
    (["gz ip"], .identity),
    ([",,, ,gzip,,"], .gzip),
    ([";q=1"], .identity),
  ])
  func aCodingIsPicked(lines: [String], coding: ContentCoding) throws {
    let picked = try withHead(lines.map { "Accept-Encoding: \($0)" }) {
      ContentCoding.negotiate($0, in: $1)
    }
    #expect(picked == coding, "\(lines)")
  }

  // MARK: Weights (§12.4.2)

  @Test func everyWeightOfThreePlacesIsRead() {
    func thousandths(_ text: String) -> Int? { WeightedList.thousandths(Array(text.utf8).span) }
    for value in 0...999 {
      let digits = String(1000 + value).dropFirst()
      #expect(thousandths("0.\(digits)") == value)
      if value > 0 { #expect(thousandths("1.\(digits)") == nil) }
    }
    #expect(thousandths("0") == 0)
    #expect(thousandths("0.") == 0)
    #expect(thousandths("0.5") == 500)
    #expect(thousandths("0.25") == 250)
    #expect(thousandths("1") == 1000)
    #expect(thousandths("1.") == 1000)
    #expect(thousandths("1.0") == 1000)
    #expect(thousandths("1.000") == 1000)
    for text in ["", ".", ".5", "2", "00", "0.0000", "1.0000", "0,5", "0x1", "+1", "1 ", "0.a"] {
      #expect(thousandths(text) == nil, "\(text)")
    }
  }

  // MARK: Media types (§12.5.1)

  @Test(arguments: [
    ([], MediaType.json),
    ([""], .json),
    (["*/*"], .json),
    (["application/json"], .json),
    (["APPLICATION/JSON"], .json),
    (["application/*"], .json),
    (["text/plain"], .plainText),
    (["text/*"], .plainText),
    (["text/csv"], .csv),
    (["Text/Csv; header=present"], .csv),
    (["text/html"], .html),
    (["text/html;charset=utf-8"], .html),
    (["text/html", "application/json;q=0.9"], .html),
    (["image/png"], .json),
    (["text/html;q=0"], .json),
    (["application/json;q=0, */*;q=0.1"], .plainText),
    (["application/json;q=0"], .json),
    (["text/html, application/json"], .json),
    (["text/csv, text/html"], .csv),
    (["text/*, text/plain;q=0.5"], .csv),
    (["text/*;q=0.3, */*;q=0.5"], .json),
    (["*/*;q=0.1, text/html;q=0.2"], .html),
    (["text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"], .html),
    (["application/problem+json"], .json),
    (["text/html;level=1;q=0.4"], .html),
    (["text/html;level=1, text/html;q=0.1, text/csv;q=0.5"], .csv),
    (["text/plain;a=\",text/html\", text/html;q=0.9"], .plainText),
    (["text/plain;a=\";q=0\", application/json;q=0.9"], .plainText),
    (["text/plain;q=0.5, text/plain;q=0.9, application/json;q=0.7"], .plainText),
    (["*/html", "*"], .json),
    (["text/"], .json),
  ])
  func aMediaTypeIsPicked(lines: [String], type: MediaType) throws {
    let picked = try withHead(lines.map { "Accept: \($0)" }) { MediaType.negotiate($0, in: $1) }
    #expect(picked == type, "\(lines)")
  }

  /// The example of §12.5.1, where `text/plain` has 0.7, `text/html` 0.3 and `image/jpeg`, which is
  /// as good as any other type, 0.5.
  @Test func theExampleOfTheStandardHolds() throws {
    let accept =
      "Accept: text/*;q=0.3, text/plain;q=0.7, text/plain;format=flowed, "
      + "text/plain;format=fixed;q=0.4, */*;q=0.5"
    #expect(try withHead([accept]) { MediaType.negotiate($0, in: $1) } == .plainText)
    let less = accept.replacing("q=0.7", with: "q=0.45")
    #expect(try withHead([less]) { MediaType.negotiate($0, in: $1) } == .json)
  }

  @Test func formatsAndTypesHaveTheirNames() {
    for type in MediaType.allCases {
      let word = type == .plainText ? "text" : "\(type)"
      #expect(MediaType(word: word) == type)
      #expect(MediaType(word: word + "s") == nil)
      #expect(MediaType.formats.split(separator: ", ").contains(Substring(word)))
    }
    #expect(MediaType(word: "JSON") == nil)
    #expect(MediaType(word: "") == nil)
    #expect(MediaType.json.name == "application/json")
    #expect(MediaType.plainText.name == "text/plain; charset=utf-8")
    #expect(MediaType.csv.name == "text/csv; charset=utf-8; header=present")
    #expect(MediaType.html.name == "text/html; charset=utf-8")
  }
}
