import HTTP

/// The dashboard's page and the files it refers to.
///
/// The page names a file as `{{app.js}}`. At load the name becomes the address of the file, which
/// holds a digest of its content, so that a file may be kept for ever and a new one has another
/// address.
struct Dashboard: Sendable {
  /// A file and the last segment of its path.
  struct Asset: Sendable {
    let name: [UInt8]
    var representation: Representation
  }

  private(set) var page: Representation
  private(set) var assets: [Asset] = []
  /// The address of the style sheet, which readable pages share.
  let styleAddress: String

  init(_ shared: SharedFields) {
    var addresses: [(name: String, address: String)] = []
    for (name, content) in EmbeddedFiles.assets() {
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
    styleAddress = addresses.first { $0.name == "style.css" }?.address ?? ""
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

  /// Puts addresses in the place of `{{name}}`.
  private static func substitute(
    _ addresses: [(name: String, address: String)],
    in page: [UInt8]
  ) -> [UInt8] {
    var result = String(decoding: page, as: UTF8.self)[...]
    var parts = ""
    while let open = result.firstRange(of: "{{"),
      let close = result[open.upperBound...].firstRange(of: "}}")
    {
      let name = result[open.upperBound..<close.lowerBound]
      parts += result[..<open.lowerBound]
      parts += addresses.first { $0.name == name }?.address ?? String(name)
      result = result[close.upperBound...]
    }
    return Array((parts + result).utf8)
  }
}
