import ArgumentParser
import PortRegistry
import Posix

/// How a command writes its answer.
struct AnswerOptions: ParsableArguments {
  @Flag(help: "Write JSON, as the API does.") var json = false
  @Flag(help: "Write tab-separated columns on a terminal too.") var plain = false

  var form: Table.Form {
    Table.Form(for: .output, environment: ProcessEnvironment.variables(), isPlain: plain)
  }

  /// Writes what the API answers to `target`, and ends with 1 if that is not 200.
  func writeJSON(for target: String, in registry: Registry) throws {
    let answer = AnswerWriter(registry).json(for: target)
    try Terminal.write(answer.body)
    if !answer.isFound { throw ExitStatus.notFound.exitCode }
  }
}

/// Which data a command answers from.
struct RegistryOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Answer from this table, made by import, in place of the IANA registry inside.",
      valueName: "file"
    ),
    completion: .file()
  )
  var registry: String?

  @Option(
    help: ArgumentHelp("Answer from the organisation's own services too.", valueName: "file"),
    completion: .file()
  )
  var site: String?

  /// Reads the data and says what in it is perhaps not meant, or what is wrong with it, and ends.
  ///
  /// - Parameter scope: What searches are to find; less is ready sooner.
  func read(searching scope: SearchIndex.Scope = .nothing) throws -> Registry {
    do {
      let contents = try DataFiles(registry: registry, site: site).read(searching: scope)
      Self.tell(contents.warnings)
      return contents.registry
    } catch {
      Terminal.complain(error.description)
      throw error.status.exitCode
    }
  }

  /// More would hide the answer that was asked for.
  private static let warningCountMax = 5

  private static func tell(_ warnings: [String]) {
    for warning in warnings.prefix(warningCountMax) { Terminal.complain("warning: \(warning)") }
    let restCount = warnings.count - warningCountMax
    guard restCount > 0 else { return }
    Terminal.complain("warning: \(restCount) more, which portolan check-config --site tells")
  }
}

/// Assignments as rows: the columns that every text form of the API has too.
enum AssignmentTable {
  static let columns = [
    Table.Column(name: "port", isNumeric: true), Table.Column(name: "last", isNumeric: true),
    Table.Column(name: "transports"), Table.Column(name: "service"), Table.Column(name: "name"),
    Table.Column(name: "official"), Table.Column(name: "sources"),
  ]

  static func table(of assignments: [Assignment]) -> Table {
    var table = Table(columns)
    for assignment in assignments {
      let sources = Layer.allCases.filter { assignment.transports(in: $0) != nil }.map(\.name)
      table.append([
        assignment.port?.description ?? "", assignment.last?.description ?? "",
        assignment.transports.members.map(\.name).joined(separator: ","),
        assignment.service ?? "", assignment.name, assignment.isOfficial ? "true" : "false",
        sources.joined(separator: ","),
      ])
    }
    return table
  }
}

/// Words of the registry as arguments.
enum ArgumentReader {
  static let transports = TransportProtocol.allCases.map(\.name)
  static let ranges = PortRange.allCases.map(\.rawValue)

  static func transport(_ text: String) throws -> TransportProtocol {
    guard let transport = TransportProtocol(name: text.lowercased()) else {
      throw refusal(text, transports)
    }
    return transport
  }

  static func range(_ text: String) throws -> PortRange {
    guard let range = PortRange(rawValue: text) else { throw refusal(text, ranges) }
    return range
  }

  private static func refusal(_ text: String, _ words: [String]) -> ValidationError {
    ValidationError(
      "'\(text)' is none of \(words.joined(separator: ", "))"
        + Suggestion.sentence(for: text, among: words)
    )
  }
}
