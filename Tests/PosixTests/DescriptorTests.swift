import Glibc
import Testing

@testable import Posix

@Suite struct DescriptorTests {
  private func pipeEnds() -> (read: CInt, write: CInt) {
    var ends: [CInt] = [0, 0]
    #expect(unsafe pipe(&ends) == 0)
    return (ends[0], ends[1])
  }

  @Test func aDescriptorIsClosedWithItsOwner() {
    let ends = pipeEnds()
    do {
      let owner = OwnedDescriptor(adopting: ends.write)
      #expect(owner.number == ends.write)
    }
    // The last writer is gone, which the reader sees; the number itself may be somebody else's now.
    var byte: UInt8 = 0
    #expect(unsafe Glibc.read(ends.read, &byte, 1) == 0)
    close(ends.read)
  }

  @Test func whatWouldBlockIsNoError() throws {
    let ends = pipeEnds()
    let reader = OwnedDescriptor(adopting: ends.read)
    let writer = OwnedDescriptor(adopting: ends.write)
    try reader.makeNonBlocking()
    try writer.makeNonBlocking()
    #expect(fcntl(reader.number, F_GETFL) & O_NONBLOCK != 0)
    #expect(fcntl(reader.number, F_GETFD) & FD_CLOEXEC != 0)
    var buffer = [UInt8](repeating: 0, count: 8)
    var target = buffer.mutableSpan
    let empty = try reader.read(into: &target)
    #expect(empty == .wouldBlock)
    let much = [UInt8](repeating: 1, count: 1 << 20)
    guard case .bytes(let count) = try writer.write(much.span) else {
      Issue.record("an empty pipe takes something")
      return
    }
    #expect((1..<much.count).contains(count))
    let full = try writer.write(much.span)
    #expect(full == .wouldBlock)
  }

  @Test func misuseIsAnErrno() throws {
    let ends = pipeEnds()
    let reader = OwnedDescriptor(adopting: ends.read)
    let writer = OwnedDescriptor(adopting: ends.write)
    #expect(throws: Errno.badDescriptor) { _ = try reader.write([1].span) }
    #expect(throws: Errno.badDescriptor) {
      var buffer: [UInt8] = [0]
      var target = buffer.mutableSpan
      _ = try writer.read(into: &target)
    }
  }

  @Test func anErrorHasTheKernelsWords() {
    #expect(Errno.addressInUse.description == "Address already in use")
    #expect(Errno(ENOENT) == .noSuchFile)
    #expect(Errno(EACCES) == .permissionDenied)
    #expect(Errno(9999).description.contains("9999"))
  }

  @Test func aFamineIsToldFromOtherErrors() {
    for code in [EMFILE, ENFILE, ENOBUFS, ENOMEM] { #expect(Errno(code).isFamine) }
    for code in [EAGAIN, ECONNABORTED, EINVAL, EBADF] { #expect(!Errno(code).isFamine) }
  }
}

@Suite struct ProcessTests {
  @Test func theDescriptorLimitIsRaisedToTheHardOne() throws {
    let count = try ProcessLimits.raiseDescriptorLimit()
    var limit = rlimit()
    #expect(unsafe getrlimit(CInt(RLIMIT_NOFILE.rawValue), &limit) == 0)
    #expect(limit.rlim_cur == limit.rlim_max)
    #expect(count == Int(clamping: limit.rlim_cur))
    #expect(try ProcessLimits.raiseDescriptorLimit() == count)
  }

  @Test func thereIsAProcessor() {
    #expect((1...65_536).contains(ProcessLimits.processorCount()))
  }

  @Test func brokenPipesAreErrors() {
    ProcessLimits.ignoreFailedWrites()
    var ends: [CInt] = [0, 0]
    #expect(unsafe pipe(&ends) == 0)
    close(ends[0])
    let writer = OwnedDescriptor(adopting: ends[1])
    #expect(throws: Errno(EPIPE)) { _ = try writer.write([1].span) }
  }

  @Test func clocksGoForwardAndAgree() {
    let coarse = SystemClock.monotonicMilliseconds()
    let first = SystemClock.monotonicNanoseconds()
    let second = SystemClock.monotonicNanoseconds()
    #expect(second >= first)
    // The coarse clock lags by a tick of the kernel, some milliseconds.
    #expect(coarse <= second / 1_000_000)
    let now = Int64(time(nil))
    #expect(abs(SystemClock.secondsSince1970() - now) <= 1)
    #expect(abs(Int64(SystemClock.nanosecondsSince1970() / 1_000_000_000) - now) <= 1)
  }
}
