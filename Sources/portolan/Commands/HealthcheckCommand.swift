import ArgumentParser
import Posix

/// `portolan healthcheck`
struct HealthcheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "healthcheck",
    abstract: "Ask a running server whether it is ready.",
    discussion: """
      Made for container images that hold no other client. Exit status 0 if the answer is 200, \
      else 69.
      """
  )

  @Argument(help: "Where to ask; http only.")
  var url = "http://127.0.0.1:8080/readyz"
  @Option(help: ArgumentHelp("How long the answer may take, 1 to 300.", valueName: "seconds"))
  var timeout = 5

  func validate() throws {
    guard (1...300).contains(timeout) else {
      throw ValidationError("--timeout must be from 1 to 300.")
    }
    guard HealthURL(parsing: url) != nil else {
      throw ValidationError("'\(url)' is not http://HOST[:PORT][/PATH].")
    }
  }

  func run() throws {
    guard let target = HealthURL(parsing: url) else { throw ExitStatus.usage.exitCode }
    switch HealthQuestion.ask(target, timeoutSeconds: timeout) {
    case .success(200): return
    case .success(let status): Terminal.complain("\(url) answers \(status)")
    case .failure(let failure): Terminal.complain("\(url): \(failure.reason)")
    }
    throw ExitStatus.unavailable.exitCode
  }
}

/// `http://HOST[:PORT][/PATH]`, without user, query or fragment.
struct HealthURL: Equatable, Sendable {
  /// As the Host field has it.
  let authority: String
  let host: String
  let port: UInt16
  let path: String

  init?(parsing text: String) {
    let scheme = "http://"
    guard text.lowercased().hasPrefix(scheme),
      text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "@") })
    else { return nil }
    let rest = text.dropFirst(scheme.count)
    let slash = rest.firstIndex(of: "/") ?? rest.endIndex
    authority = String(rest[..<slash])
    path = slash == rest.endIndex ? "/" : String(rest[slash...])
    var host = authority
    var port: UInt16 = 80
    let afterBracket = authority.lastIndex(of: "]") ?? authority.startIndex
    if let colon = authority[afterBracket...].lastIndex(of: ":") {
      guard let number = UInt16(authority[authority.index(after: colon)...]) else { return nil }
      port = number
      host = String(authority[..<colon])
    }
    if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
    guard !host.isEmpty else { return nil }
    self.host = host
    self.port = port
  }
}

/// One GET and the status of its answer.
enum HealthQuestion {
  struct Failure: Error, Equatable {
    let reason: String
  }

  /// The status line is all that counts; what is longer is cut.
  private static let answerLimitBytes = 64 * 1024

  static func ask(_ url: HealthURL, timeoutSeconds: Int) -> Result<Int, Failure> {
    let address: SocketAddress
    do {
      address = try SocketAddress(host: url.host, port: url.port)
    } catch {
      return .failure(Failure(reason: error.description))
    }
    let request = Array(
      ("GET \(url.path) HTTP/1.1\r\nHost: \(url.authority)\r\nUser-Agent: portolan-healthcheck\r\n"
        + "Connection: close\r\n\r\n").utf8
    )
    do {
      let socket = try ClientSocket.connected(
        to: address,
        timeoutMilliseconds: UInt64(timeoutSeconds) * 1000
      )
      try socket.send(request.span)
      let answer = try socket.receive(limitBytes: answerLimitBytes)
      guard let status = status(of: answer) else {
        return .failure(Failure(reason: "the answer is not HTTP/1.1"))
      }
      return .success(status)
    } catch {
      return .failure(Failure(reason: error.description))
    }
  }

  /// The three digits of `HTTP/1.1 200 OK`.
  static func status(of answer: [UInt8]) -> Int? {
    let line = String(decoding: answer.prefix { $0 != 0x0D && $0 != 0x0A }, as: UTF8.self)
    let parts = line.split(separator: " ", maxSplits: 2)
    guard parts.count >= 2, parts[0].hasPrefix("HTTP/1."), parts[1].utf8.count == 3,
      let status = Int(parts[1])
    else { return nil }
    return status
  }
}
