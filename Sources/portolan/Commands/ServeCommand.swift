import ArgumentParser
import Posix

/// `portolan serve`
struct ServeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Answer over HTTP.",
    discussion: """
      Every setting may be a flag, a variable (PORTOLAN_LISTEN) or a member of the configuration \
      file ("listen"); flags win over variables, those over the file. SIGHUP reads files anew, \
      SIGTERM stops when the requests in hand are answered, a second one at once.
      """
  )

  @OptionGroup var options: SettingOptions

  func run() throws {
    let loader = ConfigurationLoader(options, environment: ProcessEnvironment.variables())
    let status = Service.run(try loader.loadOrExit(), loader: loader)
    if status != .success { throw status.exitCode }
  }
}

extension ConfigurationLoader {
  /// Reads the configuration, or says all that is wrong with it and ends.
  func loadOrExit() throws -> ResolvedConfiguration {
    do {
      return try load()
    } catch {
      for fault in error.faults { Terminal.complain(fault.description) }
      throw ExitStatus.configuration.exitCode
    }
  }
}
