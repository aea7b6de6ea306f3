internal import Glibc

/// Which file a path leads to and what state it is in, so that a change can be noticed without
/// reading it (stat(2)). Links are followed: a directory of links that is swapped at once shows.
package struct FileIdentity: Equatable, Sendable {
  package let device: UInt64
  package let inode: UInt64
  package let size: Int64
  package let modifiedNanoseconds: Int64

  /// - Returns: `nil` when nothing can be found there.
  package init?(path: String) {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return nil }
    device = UInt64(status.st_dev)
    inode = UInt64(status.st_ino)
    size = Int64(status.st_size)
    modifiedNanoseconds =
      Int64(status.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_mtim.tv_nsec)
  }
}

/// Files as a whole.
package enum File {
  /// All bytes of the file at `path`.
  ///
  /// - Parameter limitBytes: A longer file is EFBIG, so that a wrong path cannot fill the memory.
  package static func read(_ path: String, limitBytes: Int) throws(Errno) -> [UInt8] {
    try read(openForReading(path), limitBytes: limitBytes)
  }

  /// All that is still to be read from the standard input, under the same limit.
  package static func readStandardInput(limitBytes: Int) throws(Errno) -> [UInt8] {
    try read(openStandardInput(), limitBytes: limitBytes)
  }

  private static func read(
    _ file: borrowing OwnedDescriptor,
    limitBytes: Int
  ) throws(Errno) -> [UInt8] {
    // Of a file that is known to be longer, not even the beginning is needed.
    guard size(of: file) ?? 0 <= limitBytes else { throw Errno(EFBIG) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 64 * 1024)
    while true {
      var target = piece.mutableSpan
      guard case .bytes(let count) = try file.read(into: &target) else { return bytes }
      guard bytes.count + count <= limitBytes else { throw Errno(EFBIG) }
      bytes.append(contentsOf: piece[..<count])
    }
  }

  /// Takes back the last `count` bytes that were written to a file that was opened for appending.
  ///
  /// - Returns: `false`, and nothing is changed, unless they are still the last.
  package static func takeBack(_ count: Int, from file: borrowing OwnedDescriptor) -> Bool {
    guard let size = size(of: file), count <= size,
      lseek(file.number, 0, SEEK_CUR) == off_t(size)
    else { return false }
    return ftruncate(file.number, off_t(size - count)) == 0
  }

  /// Opens the file at `path` so that every write goes to its end; makes it where there is none,
  /// readable by its owner and group.
  ///
  /// - Throws: ENXIO for a named pipe that nobody reads, rather than waiting for somebody.
  package static func openForAppending(_ path: String) throws(Errno) -> OwnedDescriptor {
    OwnedDescriptor(
      adopting: try retryingInterrupted {
        unsafe open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0o640)
      }
    )
  }
}
