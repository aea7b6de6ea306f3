import PortRegistry

/// What `lookup` is asked: a port, a range of ports, or a service by its exact name; each perhaps
/// for one transport only.
struct LookupQuestion: Equatable, Sendable {
  enum Subject: Equatable, Sendable {
    case ports(ClosedRange<UInt16>)
    case service(String)
  }

  /// Why text is no question.
  struct Fault: Error, Equatable, CustomStringConvertible {
    let description: String
  }

  let subject: Subject
  let transport: TransportProtocol?

  var isByNumber: Bool {
    if case .ports = subject { true } else { false }
  }

  /// Reads `443`, `22/tcp`, `tcp/22`, `8000-8010`, `https`, `https/udp`.
  init(parsing text: String) throws(Fault) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count <= 2, !parts[0].isEmpty else {
      throw Fault(description: "'\(text)' is neither a port nor a service")
    }
    var subject = parts[0]
    transport = try parts.count < 2 ? nil : Self.transport(parts, &subject, in: text)
    guard subject.utf8.allSatisfy({ $0 == UInt8(ascii: "-") || (0x30...0x39).contains($0) }) else {
      self.subject = .service(String(subject))
      return
    }
    let ends = subject.split(separator: "-", omittingEmptySubsequences: false)
    guard ends.count <= 2, let first = PortNumber(parsing: ends[0]),
      let last = PortNumber(parsing: ends[ends.count - 1]), first <= last
    else {
      throw Fault(
        description: "'\(subject)' is not a port number from 0 to 65535, nor a range of them"
      )
    }
    self.subject = .ports(first.rawValue...last.rawValue)
  }

  /// The transport on either side of the slash; what is on the other side becomes the subject.
  private static func transport(
    _ parts: [Substring],
    _ subject: inout Substring,
    in text: String
  ) throws(Fault) -> TransportProtocol {
    if let transport = TransportProtocol(name: parts[1].lowercased()) { return transport }
    guard let transport = TransportProtocol(name: parts[0].lowercased()), !parts[1].isEmpty else {
      throw Fault(description: "'\(text)': the transport is none of tcp, udp, sctp, dccp")
    }
    subject = parts[1]
    return transport
  }

  /// The assignments that answer it, each once and in the order in which they are answered.
  func answers(in registry: Registry) -> [Assignment] {
    let found: [Assignment]
    switch subject {
    case .service(let name): found = registry.assignments(named: name)
    case .ports(let ports):
      var seen: Set<Int> = []
      found = ports.flatMap { registry.assignments(of: PortNumber($0)) }
        .filter { seen.insert($0.index).inserted }
    }
    guard let transport else { return found }
    return found.filter { $0.transports.contains(transport) }
  }

  /// What can be said when nothing answers it.
  func regret(in registry: Registry) -> String {
    switch subject {
    case .ports(let ports) where ports.count == 1:
      let port = PortNumber(ports.lowerBound)
      let states = registry.states(of: port)
      let transports = transport.map { [$0] } ?? TransportProtocol.allCases
      let words = transports.map { "\(states[$0].name) for \($0.name)" }
      let notes = registry.notes(of: port.rawValue).map { "; " + registry.string($0.text) }
      return "\(port): nothing is known to use it: \(words.joined(separator: ", "))"
        + notes.joined()
    case .ports(let ports):
      return "\(ports.lowerBound)-\(ports.upperBound): nothing is known to use any of them"
    case .service(let name):
      return "\(name): no service has this name" + Self.suggestion(for: name, in: registry)
    }
  }

  /// The service whose name is nearest; of several, the one that is used most.
  private static func suggestion(for name: String, in registry: Registry) -> String {
    var names: [(use: UInt8, name: String)] = []
    for record in registry.records where !record.service.isEmpty && record.hasPort {
      names.append((use: record.use, name: registry.string(record.service)))
    }
    names.sort { $0.use > $1.use }
    return Suggestion.sentence(for: name, among: names.map(\.name))
  }

  /// The request target under which the API answers the same.
  var target: String {
    let suffix = transport.map { "/" + $0.name } ?? ""
    switch subject {
    case .service(let name): return "/services/" + RequestTargetText.encoded(name) + suffix
    case .ports(let ports) where ports.count == 1: return "/ports/\(ports.lowerBound)" + suffix
    case .ports(let ports):
      let filter = transport.map { "&transport=" + $0.name } ?? ""
      return "/ports?first=\(ports.lowerBound)&last=\(ports.upperBound)&limit=1000" + filter
    }
  }
}
