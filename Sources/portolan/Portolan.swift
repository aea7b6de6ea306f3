import ArgumentParser

/// The program.
@main
struct Portolan: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "portolan",
    abstract: "What is this port, and which port is that?",
    discussion: """
      portolan lookup 443            what port 443 is
      portolan lookup https/tcp      which port https has
      portolan search "remote desktop"
      portolan import IANA.csv -o T  make a table of fresh data
      portolan serve                 answer in JSON at http://127.0.0.1:8080/

      Answers are a table on a terminal and tab-separated in a pipe.
      Exit status: 0 found or done, 1 not found, 64 usage, 65 bad data, 69 unreachable or address \
      in use, 70 internal, 74 input or output, 78 configuration.
      """,
    version: "portolan \(ProgramVersion.current)",
    subcommands: [
      ServeCommand.self, LookupCommand.self, SearchCommand.self, RangesCommand.self,
      FreeCommand.self, ImportCommand.self, DiffCommand.self, CheckConfigCommand.self,
      PrintConfigCommand.self, HealthcheckCommand.self,
    ]
  )

  /// Guesses what a mistyped command was meant to be, which the parser does for flags alone.
  static func main() {
    let commands = configuration.subcommands.compactMap { $0.configuration.commandName } + ["help"]
    if let typed = CommandLine.arguments.dropFirst().first, !typed.hasPrefix("-"),
      !commands.contains(typed)
    {
      let guess = Suggestion.sentence(for: typed, among: commands)
      exit(withError: ValidationError("there is no command '\(typed)'\(guess)"))
    }
    main(nil)
  }
}
