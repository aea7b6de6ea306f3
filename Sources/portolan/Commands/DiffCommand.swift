import ArgumentParser
import JSON
import PortRegistry
import Posix

/// `portolan diff`
struct DiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Say what one registry table assigns that another does not.",
    discussion: """
      portolan diff embedded iana.tsv
      portolan diff --json last-week.tsv this-week.tsv

      Columns: change (added, withdrawn, renamed), port, last, transport, service, former name. \
      Exit status 1 if there is a difference.
      """
  )

  @Argument(
    help: ArgumentHelp(
      "A table made by import, or the word embedded for IANA's registry inside the program.",
      valueName: "old"
    ),
    completion: .file()
  )
  var old: String

  @Argument(help: ArgumentHelp("The same.", valueName: "new"), completion: .file())
  var new: String

  @OptionGroup var output: AnswerOptions

  /// What stands for the embedded table.
  private static let embedded = "embedded"

  func run() throws {
    let difference = RegistryDifference(old: try Self.registry(old), new: try Self.registry(new))
    if output.json {
      var writer = JSONWriter()
      difference.write(into: &writer)
      writer.endText()
      try Terminal.write(writer.bytes)
    } else {
      try Terminal.write(difference.table.text(output.form))
    }
    if !difference.isEmpty { throw ExitStatus.notFound.exitCode }
  }

  private static func registry(_ name: String) throws -> Registry {
    do {
      return try Registry.alone(name == embedded ? nil : DataFiles.table(name))
    } catch let fault as RegistryTableFault {
      Terminal.complain(fault.description)
      throw ExitStatus.badData.exitCode
    } catch let failure as DataFiles.Failure {
      Terminal.complain(failure.description)
      throw failure.status.exitCode
    }
  }
}

extension RegistryDifference {
  private enum Kind: String {
    case added, withdrawn, renamed
  }

  /// All changes, in the order of their ports.
  var table: Table {
    var rows = added.map { (Kind.added, $0.place, $0.service, "") }
    rows += withdrawn.map { (.withdrawn, $0.place, $0.service, "") }
    rows += renamed.map { (.renamed, $0.place, $0.new, $0.old) }
    rows.sort { ($0.1, $0.2) < ($1.1, $1.2) }
    var table = Table([
      Table.Column(name: "change"), Table.Column(name: "port", isNumeric: true),
      Table.Column(name: "last", isNumeric: true), Table.Column(name: "transport"),
      Table.Column(name: "service"), Table.Column(name: "former name"),
    ])
    for (kind, place, service, former) in rows {
      table.append([
        kind.rawValue, place.port.map { String($0) } ?? "", place.last.map { String($0) } ?? "",
        place.transport?.name ?? "", service, former,
      ])
    }
    return table
  }

  /// Writes `{"added":[…],"withdrawn":[…],"renamed":[…]}`.
  func write(into writer: inout JSONWriter) {
    writer.beginObject()
    writer.name("added")
    Self.write(added, into: &writer)
    writer.name("withdrawn")
    Self.write(withdrawn, into: &writer)
    writer.name("renamed")
    writer.beginArray()
    for renaming in renamed {
      Self.begin(renaming.place, into: &writer)
      writer.name("old")
      writer.value(renaming.old)
      writer.name("new")
      writer.value(renaming.new)
      writer.endObject()
    }
    writer.endArray()
    writer.endObject()
  }

  private static func write(_ changes: [Change], into writer: inout JSONWriter) {
    writer.beginArray()
    for change in changes {
      begin(change.place, into: &writer)
      writer.name("service")
      writer.value(change.service)
      writer.endObject()
    }
    writer.endArray()
  }

  private static func begin(_ place: Place, into writer: inout JSONWriter) {
    writer.beginObject()
    writer.name("port")
    if let port = place.port { writer.value(Int(port)) } else { writer.null() }
    if let last = place.last {
      writer.name("last")
      writer.value(Int(last))
    }
    writer.name("transport")
    if let transport = place.transport { writer.value(transport.name) } else { writer.null() }
  }
}
