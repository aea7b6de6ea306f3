import ArgumentParser
import PortRegistry

/// `portolan search`
struct SearchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "search",
    abstract: "Find ports by words, numbers, or both.",
    discussion: """
      portolan search "remote desktop"
      portolan search postgres
      portolan search --transport udp game

      Columns: port, last, transports, service, name, official, sources.
      Exit status 1 if nothing is found.
      """
  )

  @Argument(help: ArgumentHelp("What to find; several words are one question.", valueName: "words"))
  var words: [String]

  @Option(help: ArgumentHelp("How many answers at most, 1 to 1000.", valueName: "n"))
  var limit = 20
  @Option(
    help: "Only what uses this transport.",
    completion: .list(ArgumentReader.transports),
    transform: ArgumentReader.transport
  )
  var transport: TransportProtocol?

  @Option(
    help: "Only ports of this range.",
    completion: .list(ArgumentReader.ranges),
    transform: ArgumentReader.range
  )
  var range: PortRange?

  @OptionGroup var data: RegistryOptions
  @OptionGroup var output: AnswerOptions

  /// As the API has it, in code points.
  private static let questionSizeMax = 256

  func validate() throws {
    guard (1...1000).contains(limit) else {
      throw ValidationError("--limit must be from 1 to 1000.")
    }
    let size = words.joined(separator: " ").unicodeScalars.count
    guard size <= Self.questionSizeMax else {
      throw ValidationError("The question is longer than \(Self.questionSizeMax) characters.")
    }
  }

  func run() throws {
    let question = words.joined(separator: " ")
    let query = Query(question)
    let registry = try data.read(searching: .question(query))
    var filter = Filter()
    if let transport { filter.transports = TransportSet(transport) }
    if let range { filter.insert(range) }
    let answers = RegistrySearch.answers(
      to: query,
      limit: limit,
      in: registry,
      filter: filter
    )
    if output.json {
      try output.writeJSON(for: target(question), in: registry)
    } else {
      try Terminal.write(AssignmentTable.table(of: answers).text(output.form))
    }
    if answers.isEmpty {
      Terminal.complain("nothing is found for '\(question)'")
      throw ExitStatus.notFound.exitCode
    }
  }

  private func target(_ question: String) -> String {
    var target = "/ports?q=\(RequestTargetText.encoded(question))&limit=\(limit)"
    if let transport { target += "&transport=\(transport.name)" }
    if let range { target += "&range=\(range.rawValue)" }
    return target
  }
}
