import HTTP
import PortsAPI
import Posix

/// Answers what comes to a public listener, for one loop: the API, and around it health, limits by
/// client, request ids, counting and the access log.
final class ServiceResponder: Responder {
  /// What all loops of the service do alike.
  struct Policy: Sendable {
    var trustedProxies: [IPNetwork] = []
    /// Shared by all of them, so that a network has one limit.
    var limiter: RateLimiter?
    /// 0 sends no Strict-Transport-Security (RFC 6797 §7.2: only ever under TLS).
    var hstsMaxAgeSeconds = 0
  }

  private let api: APIResponder
  private let health: Health
  private let meter: RequestMeter
  private let lane: AccessLogLane?
  private let addresses: ClientAddress
  private let limiter: RateLimiter?
  private var namer = RequestNamer()
  private let securityLines: [UInt8]

  init(
    store: RepresentationStore,
    health: Health,
    meter: RequestMeter,
    lane: AccessLogLane?,
    policy: Policy
  ) {
    api = APIResponder(store: store)
    self.health = health
    self.meter = meter
    self.lane = lane
    addresses = ClientAddress(trustedProxies: policy.trustedProxies)
    limiter = policy.limiter
    securityLines =
      policy.hstsMaxAgeSeconds > 0
      ? Array("Strict-Transport-Security: max-age=\(policy.hstsMaxAgeSeconds)\r\n".utf8) : []
  }

  /// Goes on with other data.
  func adopt(_ store: RepresentationStore) { api.adopt(store) }

  func respond(
    to head: borrowing RequestHead,
    in bytes: Span<UInt8>,
    into batch: inout ResponseBatch
  ) -> Disposition {
    let method = head.method
    setCommonLines(RequestID.range(in: head, bytes), bytes, &batch)
    // Health first: who probes may share a network with those who ask too often, and a probe that
    // is refused would have the program started anew.
    if method == .get || method == .head,
      let probe = HealthProbe(path: bytes.extracting(head.target.path))
    {
      health.report(probe).writeShort(into: &batch)
    } else if let limiter, let seconds = secondsToWait(limiter, head, bytes, batch.circumstances) {
      let problem = Problem(
        .tooManyRequests,
        "this network asks too often; try again in \(seconds) s"
      )
      api.refuse(problem, retryAfterSeconds: seconds, into: &batch)
    } else {
      switch api.respond(to: head, in: bytes, into: &batch) {
      case .ready: break
      case .held(let milliseconds): return .held(milliseconds: milliseconds)
      case .unfinished(let work):
        return .unfinished(RecordedWork(work, self, head, bytes, batch))
      }
    }
    record(head, bytes, batch)
    return .ready
  }

  func refuse(_ fault: RequestHeadFault, into batch: inout ResponseBatch) {
    let none = [UInt8]()
    setCommonLines(nil, none.span, &batch)
    api.refuse(fault, into: &batch)
    let duration = elapsedNanoseconds(batch)
    meter.add(.other, .other, batch.latestStatus, durationNanoseconds: duration)
    lane?.logRefusal(
      AccessRecord(
        time: Timestamp(nanosecondsSince1970: SystemClock.nanosecondsSince1970()),
        client: batch.circumstances.peer.host,
        status: batch.latestStatus,
        contentSize: batch.latestContentSize,
        durationNanoseconds: duration
      ),
      requestID: requestID(batch)
    )
  }

  /// Sets the lines of every answer; the one with the request's name is the last. A request that
  /// has none is given one if it is logged: else nobody would ever see it again.
  private func setCommonLines(
    _ givenID: Range<Int>?,
    _ bytes: Span<UInt8>,
    _ batch: inout ResponseBatch
  ) {
    batch.commonLines.removeAll(keepingCapacity: true)
    if sendsSecurityLines(to: batch.circumstances.peer) {
      batch.commonLines.append(contentsOf: securityLines)
    }
    guard givenID != nil || lane != nil else { return }
    batch.commonLines.append(contentsOf: Self.requestIDStart)
    if let givenID {
      batch.commonLines.append(copying: bytes.extracting(givenID))
    } else {
      namer.appendNext(to: &batch.commonLines)
    }
    batch.commonLines.append(.carriageReturn)
    batch.commonLines.append(.lineFeed)
  }

