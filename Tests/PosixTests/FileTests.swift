import Foundation
import Posix
import Testing

/// Goal: what was half written can be taken back, and never what somebody else wrote.
@Suite struct FileTests {
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
