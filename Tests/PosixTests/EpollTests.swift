import Testing

@testable import Posix

@Suite struct EpollTests {
  @Test func aReadySocketIsToldWithItsToken() throws {
    let pair = try Pair()
    var epoll = try Epoll(batch: 4)
    #expect(try epoll.wait(timeoutMilliseconds: 0) == 0)
    let token = UInt64.max - 1
    try epoll.add(pair.server.number, token: token, interest: [.readable, .peerFinished])
    #expect(try epoll.wait(timeoutMilliseconds: 0) == 0)
    pair.client.send([1])
    #expect(try epoll.wait(timeoutMilliseconds: 1000) == 1)
    #expect(epoll[0].token == token)
    #expect(epoll[0].readiness == .readable)
    // Level-triggered: told again while it lasts.
    #expect(try epoll.wait(timeoutMilliseconds: 0) == 1)
    pair.client.finish()
    #expect(try epoll.wait(timeoutMilliseconds: 1000) == 1)
    #expect(epoll[0].readiness == [.readable, .peerFinished])
    epoll.remove(pair.server.number)
    #expect(try epoll.wait(timeoutMilliseconds: 0) == 0)
    epoll.remove(pair.server.number)
  }

  @Test func anEdgeIsToldOnce() throws {
    let pair = try Pair()
    var epoll = try Epoll()
    let interest: Readiness = [.readable, .writable, .edgeTriggered]
    try epoll.add(pair.server.number, token: 7, interest: interest)
    #expect(try epoll.wait(timeoutMilliseconds: 1000) == 1)
    #expect(epoll[0].readiness == .writable)
    #expect(try epoll.wait(timeoutMilliseconds: 0) == 0)
    pair.client.send([1])
    #expect(try epoll.wait(timeoutMilliseconds: 1000) == 1)
    #expect(epoll[0].readiness == [.readable, .writable])
    #expect(try epoll.wait(timeoutMilliseconds: 0) == 0)
  }

  @Test func aResetIsToldWhateverTheInterest() throws {
    let pair = try Pair()
    var epoll = try Epoll()
    try epoll.add(pair.server.number, token: 1, interest: [])
    pair.client.reset()
    #expect(try epoll.wait(timeoutMilliseconds: 1000) == 1)
    #expect(epoll[0].readiness.isSuperset(of: [.hungUp, .failed]))
  }

  @Test func aListenerIsReadyForAConnection() throws {
    let listener = try Socket.listening(
      on: try SocketAddress(parsing: "127.0.0.1:0"),
      joining: false
    )
    var epoll = try Epoll()
    try epoll.add(listener.number, token: 3, interest: [.readable, .exclusive])
    let client = try Client(to: try listener.localAddress())
    #expect(try epoll.wait(timeoutMilliseconds: 1000) == 1)
    #expect(epoll[0].token == 3)
    #expect(client.port != 0)
  }

  @Test func noMoreEventsAreTakenThanThereIsRoomFor() throws {
    var epoll = try Epoll(batch: 2)
    let counters = [try Counter(), try Counter(), try Counter()]
    for (token, counter) in counters.enumerated() {
      try epoll.add(counter.counter.number, token: UInt64(token), interest: .readable)
      counter.counter.signal()
    }
    #expect(try epoll.wait(timeoutMilliseconds: 0) == 2)
  }

  @Test func whatIsClosedIsNoLongerWatched() throws {
    var epoll = try Epoll()
    do {
      let counter = try EventCounter()
      try epoll.add(counter.number, token: 1, interest: .readable)
      counter.signal()
      #expect(try epoll.wait(timeoutMilliseconds: 0) == 1)
    }
    #expect(try epoll.wait(timeoutMilliseconds: 0) == 0)
  }

  @Test func aBadDescriptorIsAnError() throws {
    let epoll = try Epoll()
    #expect(throws: Errno.badDescriptor) { try epoll.add(-1, token: 0, interest: .readable) }
    let counter = try EventCounter()
    try epoll.add(counter.number, token: 0, interest: .readable)
    #expect(throws: Errno(17)) {  // EEXIST
      try epoll.add(counter.number, token: 0, interest: .readable)
    }
  }

  // MARK: Waking from another thread

  @Test func severalSignalsAreOneWake() throws {
    let counter = try EventCounter()
    var epoll = try Epoll()
    try epoll.add(counter.number, token: 9, interest: .readable)
    counter.signal()
    counter.signal()
    #expect(try epoll.wait(timeoutMilliseconds: 0) == 1)
    counter.drain()
    #expect(try epoll.wait(timeoutMilliseconds: 0) == 0)
    counter.drain()  // Without a signal it does not wait.
    counter.signal()
    #expect(try epoll.wait(timeoutMilliseconds: 0) == 1)
  }
}

/// An `EventCounter` that an array can hold.
final class Counter {
  let counter: EventCounter

  init() throws {
    counter = try EventCounter()
  }
}
