import ArgumentParser
import Foundation
import Testing

@testable import portolan

/// Goal: reference, example and flags say what the definition of the settings says.
/// Method: make both files from the definition and compare. With UPDATE_REFERENCE=1 they are
/// written.
@Suite struct ConfigurationReferenceTests {
  private static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  private func expectContent(_ expected: String, at path: String) throws {
    let file = Self.root.appendingPathComponent(path)
    if ProcessInfo.processInfo.environment["UPDATE_REFERENCE"] == "1" {
      try Data(expected.utf8).write(to: file)
    }
    let content = try String(contentsOf: file, encoding: .utf8)
    #expect(content == expected, "\(path) is not up to date; run with UPDATE_REFERENCE=1")
  }

  @Test func theReferenceListsEverySetting() throws {
    try expectContent(ConfigurationReference.markdown, at: "docs/CONFIGURATION.md")
  }

  @Test func theExampleHasTheDefaults() throws {
    try expectContent(ConfigurationReference.example, at: "Config/portolan.json")
  }

  @Test func theExampleChangesNothing() throws {
    let bytes = Array(ConfigurationReference.example.utf8)
    let example = try ConfigurationReader.read(
      ConfigurationSources(file: ("Config/portolan.json", bytes))
    )
    let defaults = try ConfigurationReader.read(ConfigurationSources())
    for (left, right) in zip(example.values, defaults.values) {
      #expect(left.texts == right.texts, "\(left.setting.name)")
    }
  }

  @Test(arguments: Setting.all.map(\.name))
  func everySettingHasAFlagThatReachesIt(name: String) throws {
    let setting = try #require(Setting.named(name))
    let arguments =
      setting.type == .boolean
      ? ["--\(setting.flagName)"] : ["--\(setting.flagName)", "value"]
    let options = try SettingOptions.parse(arguments)
    let expected = setting.type == .boolean ? "true" : "value"
    #expect(options.given == [name: [expected]])
    let help = ServeCommand.helpMessage(columns: 400)
    #expect(help.contains("--\(setting.flagName)"))
    #expect(help.contains(setting.summary))
  }

  @Test func namesAreUnique() {
    #expect(Set(Setting.all.map(\.name)).count == Setting.all.count)
    #expect(Set(Setting.all.map(\.variable)).count == Setting.all.count)
  }
}

/// The files that are made of the settings' definition.
enum ConfigurationReference {
  static var markdown: String {
    var text = """
      # Settings

      <!-- Made from Sources/portolan/Configuration/Setting.swift by ConfigurationReferenceTests;
           UPDATE_REFERENCE=1 swift test --filter ConfigurationReference writes it. -->

      Every setting may be given as a flag of `portolan serve`, as a variable of the environment,
      or as a member of the JSON file that `--config` or `PORTOLAN_CONFIG` names. Flags win over
      variables, variables over the file, the file over the defaults. A list is given by repeating
      its flag, with commas in a variable, and as an array of strings in the file; it replaces the
      list of a weaker source. An empty flag or variable takes an optional value or a list away.

      A value that cannot be read, a name that is not known and settings that do not go together
      are errors, told all at once with their origin; the exit status is then 78. `portolan
      check-config` checks without serving, and reads the files that are named: certificates that
      cannot be used are 78 too, data that cannot be read is 65. `portolan print-config` prints
      every value and where it comes from. Both take the flags of `serve`. Paths are taken from
      the directory that the program runs in.

      On SIGHUP the file is read anew. Settings marked *reload* take up new values then; a change
      of any other is logged and waits for a restart.

      """
    for group in Setting.Group.allCases {
      text += "\n## \(group.rawValue)\n\n"
      text += "| File | Flag and variable | Value | Default | |\n| --- | --- | --- | --- | --- |\n"
      for setting in Setting.all where setting.group == group { text += row(setting) }
    }
    return text
  }

  private static func row(_ setting: Setting) -> String {
    let flag =
      setting.type == .boolean
      ? "`--\(setting.flagName)`, `--no-\(setting.flagName)`" : "`--\(setting.flagName)`"
    let value = setting.placeholder.replacingOccurrences(of: "|", with: "\\|")
    let defaults = setting.defaults.map { "`\($0)`" }.joined(separator: ", ")
    let reload = setting.isReloadable ? " *reload*" : ""
    let kind = setting.isList ? "list of `\(value)`" : "`\(value)`"
    return "| `\(setting.name)` | \(flag) `\(setting.variable)` | \(kind) | \(defaults) |"
      + " \(setting.summary).\(reload) |\n"
  }

  /// The defaults of all settings that have one.
  static var example: String {
    let members = Setting.all.filter { $0.isList || !$0.defaults.isEmpty }.map { setting in
      "  \"\(setting.name)\": \(json(setting))"
    }
    return "{\n" + members.joined(separator: ",\n") + "\n}\n"
  }

  private static func json(_ setting: Setting) -> String {
    let quoted = setting.defaults.map { "\"\($0)\"" }
    switch setting.type {
    case .list: return "[" + quoted.joined(separator: ", ") + "]"
    case .number, .boolean: return setting.defaults.joined()
    case .string: return quoted.joined()
    }
  }
}
