import PortRegistry

// Prints what the registry knows of 443, and where SSH is.
let registry = try Registry.embedded()
let port = PortNumber(443)

for assignment in registry.assignments(of: port) {
  let transports = assignment.transports.members.map(\.name).joined(separator: ",")
  print("\(port)/\(transports) \(assignment.service ?? "-") \(assignment.name)")
}
for transport in TransportProtocol.allCases {
  print("\(transport.name): \(registry.state(of: port, transport).name)")
}
for assignment in registry.assignments(named: "ssh") {
  if let port = assignment.port { print("ssh: \(port) (\(port.range.rawValue))") }
}
