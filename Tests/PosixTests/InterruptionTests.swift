import Foundation
import Synchronization
import Testing

@testable import Posix

/// What a signal does to a call that waits (signal(7), EINTR).
///
/// Another thread signals the waiting one over and over, with a handler that asks for no restart,
/// so the call is interrupted many times whenever it begins to wait.
@Suite(.serialized) struct InterruptionTests {
  /// How often a waiting thread has been interrupted.
  private static let interruptions = Atomic<Int>(0)

  /// Runs `body` under fire. `afterwards` runs on the other thread once there were 20 signals.
  private func underSignals<Result>(
    _ body: () throws -> Result,
    afterwards: @escaping @Sendable () -> Void = {}
  ) rethrows -> Result {
    var action = sigaction()
    unsafe action.__sigaction_handler.sa_handler = { _ in
      InterruptionTests.interruptions.add(1, ordering: .relaxed)
    }
    unsafe sigaction(SIGUSR1, &action, nil)
    // Threads of Dispatch let no signal through.
    var mask = sigset_t()
    var formerMask = sigset_t()
    unsafe sigemptyset(&mask)
    unsafe sigaddset(&mask, SIGUSR1)
    unsafe pthread_sigmask(SIG_UNBLOCK, &mask, &formerMask)
    defer { unsafe pthread_sigmask(SIG_SETMASK, &formerMask, nil) }
    let target = pthread_self()
    let isDone = Flag()
    let start = Self.interruptions.load(ordering: .relaxed)
    let thread = Thread {
      var isAfterwards = false
      while !isDone.isSet {
        pthread_kill(target, SIGUSR1)
        usleep(500)
        if !isAfterwards, Self.interruptions.load(ordering: .relaxed) >= start + 20 {
          isAfterwards = true
          afterwards()
        }
      }
      isDone.acknowledge()
    }
    thread.start()
    defer {
      isDone.set()
      // The thread must not outlive its target.
      isDone.wait()
    }
    return try body()
  }

  private final class Flag: Sendable {
    private let state = Atomic<Int>(0)
    var isSet: Bool { state.load(ordering: .acquiring) > 0 }
    func set() { state.store(1, ordering: .releasing) }
    func acknowledge() { state.store(2, ordering: .releasing) }
    func wait() { while state.load(ordering: .acquiring) < 2 { sched_yield() } }
  }

  @Test func aWaitEndsWithNothing() throws {
    var epoll = try Epoll()
    let count = try underSignals { try epoll.wait(timeoutMilliseconds: -1) }
    #expect(count == 0)
  }

  @Test func aReadGoesOn() throws {
    var ends: [CInt] = [0, 0]
    #expect(unsafe pipe(&ends) == 0)
    let readEnd = OwnedDescriptor(adopting: ends[0])
    let writeEnd = ends[1]
    var buffer = [UInt8](repeating: 0, count: 4)
    let outcome = try underSignals {
      var target = buffer.mutableSpan
      return try readEnd.read(into: &target)
    } afterwards: {
      var byte: UInt8 = 42
      _ = unsafe Glibc.write(writeEnd, &byte, 1)
    }
    #expect(outcome == .bytes(1))
    #expect(buffer[0] == 42)
    close(writeEnd)
  }

  @Test func aWriteGoesOn() throws {
    var ends: [CInt] = [0, 0]
    #expect(unsafe pipe(&ends) == 0)
    let readEnd = ends[0]
    let writeEnd = OwnedDescriptor(adopting: ends[1])
    // Full, but still blocking.
    let filler = [UInt8](repeating: 7, count: 65_536)
    #expect(try writeEnd.write(filler.span) == .bytes(65_536))
    let outcome = try underSignals {
      try writeEnd.write(filler.span.extracting(first: 1))
    } afterwards: {
      var taken = [UInt8](repeating: 0, count: 65_536)
      _ = unsafe Glibc.read(readEnd, &taken, taken.count)
    }
    #expect(outcome == .bytes(1))
    close(readEnd)
  }
}
