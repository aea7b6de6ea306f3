import HTTP

/// The dashboard's page and the files it refers to.
///
/// A file names another as `"./app.js"`. At load the name becomes the address of that file, which
/// holds a digest of its content, so that a file may be kept for ever and a new one has another
/// address. The digest is of the content with its addresses, so whatever a file leads to changes
/// its own address.
struct Dashboard: Sendable {
  /// A file and the last segment of its path.
  struct Asset: Sendable {
    let name: [UInt8]
    var representation: Representation
  }

  private(set) var page: Representation
  private(set) var assets: [Asset] = []
  /// What readable pages share with the dashboard.
  let pageFiles: PageFiles

  init(_ shared: SharedFields) {
    var addresses: [(name: String, address: String)] = []
    // Each comes behind those that it refers to.
    for (name, file) in EmbeddedFiles.assets() {
      let content = Self.substitute(addresses, in: file)
      let hashed = Self.hashed(name, content)
      addresses.append((name, "/assets/\(hashed)"))
      assets.append(
        Asset(
          name: Array(hashed.utf8),
          representation: Representation(
            content: content,
            shared: shared.asset,
            contentType: Self.contentType(name)
          )
        )
      )
    }
    func address(_ name: String) -> String { addresses.first { $0.name == name }?.address ?? "" }
    pageFiles = PageFiles(style: address("style.css"), icon: address("icon.svg"))
    page = Representation(
      content: Self.substitute(addresses, in: EmbeddedFiles.dashboardPage()),
      shared: shared.page,
      contentType: MediaType.html.name
    )
  }

  mutating func makeGzip(_ forms: borrowing GzipForms) {
    page.makeGzip(forms)
    for index in assets.indices { assets[index].representation.makeGzip(forms) }
  }

  /// `app.js` as `app-0123456789abcdef.js`.
  private static func hashed(_ name: String, _ content: [UInt8]) -> String {
    let digest = String(ContentDigest.of(content), radix: 16)
    let padded = String(repeating: "0", count: 16 - digest.count) + digest
    guard let dot = name.lastIndex(of: ".") else { return "\(name)-\(padded)" }
    return "\(name[..<dot])-\(padded)\(name[dot...])"
  }

  private static func contentType(_ name: String) -> String {
    switch name.split(separator: ".").last {
    case "js": "text/javascript; charset=utf-8"
    case "css": "text/css; charset=utf-8"
    case "svg": "image/svg+xml"
    case "png": "image/png"
    case "webmanifest": "application/manifest+json"
    default: "application/octet-stream"
    }
  }

  /// Puts addresses in the place of `"./name"`.
  private static func substitute(
    _ addresses: [(name: String, address: String)],
    in file: [UInt8]
  ) -> [UInt8] {
    let quote = UInt8(ascii: "\"")
    let dot = UInt8(ascii: ".")
    var result: [UInt8] = []
    result.reserveCapacity(file.count + 32 * addresses.count)
    var copied = 0
    for index in file.indices.dropLast(3)
    where file[index] == quote && file[index + 1] == dot && file[index + 2] == UInt8(ascii: "/") {
      let name = file[(index + 3)...].prefix { $0 != quote }
      guard let target = addresses.first(where: { $0.name.utf8.elementsEqual(name) }) else {
        continue
      }
      result.append(contentsOf: file[copied...index])
      result.append(contentsOf: target.address.utf8)
      copied = name.endIndex
    }
    result.append(contentsOf: file[copied...])
    return result
  }
}

/// The addresses of the files that every page refers to.
struct PageFiles: Sendable {
  let style: String
  let icon: String
}
