import ArgumentParser
import Posix

/// `portolan check-config`
struct CheckConfigCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check-config",
    abstract: "Check the settings that serve would use.",
    discussion: "Exit status 0 if serve would take them, else 78 and a line for each fault."
  )

  @OptionGroup var options: SettingOptions

  func run() throws {
    let loader = ConfigurationLoader(options, environment: ProcessEnvironment.variables())
    _ = try loader.loadOrExit()
    try Terminal.write("the configuration is valid\n")
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
