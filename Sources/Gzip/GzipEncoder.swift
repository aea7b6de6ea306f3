internal import CZlib

/// Makes the gzip form (RFC 1952) of content with zlib's deflate.
///
/// One encoder serves one thread, one content after another: its stream is made once and reset
/// between uses. The stream lives on the heap because zlib keeps a pointer back to
/// it and refuses to work when it has moved.
@safe
package final class GzipEncoder {
  private let stream: UnsafeMutablePointer<z_stream>

  /// zlib's levels: 1 is fastest, 9 smallest.
  package struct Level: Sendable {
    let value: CInt
    /// For answers made while the client waits.
    package static let onTheFly = Level(value: 4)
    /// For answers made once and kept.
    package static let kept = Level(value: 9)
  }

  /// How far back a repetition is looked for, and so how much memory a stream has.
  package struct Window: Sendable {
    /// The base-two logarithm of its size.
    let bits: CInt
    /// zlib's measure of the memory for hashes and symbols, 1...9.
    let memoryLevel: CInt

    /// All of deflate's 32 KiB; 256 KiB of memory.
    package static let whole = Window(bits: 15, memoryLevel: 8)
    /// Enough for content of ``shortContentSizeMax``; 64 KiB of memory, which stays in the cache
    /// and is soon reset.
    package static let short = Window(bits: 13, memoryLevel: 6)
    /// Content of at most so many bytes is coded as well through the ``short`` window: zlib leaves
    /// 262 bytes of a window unused.
    package static let shortContentSizeMax = (1 << 13) - 262
  }

  /// Why zlib would not make a stream: there is no memory.
  package struct Failure: Error, CustomStringConvertible {
    package let code: CInt
    package var description: String { "zlib could not make a stream (\(code))" }
  }

  package init(level: Level, window: Window = .whole) throws(Failure) {
    let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    // 16 more than the window's bits ask for the gzip wrapper.
    let status = unsafe portolan_deflateInit2(
      stream,
      level.value,
      Z_DEFLATED,
      window.bits + 16,
      window.memoryLevel,
      Z_DEFAULT_STRATEGY
    )
    guard status == Z_OK else {
      unsafe stream.deallocate()
      throw Failure(code: status)
    }
    unsafe self.stream = unsafe stream
  }

  deinit {
    unsafe deflateEnd(stream)
    unsafe stream.deallocate()
  }

  /// Appends the gzip form of `content` to `target`.
  package func encode(_ content: Span<UInt8>, appendingTo target: inout [UInt8]) {
    begin()
    feed(content, isLast: true, appendingTo: &target)
  }

  /// Forgets what was fed and begins another member.
  package func begin() {
    unsafe deflateReset(stream)
  }

  /// Feeds a piece, so that long content can be made between other work.
  ///
  /// - Parameter isLast: Whether the member ends with this piece. ``begin()`` must come before
  ///   more.
  package func feed(_ piece: Span<UInt8>, isLast: Bool, appendingTo target: inout [UInt8]) {
    // zlib calls it an error to be given nothing and asked for nothing.
    if piece.isEmpty, !isLast { return }
    // SAFETY: zlib reads `avail_in` bytes and writes `avail_out` bytes at the pointers, both of
    // which are valid while the closures run; they are set to null before those end.
    unsafe piece.withUnsafeBytes { source in
      unsafe stream.pointee.next_in = UnsafeMutablePointer(
        mutating: source.bindMemory(to: UInt8.self).baseAddress
      )
      unsafe stream.pointee.avail_in = UInt32(source.count)
      var status = Z_OK
      repeat {
        let room = unsafe max(1024, Int(deflateBound(stream, uLong(stream.pointee.avail_in))))
        target.append(addingCapacity: room) { output in
          unsafe output.withUnsafeMutableBufferPointer { buffer, count in
            unsafe stream.pointee.next_out = buffer.baseAddress?.advanced(by: count)
            unsafe stream.pointee.avail_out = UInt32(buffer.count - count)
            let before = unsafe stream.pointee.avail_out
            status = unsafe deflate(stream, isLast ? Z_FINISH : Z_NO_FLUSH)
            unsafe count += Int(before - stream.pointee.avail_out)
            unsafe stream.pointee.next_out = nil
          }
        }
        precondition(status == Z_OK || status == Z_STREAM_END, "fed after the last piece")
      } while unsafe stream.pointee.avail_in > 0 || (isLast && status == Z_OK)
      unsafe stream.pointee.next_in = nil
    }
  }
}
