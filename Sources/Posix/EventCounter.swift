internal import CLinux
internal import Glibc

/// An eventfd(2): wakes an epoll loop from another thread.
package struct EventCounter: ~Copyable, Sendable {
  private let descriptor: OwnedDescriptor

  package init() throws(Errno) {
    descriptor = OwnedDescriptor(
      adopting: try retryingInterrupted {
        eventfd(0, CInt(EFD_NONBLOCK | EFD_CLOEXEC))
      }
    )
  }

  /// The kernel's number, to register with ``Epoll``.
  package var number: CInt { descriptor.number }

  /// Wakes whoever watches. Several signals before a drain are one.
  package borrowing func signal() {
    // Fails only when the counter is full, and then the watcher is already being woken.
    _ = eventfd_write(descriptor.number, 1)
  }

  /// Forgets the signals so far.
  package borrowing func drain() {
    var count: eventfd_t = 0
    _ = unsafe eventfd_read(descriptor.number, &count)
  }
}
