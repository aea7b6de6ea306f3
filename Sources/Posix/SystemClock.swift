internal import Glibc

/// The kernel's clocks, read without a system call where the kernel allows it (vdso(7)).
package enum SystemClock {
  /// Milliseconds since some fixed point; never goes back, whatever happens to the date.
  package static func monotonicMilliseconds() -> UInt64 {
    let time = read(CLOCK_MONOTONIC_COARSE)
    return UInt64(time.tv_sec) &* 1000 &+ UInt64(time.tv_nsec) / 1_000_000
  }

  /// Nanoseconds since the same fixed point, for measuring how long something took.
  package static func monotonicNanoseconds() -> UInt64 {
    let time = read(CLOCK_MONOTONIC)
    return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
  }

  /// Seconds since 1970-01-01T00:00:00Z.
  package static func secondsSince1970() -> Int64 {
    Int64(read(CLOCK_REALTIME_COARSE).tv_sec)
  }

  /// Nanoseconds since 1970-01-01T00:00:00Z, for the time of a log line.
  package static func nanosecondsSince1970() -> UInt64 {
    let time = read(CLOCK_REALTIME)
    return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
  }

  private static func read(_ clock: clockid_t) -> timespec {
    var time = timespec()
    unsafe clock_gettime(clock, &time)
    return time
  }
}
