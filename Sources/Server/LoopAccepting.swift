internal import HTTP
internal import Posix
internal import TLS

// How a loop accepts connections, and stops accepting when there is no room for more.
extension LoopCore {
  mutating func watch(_ index: Int) throws(Errno) {
    let slot = listeners[index]
    guard !slot.isWatched else { return }
    try epoll.add(
      slot.listener.socket.number,
      token: Self.listenerTokens + UInt64(index),
      interest: slot.listener.isShared ? [.readable, .exclusive] : .readable
    )
    slot.isWatched = true
  }

  /// Takes connections from the listener's queue, as many as a turn may.
  ///
  /// - Returns: Whether more may be there.
  mutating func accept(by index: Int) -> Bool {
    // An event may be older than the drain that took the listeners away, in the same turn.
    guard index < listeners.count else { return false }
    let slot = listeners[index]
    guard slot.isWatched else { return false }
    for _ in 0..<Self.acceptsPerTurn {
      guard !bench.quotas.connections.isFull else {
        acceptNothing()
        return false
      }
      do throws(Errno) {
        switch try slot.listener.socket.accept() {
        case .accepted(let socket, let address): admit(socket, address, slot.listener)
        case .wouldBlock: return false
        case .aborted: continue
        }
      } catch {
        statistics.acceptFailures.add(1)
        acceptNothing()
        return false
      }
    }
    return true
  }

  mutating func admit(
    _ socket: consuming Socket,
    _ address: SocketAddress,
    _ listener: borrowing Listener
  ) {
    let number = socket.number
    let isSecure = listener.context != nil
    let peer = Peer(address: address.hostBytes, port: address.port, isSecure: isSecure)
    guard let transport = try? SocketTransport(socket, context: listener.context) else {
      statistics.acceptFailures.add(1)
      return
    }
    let client = Client(
      Connection(
        transport,
        handshakes: isSecure,
        peer: peer,
        responder: listener.responder,
        bench
      )
    )
    let slot = table.insert(client)
    bench.quotas.connections.add(1)
    statistics.accepted.add(1)
    do throws(Errno) {
      try epoll.add(
        number,
        token: table.token(of: slot),
        interest: [.readable, .writable, .peerFinished, .edgeTriggered]
      )
    } catch {
      // ENOSPC or ENOMEM: the kernel cannot watch it, so nobody can serve it.
      statistics.acceptFailures.add(1)
      client.connection.giveUp(&bench)
      return remove(slot)
    }
    deadlines.set(slot, to: client.connection.state.deadline)
  }

  /// Stops watching the listeners, so that a queue that cannot be emptied does not spin the loop.
  /// It tries again when one of its own connections ends, and after a while, since what is short
  /// may have been given back by another loop or another program.
  mutating func acceptNothing() {
    acceptsNothing = true
    acceptsAgainAt = bench.now + limits.famineMilliseconds
    for slot in listeners where slot.isWatched {
      epoll.remove(slot.listener.socket.number)
      slot.isWatched = false
    }
  }

  mutating func acceptAgain() {
    acceptsNothing = false
    guard !bench.isDraining else { return }
    for index in listeners.indices {
      do throws(Errno) {
        try watch(index)
      } catch {
        return acceptNothing()
      }
    }
  }
}
