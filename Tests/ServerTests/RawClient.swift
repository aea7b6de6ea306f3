import Glibc

/// A blocking client that says exactly what it is told to. Every call gives up after ten seconds.
final class RawClient {
  private let number: CInt

  init(port: UInt16, receiveBufferBytes: CInt? = nil) throws {
    number = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
    var timeout = timeval(tv_sec: 10, tv_usec: 0)
    unsafe setsockopt(
      number,
      SOL_SOCKET,
      SO_RCVTIMEO,
      &timeout,
      socklen_t(MemoryLayout<timeval>.size)
    )
    if var receiveBufferBytes {
      unsafe setsockopt(
        number,
        SOL_SOCKET,
        SO_RCVBUF,
        &receiveBufferBytes,
        socklen_t(MemoryLayout<CInt>.size)
      )
    }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let status = unsafe withUnsafePointer(to: address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe connect(number, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard status == 0 else { throw Failure.connect(errno) }
  }

  enum Failure: Error {
    case connect(CInt)
    case receive(CInt)
    case send(CInt)
  }

  deinit { _ = close(number) }

  func send(_ text: String) throws {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = unsafe bytes.withUnsafeBytes {
        unsafe Glibc.send(number, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
      }
      guard count > 0 else { throw Failure.send(errno) }
      bytes = bytes.dropFirst(count)
    }
  }

  func finishSending() { _ = shutdown(number, CInt(SHUT_WR)) }

  /// The next bytes, empty at the end of the stream.
  func receive(_ capacity: Int = 65_536) throws -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: capacity)
    let count = unsafe recv(number, &buffer, capacity, 0)
    guard count >= 0 else { throw Failure.receive(errno) }
    return Array(buffer.prefix(count))
  }

  /// So many bytes, fewer only if the stream ends before.
  func receive(exactly size: Int) throws -> [UInt8] {
    var all: [UInt8] = []
    while all.count < size {
      let more = try receive(size - all.count)
      if more.isEmpty { break }
      all += more
    }
    return all
  }

  /// All until the end of the stream.
  func receiveAll() throws -> String {
    var all: [UInt8] = []
    while true {
      let more = try receive()
      if more.isEmpty { return String(decoding: all, as: UTF8.self) }
      all += more
    }
  }
}
