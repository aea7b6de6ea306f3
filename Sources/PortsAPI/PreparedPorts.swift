import HTTP
import JSON
import PortRegistry

/// The answers to `/ports/{port}` for every port of which something is known, ready to be sent, in
/// one array of bytes.
///
/// What stands there is the rest of a head behind Date, its empty line, and the content. Each
/// assignment's own JSON lies within the content of its first port, where lists find it too, so
/// nothing is written twice.
struct PreparedPorts: Sendable {
  /// Where an answer stands.
  struct Form: Sendable {
    let offset: UInt32
    let headSize: UInt16
    let contentSize: UInt32

    var place: Range<Int> { Int(offset)..<Int(offset) + Int(headSize) + Int(contentSize) }
    var content: Range<Int> {
      Int(offset) + Int(headSize)..<Int(offset) + Int(headSize) + Int(contentSize)
    }
  }

  struct Entry: Sendable {
    let digest: UInt64
    let identity: Form
    /// In ``gzipBytes``.
    var gzip: Form?
  }

  /// All answers together take no more than this, in bytes; a layer that speaks of nearly every
  /// port has the rest of its answers made when they are asked for.
  static let sizeMax = 16 * 1024 * 1024

  private static let lineEnd: [UInt8] = [.carriageReturn, .lineFeed]

  private(set) var bytes: [UInt8] = []
  private(set) var gzipBytes: [UInt8] = []
  private(set) var entries: [Entry] = []
  /// For each port the number of its entry and one, or 0.
  private var entryOfPort: [UInt16] = []
  /// Where each assignment's JSON begins and ends in ``bytes``, without the brace that ends it.
  private var assignments: [(start: UInt32, end: UInt32)] = []
  /// How long the longest of them is, in bytes; without limit where nothing is ready.
  private(set) var assignmentSizeMax = Int(UInt32.max)

  /// Nothing is ready: what is asked for is made.
  init() {}

  /// Makes all answers, which takes a while.
  init(_ registry: Registry, shared: SharedFields) {
    entryOfPort = [UInt16](repeating: 0, count: 65_536)
    bytes.reserveCapacity(8 * 1024 * 1024)
    entries.reserveCapacity(8192)
    assignments = Array(repeating: (0, 0), count: registry.records.count)
    assignmentSizeMax = 0
    var writer = JSONWriter(capacity: 64 * 1024)
    var head = RepresentationHead(data: .json, shared)
    for port in Self.knownPorts(registry) where bytes.count < Self.sizeMax {
      prepare(port, registry, &head, &writer)
    }
    // Names without a port, and what lies beyond the limit, have no answer of a port to lie in.
    for number in registry.records.indices where assignments[number].end == 0 {
      writer.removeAll()
      AssignmentBody.write(number, of: registry, into: &writer)
      keep(number, writer.bytes.startIndex..<writer.bytes.count, at: bytes.count)
      bytes.append(contentsOf: writer.bytes)
    }
    // What growing left over would stay for good.
    bytes = Array(bytes[...])
  }

  /// Whether anything is ready.
  var isEmpty: Bool { entries.isEmpty }

  /// The entry of `port`, if it has one.
  func entry(of port: UInt16) -> Int? {
    if isEmpty { return nil }
    let place = entryOfPort[Int(port)]
    return place == 0 ? nil : Int(place) - 1
  }

  /// Assignment `number` as JSON without the brace that ends it, so that members can follow.
  func assignment(_ number: Int) -> ArraySlice<UInt8> {
    bytes[Int(assignments[number].start)..<Int(assignments[number].end)]
  }

  /// How long it is, in bytes.
  func assignmentSize(_ number: Int) -> Int {
    Int(assignments[number].end - assignments[number].start)
  }

  // MARK: Preparing

  /// A range that is longer says the same of thousands of ports that hardly anybody asks for.
  private static let rangeCountMax = 128

  /// The ports that are worth it: those that an assignment or a note speaks of in particular.
  private static func knownPorts(_ registry: Registry) -> [UInt16] {
    var isKnown = [Bool](repeating: false, count: 65_536)
    for note in registry.notes {
      for port in note.first...note.last { isKnown[Int(port)] = true }
    }
    for record in registry.records where record.hasPort {
      guard Int(record.last) - Int(record.first) < rangeCountMax else { continue }
      for port in record.first...record.last { isKnown[Int(port)] = true }
    }
    return (UInt16.min...UInt16.max).filter { isKnown[Int($0)] }
  }

  private mutating func prepare(
    _ port: UInt16,
    _ registry: Registry,
    _ head: inout RepresentationHead,
    _ writer: inout JSONWriter
  ) {
    guard entries.count < Int(UInt16.max) else { return }
    writer.removeAll()
    PortBody.begin(PortNumber(port), of: registry, narrowedTo: nil, into: &writer)
    let members = registry.memberRange(of: port)
    var starts: [(number: Int, place: Range<Int>)] = []
    for place in members {
      let number = registry.member(at: place)
      var start = writer.bytes.count
      if assignments[number].end == 0 {
        AssignmentBody.write(number, of: registry, into: &writer)
        if writer.bytes[start] == UInt8(ascii: ",") { start += 1 }
        starts.append((number, start..<writer.bytes.count))
      } else {
        writer.raw(assignment(number))
        writer.endObject()
      }
    }
    PortBody.end(into: &writer)
    writer.endText()
    let digest = ContentDigest.of(writer.bytes)
    let offset = bytes.count
    head.digest = digest
    head.write(.identity, contentSize: writer.bytes.count, to: &bytes)
    bytes.append(contentsOf: Self.lineEnd)
    let headSize = bytes.count - offset
    for (number, place) in starts { keep(number, place, at: offset + headSize) }
    bytes.append(contentsOf: writer.bytes)
    entries.append(
      Entry(
        digest: digest,
        identity: Form(
          offset: UInt32(offset),
          headSize: UInt16(headSize),
          contentSize: UInt32(writer.bytes.count)
        )
      )
    )
    entryOfPort[Int(port)] = UInt16(entries.count)
  }

  private mutating func keep(_ number: Int, _ place: Range<Int>, at offset: Int) {
    assignments[number] = (
      UInt32(offset + place.lowerBound), UInt32(offset + place.upperBound - 1)
    )
    assignmentSizeMax = max(assignmentSizeMax, place.count)
  }

  /// Adds the gzip form of every content that is long enough and gets smaller.
  mutating func makeGzipForms(_ forms: borrowing GzipForms, shared: SharedFields) {
    var head = RepresentationHead(data: .json, shared)
    for number in entries.indices {
      let entry = entries[number]
      guard Int(entry.identity.contentSize) >= RepresentationStore.gzipFloorBytes,
        let form = forms.form(of: Array(bytes[entry.identity.content]))
      else { continue }
      let offset = gzipBytes.count
      head.digest = entry.digest
      head.write(.gzip, contentSize: form.count, to: &gzipBytes)
      gzipBytes.append(contentsOf: Self.lineEnd)
      let headSize = gzipBytes.count - offset
      gzipBytes.append(contentsOf: form)
      entries[number].gzip = Form(
        offset: UInt32(offset),
        headSize: UInt16(headSize),
        contentSize: UInt32(form.count)
      )
    }
  }
}
