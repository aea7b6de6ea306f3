import HTTP
import PortRegistry

// The page of a port
extension HTMLPage {
  static func write(
    _ port: PortNumber,
    of registry: Registry,
    narrowedTo transport: TransportProtocol?,
    _ files: PageFiles,
    to output: inout [UInt8]
  ) {
    begin("Port \(port)", files, to: &output)
    writeStates(port, of: registry, narrowedTo: transport, to: &output)
    for note in PortText.notes(port, of: registry, narrowedTo: transport) {
      paragraph(note, to: &output)
    }
    var isUsed = false
    for place in registry.memberRange(of: port.rawValue) {
      let record = registry.records[registry.member(at: place)]
      guard PortBody.names(record, transport) else { continue }
      writeAssignment(record, of: registry, to: &output)
      isUsed = true
    }
    if !isUsed { paragraph("Nobody is known to use port \(port).", to: &output) }
    writeWays(from: port, to: &output)
    end(to: &output)
  }

  private static func writeStates(
    _ port: PortNumber,
    of registry: Registry,
    narrowedTo transport: TransportProtocol?,
    to output: inout [UInt8]
  ) {
    output.append(contentsOf: "<p class=\"states\"><span>\(port.range.rawValue) range</span>".utf8)
    for each in TransportProtocol.allCases where each == transport ?? each {
      let state = registry.state(of: port, each).name
      output.append(
        contentsOf: "\n<span class=\"state \(state)\"><b>\(each.name)</b> \(state)</span>".utf8
      )
    }
    output.append(contentsOf: "</p>\n".utf8)
  }

  private static func writeAssignment(
    _ record: AssignmentRecord,
    of registry: Registry,
    to output: inout [UInt8]
  ) {
    let title = record.service.isEmpty ? record.name : record.service
    output.append(contentsOf: "<section class=\"assignment\">\n<h2>".utf8)
    escape(registry.text[title.bytes], to: &output)
    for (word, holds) in [
      ("site", record.isIn(.site)), ("common", record.isIn(.common)),
      ("official", record.isOfficial),
    ] where holds {
      output.append(contentsOf: " <span class=\"label \(word)\">\(word)</span>".utf8)
    }
    output.append(contentsOf: "</h2>\n".utf8)
    if !record.service.isEmpty { paragraph(registry.string(record.name), to: &output) }
    output.append(contentsOf: "<dl>\n".utf8)
    let names = record.transports.members.map(\.name)
    writeRow("Transports", names.isEmpty ? ["none named"] : names, to: &output)
    if record.isRange { writeRow("Ports", ["\(record.first)–\(record.last)"], to: &output) }
    func write(_ term: String, _ text: TextRange) {
      if !text.isEmpty { writeRow(term, [registry.string(text)], to: &output) }
    }
    func write(_ term: String, _ list: Range<Int>) {
      writeRow(term, list.map { registry.string(registry.listed($0)) }, to: &output)
    }
    write("IANA’s title", record.description)
    write("Also called", registry.aliases(of: record))
    writeRow("Sources", Layer.allCases.filter { record.isIn($0) }.map(\.name), to: &output)
    write("References", registry.references(of: record))
    for row in RegistrationText.rows(record, of: registry) {
      writeRow(row.term, row.words, to: &output)
    }
    write("Note", record.note)
    write("Malware seen here", registry.trojans(of: record))
    output.append(contentsOf: "</dl>\n</section>\n".utf8)
  }

  /// A term and what is said of it, if anything is.
  private static func writeRow(_ term: String, _ words: [String], to output: inout [UInt8]) {
    guard !words.isEmpty else { return }
    output.append(contentsOf: "<dt>\(term)</dt><dd>".utf8)
    escape(Array(words.joined(separator: ", ").utf8)[...], to: &output)
    output.append(contentsOf: "</dd>\n".utf8)
  }

  /// Links to what is beside the port, and to the same in another form.
  private static func writeWays(from port: PortNumber, to output: inout [UInt8]) {
    output.append(contentsOf: "<p>".utf8)
    for (number, word) in [(Int(port.rawValue) - 1, "before"), (Int(port.rawValue) + 1, "after")]
    where (0...65_535).contains(number) {
      output.append(
        contentsOf: "<a href=\"/ports/\(number)?format=html\">\(number)</a> is \(word) it · ".utf8
      )
    }
    output.append(contentsOf: "<a href=\"/?port=\(port)\">in the dashboard</a> · ".utf8)
    output.append(contentsOf: "<a href=\"/ports/\(port)?format=json\">JSON</a></p>\n".utf8)
  }
}
