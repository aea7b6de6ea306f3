import HTTP

/// Writes the text format that Prometheus reads, version 0.0.4.
struct MetricsText {
  /// Prometheus 3 refuses a page with any other.
  static let contentType = "text/plain; version=0.0.4; charset=utf-8"

  enum Kind: String {
    case counter
    case gauge
    case histogram
  }

  private(set) var bytes: [UInt8] = []
  private var family = ""

  /// Begins a family; the samples that follow are its own.
  mutating func begin(_ name: String, _ kind: Kind, _ help: String) {
    family = name
    bytes.append(contentsOf: "# HELP \(name) ".utf8)
    for byte in help.utf8 { appendEscaped(byte, quote: nil) }
    bytes.append(contentsOf: "\n# TYPE \(name) \(kind.rawValue)\n".utf8)
  }

  /// A sample that is a whole number.
  mutating func sample(
    _ value: UInt64,
    _ labels: KeyValuePairs<String, String> = [:],
    suffix: String = ""
  ) {
    appendName(suffix, labels)
    bytes.append(contentsOf: String(value).utf8)
    bytes.append(.lineFeed)
  }

  /// A sample of nanoseconds, written in seconds as the format wants its units.
  mutating func sample(
    nanoseconds: UInt64,
    _ labels: KeyValuePairs<String, String> = [:],
    suffix: String = ""
  ) {
    appendName(suffix, labels)
    bytes.append(contentsOf: Self.seconds(nanoseconds).utf8)
    bytes.append(.lineFeed)
  }

  /// A family of one sample.
  mutating func single(_ name: String, _ kind: Kind, _ help: String, _ value: UInt64) {
    begin(name, kind, help)
    sample(value)
  }

  /// A histogram of one label set: cumulative buckets, count and sum.
  ///
  /// - Parameter counts: One for each bound, not cumulative, and one more for what is above all.
  mutating func histogram(
    boundsNanoseconds: [UInt64],
    counts: [UInt64],
    sumNanoseconds: UInt64,
    label: (name: String, value: String)
  ) {
    var total: UInt64 = 0
    for (place, bound) in boundsNanoseconds.enumerated() where place < counts.count {
      total &+= counts[place]
      sample(
        total,
        [label.name: label.value, "le": Self.seconds(bound)],
        suffix: "_bucket"
      )
    }
    total &+= counts.last ?? 0
    sample(total, [label.name: label.value, "le": "+Inf"], suffix: "_bucket")
    sample(nanoseconds: sumNanoseconds, [label.name: label.value], suffix: "_sum")
    sample(total, [label.name: label.value], suffix: "_count")
  }

  /// `0.000025`, `1`, `2.5`: exact, without an exponent or needless zeros.
  static func seconds(_ nanoseconds: UInt64) -> String {
    let whole = String(nanoseconds / 1_000_000_000)
    let rest = nanoseconds % 1_000_000_000
    if rest == 0 { return whole }
    var fraction = String(rest)
    fraction = String(repeating: "0", count: 9 - fraction.utf8.count) + fraction
    while fraction.last == "0" { fraction.removeLast() }
    return whole + "." + fraction
  }

  private mutating func appendName(_ suffix: String, _ labels: KeyValuePairs<String, String>) {
    bytes.append(contentsOf: (family + suffix).utf8)
    if !labels.isEmpty {
      var separator = UInt8(ascii: "{")
      for (name, value) in labels {
        bytes.append(separator)
        bytes.append(contentsOf: "\(name)=\"".utf8)
        for byte in value.utf8 { appendEscaped(byte, quote: UInt8(ascii: "\"")) }
        bytes.append(UInt8(ascii: "\""))
        separator = UInt8(ascii: ",")
      }
      bytes.append(UInt8(ascii: "}"))
    }
    bytes.append(.space)
  }

  private mutating func appendEscaped(_ byte: UInt8, quote: UInt8?) {
    switch byte {
    case .lineFeed: bytes.append(contentsOf: "\\n".utf8)
    case UInt8(ascii: "\\"): bytes.append(contentsOf: "\\\\".utf8)
    case _ where byte == quote: bytes.append(contentsOf: "\\\"".utf8)
    default: bytes.append(byte)
    }
  }
}
