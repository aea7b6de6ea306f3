import HTTP

/// The head of an answer with content, from its tag to the empty line.
///
/// Prepared answers keep what this writes; all others write it when they are asked for.
struct RepresentationHead: Sendable {
  /// The digest for the tag; `nil` for a problem, which has none.
  var digest: UInt64?
  /// The lines that answers of its kind share, from ``SharedFields``.
  var shared: [UInt8]
  /// The line of Content-Type, with its CRLF.
  var contentType: [UInt8]
  /// Lines of this answer alone, such as Link.
  var extra: [UInt8] = []
  /// The date among the shared lines.
  var lastModified: DateField?

  init(digest: UInt64?, shared: [UInt8], contentType: [UInt8], lastModified: DateField? = nil) {
    self.digest = digest
    self.shared = shared
    self.contentType = contentType
    self.lastModified = lastModified
  }

  /// The head of data of a type that is negotiated; its digest comes later.
  init(data type: MediaType, _ fields: SharedFields) {
    self.init(
      digest: nil,
      shared: fields.data,
      contentType: Representation.mediaTypeLines[Int(type.rawValue)],
      lastModified: fields.lastModified
    )
    if type == .html { extra = Array(SharedFields.pageSafety.utf8) }
  }

  /// Writes the lines between Date and the empty line.
  func write(_ coding: ContentCoding, contentSize: Int, to bytes: inout [UInt8]) {
    if let digest { Self.writeTag(EntityTag(digest: digest, coding: coding), to: &bytes) }
    bytes.append(contentsOf: shared)
    bytes.append(contentsOf: extra)
    bytes.append(contentsOf: contentType)
    if coding == .gzip { bytes.append(contentsOf: Self.gzipLine) }
    bytes.append(contentsOf: Self.lengthName)
    bytes.appendDecimal(contentSize)
    bytes.append(contentsOf: Self.lineEnd)
  }

  /// Writes the lines of a 304: those that 200 would have and that caches need (RFC 9110 §15.4.5).
  func writeNotModified(_ coding: ContentCoding, to bytes: inout [UInt8]) {
    if let digest { Self.writeTag(EntityTag(digest: digest, coding: coding), to: &bytes) }
    bytes.append(contentsOf: shared)
  }

  private static func writeTag(_ tag: EntityTag, to bytes: inout [UInt8]) {
    bytes.append(contentsOf: tagName)
    tag.write(to: &bytes)
    bytes.append(contentsOf: lineEnd)
  }

  private static let tagName = Array("ETag: ".utf8)
  private static let lengthName = Array("Content-Length: ".utf8)
  private static let gzipLine = Array("Content-Encoding: gzip\r\n".utf8)
  private static let lineEnd: [UInt8] = [.carriageReturn, .lineFeed]
}

/// One answer that is made at load, with its gzip form once that is made.
struct Representation: Sendable {
  let head: RepresentationHead
  let content: [UInt8]
  /// Only where it is smaller; `nil` until it is made.
  private(set) var gzip: [UInt8]?

  init(content: [UInt8], shared: [UInt8], contentType: String) {
    head = RepresentationHead(
      digest: ContentDigest.of(content),
      shared: shared,
      contentType: Self.line(contentType: contentType)
    )
    self.content = content
  }

  /// Data in JSON.
  init(json content: [UInt8], _ fields: SharedFields) {
    var head = RepresentationHead(data: .json, fields)
    head.digest = ContentDigest.of(content)
    self.head = head
    self.content = content
  }

  static func line(contentType: String) -> [UInt8] {
    Array("Content-Type: \(contentType)\r\n".utf8)
  }

  /// The lines of Content-Type by the order of ``MediaType/allCases``.
  static let mediaTypeLines = MediaType.allCases.map { line(contentType: $0.name) }

  mutating func makeGzip(_ encoder: borrowing GzipForms) {
    gzip = encoder.form(of: content)
  }
}
