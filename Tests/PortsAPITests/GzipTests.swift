import CZlib
import HTTP
import PortRegistry
import Testing

@testable import PortsAPI

@Suite struct GzipTests {
  /// The content of a gzip member, by zlib's own inflate; `nil` if it is not exactly one.
  private func inflated(_ member: [UInt8]) -> [UInt8]? {
    var member = member
    var output = [UInt8](repeating: 0, count: 2 * 1024 * 1024)
    let capacity = output.count
    let count: Int? = unsafe member.withUnsafeMutableBufferPointer { source in
      unsafe output.withUnsafeMutableBufferPointer { target in
        var stream = unsafe z_stream()
        unsafe stream.next_in = source.baseAddress
        unsafe stream.avail_in = UInt32(source.count)
        unsafe stream.next_out = target.baseAddress
        unsafe stream.avail_out = UInt32(capacity)
        let size = unsafe CInt(MemoryLayout<z_stream>.size)
        guard unsafe inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, size) == Z_OK else {
          return nil
        }
        defer { unsafe inflateEnd(&stream) }
        let status = unsafe inflate(&stream, Z_FINISH)
        guard unsafe status == Z_STREAM_END && stream.avail_in == 0 else { return nil }
        return unsafe capacity - Int(stream.avail_out)
      }
    }
    return count.map { Array(output[..<$0]) }
  }

  @Test(arguments: [
    "/ranges", "/map", "/ports?limit=20", "/ports?limit=300", "/ports?limit=1000",
    "/ports?q=server&format=html", "/ports?port=1,2,3,4,5,6,7,8,9,10,80,443", "/free-ranges",
    "/services/http?format=html",
  ])
  func gzipIsTheSameContent(target: String) throws {
    for store in [try Fixture.embedded.get(), try Fixture.prepared.get()] {
      let client = Client(store)
      let plain = try client.get(target)
      let coded = try client.get(target, "Accept-Encoding: gzip")
      #expect(coded["Content-Encoding"] == "gzip")
      #expect(coded.content.count < plain.content.count)
      #expect(coded["Content-Length"] == String(coded.content.count))
      #expect(inflated(coded.content) == plain.content)
      let tag = try #require(plain["ETag"])
      #expect(coded["ETag"] == tag.dropLast() + "-g\"")
      #expect(coded["Vary"] == plain["Vary"])
    }
  }

  @Test func everyKeptFormOfAPortIsItsContent() throws {
    let store = try Fixture.prepared.get()
    var count = 0
    for entry in store.ports.entries {
      let content = Array(store.ports.bytes[entry.identity.content])
      guard let form = entry.gzip else {
        #expect(content.count < RepresentationStore.gzipFloorBytes)
        continue
      }
      count += 1
      #expect(content.count >= RepresentationStore.gzipFloorBytes)
      #expect(form.contentSize < entry.identity.contentSize)
      #expect(inflated(Array(store.ports.gzipBytes[form.content])) == content)
    }
    #expect(count > 0)
  }

  @Test func shortContentIsNeverCoded() throws {
    let client = Client(try Fixture.prepared.get())
    for target in ["/ports/64999", "/ports/443/dccp", "/problems/internal", "/nothing"] {
      let answer = try client.get(target, "Accept-Encoding: gzip")
      #expect(answer["Content-Encoding"] == nil)
      #expect(answer.content.count < RepresentationStore.gzipFloorBytes)
    }
  }

  @Test func longAnswersAreMadeInPieces() throws {
    let client = Client(try Fixture.embedded.get())
    let plain = try client.get("/ports?limit=1000")
    // One piece makes the list; coding it takes more.
    #expect(plain.pieceCount == 1)
    let coded = try client.get("/ports?limit=1000", "Accept-Encoding: gzip")
    #expect(
      coded.pieceCount - 1
        == (plain.content.count + ContentCoder.pieceBytes - 1) / ContentCoder.pieceBytes
    )
    let short = try client.get("/ports?limit=20", "Accept-Encoding: gzip")
    #expect(short.pieceCount == 0)
  }

  /// An answer in pieces and others between them do not mix.
  @Test func otherAnswersAreCodedBetweenThePieces() throws {
    let client = Client(try Fixture.embedded.get())
    let request = Array(
      "GET /ports?limit=1000 HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n".utf8
    )
    var parser = RequestHeadParser(limits: .standard)
    var head = RequestHead()
    _ = try parser.resume(over: request.span, into: &head)
    var batch = ResponseBatch()
    guard
      case .unfinished(let work) = client.responder.respond(
        to: head,
        in: request.span,
        into: &batch
      )
    else {
      Issue.record("the answer came at once")
      return
    }
    repeat {
      let other = try client.get("/ports?limit=20", "Accept-Encoding: gzip")
      #expect(inflated(other.content) == (try client.get("/ports?limit=20")).content)
    } while !work.advance()
    work.finish(into: &batch)
    let end = try #require(batch.bytes.firstRange(of: Array("\r\n\r\n".utf8)))
    #expect(
      inflated(Array(batch.bytes[end.upperBound...]))
        == (try client.get("/ports?limit=1000")).content
    )
  }

  @Test func newDataIsAdopted() throws {
    let client = try Fixture.client()
    let before = try client.get("/ports/22")
    client.responder.adopt(try Fixture.embedded.get())
    let after = try client.get("/ports/22")
    #expect(before["ETag"] != after["ETag"])
    #expect(after.text.contains("\"ssh\""))
  }
}
