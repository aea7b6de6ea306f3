internal import HTTP

// How a connection sends what was answered, as fast as its client takes it.
extension Connection where Link: ~Copyable {
  /// Sends what the batch holds, and keeps what the kernel does not take.
  mutating func send(_ bench: inout Workbench) {
    if state.phase == .closed { return bench.batch.removeAll() }
    if !bench.batch.isEmpty {
      let sent = unsent.isEmpty ? sendDirectly(bench) : 0
      if isBroken {
        bench.batch.removeAll()
        return breakOff(&bench)
      }
      if sent < bench.batch.size {
        let before = unsent.privateSize
        unsent.append(bench.batch, from: sent)
        bench.quotas.unwrittenBytes.add(unsent.privateSize - before)
      }
      bench.batch.removeAll()
      if !unsent.isEmpty { return perform(.sentSome, &bench) }
    } else if !unsent.isEmpty {
      return
    }
    perform(.sentAll, &bench)
  }

  /// - Returns: How many bytes of the batch were taken.
  mutating func sendDirectly(_ bench: borrowing Workbench) -> Int {
    if bench.batch.attachments.isEmpty {
      return sendWhole(bench.batch.bytes.span, more: false, bench)
    }
    var sent = 0
    var isOpen = true
    let size = bench.batch.size
    bench.batch.forEachSegment { segment in
      guard isOpen else { return }
      let taken =
        switch segment {
        case .own(let range):
          sendWhole(
            bench.batch.bytes.span.extracting(range),
            more: sent + range.count < size,
            bench
          )
        case .shared(let content):
          sendWhole(content.span, more: sent + content.count < size, bench)
        }
      sent += taken
      isOpen = taken == segment.count
    }
    return sent
  }

  /// Writes until all is taken or nothing more is.
  mutating func sendWhole(_ bytes: Span<UInt8>, more: Bool, _ bench: borrowing Workbench) -> Int {
    var sent = 0
    while sent < bytes.count {
      switch transport.write(bytes.extracting(sent..<bytes.count), more: more) {
      case .bytes(let count):
        sent += count
        lastProgress = bench.now
      case .wouldBlock:
        bench.statistics.bytesSent.add(sent)
        return sent
      case .failed:
        isBroken = true
        return sent
      }
    }
    bench.statistics.bytesSent.add(sent)
    return sent
  }

  mutating func flush(_ bench: inout Workbench) {
    var waiting = SendBuffer()
    swap(&waiting, &unsent)
    let before = waiting.privateSize
    let sent = waiting.drain { bytes, more in sendWhole(bytes, more: more, bench) }
    swap(&waiting, &unsent)
    bench.quotas.unwrittenBytes.add(unsent.privateSize - before)
    if isBroken { return breakOff(&bench) }
    if unsent.isEmpty {
      perform(.sentAll, &bench)
    } else if sent > 0 {
      perform(.sentSome, &bench)
    }
  }

  mutating func breakOff(_ bench: inout Workbench) {
    bench.statistics.count(.reset)
    perform(.failed, &bench)
  }
}
