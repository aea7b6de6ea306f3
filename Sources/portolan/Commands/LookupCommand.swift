import ArgumentParser
import PortRegistry
import Posix

/// `portolan lookup`
struct LookupCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lookup",
    abstract: "Say what a port is, or which port a service has.",
    discussion: """
      portolan lookup 443
      portolan lookup 22/tcp https 8000-8010
      ss -Htln | awk '{ sub(/.*:/, "", $4); print $4 }' | portolan lookup -

      Columns: port, last, transports, service, name, official, sources.
      Exit status 1 if nothing is known about one of the questions.
      """
  )

  @Argument(
    help: ArgumentHelp(
      "A port (443, 22/tcp), a range (8000-8010) or a service (https, https/tcp); - reads them from"
        + " standard input, one a line.",
      valueName: "question"
    )
  )
  var questions: [String]

  @Flag(help: "Write lines as getent services does.") var services = false
  @OptionGroup var data: RegistryOptions
  @OptionGroup var output: AnswerOptions

  func validate() throws {
    if questions.isEmpty { throw ValidationError("There is nothing to look up.") }
    if services && output.json {
      throw ValidationError("--services and --json exclude each other.")
    }
  }

  func run() throws {
    let asked = try Self.expand(questions)
    let nameCount = asked.count { !$0.isByNumber }
    let registry = try data.read(searching: nameCount > Self.unindexedNameMax ? .words : .nothing)
    if output.json { return try writeJSON(asked, in: registry) }
    var found: [Assignment] = []
    var lines = ""
    var missCount = 0
    for question in asked {
      let answers = question.answers(in: registry)
      if answers.isEmpty {
        missCount += 1
        Terminal.complain(question.regret(in: registry))
      }
      found += answers
      if services { lines += ServicesLines.text(answers, for: question.transport) }
    }
    try Terminal.write(
      services ? lines : AssignmentTable.table(of: found).text(output.form)
    )
    if missCount > 0 { throw ExitStatus.notFound.exitCode }
  }

  /// One body for each question, in their order; the status is that of the table.
  private func writeJSON(_ asked: [LookupQuestion], in registry: Registry) throws {
    let writer = AnswerWriter(registry)
    var missCount = 0
    for question in asked {
      try Terminal.write(writer.json(for: question.target).body)
      if question.answers(in: registry).isEmpty {
        missCount += 1
        Terminal.complain(question.regret(in: registry))
      }
    }
    if missCount > 0 { throw ExitStatus.notFound.exitCode }
  }

  /// So many names are sooner looked for one by one than all names are brought into an order.
  private static let unindexedNameMax = 50

  /// All questions, read; `-` stands for the lines of standard input.
  private static func expand(_ questions: [String]) throws -> [LookupQuestion] {
    var asked: [LookupQuestion] = []
    for question in questions {
      let texts = question == "-" ? try linesOfStandardInput() : [question]
      for text in texts {
        do {
          asked.append(try LookupQuestion(parsing: text))
        } catch {
          Terminal.complain(error.description)
          throw ExitStatus.usage.exitCode
        }
      }
    }
    return asked
  }

  /// More than anybody asks at once.
  private static let inputLimitBytes = 16 * 1024 * 1024

  private static func linesOfStandardInput() throws -> [String] {
    do {
      let bytes = try File.readStandardInput(limitBytes: inputLimitBytes)
      return lines(of: String(decoding: bytes, as: UTF8.self))
    } catch {
      Terminal.complain("standard input: \(error)")
      throw ExitStatus.inputOutput.exitCode
    }
  }

  /// The lines without blanks at their ends, empty ones and comments left out.
  static func lines(of text: String) -> [String] {
    text.split { $0.isNewline }.map { line in
      var line = line
      while line.first?.isWhitespace == true { line.removeFirst() }
      while line.last?.isWhitespace == true { line.removeLast() }
      return String(line)
    }.filter { !$0.isEmpty && !$0.hasPrefix("#") }
  }
}

/// Assignments as services(5) has them, in the columns of getent(1).
enum ServicesLines {
  private static let nameWidth = 21

  /// One line for each transport, or for the one that was asked for alone; what has no service name
  /// has no line.
  static func text(_ assignments: [Assignment], for asked: TransportProtocol? = nil) -> String {
    var text = ""
    for assignment in assignments {
      guard let service = assignment.service, let port = assignment.port else { continue }
      let blanks = String(repeating: " ", count: max(0, nameWidth - service.count))
      // A name with a blank in it would be two in this format.
      let aliases = assignment.aliases.filter { !$0.contains { $0.isWhitespace } }
      for transport in assignment.transports.members where asked ?? transport == transport {
        let names = aliases.map { " " + $0 }.joined()
        text += "\(service)\(blanks) \(port)/\(transport.name)\(names)\n"
      }
    }
    return text
  }
}
