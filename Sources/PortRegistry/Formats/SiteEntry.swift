/// One service of the operator's own, checked.
struct SiteEntry {
  let line: Int
  let first: UInt16
  let last: UInt16
  let transports: TransportSet
  let service: String
  let name: String
  let owner: String
  let environments: [String]
  let link: String
  let note: String

  /// Checks the fields of one entry, by column; one that is missing says nothing.
  init(file: String, line: Int, _ fields: [String: String]) throws(RegistryTableFault) {
    func fault(_ reason: String) -> RegistryTableFault {
      RegistryTableFault(table: file, line: line, reason: reason)
    }
    for (name, text) in fields where text.unicodeScalars.count > SiteFile.textSizeMax {
      throw fault("the \(name) is longer than \(SiteFile.textSizeMax) characters")
    }
    func field(_ name: String) -> String { fields[name] ?? "" }
    func port(_ name: String) throws(RegistryTableFault) -> UInt16 {
      guard let port = PortNumber(parsing: field(name)) else {
        throw fault("'\(field(name).prefix(60))' is not a port number from 0 to 65535")
      }
      return port.rawValue
    }
    self.line = line
    first = try port("port")
    last = field("last").isEmpty ? first : try port("last")
    guard field("last").isEmpty || last > first else {
      throw fault("the last port of a range must be above the first")
    }
    transports = try Self.transports(field("transports"), fault)
    service = field("service")
    name = field("name")
    guard service.isEmpty || ServiceName.isValid(service) else {
      throw fault("'\(service.prefix(60))' is no service name as RFC 6335 §5.1 has it")
    }
    // In a table, `-` says nothing.
    if service.isEmpty, name.isEmpty || name == "-" {
      throw fault("has neither a service nor a name")
    }
    owner = field("owner")
    environments = Self.list(field("environments"))
    link = field("link")
    guard link.isEmpty || Self.isLink(link) else {
      throw fault("the link must be an address of http or https")
    }
    note = field("note")
  }

  private static func list(_ text: String) -> [String] {
    text.split { $0 == "," || $0 == "|" || $0 == " " }.map(String.init)
  }

  private static func transports(
    _ text: String,
    _ fault: (String) -> RegistryTableFault
  ) throws(RegistryTableFault) -> TransportSet {
    var set: TransportSet = []
    for name in list(text) {
      guard let transport = TransportProtocol(name: name.lowercased()) else {
        throw fault("'\(name.prefix(60))' is not tcp, udp, sctp or dccp")
      }
      set.insert(TransportSet(transport))
    }
    if set.isEmpty { throw fault("names no transport") }
    return set
  }

  /// Whether `text` is what may stand behind a link without doing harm: `http` or `https`, a host,
  /// and only visible ASCII that needs no escaping anywhere.
  private static func isLink(_ text: String) -> Bool {
    guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }),
      !text.contains(where: { "\"'<>\\^`{|}".contains($0) })
    else { return false }
    let lowercased = text.lowercased()
    for scheme in ["https://", "http://"] where lowercased.hasPrefix(scheme) {
      return lowercased.dropFirst(scheme.count).first.map {
        $0.isLetter || $0.isNumber || $0 == "["
      }
        ?? false
    }
    return false
  }

  /// Whether both claim a transport in an environment. One without environments is in all of them.
  func collides(with other: SiteEntry) -> Bool {
    guard !transports.isDisjoint(with: other.transports) else { return false }
    return environments.isEmpty || other.environments.isEmpty
      || environments.contains(where: other.environments.contains)
  }

  /// The row that the entry is in a table.
  var row: RegistryTableWriter.Row {
    var sentences: [String] = []
    if let last = note.last { sentences.append(".!?".contains(last) ? note : note + ".") }
    if !owner.isEmpty { sentences.append("Owner: \(owner).") }
    if !environments.isEmpty {
      sentences.append("Environments: \(environments.joined(separator: ", ")).")
    }
    return RegistryTableWriter.Row(
      first: first,
      last: last == first ? nil : last,
      transports: transports,
      service: service,
      name: name,
      references: link.isEmpty ? [] : [link],
      note: sentences.joined(separator: " ")
    )
  }
}
