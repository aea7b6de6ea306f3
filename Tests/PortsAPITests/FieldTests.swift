import HTTP
import Testing

@testable import PortsAPI

@Suite struct FieldTests {
  private let kept = "public, max-age=300, stale-while-revalidate=86400, stale-if-error=604800"

  @Test(arguments: [
    "/ports/443", "/ports/50000", "/ports/443?format=csv", "/ports?q=http", "/ports",
    "/ports?port=22,80", "/services/http", "/ranges", "/ranges/user", "/free-ranges", "/map",
  ])
  func dataSaysHowItMayBeKept(target: String) throws {
    let answer = try Fixture.client().get(target)
    #expect(answer.status == 200)
    #expect(answer["Date"] == "Fri, 15 Jan 2027 08:00:00 GMT")
    #expect(answer["Last-Modified"] == "Fri, 13 Feb 2026 00:00:00 GMT")
    #expect(answer["Cache-Control"] == kept)
    #expect(answer["Vary"] == "Accept, Accept-Encoding")
    #expect(answer["Access-Control-Allow-Origin"] == "*")
    #expect(answer["Access-Control-Expose-Headers"] == "ETag, Link")
    #expect(answer["X-Content-Type-Options"] == "nosniff")
    #expect(answer["Content-Length"] == String(answer.content.count))
    let tag = try #require(answer["ETag"])
    #expect(tag.wholeMatch(of: /"[0-9a-f]{16}"/) != nil)
    #expect(answer.content.last == 0x0A)
  }

