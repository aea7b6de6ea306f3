import JSON

@testable import PortRegistry

/// The operator's own file, as CSV or JSON.
///
/// What is taken can be put on top of the registry, every entry is found there, and written as JSON
/// it says the same.
func fuzzSiteFile(_ bytes: [UInt8]) {
  guard let file = try? SiteFile(file: "fuzz", bytes) else { return }
  let again = json(file.entries)
  guard let second = try? SiteFile(file: "fuzz", again) else {
    preconditionFailure("what was read is refused when it is written as JSON")
  }
  precondition(second.table == file.table)
  var builder = RegistryBuilder()
  do {
    try file.add(to: &builder)
  } catch {
    preconditionFailure("\(error)")
  }
  let registry = builder.build(searching: .nothing)
  for entry in file.entries {
    let isThere = registry.assignments(of: PortNumber(entry.first)).contains { assignment in
      assignment.transports(in: .site)?.isSuperset(of: entry.transports) ?? false
        && (entry.service.isEmpty
          ? assignment.service == nil && assignment.name.lowercased() == entry.name.lowercased()
          : assignment.service?.lowercased() == entry.service.lowercased())
    }
    precondition(isThere, "an entry is lost")
  }
}

private func json(_ entries: [SiteEntry]) -> [UInt8] {
  var writer = JSONWriter()
  writer.beginArray()
  for entry in entries {
    writer.beginObject()
    writer.name("port")
    writer.value(Int(entry.first))
    if entry.last > entry.first {
      writer.name("last")
      writer.value(Int(entry.last))
    }
    for (name, list) in [
      ("transports", entry.transports.members.map(\.name)), ("environments", entry.environments),
    ] {
      writer.name(name)
      writer.beginArray()
      for item in list { writer.value(item) }
      writer.endArray()
    }
    for (name, text) in [
      ("service", entry.service), ("name", entry.name), ("owner", entry.owner),
      ("link", entry.link), ("note", entry.note),
    ] {
      writer.name(name)
      writer.value(text)
    }
    writer.endObject()
  }
  writer.endArray()
  return writer.bytes
}
