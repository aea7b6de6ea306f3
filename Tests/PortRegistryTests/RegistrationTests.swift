import PortRegistry
import Testing

/// Goal: what IANA's file says besides is kept, joined over transports, and only imported data has
/// it.
@Suite struct RegistrationTests {
  private static let header =
    "Service Name,Port Number,Transport Protocol,Description,Assignee,Contact,Registration Date,"
    + "Modification Date,Reference,Service Code,Unauthorized Use Reported,Assignment Notes\r\n"

  private func registry(_ records: String) throws -> Registry {
    var csv = IANARegistryCSV(file: "iana.csv")
    try csv.read(Array((Self.header + records).utf8).span)
    let table = ImportedTable(file: "iana.tsv", bytes: try csv.finish())
    return try Registry.embeddedBuilder(iana: table).build()
  }

  private func texts(
    _ fact: Registration.Fact,
    of port: UInt16,
    _ service: String,
    in registry: Registry
  ) throws -> [String] {
    let assignment = try #require(
      registry.assignments(of: PortNumber(port)).first { $0.service == service }
    )
    let registration = try #require(registry.registration(of: assignment.record))
    return registration[fact].map { registry.string(registry.listed($0)) }
  }

  @Test func itIsJoinedOverTransportsAndKeptBesideOtherLayers() throws {
    let registry = try registry(
      "http,80,tcp,T,[IESG],[Chair],2021-10-01,,[RFC9110],,Seen,Note\r\n"
        + "http,80,udp,T,[IESG],[Other],,2021-10-02,,1145656131,,\r\n"
    )
    func http(_ fact: Registration.Fact) throws -> [String] {
      try texts(fact, of: 80, "http", in: registry)
    }
    #expect(try http(.assignees) == ["IESG"])
    #expect(try http(.contacts) == ["Chair", "Other"])
    #expect(try http(.registered) == ["2021-10-01"])
    #expect(try http(.modified) == ["2021-10-02"])
    #expect(try http(.serviceCodes) == ["1145656131"])
    #expect(try http(.unauthorizedUse) == ["Seen"])
    let record = try #require(registry.assignments(of: PortNumber(80)).first).record
    #expect(registry.registration(of: record)?.isNoted == true)
    #expect(record.isIn(.catalogue), "the printed entry is merged with it")
  }

  @Test func whatSaysNothingHasNone() throws {
    let imported = try registry("a,1,tcp,A,,,,,,,,\r\n" + "b,2,tcp,B,[Me],,,,,,,\r\n")
    let first = try #require(
      imported.assignments(of: PortNumber(1)).first { $0.service == "a" }
    )
    #expect(imported.registration(of: first.record) == nil)
    let embedded = try Registry.embedded()
    #expect(embedded.records.allSatisfy { embedded.registration(of: $0) == nil })
  }

  @Test func anImportedTableTakesThePlaceOfTheEmbeddedOneAndOfNoOther() throws {
    let registry = try registry("ledger,443,tcp,The ledger,,,,,,,,\r\n")
    let services = registry.assignments(of: PortNumber(443)).map(\.service)
    #expect(services.contains("ledger"))
    #expect(registry.records.count { $0.isIn(.iana) } == 1)
    let embedded = try Registry.embedded()
    for layer in [Layer.catalogue, .common] {
      let count = registry.records.count { $0.isIn(layer) }
      #expect(count >= embedded.records.count { $0.isIn(layer) }, "\(layer)")
    }
  }
}

/// Goal: a registry that searches less answers the rest alike.
@Suite struct ScopeTests {
  @Test func namesAndNumbersAreAnsweredAlikeWithoutWords() throws {
    let whole = try Registry.embedded()
    let bare = try Registry.embeddedBuilder().build(searching: .nothing)
    for place in stride(from: 0, to: whole.records.count, by: 97) {
      let name = whole.string(whole.records[place].service)
      let found = bare.assignments(named: name).map(\.index)
      #expect(found == whole.assignments(named: name).map(\.index), "\(name)")
    }
    for name in ["rdp", "postgres", "k8s", "HTTPS", "no such", "", "-", "++"] {
      let found = bare.assignments(named: name).map(\.index)
      #expect(found == whole.assignments(named: name).map(\.index), "\(name)")
    }
    for port in stride(from: UInt16(0), to: 65_535, by: 7) {
      #expect(bare.memberIndices(of: port) == whole.memberIndices(of: port))
    }
  }

  /// Every question of Tests/Search is asked of both by Tests/CommandLine, in the program itself.
  @Test(arguments: [
    "postgres", "postgers", "remote desktop", "remotedesktp", "k8s api", "sql*net", "x", "äther",
    "redis 6379", "localhost:3000", "8000-8100", "ssh tcp", "the", "no such thing", "",
  ])
  func oneQuestionIsAnsweredAlikeByAnIndexOfItsOwn(question: String) throws {
    let whole = try Embedded.registry.get()
    let own = try Registry.embeddedBuilder().build(searching: .question(Query(question)))
    var searcher = Searcher()
    searcher.search(Query(question), in: whole, filter: Filter())
    let expected = searcher.keys.sorted()
    searcher.search(Query(question), in: own, filter: Filter())
    #expect(searcher.keys.sorted() == expected)
    #expect(own.index.termCount < whole.index.termCount / 4)
  }
}

/// Goal: no file can make a table that is larger than what reads tables takes.
@Suite struct TableBoundsTests {
  private func refusal(count: Int = 300_000, _ record: (Int) -> String) -> String? {
    var csv = IANARegistryCSV(file: "iana.csv")
    let header = "Service Name,Port Number,Transport Protocol,Description,Reference\r\n"
    do throws(RegistryTableFault) {
      try csv.read(Array(header.utf8).span)
      for number in 0..<count { try csv.read(Array(record(number).utf8).span) }
      return nil
    } catch {
      return error.reason
    }
  }

  @Test func rowsTextAndListsAreBounded() {
    let reason = "is more than a table can hold"
    #expect(refusal { "s\($0),\($0 % 65_536),tcp,,\r\n" } == reason)
    let long = String(repeating: "x", count: 60_000)
    #expect(refusal { "s\($0 % 10),1,tcp,\(long),\r\n" } == reason)
    #expect(refusal { "s,1,tcp,T,[RFC\($0)]\r\n" } == reason)
    #expect(refusal(count: 10_000) { "s\($0 % 10),1,tcp,T,[RFC1]\r\n" } == nil)
  }

  @Test(arguments: ["b,2,t", "b,2,tcp,Descr", "b,2,tcp,\"Descr\""])
  func aRecordThatBreaksOffIsAFault(rest: String) throws {
    var csv = IANARegistryCSV(file: "iana.csv")
    let text = "Service Name,Port Number,Transport Protocol,Description\r\na,1,tcp,A\r\n" + rest
    try csv.read(Array(text.utf8).span)
    #expect(throws: RegistryTableFault.self) { try csv.finish() }
  }
}
