import ArgumentParser
import PortRegistry
import Posix
import TLS

/// `portolan check-config`
struct CheckConfigCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check-config",
    abstract: "Check the settings that serve would use, and the files they name.",
    discussion: """
      Reads tables, site file, certificates and keys as serve does. Exit status 0 if serve would \
      take them all, else a line for each fault and 78, or 65 if only the data is at fault. What \
      is allowed, but perhaps not meant, is told and changes no status.
      """
  )

  @OptionGroup var options: SettingOptions

  func run() throws {
    let loader = ConfigurationLoader(options, environment: ProcessEnvironment.variables())
    let configuration = try loader.loadOrExit().configuration
    let statuses = [Self.checkCertificates(configuration), Self.checkData(configuration)]
    if let status = statuses.first(where: { $0 != .success }) { throw status.exitCode }
    try Terminal.write("the configuration is valid\n")
  }

  private static func checkCertificates(_ configuration: Configuration) -> ExitStatus {
    do throws(Service.Failure) {
      _ = try Service.context(configuration, TicketKeys())
      return .success
    } catch {
      Terminal.complain(error.reason)
      return error.status
    }
  }

  private static func checkData(_ configuration: Configuration) -> ExitStatus {
    do throws(Dataset.Failure) {
      let files = DataFiles(registry: configuration.registry, site: configuration.site)
      for warning in try files.read(searching: .nothing).warnings {
        Terminal.complain("warning: \(warning)")
      }
      return .success
    } catch {
      Terminal.complain(error.description)
      return error.status
    }
  }
}

/// `portolan print-config`
struct PrintConfigCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "print-config",
    abstract: "Print every setting with its value and where that comes from.",
    discussion: "Columns: setting, value, origin."
  )

  @OptionGroup var options: SettingOptions

  func run() throws {
    let environment = ProcessEnvironment.variables()
    let loader = ConfigurationLoader(options, environment: environment)
    let form = Table.Form(for: .output, environment: environment)
    try Terminal.write(Self.table(of: try loader.loadOrExit()).text(form))
  }

  static func table(of resolved: ResolvedConfiguration) -> Table {
    var table = Table([
      Table.Column(name: "setting"), Table.Column(name: "value"), Table.Column(name: "origin"),
    ])
    for value in resolved.values {
      table.append([
        value.setting.name, value.texts.joined(separator: ","), value.origin.description,
      ])
    }
    return table
  }
}
