import Foundation
import Testing

@testable import PortsAPI

@Suite struct MatchTests {
  /// The best answer's `match` in the fixture, as its JSON.
  @Test(arguments: [
    ("443", #"{"kind":"number","field":"port","spans":[[0,3]]}"#),
    ("6010", #"{"kind":"number","field":"port","spans":[]}"#),
    ("https", #"{"kind":"exact","field":"service","spans":[[0,5]]}"#),
    ("HTTPS", #"{"kind":"exact","field":"service","spans":[[0,5]]}"#),
    ("rdp", #"{"kind":"alias","field":"aliases/1","spans":[[0,3]]}"#),
    ("remote-desktop", #"{"kind":"alias","field":"aliases/0","spans":[[0,14]]}"#),
    ("prom", #"{"kind":"prefix","field":"service","spans":[[0,4]]}"#),
    ("wide+web", #"{"kind":"word","field":"description","spans":[[6,10],[11,14]]}"#),
    ("window", #"{"kind":"word","field":"name","spans":[[2,8]]}"#),
    ("metheus", #"{"kind":"substring","field":"service","spans":[[3,10]]}"#),
    ("promehteus", #"{"kind":"fuzzy","field":"service","spans":[[0,10]]}"#),
  ])
  func anItemSaysHowItMatches(question: String, match: String) throws {
    let answer = try Fixture.client().get("/ports?q=\(question)&limit=1")
    #expect(answer.text.contains(#""match":"# + match + "}"), "\(answer.text)")
  }

  /// Goal: a span is always within the text that its field names.
  /// Method: ask the program's own registry many things, and cut each span out.
  @Test(arguments: [
    "sql", "remote desktop", "postgers", "mail", "x window", "név", "dns", "8000-8100",
    "web server",
    "kerberos", "cisco", "a", "sim trojan", "oracle databse", "net",
  ])
  func spansLieWithinTheirField(question: String) throws {
    let client = Client(try Fixture.embedded.get())
    let encoded = try #require(
      question.addingPercentEncoding(withAllowedCharacters: .alphanumerics)
    )
    let answer = try client.get("/ports?q=\(encoded)&limit=1000")
    let page = try #require(
      JSONSerialization.jsonObject(with: Data(answer.content)) as? [String: Any]
    )
    for item in try #require(page["items"] as? [[String: Any]]) {
      let match = try #require(item["match"] as? [String: Any])
      let path = try #require(match["field"] as? String).split(separator: "/")
      var text = item[String(path[0])].map { "\($0)" } ?? ""
      if path.count == 2, let place = Int(path[1]) {
        text = try #require((item[String(path[0])] as? [String])?[place])
      }
      var end = 0
      for span in try #require(match["spans"] as? [[Int]]) {
        try #require(span.count == 2 && span[0] >= end && span[0] < span[1])
        end = span[1]
      }
      #expect(end <= text.unicodeScalars.count, "\(question): \(match) in \(text)")
    }
  }
}
