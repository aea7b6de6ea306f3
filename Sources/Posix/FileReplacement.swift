internal import Glibc

extension File {
  /// Opens the file at `path` to be read piece by piece.
  package static func openForReading(_ path: String) throws(Errno) -> OwnedDescriptor {
    OwnedDescriptor(
      adopting: try retryingInterrupted { unsafe open(path, O_RDONLY | O_CLOEXEC) }
    )
  }

  /// Another owner of the standard input.
  package static func openStandardInput() throws(Errno) -> OwnedDescriptor {
    OwnedDescriptor(
      adopting: try retryingInterrupted { fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3) }
    )
  }

  /// How long the file is, in bytes; `nil` for what has no length, such as a pipe.
  package static func size(of file: borrowing OwnedDescriptor) -> Int? {
    var status = stat()
    guard unsafe fstat(file.number, &status) == 0, isRegular(status) else { return nil }
    return Int(status.st_size)
  }

  /// Puts `bytes` in the place of the file at `path`, so that whoever reads it, at any moment and
  /// after a crash too, finds either the whole old file or the whole new one.
  ///
  /// They are written under another name beside it, brought to the disk, and take the name then
  /// (rename(2)). What is no file, such as a pipe or `/dev/null`, is written to as it is.
  package static func replace(_ path: String, with bytes: Span<UInt8>) throws(Errno) {
    var status = stat()
    if unsafe stat(path, &status) == 0, !isRegular(status) {
      let target = OwnedDescriptor(
        adopting: try retryingInterrupted { unsafe open(path, O_WRONLY | O_CLOEXEC) }
      )
      return try target.writeWhole(bytes)
    }
    let new = try NewFile(beside: path)
    do {
      try new.descriptor.writeWhole(bytes)
      let number = new.descriptor.number
      _ = try retryingInterrupted { fsync(number) }
      _ = try retryingInterrupted { unsafe rename(new.name, path) }
    } catch {
      _ = unsafe unlink(new.name)
      throw error
    }
    try bringNameToDisk(path)
  }

  private static func bringNameToDisk(_ path: String) throws(Errno) {
    let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
    let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    let descriptor = OwnedDescriptor(
      adopting: try retryingInterrupted { unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    )
    // Some file systems cannot do this for a folder; the file itself is on the disk.
    _ = fsync(descriptor.number)
  }

  private static func isRegular(_ status: stat) -> Bool { status.st_mode & S_IFMT == S_IFREG }
}

/// A file that has no reader yet.
private struct NewFile: ~Copyable {
  let descriptor: OwnedDescriptor
  let name: String

  private static let attemptCountMax = 16

  /// Makes one in the folder of `path`, where rename(2) is one step. A name that is taken, by
  /// another program or for a trap, is not opened.
  init(beside path: String) throws(Errno) {
    var attempt = 1
    while true {
      let name = "\(path).\(getpid())-\(attempt).new"
      let number = unsafe open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
      if number >= 0 {
        descriptor = OwnedDescriptor(adopting: number)
        self.name = name
        return
      }
      let failure = Errno.latest
      guard failure.code == EINTR || failure.code == EEXIST, attempt < Self.attemptCountMax else {
        throw failure
      }
      attempt += 1
    }
  }
}
