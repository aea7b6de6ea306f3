internal import Glibc

/// What the kernel counts of this process (proc(5)).
package struct ProcessStatistics: Equatable, Sendable {
  /// Time spent on processors, by the program and by the kernel for it.
  package var processorNanoseconds: UInt64 = 0
  /// Memory that is present.
  package var residentBytes: UInt64 = 0
  /// Memory that is mapped.
  package var virtualBytes: UInt64 = 0
  /// Descriptors that are open, without the one that counting takes.
  package var openDescriptors: UInt64 = 0
  /// How many may be open.
  package var openDescriptorsMax: UInt64 = 0
  /// When the process began, in milliseconds since 1970-01-01T00:00:00Z.
  package var startMilliseconds: UInt64 = 0

  /// Asks the kernel now. What it does not say is 0.
  package static func read() -> ProcessStatistics {
    var statistics = ProcessStatistics()
    var usage = rusage()
    if unsafe getrusage(CInt(RUSAGE_SELF.rawValue), &usage) == 0 {
      statistics.processorNanoseconds =
        nanoseconds(usage.ru_utime) &+ nanoseconds(usage.ru_stime)
    }
    if let bytes = try? File.read("/proc/self/statm", limitBytes: 4096) {
      let pages = fields(bytes).map { UInt64($0) ?? 0 }
      let pageBytes = UInt64(max(0, sysconf(CInt(_SC_PAGESIZE))))
      if pages.count > 1 {
        statistics.virtualBytes = pages[0] &* pageBytes
        statistics.residentBytes = pages[1] &* pageBytes
      }
    }
    var limit = rlimit()
    if unsafe getrlimit(CInt(RLIMIT_NOFILE.rawValue), &limit) == 0 {
      statistics.openDescriptorsMax = UInt64(limit.rlim_cur)
    }
    statistics.openDescriptors = countOpenDescriptors()
    statistics.startMilliseconds = startOfProcess()
    return statistics
  }

  private static func nanoseconds(_ time: timeval) -> UInt64 {
    UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_usec) &* 1000
  }

  private static func fields(_ bytes: [UInt8]) -> [Substring] {
    String(decoding: bytes, as: UTF8.self).split { $0 == " " || $0 == "\n" }
  }

  private static func countOpenDescriptors() -> UInt64 {
    guard let directory = unsafe opendir("/proc/self/fd") else { return 0 }
    defer { unsafe closedir(directory) }
    var count: UInt64 = 0
    while unsafe readdir(directory) != nil { count += 1 }
    // Without `.`, `..` and the directory's own descriptor.
    return count > 3 ? count - 3 : 0
  }

  /// The kernel counts from its own start, in ticks, so both clocks are needed.
  private static func startOfProcess() -> UInt64 {
    guard let bytes = try? File.read("/proc/self/stat", limitBytes: 4096),
      // The command's name, in parentheses, may hold blanks and parentheses itself.
      let close = bytes.lastIndex(of: UInt8(ascii: ")"))
    else { return 0 }
    let fields = fields(Array(bytes[(close + 1)...]))
    let ticksPerSecond = UInt64(max(1, sysconf(CInt(_SC_CLK_TCK))))
    // Field 22 of the line, where the first one behind the name is field 3.
    guard fields.count > 19, let ticks = UInt64(fields[19]) else { return 0 }
    var sinceBoot = timespec()
    unsafe clock_gettime(CLOCK_BOOTTIME, &sinceBoot)
    let bootMilliseconds =
      UInt64(sinceBoot.tv_sec) &* 1000 &+ UInt64(sinceBoot.tv_nsec) / 1_000_000
    let nowMilliseconds = SystemClock.nanosecondsSince1970() / 1_000_000
    return nowMilliseconds &- bootMilliseconds &+ ticks &* 1000 / ticksPerSecond
  }
}
