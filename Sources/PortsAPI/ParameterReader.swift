import HTTP
import PortRegistry

/// The parameters that queries may have.
enum Parameter: UInt8, CaseIterable {
  case q, transport, range, status, source, official, service, first, last
  case facets, limit, cursor, port, size, format

  var name: String { String(describing: self) }

  fileprivate var bit: UInt16 { 1 << UInt16(rawValue) }
}

extension QueryParameters {
  /// Whether any pair has this name.
  func names(_ name: String) -> Bool {
    pairs.contains { text[$0.name].elementsEqual(name.utf8) }
  }
}

/// Reads the parameters that a route takes, and gathers all that is wrong with them.
struct ParameterReader: ~Copyable {
  private let text: [UInt8]
  private let pairs: [QueryParameters.Pair]
  private var values: [15 of Range<Int>] = .init(repeating: 0..<0)
  private var given: UInt16 = 0
  private var kind: Problem.Kind?
  private var errors: [Problem.Detail] = []

  /// - Parameter allowed: What the route takes; `format` goes without saying.
  init(_ parameters: QueryParameters, allowed: [Parameter]) {
    text = parameters.text
    pairs = parameters.pairs
    for pair in pairs {
      guard let parameter = Self.parameter(text.span.extracting(pair.name)),
        parameter == .format || allowed.contains(parameter)
      else {
        refuseUnknown(pair, allowed)
        continue
      }
      if let fault = pair.fault {
        refuse(parameter, fault.reason)
      } else if has(parameter) {
        if parameter != .port { refuse(parameter, "is given more than once") }
      } else {
        given |= parameter.bit
        values[Int(parameter.rawValue)] = pair.value
      }
    }
  }

  /// Throws what is wrong so far.
  func finish() throws(Problem) {
    guard let kind else { return }
    let detail = errors.map { "\($0.parameter): \($0.reason)" }.joined(separator: "; ")
    throw Problem(kind, detail, errors: errors)
  }

  func has(_ parameter: Parameter) -> Bool { given & parameter.bit != 0 }

  /// The decoded value; empty if the parameter is not given.
  func value(_ parameter: Parameter) -> ArraySlice<UInt8> {
    text[values[Int(parameter.rawValue)]]
  }

  /// The values of a parameter that may be given again and again, in order.
  func forEachValue(_ parameter: Parameter, _ body: (ArraySlice<UInt8>) -> Void) {
    for pair in pairs where Self.parameter(text.span.extracting(pair.name)) == parameter {
      body(text[pair.value])
    }
  }

  mutating func refuse(_ parameter: Parameter, _ reason: String) {
    kind = kind ?? .invalidParameter
    errors.append(
      Problem.Detail(parameter: parameter.name, place: .query, reason: reason)
    )
  }

  private mutating func refuseUnknown(_ pair: QueryParameters.Pair, _ allowed: [Parameter]) {
    kind = kind ?? .unknownParameter
    // Enough of the name to recognise it.
    let name = String(String(decoding: text[pair.name], as: UTF8.self).prefix(40))
    let names = (allowed + [.format]).map(\.name).joined(separator: ", ")
    errors.append(
      Problem.Detail(
        parameter: name,
        place: .query,
        reason: "there is no such parameter here; those that are: \(names)"
      )
    )
  }

  private static func parameter(_ name: Span<UInt8>) -> Parameter? {
    switch name.count {
    case 1 where name.equals("q"): .q
    case 4 where name.equals("port"): .port
    case 4 where name.equals("last"): .last
    case 4 where name.equals("size"): .size
    case 5 where name.equals("range"): .range
    case 5 where name.equals("first"): .first
    case 5 where name.equals("limit"): .limit
    case 6 where name.equals("status"): .status
    case 6 where name.equals("source"): .source
    case 6 where name.equals("cursor"): .cursor
    case 6 where name.equals("facets"): .facets
    case 6 where name.equals("format"): .format
    case 7 where name.equals("service"): .service
    case 8 where name.equals("official"): .official
    case 9 where name.equals("transport"): .transport
    default: nil
    }
  }

  // MARK: Values

  /// The media type: that of `format`, or else the one that was negotiated.
  mutating func mediaType(_ negotiated: MediaType) -> MediaType {
    guard has(.format) else { return negotiated }
    let word = value(.format)
    if let type = MediaType(format: word.span) { return type }
    refuse(.format, "must be one of \(MediaType.formats)")
    return negotiated
  }

  mutating func number(_ parameter: Parameter, in bounds: ClosedRange<Int>, else absent: Int) -> Int
  {
    guard has(parameter) else { return absent }
    let digits = value(parameter)
    if (1...5).contains(digits.count), digits.allSatisfy(\.isDigit),
      digits.first != 0x30 || digits.count == 1
    {
      let number = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
      if bounds.contains(number) { return number }
    }
    refuse(
      parameter,
      "must be a number from \(bounds.lowerBound) to \(bounds.upperBound)"
    )
    return absent
  }

  mutating func flag(_ parameter: Parameter) -> Bool? {
    guard has(parameter) else { return nil }
    let slice = value(parameter)
    let word = slice.span
    if word.equals("true") { return true }
    if word.equals("false") { return false }
    refuse(parameter, "must be true or false")
    return nil
  }

  /// The one transport that is named.
  mutating func transport() -> TransportProtocol? {
    guard has(.transport) else { return nil }
    let word = value(.transport)
    if let transport = Self.transport(word.span) { return transport }
    refuse(.transport, "must be one of \(Self.transportNames)")
    return nil
  }

  static let transportNames = "tcp, udp, sctp, dccp"

  static func transport(_ name: Span<UInt8>) -> TransportProtocol? {
    TransportProtocol.allCases.first { name.equals($0.name) }
  }

  /// Calls `take` with every word of a comma-separated list; it says whether the word is one.
  mutating func list(
    _ parameter: Parameter,
    of names: String,
    _ take: (Span<UInt8>) -> Bool
  ) {
    guard has(parameter) else { return }
    let words = value(parameter)
    var start = words.startIndex
    while true {
      let end = words[start...].firstIndex(of: UInt8(ascii: ",")) ?? words.endIndex
      let word = words[start..<end]
      if !take(word.span) {
        return refuse(parameter, "must be \(names), or several of them with commas between")
      }
      if end == words.endIndex { return }
      start = end + 1
    }
  }
}
