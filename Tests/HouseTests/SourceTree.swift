import Foundation

/// One Swift file of the repository, as lines.
struct SourceFile {
  /// From the repository's root: `Sources/HTTP/Method.swift`.
  let path: String
  let lines: [String]

  /// `HTTP` of `Sources/HTTP/Method.swift`.
  var module: String { String(path.split(separator: "/")[1]) }

  /// The modules that it imports.
  var imports: Set<String> { Set(lines.compactMap(Self.importedModule)) }

  /// The lines without comments, each with its number, counted from one.
  var code: [(number: Int, text: Substring)] {
    lines.enumerated().map { ($0.offset + 1, Self.withoutComment($0.element)) }
  }

  /// Whether a comment stands right above the line, so that what the line does has a reason.
  func hasReason(above number: Int) -> Bool {
    guard number >= 2 else { return false }
    return lines[number - 2].trimmingCharacters(in: .whitespaces).hasPrefix("//")
  }

  /// `package import struct HTTP.Status` and all shorter forms.
  private static func importedModule(_ line: String) -> String? {
    let words = withoutComment(line).split { $0 == " " || $0 == "." }
    guard let place = words.firstIndex(of: "import"),
      words[..<place].allSatisfy({ $0.hasPrefix("@") || accessLevels.contains($0) }),
      let module = words[(place + 1)...].first(where: { !kinds.contains($0) })
    else { return nil }
    return String(module)
  }

  private static let accessLevels: Set<Substring> = [
    "public", "package", "internal", "fileprivate", "private",
  ]
  private static let kinds: Set<Substring> = [
    "struct", "class", "enum", "protocol", "func", "var", "let", "typealias",
  ]

  /// Cuts from `//` on, unless it stands within a string, as in an address.
  private static func withoutComment(_ line: String) -> Substring {
    var isInString = false
    var previous: Character?
    for index in line.indices {
      let character = line[index]
      if character == "\"", previous != "\\" { isInString.toggle() }
      if character == "/", previous == "/", !isInString {
        return line[..<line.index(before: index)]
      }
      previous = character
    }
    return line[...]
  }
}

/// The repository that the test was compiled from.
enum SourceTree {
  static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  static func text(_ path: String) throws -> String {
    try String(contentsOf: root.appending(path: path), encoding: .utf8)
  }

  /// All Swift files below `folder`, in the order of their paths.
  static func files(in folder: String) throws -> [SourceFile] {
    let start = root.appending(path: folder)
    let names = try FileManager.default.subpathsOfDirectory(atPath: start.path())
    return try names.filter { $0.hasSuffix(".swift") && !$0.contains(".build") }.sorted().map {
      let path = "\(folder)/\($0)"
      return SourceFile(path: path, lines: try text(path).components(separatedBy: "\n"))
    }
  }

  /// The modules written in C: headers and module maps.
  static func cModules() throws -> [String] {
    let sources = root.appending(path: "Sources")
    return try FileManager.default.contentsOfDirectory(atPath: sources.path()).filter { name in
      let folder = sources.appending(path: name)
      return ["module.modulemap", "include"].contains {
        FileManager.default.fileExists(atPath: folder.appending(path: $0).path())
      }
    }.sorted()
  }
}
