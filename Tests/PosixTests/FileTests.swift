import Foundation
import Glibc
import Testing

@testable import Posix

/// Goal: what was half written can be taken back, and never what somebody else wrote.
@Suite struct TakingBackTests {
  /// Lends the path of a file that does not exist yet.
  private func withPath(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder.appending(path: "log").path)
  }

  private func content(_ path: String) throws -> String {
    String(decoding: try File.read(path, limitBytes: 100), as: UTF8.self)
  }

  @Test func theEndIsTakenBackAndTheNextIsPutInItsPlace() throws {
    try withPath { path in
      let file = try File.openForAppending(path)
      try file.writeWhole(Array("whole\nhal".utf8).span)
      let isDone = File.takeBack(3, from: file)
      #expect(isDone)
      try file.writeWhole(Array("next\n".utf8).span)
      #expect(try content(path) == "whole\nnext\n")
      let wasThere = File.takeBack(100, from: file)
      #expect(!wasThere)
    }
  }

  @Test func whatSomebodyElseAppendedStays() throws {
    try withPath { path in
      let file = try File.openForAppending(path)
      let other = try File.openForAppending(path)
      try file.writeWhole(Array("hal".utf8).span)
      try other.writeWhole(Array("theirs\n".utf8).span)
      let isDone = File.takeBack(3, from: file)
      #expect(!isDone)
      #expect(try content(path) == "haltheirs\n")
    }
  }

  @Test func aFullDeviceSaysHowMuchItTook() throws {
    let full = try File.openForAppending("/dev/full")
    #expect(throws: ShortWrite.self) { try full.writeAsMuchAsFits([0x61].span) }
    let isDone = File.takeBack(0, from: full)
    #expect(!isDone, "a device is no file")
  }
}

/// Goal: files are read whole and added to at their end, and what is no file is named.
@Suite struct FileTests {
  private func withFile(_ bytes: [UInt8], _ body: (String) throws -> Void) throws {
    var path = Array("/tmp/portolan-posix-tests-XXXXXX\0".utf8CString)
    let number = unsafe mkstemp(&path)
    #expect(number >= 0)
    let file = OwnedDescriptor(adopting: number)
    try file.writeWhole(bytes.span)
    let name = String(
      decoding: path.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) },
      as: UTF8.self
    )
    defer { unsafe unlink(name) }
    try body(name)
  }

  @Test(arguments: [0, 1, 65_535, 65_536, 65_537, 200_000])
  func allOfAFileIsRead(size: Int) throws {
    let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0) }
    try withFile(bytes) { path in
      let read = try File.read(path, limitBytes: size)
      #expect(read == bytes)
      if size > 0 {
        #expect(throws: Errno.fileTooLarge) { _ = try File.read(path, limitBytes: size - 1) }
      }
    }
  }

  @Test func whatIsNoFileIsNamed() {
    #expect(throws: Errno.noSuchFile) { try File.read("/nowhere/at/all", limitBytes: 1) }
    #expect(throws: Errno(EISDIR)) { try File.read("/tmp", limitBytes: 1) }
    // It never ends, and is given up at the limit.
    #expect(throws: Errno.fileTooLarge) { try File.read("/dev/zero", limitBytes: 100_000) }
  }

  @Test func everyWriteGoesToTheEnd() throws {
    try withFile(Array("a".utf8)) { path in
      let first = try File.openForAppending(path)
      let second = try File.openForAppending(path)
      try first.writeWhole(Array("b".utf8).span)
      try second.writeWhole(Array("c".utf8).span)
      try first.writeWhole(Array("d".utf8).span)
      #expect(try File.read(path, limitBytes: 10) == Array("abcd".utf8))
    }
  }

  @Test func aChangeOfAFileShows() throws {
    try withFile(Array("a".utf8)) { path in
      let first = try #require(FileIdentity(path: path))
      #expect(FileIdentity(path: path) == first)
      try File.openForAppending(path).writeWhole(Array("b".utf8).span)
      #expect(FileIdentity(path: path) != first)
      #expect(FileIdentity(path: path)?.inode == first.inode)
    }
    #expect(FileIdentity(path: "/nowhere/at/all") == nil)
  }

  @Test func aPipeThatNobodyReadsIsNotWaitedFor() throws {
    let path = "/tmp/portolan-posix-tests-pipe-\(getpid())"
    #expect(unsafe mkfifo(path, 0o600) == 0)
    defer { unsafe unlink(path) }
    #expect(throws: Errno(ENXIO)) { _ = try File.openForAppending(path) }
  }
}