  @Test(arguments: [
    "/ports/443", "/ports/50000", "/ports?q=http", "/ports?port=1,2,x", "/services/http", "/ranges",
    "/map", "/", "/openapi.yaml", "/openapi.json", "/nothing", "/ports/x", "/problems/internal",
    "/ranges/private", "/free-ranges?limit=1",
  ])
  func headIsGetWithoutContent(target: String) throws {
    let client = try Fixture.client()
    for coding in ["gzip", "identity"] {
      let get = try client.send("GET", target, "Accept-Encoding: \(coding)")
      let head = try client.send("HEAD", target, "Accept-Encoding: \(coding)")
      #expect(head.content.isEmpty)
      #expect(head.status == get.status)
      #expect(
        head.fields.map { "\($0.name): \($0.value)" }
          == get.fields.map { "\($0.name): \($0.value)" }
      )
      #expect(get["Content-Length"] == String(get.content.count))
    }
  }

  @Test func theTagTellsFormsApart() throws {
    let client = try Fixture.client()
    let tags = try ["json", "text", "csv", "html"].map {
      try client.get("/ports?q=http&format=\($0)")["ETag"]
    }
    #expect(Set(tags).count == 4)
    #expect(!tags.contains(nil))
    // The same data anywhere has the same tags.
    let replica = Client(RepresentationStore(try Fixture.registry()))
    #expect(try replica.get("/ports?q=http")["ETag"] == tags[0])
  }

  @Test func formatWinsOverAccept() throws {
    let client = try Fixture.client()
    #expect(
      try client.get("/ports/443?format=json", "Accept: text/html")["Content-Type"]
        == "application/json"
    )
    #expect(
      try client.get("/ports/443", "Accept: image/png")["Content-Type"] == "application/json"
    )
    #expect(
      try client.get("/ports/443", "Accept: text/csv;q=0.5, text/plain;q=0.6")["Content-Type"]
        == "text/plain; charset=utf-8"
    )
  }

  @Test func privateDataIsForOriginsThatAreAllowed() throws {
    var options = APIOptions()
    options.isPrivate = true
    options.corsOrigins = ["https://wiki.example"]
    let client = Client(RepresentationStore(try Fixture.registry(), options: options))
    for target in ["/ports/443", "/ports/50000", "/ports?q=http", "/ranges", "/nothing"] {
      let stranger = try client.get(target, "Origin: https://evil.example")
      #expect(stranger["Access-Control-Allow-Origin"] == nil)
      #expect(try #require(stranger["Vary"]).hasSuffix(", Origin"))
      if stranger.status == 200 { #expect(stranger["Cache-Control"] == "private, no-cache") }
      let friend = try client.get(target, "Origin: https://wiki.example")
      #expect(friend["Access-Control-Allow-Origin"] == "https://wiki.example")
      #expect(friend["Access-Control-Expose-Headers"] == "ETag, Link")
      // What is allowed to one is not said to the next.
      #expect(try client.get(target)["Access-Control-Allow-Origin"] == nil)
    }
    let preflight = try client.send("OPTIONS", "/ports/443", "Origin: https://wiki.example")
    #expect(preflight["Access-Control-Allow-Origin"] == "https://wiki.example")
    #expect(preflight["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS")
    let refused = try client.send("OPTIONS", "/ports/443", "Origin: https://evil.example")
    #expect(refused["Access-Control-Allow-Origin"] == nil)
  }

  @Test(arguments: ["*", "/", "/ports/443", "/ports?q=x", "/nothing"])
  func optionsTellsWhatIsAllowed(target: String) throws {
    let answer = try Fixture.client().send("OPTIONS", target)
    #expect(answer.status == 204)
    #expect(answer["Allow"] == "GET, HEAD, OPTIONS")
    #expect(answer["Access-Control-Allow-Origin"] == "*")
    #expect(answer["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS")
    #expect(answer["Access-Control-Max-Age"] == "86400")
    #expect(answer["Content-Length"] == nil)
    #expect(answer.content.isEmpty)
  }

  @Test func aFullHouseRefusesListsButNotPorts() throws {
    let client = try Fixture.client()
    client.circumstances.isOverloaded = true
    for target in ["/ports", "/ports?q=http", "/ports?port=1", "/services/http", "/free-ranges"] {
      let answer = try client.get(target)
      #expect(answer.status == 503)
      #expect(answer["Retry-After"] == "1")
    }
    for target in ["/ports/443", "/ports/50000", "/ports/443/tcp", "/ranges", "/map", "/"] {
      #expect(try client.get(target).status == 200)
    }
  }

  /// Thousands may ask within the moment in which there still is room.
  @Test func aLongListIsRefusedWhenTheHouseFillsWhileItWaits() throws {
    let client = try Fixture.client()
    for coding in ["identity", "gzip"] {
      client.memoryFillsMeanwhile = true
      let answer = try client.get("/ports?limit=1000", "Accept-Encoding: \(coding)")
      #expect(answer.status == 503)
      #expect(answer["Retry-After"] == "1")
      client.memoryFillsMeanwhile = false
      #expect(try client.get("/ports?limit=1000", "Accept-Encoding: \(coding)").status == 200)
    }
  }

  @Test func theDashboardRefersToWhatMayBeKeptForEver() throws {
    let client = try Fixture.client()
    let page = try client.get("/?q=anything")
    #expect(page.status == 200)
    #expect(page["Content-Type"] == "text/html; charset=utf-8")
    #expect(page["Content-Security-Policy"] != nil)
    #expect(page["Cache-Control"] == "no-cache")
    let addresses = page.text.matches(of: /\/assets\/[a-z]+-[0-9a-f]{16}\.[a-z]+/)
      .map { String($0.output) }
    #expect(addresses.count >= 2)
    #expect(!page.text.contains("\"./"), "a name that is no file")
    for address in addresses {
      let asset = try client.get(address)
      #expect(asset.status == 200)
      // What a file leads to has its own address in it, so that an old file never finds a new one.
      #expect(!asset.text.contains("\"./"), "\(address) names a file before it is known")
      #expect(asset["Cache-Control"] == "public, max-age=31536000, immutable")
      #expect(asset["ETag"] != nil)
    }
    #expect(try client.get("/assets/app.js").status == 404)
    #expect(try client.get("/openapi.yaml")["Content-Type"] == "application/yaml")
    #expect(try client.get("/openapi.json")["Content-Type"] == "application/json")
  }
}
