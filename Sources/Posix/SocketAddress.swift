internal import CLinux
internal import Glibc

/// An IPv4 or IPv6 address and port, as bind(2) and accept(2) take them.
package struct SocketAddress: Sendable, CustomStringConvertible {
  private var storage: sockaddr_storage
  private var size: socklen_t

  /// Why text is not the address of a listener.
  package enum Fault: Error, Equatable, CustomStringConvertible {
    case missingPort
    case port(String)
    case host(String, reason: String)

    package var description: String {
      switch self {
      case .missingPort: "has no port: write ADDRESS:PORT, an IPv6 address in brackets"
      case .port(let text): "'\(text)' is not a port number from 0 to 65535"
      case .host(let text, let reason): "'\(text)' is not an address of this machine: \(reason)"
      }
    }
  }

  /// Reads `127.0.0.1:8080`, `[::1]:8080`, `localhost:8080` or `:8080` (every address).
  package init(parsing text: String) throws(Fault) {
    guard let colon = text.lastIndex(of: ":") else { throw .missingPort }
    let portText = String(text[text.index(after: colon)...])
    guard let port = UInt16(portText), portText.utf8.allSatisfy({ (0x30...0x39).contains($0) })
    else { throw .port(portText) }
    var host = String(text[..<colon])
    if host.hasPrefix("["), host.hasSuffix("]") {
      host = String(host.dropFirst().dropLast())
      guard host.contains(":") else {
        throw .host(host, reason: "only an IPv6 address stands in brackets")
      }
    } else if host.contains(":") {
      throw .missingPort
    }
    try self.init(host: host.isEmpty ? "::" : host, port: port)
  }

  /// - Parameter host: A numeric address, or a name that resolves to one.
  package init(host: String, port: UInt16) throws(Fault) {
    // To a C string it would be the end, and what stands before it may be another host.
    guard !host.utf8.contains(0) else { throw .host(host, reason: "it holds a NUL") }
    var hints = unsafe addrinfo()
    unsafe hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
    unsafe hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    let status = unsafe getaddrinfo(host, String(port), &hints, &list)
    guard status == 0, let first = unsafe list else {
      throw .host(host, reason: unsafe String(cString: gai_strerror(status)))
    }
    defer { unsafe freeaddrinfo(first) }
    var storage = sockaddr_storage()
    let size = unsafe first.pointee.ai_addrlen
    // SAFETY: getaddrinfo(3) gives an address of `ai_addrlen` bytes, never more than the storage.
    unsafe withUnsafeMutableBytes(of: &storage) { target in
      unsafe target.copyMemory(
        from: UnsafeRawBufferPointer(start: first.pointee.ai_addr, count: Int(size))
      )
    }
    self.storage = storage
    self.size = size
  }

  /// An address that a call fills in, such as accept4(2) or getsockname(2).
  init<Failure: Error>(
    filledBy body: (UnsafeMutablePointer<sockaddr>, inout socklen_t) throws(Failure) -> Void
  ) throws(Failure) {
    storage = sockaddr_storage()
    size = socklen_t(MemoryLayout<sockaddr_storage>.size)
    var size = size
    var storage = storage
    // SAFETY: sockaddr_storage is made to be read and written as any sockaddr (RFC 3493 §3.10).
    try unsafe withUnsafeMutablePointer(to: &storage) { pointer throws(Failure) in
      try unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        generic throws(Failure) in
        try unsafe body(generic, &size)
      }
    }
    self.storage = storage
    self.size = size
  }

  /// Lends the address as the pointer and the size that the kernel wants together.
  func withSockaddr<Result, Failure: Error>(
    _ body: (UnsafePointer<sockaddr>, socklen_t) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    // SAFETY: as above; the pointer dies with the closure.
    try unsafe withUnsafePointer(to: storage) { pointer throws(Failure) in
      try unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        generic throws(Failure) in
        try unsafe body(generic, size)
      }
    }
  }

  /// AF_INET or AF_INET6.
  var family: CInt { CInt(storage.ss_family) }

  package var isIPv6: Bool { family == AF_INET6 }

  /// The port, 0...65535; 0 asks bind(2) for any free one.
  package var port: UInt16 {
    get {
      // Both families hold the port at the same place, in network order.
      unsafe withSockaddr { pointer, _ in
        unsafe UInt16(
          bigEndian: UnsafeRawPointer(pointer).load(
            fromByteOffset: 2,
            as: UInt16.self
          )
        )
      }
    }
    set {
      unsafe withUnsafeMutableBytes(of: &storage) { bytes in
        unsafe bytes.storeBytes(of: newValue.bigEndian, toByteOffset: 2, as: UInt16.self)
      }
    }
  }

  /// The address without its port, in numbers: `127.0.0.1`, `::1`.
  package var host: String {
    var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN) + 32)
    let status = unsafe withSockaddr { pointer, size in
      unsafe getnameinfo(
        pointer,
        size,
        &text,
        socklen_t(text.count),
        nil,
        0,
        NI_NUMERICHOST
      )
    }
    guard status == 0 else { return "?" }
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// The address's bytes in network order: 4 of IPv4 (an IPv4-mapped IPv6 address too) or 16.
  package var hostBytes: [UInt8] {
    let all = unsafe withUnsafeBytes(of: storage) { unsafe Array($0.prefix(28)) }
    if family == AF_INET { return Array(all[4..<8]) }
    let six = Array(all[8..<24])
    let mapped = six.prefix(10).allSatisfy { $0 == 0 } && six[10] == 0xFF && six[11] == 0xFF
    return mapped ? Array(six[12...]) : six
  }

  /// `127.0.0.1:8080` or `[::1]:8080`.
  package var description: String {
    isIPv6 ? "[\(host)]:\(port)" : "\(host):\(port)"
  }
}
