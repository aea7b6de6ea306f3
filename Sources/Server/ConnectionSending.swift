internal import HTTP

// How a connection sends what was answered, as fast as its client takes it.
extension Connection where Link: ~Copyable {
  /// Sends what was answered just now.
  mutating func sendAtOnce(_ bench: inout Workbench) {
    let run = bench.batch.endRun()
    send(run, &bench)
    bench.batch.remove(from: run)
  }

  /// Sends a run of the batch, and keeps what the kernel does not take.
  mutating func send(_ run: ResponseBatch.Run, _ bench: inout Workbench) {
    if state.phase == .closed { return }
    if !run.isEmpty {
      let sent = unsent.isEmpty ? sendDirectly(run, bench) : 0
      if isBroken { return breakOff(&bench) }
      if sent < run.size {
        let before = unsent.privateSize
        unsent.append(run, of: bench.batch, from: sent)
        bench.quotas.unwrittenBytes.add(unsent.privateSize - before)
      }
      if !unsent.isEmpty { return perform(.sentSome, &bench) }
    } else if !unsent.isEmpty {
      return
    }
    perform(.sentAll, &bench)
  }

  /// - Returns: How many bytes of the run were taken.
  mutating func sendDirectly(_ run: ResponseBatch.Run, _ bench: borrowing Workbench) -> Int {
    if run.attachments.isEmpty {
      return sendWhole(bench.batch.bytes.span.extracting(run.bytes), more: false, bench)
    }
    var sent = 0
    var isOpen = true
    let size = run.size
    bench.batch.forEachSegment(of: run) { segment in
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
