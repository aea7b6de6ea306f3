internal import HTTP
internal import Posix
internal import TLS

/// A TCP connection, in plain or under TLS.
struct SocketTransport: ~Copyable, Transport {
  private let socket: Socket
  /// `nil` for a plain connection, and once a client has turned out to speak plain HTTP.
  private var tls: TLSConnection?

  /// - Throws: When there is no memory for a TLS connection.
  init(_ socket: consuming Socket, context: TLSContext?) throws(TLSError) {
    tls =
      if let context { try TLSConnection(context: context, descriptor: socket.number) } else { nil }
    self.socket = socket
  }

  var hasBufferedInput: Bool { tls?.hasPending ?? false }

  var readAwaitsRoom: Bool { tls?.readAwaitsRoom ?? false }

  mutating func handshake() -> HandshakeOutcome {
    guard let tls else { return .done }
    switch tls.handshake() {
    case .done: return .done
    case .wantRead, .wantWrite: return .wouldBlock
    case .plainHTTP:
      self.tls = nil
      return .plainRequest
    case .truncated, .failed: return .failed
    }
  }

  var isResumed: Bool { tls?.isResumed ?? false }

  var certificateSubject: String? { tls?.clientSubject }

  func read(into target: inout MutableSpan<UInt8>) -> ReceiveOutcome {
    guard let tls else { return readPlainly(into: &target) }
    return switch tls.read(into: &target) {
    case .bytes(let count): .bytes(count)
    case .wantRead, .wantWrite: .wouldBlock
    // RFC 9112 §9.8: an incomplete closure ends what the client sends just the same; a request that
    // was cut off is incomplete by its own framing.
    case .closed, .truncated: .endOfStream
    case .failed: .failed
    }
  }

  private func readPlainly(into target: inout MutableSpan<UInt8>) -> ReceiveOutcome {
    do throws(Errno) {
      return switch try socket.receive(into: &target) {
      case .bytes(let count): .bytes(count)
      case .endOfStream: .endOfStream
      case .wouldBlock: .wouldBlock
      }
    } catch {
      return .failed
    }
  }

  func write(_ source: Span<UInt8>, more: Bool) -> SendOutcome {
    guard let tls else { return writePlainly(source, more: more) }
    return switch tls.write(source) {
    case .bytes(let count): .bytes(count)
    case .wantRead, .wantWrite: .wouldBlock
    case .closed, .failed: .failed
    }
  }

  private func writePlainly(_ source: Span<UInt8>, more: Bool) -> SendOutcome {
    do throws(Errno) {
      return switch try socket.send(source, more: more) {
      case .bytes(let count): .bytes(count)
      case .wouldBlock: .wouldBlock
      }
    } catch {
      return .failed
    }
  }

  func announceEnd() {
    // A full socket leaves the peer without close_notify; the end of the stream follows at once.
    _ = tls?.shutdown()
  }

  func finishSending() {
    announceEnd()
    socket.shutdownWrite()
  }

  func prepareReset() { socket.abandon() }
}
