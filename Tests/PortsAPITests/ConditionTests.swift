import HTTP
import Testing

@testable import PortsAPI

@Suite struct ConditionTests {
  static let targets = [
    "/ports/443", "/ports/50000", "/ports/443/tcp", "/ports?q=http", "/ports", "/ports?port=22,80",
    "/services/http", "/ranges", "/ranges/user", "/free-ranges", "/map", "/", "/openapi.json",
  ]

  @Test(arguments: targets)
  func whatTheClientHasIsNotSentAgain(target: String) throws {
    let client = try Fixture.client()
    for coding in ["gzip", "identity"] {
      let full = try client.get(target, "Accept-Encoding: \(coding)")
      let tag = try #require(full["ETag"])
      for list in [tag, "W/\(tag)", "\"x\", \(tag)", "*"] {
        let answer = try client.get(
          target,
          "Accept-Encoding: \(coding)",
          "If-None-Match: \(list)"
        )
        #expect(answer.status == 304)
        #expect(answer.content.isEmpty)
        for name in ["Cache-Control", "Vary", "Last-Modified", "Date"] {
          #expect(answer[name] == full[name])
        }
        if list != "*" { #expect(answer["ETag"] == tag) }
        #expect(answer["Content-Length"] == nil)
        #expect(answer["Content-Type"] == nil)
      }
      let other = try client.get(
        target,
        "Accept-Encoding: \(coding)",
        "If-None-Match: \"0123456789abcdef\""
      )
      #expect(other.status == 200)
      #expect(other.content == full.content)
    }
  }

  /// One who has the plain form and now takes gzip too has the representation all the same.
  @Test(arguments: targets)
  func thePlainFormCountsForOneWhoTakesGzip(target: String) throws {
    let client = try Fixture.client()
    let tag = try #require(try client.get(target)["ETag"])
    let answer = try client.get(target, "Accept-Encoding: gzip", "If-None-Match: \(tag)")
    #expect(answer.status == 304)
    #expect(answer["ETag"] == tag)
    let match = try client.get(target, "Accept-Encoding: gzip", "If-Match: \(tag)")
    #expect(match.status == 200)
    #expect(match["ETag"] == tag)
    #expect(match["Content-Encoding"] == nil)
  }

  @Test func theGzipFormDoesNotCountForOneWhoDoesNotTakeIt() throws {
    let client = try Fixture.client()
    let tag = try #require(try client.get("/ranges", "Accept-Encoding: gzip")["ETag"])
    #expect(tag.hasSuffix("-g\""))
    #expect(try client.get("/ranges", "If-None-Match: \(tag)").status == 200)
  }

  @Test func datesAreCompared() throws {
    let client = try Fixture.client()
    let date = "Fri, 13 Feb 2026 00:00:00 GMT"
    let before = "Thu, 12 Feb 2026 23:59:59 GMT"
    #expect(try client.get("/ports/443", "If-Modified-Since: \(date)").status == 304)
    #expect(try client.get("/ports/443", "If-Modified-Since: \(before)").status == 200)
    #expect(try client.get("/ports/443", "If-Modified-Since: yesterday").status == 200)
    #expect(try client.get("/ports/443", "If-Unmodified-Since: \(date)").status == 200)
    #expect(try client.get("/ports/443", "If-Unmodified-Since: \(before)").status == 412)
    // §13.2.2: a tag that differs counts more than a date.
    #expect(
      try client.get("/ports/443", "If-None-Match: \"x\"", "If-Modified-Since: \(date)").status
        == 200
    )
  }

  @Test func whatMustBeAsItWasAndIsNotFails() throws {
    let client = try Fixture.client()
    let tag = try #require(try client.get("/ports/443")["ETag"])
    #expect(try client.get("/ports/443", "If-Match: \(tag)").status == 200)
    #expect(try client.get("/ports/443", "If-Match: W/\(tag)").status == 412)
    let answer = try client.get("/ports/443", "If-Match: \"x\"")
    #expect(answer.status == 412)
    #expect(answer["Content-Type"] == "application/problem+json")
    #expect(answer["ETag"] == nil)
  }

  @Test(arguments: [
    ("wait=10", 10_000), ("wait=1", 1000), ("wait=60", 60_000), ("wait=61", 60_000),
    ("wait=300", 60_000), ("respond-async, wait=5", 5000), ("wait=7; foo", 7000),
  ])
  func aClientMayWaitForChange(preference: String, milliseconds: UInt32) throws {
    let client = try Fixture.client()
    let tag = try #require(try client.get("/ports/443")["ETag"])
    client.circumstances.mayHold = true
    for target in ["/ports/443", "/ranges"] {
      let tag = try #require(try client.get(target)["ETag"])
      let held = try client.get(target, "Prefer: \(preference)", "If-None-Match: \(tag)")
      #expect(held.heldMilliseconds == milliseconds)
      #expect(held.status == 0)
    }
    // With another tag there is nothing to wait for.
    let other = try client.get("/ports/443", "Prefer: \(preference)", "If-None-Match: \"x\"")
    #expect(other.heldMilliseconds == nil)
    #expect(other.status == 200)
    // Asked again when the wait is over.
    client.circumstances.mayHold = false
    client.circumstances.wasHeld = true
    let answer = try client.get("/ports/443", "Prefer: \(preference)", "If-None-Match: \(tag)")
    #expect(answer.status == 304)
    #expect(answer["Preference-Applied"]?.hasPrefix("wait=") == true)
  }

  @Test(arguments: ["wait=0", "wait=301", "wait=-1", "wait=", "wait", "wait=99999999999999999999"])
  func aWaitOutOfBoundsIsIgnored(preference: String) throws {
    let client = try Fixture.client()
    let tag = try #require(try client.get("/ports/443")["ETag"])
    client.circumstances.mayHold = true
    let answer = try client.get("/ports/443", "Prefer: \(preference)", "If-None-Match: \(tag)")
    #expect(answer.heldMilliseconds == nil)
    #expect(answer.status == 304)
    #expect(answer["Preference-Applied"] == nil)
  }
}
