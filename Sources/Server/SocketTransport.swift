internal import HTTP
internal import Posix

/// A TCP connection in plain.
struct SocketTransport: ~Copyable, Transport {
  private let socket: Socket

  init(_ socket: consuming Socket) {
    self.socket = socket
  }

  var hasBufferedInput: Bool { false }

  func handshake() -> HandshakeOutcome { .done }

  func read(into target: inout MutableSpan<UInt8>) -> ReceiveOutcome {
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
    do throws(Errno) {
      return switch try socket.send(source, more: more) {
      case .bytes(let count): .bytes(count)
      case .wouldBlock: .wouldBlock
      }
    } catch {
      return .failed
    }
  }

  func finishSending() { socket.shutdownWrite() }

  func prepareReset() { socket.abandon() }
}
