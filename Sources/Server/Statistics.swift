internal import HTTP
internal import Synchronization

/// What a loop counts. The loop alone writes; anyone may read at any time, each number by itself.
///
/// Written with a plain load and store, so a count costs no locked instruction, and padded so that
/// no two loops write to one cache line.
package final class Statistics: Sendable {
  /// One number with one writer.
  package struct Counter: ~Copyable, Sendable {
    private let number = Atomic<Int>(0)

    /// Only the loop that owns it may call this.
    func add(_ amount: Int) {
      number.store(number.load(ordering: .relaxed) &+ amount, ordering: .relaxed)
    }

    package var value: Int { number.load(ordering: .relaxed) }
  }

  /// Why a connection or a request was given up.
  package enum Refusal: String, CaseIterable, Sendable {
    case malformed
    case tooLarge
    case timeout
    case idle
    case stall
    case handshake
    case memory
    case reset

    /// A word in the form that labels of metrics have.
    package var name: String { self == .tooLarge ? "too_large" : rawValue }
  }

  private let padBefore: [16 of UInt64] = .init(repeating: 0)
  package let accepted = Counter()
  package let held = Counter()
  package let requests = Counter()
  package let bytesReceived = Counter()
  package let bytesSent = Counter()
  package let handshakes = Counter()
  package let handshakesResumed = Counter()
  package let acceptFailures = Counter()
  private let malformed = Counter()
  private let tooLarge = Counter()
  private let timeouts = Counter()
  private let idles = Counter()
  private let stalls = Counter()
  private let failedHandshakes = Counter()
  private let memory = Counter()
  private let resets = Counter()
  /// Connections by phase. They come from `closed` and go back to it, so what it lacks is open.
  private let phases = InlineArray<7, Counter> { _ in Counter() }
  private let padAfter: [16 of UInt64] = .init(repeating: 0)

  package init() {}

  /// Connections that are open.
  package var open: Int { 0 &- connections(in: .closed) }

  package func connections(in phase: ConnectionState.Phase) -> Int {
    phases[phase.rawValue].value
  }

  /// A connection has gone from one phase to another; a new one comes from `closed`.
  func moveConnection(from old: ConnectionState.Phase, to new: ConnectionState.Phase) {
    phases[old.rawValue].add(-1)
    phases[new.rawValue].add(1)
  }

  package func value(of refusal: Refusal) -> Int {
    switch refusal {
    case .malformed: malformed.value
    case .tooLarge: tooLarge.value
    case .timeout: timeouts.value
    case .idle: idles.value
    case .stall: stalls.value
    case .handshake: failedHandshakes.value
    case .memory: memory.value
    case .reset: resets.value
    }
  }

  func count(_ refusal: Refusal) {
    switch refusal {
    case .malformed: malformed.add(1)
    case .tooLarge: tooLarge.add(1)
    case .timeout: timeouts.add(1)
    case .idle: idles.add(1)
    case .stall: stalls.add(1)
    case .handshake: failedHandshakes.add(1)
    case .memory: memory.add(1)
    case .reset: resets.add(1)
    }
  }
}

extension Statistics.Refusal {
  init(_ fault: RequestHeadFault) {
    switch fault.status {
    case .requestTimeout: self = .timeout
    case .uriTooLong, .requestHeaderFieldsTooLarge, .contentTooLarge: self = .tooLarge
    default: self = .malformed
    }
  }
}
