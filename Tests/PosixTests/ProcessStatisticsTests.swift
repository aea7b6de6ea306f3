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
