import Testing

/// The rules of docs/ARCHITECTURE.md, kept by reading the imports.
@Suite struct ArrowTests {
  /// What each module imports, all its files together.
  private static func importsByModule() throws -> [String: Set<String>] {
    try SourceTree.files(in: "Sources").reduce(into: [:]) {
      $0[$1.module, default: []].formUnion($1.imports)
    }
  }

  @Test func everyCModuleHasOneImporter() throws {
    let imports = try Self.importsByModule()
    let modules = try SourceTree.cModules()
    #expect(modules.count >= 5)
    for module in modules {
      let importers = imports.filter { $0.value.contains(module) }.keys.sorted()
      #expect(importers.count == 1, "\(module) is imported by \(importers)")
    }
  }

  @Test(arguments: ["HTTP", "JSON", "PortRegistry"])
  func aPureModuleImportsNothingButItsData(module: String) throws {
    let imports = try #require(try Self.importsByModule()[module])
    #expect(imports.isSubset(of: module == "PortRegistry" ? ["CRegistryData"] : []))
  }

  @Test func theEngineKnowsNoPorts() throws {
    let imports = try #require(try Self.importsByModule()["Server"])
    #expect(imports.isDisjoint(with: ["PortsAPI", "PortRegistry", "JSON", "Gzip"]))
  }

  @Test func theInterfaceKnowsNoSockets() throws {
    let imports = try #require(try Self.importsByModule()["PortsAPI"])
    #expect(imports.isDisjoint(with: ["Server", "Posix", "TLS", "Dispatch"]))
  }

  @Test func onlyTheProgramKnowsBothHalves() throws {
    let both = try Self.importsByModule().filter {
      $0.value.isSuperset(of: ["Server", "PortsAPI"])
    }
    #expect(both.keys.allSatisfy { $0 == "portolan" })
  }

  @Test func glibcIsCalledOnlyWhereCIsWrapped() throws {
    let importers = try Self.importsByModule().filter { $0.value.contains("Glibc") }.keys
    #expect(Set(importers).isSubset(of: ["Posix", "TLS", "Gzip"]))
  }

  @Test func foundationIsImportedNowhere() throws {
    for (module, imports) in try Self.importsByModule() {
      let foundation = imports.filter { $0.hasPrefix("Foundation") }
      #expect(foundation.isEmpty, "\(module) imports \(foundation)")
    }
  }

  /// The arrows that Package.swift draws are those that are used.
  @Test func everyDeclaredArrowIsUsed() throws {
    let imports = try Self.importsByModule()
    let rooms = try SourceTree.text("Package.swift").matches(
      of: /room\("(\w+)"(?:, arrows: \[([^\]]*)\])?\)/
    )
    #expect(rooms.count >= 8)
    let house = Set(imports.keys).union(try SourceTree.cModules())
    for room in rooms {
      let name = String(room.output.1)
      let declared = Set((room.output.2 ?? "").matches(of: /"(\w+)"/).map { String($0.output.1) })
      let used = imports[name, default: []].intersection(house)
      #expect(declared == used, "\(name) declares \(declared.sorted()), imports \(used.sorted())")
    }
  }
}
