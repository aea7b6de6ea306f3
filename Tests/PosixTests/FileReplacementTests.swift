import Foundation
import Posix
import Testing

/// Goal: a file is replaced as a whole or not at all, and nothing is left behind.
@Suite struct FileReplacementTests {
  private static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

  /// Lends a new folder, and sees that nothing but the table is left in it.
  private func withFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder.path)
    let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(left.allSatisfy { $0 == "table" }, "\(left)")
  }

  @Test func aFileIsMadeAndReplaced() throws {
    try withFolder { folder in
      let path = folder + "/table"
      for text in ["old and longer", "new", ""] {
        let content = Self.bytes(text)
        try File.replace(path, with: content.span)
        #expect(try File.read(path, limitBytes: 100) == content)
      }
    }
  }

  @Test func aReaderKeepsTheFileThatItOpened() throws {
    try withFolder { folder in
      let path = folder + "/table"
      try File.replace(path, with: Self.bytes("old").span)
      let before = try #require(FileIdentity(path: path))
      let reader = try File.openForReading(path)
      try File.replace(path, with: Self.bytes("new one").span)
      #expect(FileIdentity(path: path)?.inode != before.inode)
      #expect(File.size(of: reader) == 3)
      var piece = [UInt8](repeating: 0, count: 16)
      var target = piece.mutableSpan
      #expect(try reader.read(into: &target) == .bytes(3))
      #expect(piece.starts(with: Self.bytes("old")))
    }
  }

  @Test func whatIsNoFileIsWrittenToAndStays() throws {
    let before = FileIdentity(path: "/dev/null")?.inode
    try File.replace("/dev/null", with: Self.bytes("gone").span)
    #expect(FileIdentity(path: "/dev/null")?.inode == before)
  }

  @Test func aFolderIsNotReplaced() throws {
    try withFolder { folder in
      #expect(throws: Errno.self) { try File.replace(folder, with: Self.bytes("x").span) }
      #expect(throws: Errno.noSuchFile) {
        try File.replace(folder + "/none/table", with: Self.bytes("x").span)
      }
    }
  }

  @Test func aPipeHasNoSize() throws {
    let reader = try File.openForReading("/dev/null")
    #expect(File.size(of: reader) == nil)
  }
}
