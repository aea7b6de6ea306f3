internal import Dispatch
package import HTTP
package import Posix
internal import Synchronization
package import TLS

/// All event loops together: binds addresses, starts the loops, and ends them.
package final class Engine: Sendable {
  package let loops: [EventLoop]
  /// What all loops together have taken of what they may have.
  package let quotas: Quotas
  private let running: Atomic<Int>

  /// Why an address cannot be listened on.
  package struct ListenFailure: Error, CustomStringConvertible {
    package let address: SocketAddress
    package let reason: Errno

    package var description: String { "cannot listen on \(address): \(reason)" }
  }

  /// - Parameter loopCount: At least one; as many as there are processors is best.
  package init(loopCount: Int, limits: Limits) throws(Errno) {
    let quotas = Quotas(limits)
    var loops: [EventLoop] = []
    for index in 0..<max(1, loopCount) {
      loops.append(
        try EventLoop(name: "portolan-loop-\(index)", limits: limits, quotas: quotas)
      )
    }
    self.loops = loops
    self.quotas = quotas
    running = Atomic(loops.count)
  }

  /// Listens on `address`, each loop with a socket of its own, so that the kernel spreads
  /// connections over them. Before ``start(whenStopped:)`` only.
  ///
  /// - Parameters:
  ///   - context: What TLS connections negotiate; `nil` for plain ones.
  ///   - responder: Makes the responder of the loop with the given index.
  /// - Returns: Where it listens, with the port that the kernel chose if `address` has port 0.
  package func listen(
    on address: SocketAddress,
    context: TLSContext? = nil,
    responder: (Int) -> any Responder
  ) throws(ListenFailure) -> SocketAddress {
    do throws(Errno) {
      let first = try Socket.listening(on: address, joining: false)
      let bound = try first.localAddress()
      try loops[0].add(Listener(first, responder: responder(0), context: context))
      for index in loops.indices.dropFirst() {
        let next = try Socket.listening(on: bound, joining: true)
        try loops[index].add(Listener(next, responder: responder(index), context: context))
      }
      return bound
    } catch {
      throw ListenFailure(address: address, reason: error)
    }
  }

  /// Serves a listening socket that was handed to the program, all loops sharing it.
  package func adopt(
    _ socket: consuming Socket,
    context: TLSContext? = nil,
    responder: (Int) -> any Responder
  ) throws(Errno) -> SocketAddress {
    let bound = try socket.localAddress()
    try socket.configureListener()
    for index in loops.indices.dropFirst() {
      try loops[index].add(
        Listener(
          try socket.duplicate(),
          responder: responder(index),
          context: context,
          isShared: true
        )
      )
    }
    try loops[0].add(
      Listener(
        socket,
        responder: responder(0),
        context: context,
        isShared: loops.count > 1
      )
    )
    return bound
  }

  /// Starts all loops; `whenStopped` is called once, after the last has ended.
  package func start(whenStopped: @escaping @Sendable () -> Void) {
    for loop in loops {
      loop.start {
        let left = self.running.wrappingSubtract(1, ordering: .acquiringAndReleasing).newValue
        if left == 0 { whenStopped() }
      }
    }
  }

  /// Gives every responder something new. Each loop does it between two requests.
  package func update(_ change: @escaping @Sendable (any Responder) -> Void) {
    for loop in loops { loop.post(.update(change)) }
  }

  /// Lets the TLS connections that come from now on negotiate with `context`.
  package func replaceContext(_ context: TLSContext) {
    for loop in loops { loop.post(.replaceContext(context)) }
  }

  /// Calls `errand` once on each loop.
  package func perform(_ errand: @escaping @Sendable () -> Void) {
    for loop in loops { loop.post(.perform(errand)) }
  }

  /// Closes the listeners and ends every connection with its next answer.
  package func drain() { for loop in loops { loop.post(.drain) } }

  /// Ends every loop at once.
  package func stop() { for loop in loops { loop.post(.stop) } }
}
