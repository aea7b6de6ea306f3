internal import CLinux
internal import Glibc

/// What the kernel lets this process have.
package enum ProcessLimits {
  /// Raises the soft limit of open descriptors to the hard one.
  ///
  /// - Returns: How many descriptors the process may have open (getrlimit(2), RLIMIT_NOFILE).
  package static func raiseDescriptorLimit() throws(Errno) -> Int {
    var limit = rlimit()
    _ = try retryingInterrupted { unsafe getrlimit(CInt(RLIMIT_NOFILE.rawValue), &limit) }
    if limit.rlim_cur < limit.rlim_max {
      limit.rlim_cur = limit.rlim_max
      _ = try retryingInterrupted { unsafe setrlimit(CInt(RLIMIT_NOFILE.rawValue), &limit) }
    }
    return Int(clamping: limit.rlim_cur)
  }

  /// How many processors this process may run on.
  package static func processorCount() -> Int {
    max(1, Int(sysconf(CInt(_SC_NPROCESSORS_ONLN))))
  }

  /// From now on a write to a dead peer is an error, not the end of the process, and so is one to a
  /// file that may not grow any more (RLIMIT_FSIZE). OpenSSL writes with plain write(2), so
  /// MSG_NOSIGNAL alone would not do.
  package static func ignoreFailedWrites() {
    _ = signal(SIGPIPE, SIG_IGN)
    _ = signal(SIGXFSZ, SIG_IGN)
  }

  /// Memory from this size on is mapped for itself.
  private static let mappedSizeBytes: CInt = 512 * 1024

  /// From now on large pieces of memory are mapped each for itself, so that freeing one gives it
  /// back. Left alone, the library raises that size with each piece that is freed, and the next
  /// ones lie scattered among what stays (mallopt(3), M_MMAP_THRESHOLD).
  package static func mapLargeMemory() {
    _ = mallopt(M_MMAP_THRESHOLD, mappedSizeBytes)
  }

  /// Gives memory that was freed back to the kernel (malloc_trim(3)). Takes milliseconds, in which
  /// other threads may wait for memory.
  package static func returnFreeMemory() {
    _ = malloc_trim(0)
  }

  /// Names the calling thread, for ps(1) and debuggers; at most 15 bytes.
  package static func nameThread(_ name: String) {
    _ = unsafe pthread_setname_np(pthread_self(), String(name.prefix(15)))
  }
}
