import ArgumentParser
import PortRegistry

/// `portolan ranges`
struct RangesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ranges",
    abstract: "List the three ranges of port numbers.",
    discussion: """
      Columns: name, first, last, names, and how many ports are assigned, reserved and unassigned \
      for TCP.
      """
  )

  @OptionGroup var data: RegistryOptions
  @OptionGroup var output: AnswerOptions

  func run() throws {
    let registry = try data.read()
    if output.json { return try output.writeJSON(for: "/ranges", in: registry) }
    try Terminal.write(Self.table(in: registry).text(output.form))
  }

  static func table(in registry: Registry) -> Table {
    var table = Table([
      Table.Column(name: "name"), Table.Column(name: "first", isNumeric: true),
      Table.Column(name: "last", isNumeric: true), Table.Column(name: "names"),
      Table.Column(name: "assigned", isNumeric: true),
      Table.Column(name: "reserved", isNumeric: true),
      Table.Column(name: "unassigned", isNumeric: true),
    ])
    for facts in registry.rangeFacts {
      let counts = [AssignmentState.assigned, .reserved, .unassigned].map {
        String(registry.count(of: $0, in: facts.range, .tcp))
      }
      table.append(
        [
          facts.range.rawValue, String(facts.range.numbers.lowerBound),
          String(facts.range.numbers.upperBound),
          facts.names.map { registry.string($0) }.joined(separator: ", "),
        ] + counts
      )
    }
    return table
  }
}
