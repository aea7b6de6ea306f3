import Glibc
import Posix

/// A child process and what it prints.
///
/// Foundation's `Process` cannot hand a second socket to a child, so this is posix_spawn(3).
@safe final class Command {
  private let process: pid_t
  private let output: OwnedDescriptor

  /// Why a command was not started: errno.
  struct Failure: Error { let code: CInt }

  /// - Parameters:
  ///   - arguments: The program, searched for in PATH, and its arguments.
  ///   - inherited: Which of our descriptors the child sees as 0, 3, 4 …
  init(_ arguments: [String], inheriting inherited: [CInt] = []) throws {
    var ends: [CInt] = [0, 0]
    // A pair of sockets, because pipe2(2) is not in reach and other threads spawn, too.
    let kind = CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue)
    guard unsafe socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw Failure(code: errno) }
    output = OwnedDescriptor(adopting: ends[0])
    let input = OwnedDescriptor(adopting: ends[1])

    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    for (index, descriptor) in inherited.enumerated() {
      unsafe posix_spawn_file_actions_adddup2(
        &actions,
        descriptor,
        index == 0 ? 0 : CInt(index + 2)
      )
    }
    if inherited.isEmpty {
      unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    }
    unsafe posix_spawn_file_actions_adddup2(&actions, input.number, 1)
    unsafe posix_spawn_file_actions_adddup2(&actions, input.number, 2)

    var vector: [UnsafeMutablePointer<CChar>?] = unsafe arguments.map { unsafe strdup($0) }
    unsafe vector.append(nil)
    defer { unsafe vector.forEach { unsafe free($0) } }
    var process: pid_t = 0
    let code = unsafe posix_spawnp(&process, arguments[0], &actions, nil, vector, environ)
    guard code == 0 else { throw Failure(code: code) }
    self.process = process
  }

  /// Waits for the end.
  ///
  /// - Returns: Everything it printed, and its exit status.
  func finish() -> (output: String, status: CInt) {
    var text: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 4096)
    while true {
      var span = piece.mutableSpan
      guard case .bytes(let count)? = try? output.read(into: &span) else { break }
      text += piece[..<count]
    }
    var status: CInt = 0
    while unsafe waitpid(process, &status, 0) == -1, errno == EINTR {}
    return (String(decoding: text, as: UTF8.self), status >> 8)
  }
}
