import Foundation
import HTTP
import PortRegistry
import Testing

@testable import PortsAPI

@Suite struct ListTests {
  private func object(_ answer: Client.Answer) throws -> [String: Any] {
    try #require(answer.status == 200, "\(answer.text)")
    return try #require(
      JSONSerialization.jsonObject(with: Data(answer.content)) as? [String: Any]
    )
  }

  private func items(_ answer: Client.Answer) throws -> [[String: Any]] {
    try #require(try object(answer)["items"] as? [[String: Any]])
  }

  /// Goal: pages together are the whole, in order, with nothing twice.
  /// Method: walk them by `next` and by Link, and compare with one filter over all records.
  @Test(arguments: [
    ("", 1000), ("transport=sctp", 7), ("range=dynamic,system&status=reserved", 50),
    ("official=true&first=6000&last=6010", 1), ("source=catalogue,common", 333),
    ("q=server", 61), ("q=remote+desktop&transport=tcp", 3), ("q=8000-8100", 9),
    ("service=HTTP,domain", 2),
  ])
  func pagesTogetherAreTheWhole(query: String, limit: Int) throws {
    let client = Client(try Fixture.embedded.get())
    let all = try object(client.get("/ports?\(query)&limit=1"))
    let total = try #require(all["total"] as? Int)
    #expect(total > 0)
    var seen: Set<String> = []
    var count = 0
    var target = "/ports?limit=\(limit)&\(query)"
    while true {
      let answer = try client.get(target)
      let page = try object(answer)
      #expect(page["total"] as? Int == total)
      for item in try items(answer) {
        count += 1
        let identity =
          "\(item["port"] ?? "") \(item["last"] ?? "") \(item["service"] ?? "") \(item["name"] ?? "")"
        #expect(seen.insert(identity).inserted, "\(identity) comes twice")
      }
      #expect(answer.content.count <= ListBench.answerBytesMax + 4096)
      guard let next = page["next"] as? String else {
        #expect(page["next"] is NSNull)
        #expect(answer["Link"] == nil)
        break
      }
      #expect(next.wholeMatch(of: /[A-Za-z0-9_-]{1,64}/) != nil)
      let link = try #require(answer["Link"])
      let match = try #require(link.wholeMatch(of: /<(.+)>; rel="next"/))
      target = String(match.output.1)
      #expect(target.hasSuffix("&cursor=\(next)"))
      try #require(count <= total)
    }
    #expect(count == total)
  }

  @Test func browsingGoesByPort() throws {
    let page = try items(Fixture.client().get("/ports"))
    #expect(page.map { $0["port"] as? Int } == [80, 443, 700, 3389, 6000, 9090, 9090])
    #expect(page.allSatisfy { $0["match"] == nil })
    #expect(try items(Fixture.client().get("/ports?q=")).count == page.count)
  }

  @Test(arguments: [
    ("transport=sctp", [80, 443]), ("official=false", [9090]), ("source=common", [3389, 9090]),
    ("service=X11,websm", [6000, 9090]), ("first=6063&last=9090", [6000, 9090, 9090]),
    ("range=user", [3389, 6000, 9090, 9090]), ("first=100&last=99", []),
    ("status=reserved", [700]), ("transport=tcp,udp&range=system", [80, 443]),
  ])
  func filtersKeepWhatTheySay(query: String, ports: [Int]) throws {
    let page = try items(Fixture.client().get("/ports?\(query)"))
    #expect(page.map { $0["port"] as? Int } == ports)
  }

  @Test func facetsCountWhatEachValueWouldKeep() throws {
    let client = try Fixture.client()
    let answer = try object(client.get("/ports?facets=true&limit=1"))
    let counts = try #require(answer["counts"] as? [String: [String: Int]])
    #expect(counts.keys.sorted() == ["official", "range", "source", "status", "transport"])
    for (parameter, values) in counts {
      for (value, count) in values {
        let filtered = try object(client.get("/ports?\(parameter)=\(value)"))
        #expect(filtered["total"] as? Int == count, "\(parameter)=\(value)")
      }
    }
    #expect(try object(client.get("/ports?facets=false"))["counts"] == nil)
  }

  @Test func aLongPageIsCutAndGoesOn() throws {
    let client = Client(try Fixture.embedded.get())
    let answer = try client.get("/ports?q=8&limit=1000")
    #expect(answer.content.count <= ListBench.answerBytesMax)
    let page = try object(client.get("/ports?limit=1000"))
    #expect(page["next"] is String)
  }

  // MARK: Cursors

  private func cursor(_ client: Client, _ query: String) throws -> String {
    try #require(try object(client.get("/ports?\(query)"))["next"] as? String)
  }

  @Test func aCursorHoldsForItsOwnQuestionOnly() throws {
    let client = try Fixture.client()
    let cursor = try cursor(client, "limit=2&range=user")
    #expect(try client.get("/ports?limit=3&range=user&cursor=\(cursor)").status == 200)
    for query in ["limit=2", "range=system", "range=user&q=x11", "range=user&official=true"] {
      let answer = try client.get("/ports?\(query)&cursor=\(cursor)")
      #expect(answer.status == 409)
      #expect(answer.text.contains("\"type\":\"/problems/stale-cursor\""))
    }
    #expect(try client.get("/free-ranges?range=user&cursor=\(cursor)").status == 409)
    let other = Client(try Fixture.embedded.get())
    #expect(try other.get("/ports?limit=2&range=user&cursor=\(cursor)").status == 409)
  }

  @Test func aCursorThatWasTamperedWithIsStale() throws {
    let client = try Fixture.client()
    let cursor = Array(try cursor(client, "limit=2"))
    for place in cursor.indices {
      var tampered = cursor
      tampered[place] = tampered[place] == "A" ? "B" : "A"
      #expect(try client.get("/ports?limit=2&cursor=\(String(tampered))").status == 409)
    }
    #expect(try client.get("/ports?limit=2&cursor=\(String(cursor))A").status == 409)
    #expect(try client.get("/ports?limit=2&cursor=\(String(cursor.dropLast()))").status == 409)
  }

  @Test(arguments: ["", "%20", "a.b", "a%2Fb", String(repeating: "A", count: 65)])
  func whatIsNoCursorIsAnInvalidParameter(cursor: String) throws {
    let answer = try Fixture.client().get("/ports?cursor=\(cursor)")
    #expect(answer.status == 400)
    #expect(answer.text.contains("\"parameter\":\"cursor\",\"in\":\"query\""))
  }

  // MARK: Batches

  @Test func aBatchAnswersInTheOrderAsked() throws {
    let client = try Fixture.client()
    let answer = try client.get("/ports?port=443,50000&port=99999,0443,443")
    let batch = try object(answer)
    #expect(batch["total"] as? Int == 5)
    #expect(batch["next"] is NSNull)
    let list = try items(answer)
    #expect(list.map { $0["port"] as? Int } == [443, 50_000, nil, nil, 443])
    #expect(list[2]["port"] as? String == "99999")
    #expect(list[3]["port"] as? String == "0443")
    let problem = try #require(list[2]["problem"] as? [String: Any])
    #expect(problem["type"] as? String == "/problems/invalid-parameter")
    #expect(problem["status"] as? Int == 400)
    let single = try client.get("/ports/443").text.dropLast()
    #expect(answer.text.contains("\"items\":[\(single),"))
    let narrowed = try items(client.get("/ports?port=443&transport=dccp"))
    #expect(narrowed[0]["status"] as? [String: String] == ["dccp": "unassigned"])
    #expect((narrowed[0]["assignments"] as? [Any])?.isEmpty == true)
  }

  @Test(arguments: ["port=", "port=1,,2", "port=1,", "port=1&q=x", "port=1&limit=5"])
  func aBatchThatIsNotOneIsRefusedWhole(query: String) throws {
    #expect(try Fixture.client().get("/ports?\(query)").status == 400)
  }

  @Test func aThousandPortsAreTheMost() throws {
    let client = Client(try Fixture.embedded.get())
    let thousand = (0..<1000).map { String($0 * 8) }.joined(separator: ",")
    let answer = try client.get("/ports?port=\(thousand)")
    #expect(try items(answer).count == 1000)
    #expect(try client.get("/ports?port=\(thousand),1").status == 400)
  }

  /// The thousand ports of which most is known still fit into one answer.
  @Test func theLargestBatchFits() throws {
    let store = try Fixture.prepared.get()
    let sizes = store.ports.entries.map { Int($0.identity.contentSize) }.sorted(by: >)
    #expect(sizes.prefix(1000).reduce(0, +) + 1000 < APIResponder.batchBytesMax)
    // The longest again and again does not.
    let longest = try #require(
      (UInt16.min...UInt16.max).first {
        store.ports.entry(of: $0).map { Int(store.ports.entries[$0].identity.contentSize) }
          == sizes[0]
      }
    )
    if sizes[0] * 1000 > APIResponder.batchBytesMax {
      let query = Array(repeating: String(longest), count: 1000).joined(separator: ",")
      let answer = try Client(store).get("/ports?port=\(query)")
      #expect(answer.status == 400)
      #expect(answer.text.contains("\(APIResponder.batchBytesMax) bytes"))
    }
  }

  // MARK: Services, ranges, free blocks

  @Test func aServiceIsFoundByItsExactNames() throws {
    let client = try Fixture.client()
    let answer = try object(client.get("/services/HTTP"))
    #expect(answer["service"] as? String == "HTTP")
    #expect(answer["total"] as? Int == 1)
    #expect(try items(client.get("/services/rdp"))[0]["port"] as? Int == 3389)
    #expect(try items(client.get("/services/remote%20desktop"))[0]["port"] as? Int == 3389)
    #expect(try items(client.get("/services/portless"))[0]["port"] is NSNull)
    #expect(try client.get("/services/http/tcp").status == 200)
    for target in ["/services/htt", "/services/http/dccp", "/services/r%C3%A9"] {
      let missing = try client.get(target)
      #expect(missing.status == 404)
      #expect(missing.text.contains("/problems/unknown-service"))
    }
  }

  @Test func theNamesPeopleUseLeadToTheRanges() throws {
    let client = try Fixture.client()
    for (name, range) in [
      ("well-known", "system"), ("registered", "user"), ("private", "dynamic"),
      ("ephemeral", "dynamic"),
    ] {
      let answer = try client.get("/ranges/\(name)?format=text")
      #expect(answer.status == 308)
      #expect(answer["Location"] == "/ranges/\(range)?format=text")
      #expect(answer["Content-Length"] == "0")
    }
    #expect(try client.get("/ranges/other").status == 404)
  }

  @Test func theRangesAreAnsweredToTheByte() throws {
    let client = try Fixture.client()
    let system = try client.get("/ranges/system").text
    #expect(
      system == #"{"name":"system","first":0,"last":1023,"names":["well-known"],"#
        + #""facts":["One fact.","Another."],"counts":{"#
        + #""tcp":{"assigned":2,"reserved":2,"unassigned":1020},"#
        + #""udp":{"assigned":2,"reserved":2,"unassigned":1020},"#
        + #""sctp":{"assigned":2,"reserved":1,"unassigned":1021},"#
        + #""dccp":{"assigned":0,"reserved":1,"unassigned":1023}}}"# + "\n"
    )
    let all = try client.get("/ranges").text
    #expect(all.hasPrefix(#"{"total":3,"items":["# + system.dropLast() + ","))
    #expect(all.hasSuffix(#"],"next":null}"# + "\n"))
  }

  @Test func freeBlocksAreMaximalAndUnused() throws {
    let client = try Fixture.client()
    let blocks = try items(client.get("/free-ranges?range=user&transport=tcp"))
    let bounds = blocks.map { [$0["first"] as? Int ?? 0, $0["last"] as? Int ?? 0] }
    #expect(bounds == [[1024, 3388], [3390, 5999], [6064, 9089], [9091, 49_151]])
    // 9091 is reserved for UDP, so it is not free for all.
    let all = try items(client.get("/free-ranges?range=user&size=3000"))
    #expect(all.map { $0["first"] as? Int } == [6064, 9092])
    #expect(all[0]["size"] as? Int == 3026)
    #expect(all[0]["range"] as? String == "user")
    let dynamic = try items(client.get("/free-ranges?range=dynamic"))
    #expect(dynamic.map { $0["size"] as? Int } == [16_384])
  }

  @Test func freeBlocksComeInPages() throws {
    let store = try Fixture.embedded.get()
    let client = Client(store)
    var target = "/free-ranges?transport=udp&limit=100"
    var firsts: [Int] = []
    while true {
      let answer = try client.get(target)
      firsts += try items(answer).compactMap { $0["first"] as? Int }
      guard let link = answer["Link"] else { break }
      target = String(try #require(link.wholeMatch(of: /<(.+)>; rel="next"/)).output.1)
    }
    #expect(firsts == store.freeBlocks.blocks(for: .udp).map { Int($0.first) })
    var free = 0
    for number in UInt16.min...UInt16.max {
      let port = PortNumber(number)
      if store.registry.state(of: port, .udp) == .unassigned,
        !store.registry.assignments(of: port).contains(where: {
          $0.transports.contains(.udp) || $0.transports.isEmpty
        })
      {
        free += 1
      }
    }
    #expect(store.freeBlocks.blocks(for: .udp).reduce(0) { $0 + $1.size } == free)
  }

  @Test func theMapAgreesWithEveryPort() throws {
    let store = try Fixture.embedded.get()
    let map = try object(Client(store).get("/map"))
    let states = try #require((map["states"] as? String).flatMap { Data(base64Encoded: $0) })
    let layers = try #require((map["layers"] as? String).flatMap { Data(base64Encoded: $0) })
    #expect(map["version"] as? Int == 1)
    try #require(states.count == 65_536 && layers.count == 65_536)
    for number in 0..<65_536 {
      let port = UInt16(number)
      try #require(states[number] == store.registry.states(of: PortNumber(port)).rawValue)
      let named = store.registry.assignments(of: PortNumber(port)).map(\.record.layers)
      try #require(layers[number] == named.reduce(0) { $0 | $1 })
    }
  }
}
