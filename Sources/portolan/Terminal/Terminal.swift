import Posix

/// Where commands say things: data to standard output, everything else to standard error.
enum Terminal {
  /// Writes an answer. A reader that has gone away ends the program, as it ends others in a pipe.
  static func write(_ text: String) throws {
    try write(Array(text.utf8))
  }

  static func write(_ bytes: [UInt8]) throws {
    guard !bytes.isEmpty else { return }
    do {
      try StandardStream.output.write(bytes.span)
    } catch {
      complain("standard output: \(error)")
      throw ExitStatus.inputOutput.exitCode
    }
  }

  /// Says where something can be found, in a line of its own that other programs may wait for.
  static func announce(_ line: String) {
    try? StandardStream.error.write(line + "\n")
  }

  /// Says what went wrong.
  static func complain(_ text: String) {
    var line = Array("portolan: ".utf8)
    LogEscaping.append(text, to: &line)
    line.append(0x0A)
    try? StandardStream.error.write(line.span)
  }
}