  private static let requestIDStart = Array("\(RequestID.fieldName): ".utf8)

  private func sendsSecurityLines(to peer: Peer) -> Bool {
    !securityLines.isEmpty && peer.isSecure
  }

  /// What the answer at hand says the request is called; empty for nothing.
  private func requestID(_ batch: borrowing ResponseBatch) -> ArraySlice<UInt8> {
    let lines = batch.commonLines
    let before = sendsSecurityLines(to: batch.circumstances.peer) ? securityLines.count : 0
    return lines.dropFirst(before + Self.requestIDStart.count).dropLast(2)
  }

  private func secondsToWait(
    _ limiter: RateLimiter,
    _ head: borrowing RequestHead,
    _ bytes: Span<UInt8>,
    _ circumstances: Circumstances
  ) -> Int? {
    guard !circumstances.wasHeld else { return nil }
    guard let peer = IPAddress(bytes: circumstances.peer.address) else { return nil }
    let client = addresses.resolve(peer: peer, head: head, bytes: bytes)
    switch limiter.admit(client, nowNanoseconds: circumstances.beganNanoseconds) {
    case .refused(let seconds): return seconds
    case .allowed: return nil
    }
  }

  // MARK: Afterwards

  private func elapsedNanoseconds(_ batch: borrowing ResponseBatch) -> UInt64 {
    let now = SystemClock.monotonicNanoseconds()
    let began = batch.circumstances.beganNanoseconds
    return now > began ? now - began : 0
  }

  fileprivate func record(
    _ head: borrowing RequestHead,
    _ bytes: Span<UInt8>,
    _ batch: borrowing ResponseBatch
  ) {
    let duration = elapsedNanoseconds(batch)
    meter.add(
      RouteLabel(head.target, in: bytes),
      MethodLabel(head.method),
      batch.latestStatus,
      durationNanoseconds: duration
    )
    guard let lane else { return }
    let peer = batch.circumstances.peer
    var client = peer.host
    if let address = IPAddress(bytes: peer.address) {
      client = addresses.resolve(peer: address, head: head, bytes: bytes).description
    }
    lane.log(
      AccessRecord(
        time: Timestamp(nanosecondsSince1970: SystemClock.nanosecondsSince1970()),
        client: client,
        status: batch.latestStatus,
        contentSize: batch.latestContentSize,
        durationNanoseconds: duration,
        user: peer.certificateSubject
      ),
      head,
      bytes,
      requestID: requestID(batch)
    )
  }
}

/// Work whose answer is counted and logged like any other once it is made.
private final class RecordedWork: ResponseWork {
  private let work: any ResponseWork
  private let responder: ServiceResponder
  private let head: RequestHead
  private var bytes: [UInt8] = []
  private let commonLines: [UInt8]
  private let beganNanoseconds: UInt64

  init(
    _ work: any ResponseWork,
    _ responder: ServiceResponder,
    _ head: borrowing RequestHead,
    _ bytes: Span<UInt8>,
    _ batch: borrowing ResponseBatch
  ) {
    self.work = work
    self.responder = responder
    self.head = copy head
    commonLines = batch.commonLines
    beganNanoseconds = batch.circumstances.beganNanoseconds
    self.bytes.append(copying: bytes)
  }

  func advance() -> Bool { work.advance() }

  func finish(into batch: inout ResponseBatch) {
    batch.commonLines = commonLines
    batch.circumstances.beganNanoseconds = beganNanoseconds
    work.finish(into: &batch)
    let bytes = bytes
    responder.record(head, bytes.span, batch)
  }
}
