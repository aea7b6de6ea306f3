import Dispatch
import Synchronization

/// Keeps what signals ask for until there is somebody to answer.
final class SignalRequests: Sendable {
  typealias Answer = @Sendable (SignalRequest) -> Void

  private struct State {
    var waiting: [SignalRequest] = []
    var answer: Answer?
  }

  /// The serial queue on which requests come and are answered.
  let queue = DispatchQueue(label: "portolan.control")
  private let state = Mutex(State())

  /// Begins to receive signals, and returns once none can be missed.
  func receive() -> Signals {
    let installed = DispatchSemaphore(value: 0)
    let signals = Signals(on: queue, installed: { installed.signal() }) { [self] request in
      let answer = state.withLock { state in
        if state.answer == nil { state.waiting.append(request) }
        return state.answer
      }
      answer?(request)
    }
    installed.wait()
    return signals
  }

  /// Has every request answered from now on, those that are waiting first.
  func answer(_ answer: @escaping Answer) {
    queue.async { [self] in
      let waiting = state.withLock { state in
        state.answer = answer
        return state.waiting
      }
      for request in waiting { answer(request) }
    }
  }
}
