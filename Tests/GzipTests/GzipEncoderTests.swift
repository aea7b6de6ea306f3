import CZlib
import Gzip
import Testing

/// RFC 1952, with zlib's own inflate as the judge of what is written.
@Suite struct GzipEncoderTests {
  /// What inflate says of `member`.
  private struct Inflated: Equatable {
    var content: [UInt8] = []
    /// Whether the member's end, with its checksum and size, was found at the last byte.
    var isWhole = false
  }

  private func inflated(_ member: [UInt8]) -> Inflated {
    var stream = unsafe z_stream()
    let size = unsafe CInt(MemoryLayout<z_stream>.size)
    guard unsafe inflateInit2_(&stream, 15 + 16, zlibVersion(), size) == Z_OK else {
      return Inflated()
    }
    defer { unsafe inflateEnd(&stream) }
    var result = Inflated()
    var source = member
    unsafe source.withUnsafeMutableBufferPointer { source in
      unsafe stream.next_in = source.baseAddress
      unsafe stream.avail_in = UInt32(source.count)
      var status = Z_OK
      var piece = [UInt8](repeating: 0, count: 4096)
      while status == Z_OK {
        let count = unsafe piece.withUnsafeMutableBufferPointer { target in
          unsafe stream.next_out = target.baseAddress
          unsafe stream.avail_out = UInt32(target.count)
          status = unsafe inflate(&stream, Z_NO_FLUSH)
          return unsafe target.count - Int(stream.avail_out)
        }
        result.content += piece[..<count]
      }
      result.isWhole = unsafe status == Z_STREAM_END && stream.avail_in == 0
    }
    return result
  }

  private func encoded(_ content: [UInt8], _ encoder: GzipEncoder) -> [UInt8] {
    var target: [UInt8] = []
    encoder.encode(content.span, appendingTo: &target)
    return target
  }

  /// Content of each kind that matters to deflate.
  private static let contents: [[UInt8]] = {
    var noise: [UInt8] = []
    var state: UInt32 = 1
    for _ in 0..<300_000 {
      state = state &* 1_664_525 &+ 1_013_904_223
      noise.append(UInt8(truncatingIfNeeded: state >> 24))
    }
    return [
      [], [0], Array("a".utf8), Array("hello, hello, hello".utf8),
      [UInt8](repeating: 0x20, count: 1_000_000), noise, Array(noise.prefix(16_384)),
      Array(String(repeating: "{\"port\":443,\"transports\":[\"tcp\"]},", count: 5000).utf8),
    ]
  }()

  @Test(arguments: contents.indices)
  func whatIsEncodedInflatesToTheSame(index: Int) throws {
    let content = Self.contents[index]
    for level in [GzipEncoder.Level.onTheFly, .kept] {
      let encoder = try GzipEncoder(level: level)
      let member = encoded(content, encoder)
      #expect(inflated(member) == Inflated(content: content, isWhole: true))
      // The stream is reset between uses, so the second time gives the same bytes.
      #expect(encoded(content, encoder) == member)
    }
  }

  /// Its memory is a quarter, and nothing is lost by it: a repetition is found as far back as
  /// content of that size goes.
  @Test func aShortWindowIsAsGoodForShortContent() throws {
    let longest = GzipEncoder.Window.shortContentSizeMax
    let noise = Self.contents[5].prefix(longest / 2)
    let content = Array((noise + noise).prefix(longest))
    for size in [1, 1000, longest - 1, longest] {
      let part = Array(content.prefix(size))
      let short = encoded(part, try GzipEncoder(level: .onTheFly, window: .short))
      #expect(inflated(short) == Inflated(content: part, isWhole: true))
      let whole = encoded(part, try GzipEncoder(level: .onTheFly))
      #expect(short.count <= whole.count + whole.count / 100)
    }
  }

  /// An entity tag stands for bytes, so every replica must make the same ones: no time, no name.
  @Test func theHeaderSaysNothingOfTimeOrPlace() throws {
    let member = encoded(Array("a".utf8), try GzipEncoder(level: .onTheFly))
    #expect(member.prefix(3) == [0x1F, 0x8B, 8])
    #expect(member[3] == 0, "flags")
    #expect(member[4..<8] == [0, 0, 0, 0], "time")
  }

  @Test(arguments: contents.indices)
  func piecesGiveTheContentOfTheWhole(index: Int) throws {
    let content = Self.contents[index]
    let encoder = try GzipEncoder(level: .onTheFly)
    for size in [1, 7, 4096, 16_384] where content.count / size < 20_000 {
      var target: [UInt8] = [0xAA]
      encoder.begin()
      var start = 0
      while content.count - start > size {
        encoder.feed(
          content.span.extracting(start..<start + size),
          isLast: false,
          appendingTo: &target
        )
        start += size
      }
      encoder.feed(
        content.span.extracting(start..<content.count),
        isLast: true,
        appendingTo: &target
      )
      #expect(target.first == 0xAA)
      let member = Array(target.dropFirst())
      #expect(inflated(member) == Inflated(content: content, isWhole: true))
      // Pieces are no worse: deflate gathers them as if they had come at once.
      #expect(member.count == encoded(content, encoder).count)
    }
  }

  @Test func anEmptyPieceChangesNothing() throws {
    let encoder = try GzipEncoder(level: .onTheFly)
    let content = Array("hello".utf8)
    var target: [UInt8] = []
    encoder.begin()
    encoder.feed([UInt8]().span, isLast: false, appendingTo: &target)
    encoder.feed([UInt8]().span, isLast: false, appendingTo: &target)
    encoder.feed(content.span, isLast: false, appendingTo: &target)
    encoder.feed([UInt8]().span, isLast: false, appendingTo: &target)
    encoder.feed([UInt8]().span, isLast: true, appendingTo: &target)
    #expect(target == encoded(content, encoder))
  }

  @Test func anotherBeginForgetsWhatWasFed() throws {
    let encoder = try GzipEncoder(level: .onTheFly)
    var lost: [UInt8] = []
    encoder.begin()
    let forgotten = Self.contents[6]
    encoder.feed(forgotten.span, isLast: false, appendingTo: &lost)
    let member = encoded(Array("hello".utf8), encoder)
    #expect(inflated(member) == Inflated(content: Array("hello".utf8), isWhole: true))
  }

  @Test func aFirstPieceNeedsNoBegin() throws {
    var target: [UInt8] = []
    try GzipEncoder(level: .kept).feed([1, 2].span, isLast: true, appendingTo: &target)
    #expect(inflated(target) == Inflated(content: [1, 2], isWhole: true))
  }

  /// It would never end, taking memory all the while.
  @Test func feedingAfterTheLastPieceIsABug() async {
    await #expect(processExitsWith: .failure) {
      let encoder = try GzipEncoder(level: .onTheFly)
      var target: [UInt8] = []
      encoder.encode([1].span, appendingTo: &target)
      encoder.feed([2].span, isLast: false, appendingTo: &target)
    }
  }
}
