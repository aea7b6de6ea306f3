import Glibc
import Testing

@testable import Posix

/// Goal: what the kernel counts of this process is read as it counts it.
@Suite(.serialized) struct ProcessStatisticsTests {
  @Test func memoryIsCounted() {
    let before = ProcessStatistics.read()
    let size = 64 << 20
    // SAFETY: a mapping of this size, or MAP_FAILED, which is checked before it is written to.
    let map = unsafe mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let map = unsafe map, unsafe map != MAP_FAILED else {
      Issue.record("no memory")
      return
    }
    unsafe memset(map, 1, size)
    let during = ProcessStatistics.read()
    unsafe munmap(map, size)
    // Tests beside this one take and give memory, too.
    #expect(during.residentBytes >= before.residentBytes + UInt64(size) / 2)
    #expect(during.virtualBytes >= during.residentBytes)
  }

  @Test func descriptorsAreCounted() {
    let before = ProcessStatistics.read()
    let numbers = (0..<500).map { _ in unsafe open("/dev/null", O_RDONLY) }
    let during = ProcessStatistics.read()
    for number in numbers { close(number) }
    #expect(during.openDescriptors >= before.openDescriptors + 250)
    #expect(during.openDescriptors <= during.openDescriptorsMax)
  }

  @Test func processorTimeIsCounted() {
    let before = ProcessStatistics.read()
    let start = clock()
    while clock() - start < 50_000 {}
    let spent = ProcessStatistics.read().processorNanoseconds - before.processorNanoseconds
    #expect(spent >= 50_000_000)
  }

  @Test func theProcessBeganBeforeNow() {
    let now = SystemClock.nanosecondsSince1970() / 1_000_000
    let start = ProcessStatistics.read().startMilliseconds
    #expect(start <= now)
    #expect(now - start < 86_400_000)
    // The same each time, give or take the kernel's tick.
    let again = ProcessStatistics.read().startMilliseconds
    #expect(max(start, again) - min(start, again) <= 20)
  }
}

@Suite struct ProcessEnvironmentTests {
  /// Of the whole environment, since a test cannot set a part of it beside others that read it.
  @Test func variablesAreWhatGetenvSays() {
    let variables = ProcessEnvironment.variables()
    #expect(!variables.isEmpty)
    for (name, value) in variables {
      let expected = unsafe getenv(name).map { unsafe String(cString: $0) }
      #expect(expected == value)
    }
  }

  @Test func signalsHaveTheKernelsNumbers() {
    #expect(ProcessSignal.allCases.map(\.number) == [SIGTERM, SIGINT, SIGHUP])
    #expect(ProcessEnvironment.processID == getpid())
  }
}

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
