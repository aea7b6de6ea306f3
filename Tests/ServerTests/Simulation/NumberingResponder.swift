import HTTP

/// Answers each request with a body that only that request can have, so that an answer in the wrong
/// place, a lost one and a doubled one all show.
///
/// Paths are `/<kind><number>/<size>`; the kind says how: `n` at once, `s` with shared content, `h`
/// after being held, `w` in pieces, `g` in pieces after being held.
final class NumberingResponder: Responder {
  private(set) var requestCount = 0
  /// Requests that were answered after a fault; there must be none.
  private(set) var answersAfterFault = 0
  private var sawFault = false
  /// Whether the data is still what those who are held have.
  var holds = true

  func respond(
    to head: borrowing RequestHead,
    in bytes: Span<UInt8>,
    into batch: inout ResponseBatch
  ) -> Disposition {
    if sawFault { answersAfterFault += 1 }
    var path: [UInt8] = []
    path.append(copying: bytes.extracting(head.target.path))
    let kind = path[1]
    if kind == UInt8(ascii: "h") || kind == UInt8(ascii: "g"), holds, batch.circumstances.mayHold {
      return .held(milliseconds: 5_000)
    }
    requestCount += 1
    if kind == UInt8(ascii: "w") || kind == UInt8(ascii: "g") { return .unfinished(Work(path)) }
    Self.write(path, into: &batch)
    return .ready
  }

  func refuse(_ fault: RequestHeadFault, into batch: inout ResponseBatch) {
    sawFault = true
    batch.beginHead(fault.status)
    batch.appendContentLength(0)
    batch.endHead()
  }

  /// What the answer to `path` is.
  static func write(_ path: [UInt8], into batch: inout ResponseBatch) {
    batch.beginHead(.ok)
    let body = body(path)
    batch.appendContentLength(body.count)
    if path[1] == UInt8(ascii: "s") {
      batch.endHead(sharing: body)
    } else {
      batch.endHead(content: body.span)
    }
  }

  /// The path, filled up or cut to the size it names.
  static func body(_ path: [UInt8]) -> [UInt8] {
    let size = Int(String(decoding: path, as: UTF8.self).split(separator: "/").last ?? "") ?? 0
    return path.prefix(size) + [UInt8](repeating: path[2], count: max(0, size - path.count))
  }

  private final class Work: ResponseWork {
    private let path: [UInt8]
    private var pieces = 3

    init(_ path: [UInt8]) {
      self.path = path
    }

    func advance() -> Bool {
      pieces -= 1
      return pieces == 0
    }

    func finish(into batch: inout ResponseBatch) {
      precondition(pieces == 0, "finished before it was whole")
      NumberingResponder.write(path, into: &batch)
    }
  }
}
