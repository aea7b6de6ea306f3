import ArgumentParser
import PortRegistry

/// `portolan free`
struct FreeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "free",
    abstract: "List blocks of ports that are unassigned and that nothing is known to use.",
    discussion: """
      portolan free --size 10
      portolan free --transport udp --range user --limit 5

      Columns: first, last, size, range. Exit status 1 if there is no such block.
      """
  )

  @Option(
    help: "Free for this transport; tcp if not given.",
    completion: .list(ArgumentReader.transports),
    transform: ArgumentReader.transport
  )
  var transport = TransportProtocol.tcp

  @Option(
    help: "Within this range of ports; user if not given.",
    completion: .list(ArgumentReader.ranges),
    transform: ArgumentReader.range
  )
  var range = PortRange.user

  @Option(help: ArgumentHelp("How many ports in a row at least.", valueName: "n")) var size = 1
  @Option(help: ArgumentHelp("How many blocks at most, 1 to 1000.", valueName: "n")) var limit = 20
  @OptionGroup var data: RegistryOptions
  @OptionGroup var output: AnswerOptions

  func validate() throws {
    guard (1...65_535).contains(size) else {
      throw ValidationError("--size must be from 1 to 65535.")
    }
    guard (1...1000).contains(limit) else {
      throw ValidationError("--limit must be from 1 to 1000.")
    }
  }

  func run() throws {
    let registry = try data.read()
    if output.json {
      let target =
        "/free-ranges?transport=\(transport.name)&range=\(range.rawValue)"
        + "&size=\(size)&limit=\(limit)"
      return try output.writeJSON(for: target, in: registry)
    }
    let blocks = Self.blocks(in: registry, transport, range).filter { $0.count >= size }
    guard !blocks.isEmpty else {
      Terminal.complain("no block of \(size) ports is free for \(transport.name)")
      throw ExitStatus.notFound.exitCode
    }
    try Terminal.write(Self.table(of: Array(blocks.prefix(limit)), range).text(output.form))
  }

  static func table(of blocks: [ClosedRange<UInt16>], _ range: PortRange) -> Table {
    var table = Table([
      Table.Column(name: "first", isNumeric: true), Table.Column(name: "last", isNumeric: true),
      Table.Column(name: "size", isNumeric: true), Table.Column(name: "range"),
    ])
    for block in blocks {
      table.append([
        String(block.lowerBound), String(block.upperBound), String(block.count), range.rawValue,
      ])
    }
    return table
  }

  /// The longest runs of ports in `range` that are unassigned and that no layer uses.
  static func blocks(
    in registry: Registry,
    _ transport: TransportProtocol,
    _ range: PortRange
  ) -> [ClosedRange<UInt16>] {
    var blocks: [ClosedRange<UInt16>] = []
    var first: UInt16?
    for port in range.numbers {
      let isFree =
        registry.state(of: PortNumber(port), transport) == .unassigned
        && !registry.usedTransports(of: port).contains(transport)
      if isFree {
        first = first ?? port
      } else if let start = first {
        blocks.append(start...port - 1)
        first = nil
      }
    }
    if let start = first { blocks.append(start...range.numbers.upperBound) }
    return blocks
  }
}
