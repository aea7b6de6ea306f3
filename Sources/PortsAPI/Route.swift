import HTTP
import PortRegistry

/// What a path leads to. Segments are places in the text of the ``PathSegments`` it was read from.
enum Route: Equatable {
  case home
  case asset(Range<Int>)
  case descriptionYAML
  case descriptionJSON
  case ports
  case port(Range<Int>, transport: Range<Int>?)
  case service(Range<Int>, transport: Range<Int>?)
  case ranges
  case range(Range<Int>)
  case freeRanges
  case map
  case problem(Range<Int>)

  /// The number in the path of `/ports/{port}` without anything else, which most requests have: the
  /// straight way, on which nothing is decoded.
  ///
  /// - Returns: `nil` for every other target, `/ports/%34` among them, and for numbers that are
  ///   none.
  @inline(__always)
  static func port(_ bytes: Span<UInt8>, _ target: RequestTarget) -> UInt16? {
    let path = target.path
    guard target.query == nil, path.count > portPrefix.count,
      path.count <= portPrefix.count + 5
    else { return nil }
    for index in portPrefix.indices
    where bytes[path.lowerBound + index] != portPrefix[index] { return nil }
    return PortNumber.parse(bytes.extracting(path.lowerBound + portPrefix.count..<path.upperBound))
  }

  private static let portPrefix = Array("/ports/".utf8)

  /// - Returns: `nil` where there is nothing. An empty segment, as a slash at the end makes, leads
  ///   nowhere.
  init?(_ path: PathSegments) {
    let segments = path.segments
    let text = path.text.span
    func segment(_ place: Int, is name: String) -> Bool {
      text.extracting(segments[place]).equals(name)
    }
    guard segments.allSatisfy({ !$0.isEmpty }) else { return nil }
    switch segments.count {
    case 0: self = .home
    case 1 where segment(0, is: "ports"): self = .ports
    case 1 where segment(0, is: "ranges"): self = .ranges
    case 1 where segment(0, is: "free-ranges"): self = .freeRanges
    case 1 where segment(0, is: "map"): self = .map
    case 1 where segment(0, is: "openapi.yaml"): self = .descriptionYAML
    case 1 where segment(0, is: "openapi.json"): self = .descriptionJSON
    case 2...3 where segment(0, is: "ports"):
      self = .port(segments[1], transport: segments.count == 3 ? segments[2] : nil)
    case 2...3 where segment(0, is: "services"):
      self = .service(segments[1], transport: segments.count == 3 ? segments[2] : nil)
    case 2 where segment(0, is: "ranges"): self = .range(segments[1])
    case 2 where segment(0, is: "problems"): self = .problem(segments[1])
    case 2 where segment(0, is: "assets"): self = .asset(segments[1])
    default: return nil
    }
  }
}

/// A path, taken apart at its slashes and percent-decoded once, in that order (RFC 3986 §2.4).
///
/// One is kept and used again, so decoding allocates nothing once warm.
struct PathSegments {
  private(set) var text: [UInt8] = []
  private(set) var segments: [Range<Int>] = []

  /// - Returns: What is wrong with the path, if anything is.
  mutating func decode(_ path: Span<UInt8>) -> QueryParameters.Fault? {
    text.removeAll(keepingCapacity: true)
    segments.removeAll(keepingCapacity: true)
    // The path of absolute-form may be empty, which means the root (RFC 9110 §4.2.3).
    if path.count <= 1 { return nil }
    var start = 0
    var index = 1
    while index < path.count {
      var byte = path[index]
      if byte == UInt8(ascii: "/") {
        segments.append(start..<text.count)
        start = text.count
        index += 1
        continue
      }
      if byte == UInt8(ascii: "%") {
        guard index + 2 < path.count, let high = path[index + 1].hexDigitValue,
          let low = path[index + 2].hexDigitValue
        else { return .escape }
        byte = high << 4 | low
        index += 2
      }
      text.append(byte)
      index += 1
    }
    segments.append(start..<text.count)
    return UTF8Text.fault(text.span)
  }
}
