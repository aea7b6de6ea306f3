import Testing

@testable import HTTP

@Suite struct ResponseBatchTests {
  private func text(_ batch: borrowing ResponseBatch) -> String {
    String(decoding: batch.bytes, as: UTF8.self)
  }

  private func batch() -> ResponseBatch {
    var batch = ResponseBatch(capacity: 0)
    batch.setDate(DateField(secondsSince1970: 784_111_777))
    return batch
  }

  private let date = "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"

  @Test func anAnswerIsWrittenLineByLine() {
    var batch = batch()
    #expect(batch.isEmpty)
    batch.beginHead(.ok)
    batch.appendField("Vary", "Accept")
    batch.appendTag(EntityTag(digest: 1, coding: .identity))
    batch.appendContentLength(3)
    batch.endHead(content: Array("abc".utf8).span)
    #expect(
      text(batch) == "HTTP/1.1 200 OK\r\n\(date)Vary: Accept\r\nETag: \"0000000000000001\"\r\n"
        + "Content-Length: 3\r\n\r\nabc"
    )
    #expect(batch.latestStatus == .ok)
    #expect(batch.latestContentSize == 3)
    #expect(batch.size == batch.bytes.count)
    batch.removeAll()
    #expect(batch.isEmpty)
  }

  @Test(arguments: Status.allCases)
  func everyStatusHasItsLine(status: Status) {
    var batch = batch()
    batch.beginHead(status)
    batch.endHead()
    #expect(text(batch) == "HTTP/1.1 \(status.rawValue) \(status.reason)\r\n\(date)\r\n")
    #expect((200..<600).contains(status.code))
  }

  @Test func theConnectionIsSpokenOfWhereItMustBe() {
    var batch = batch()
    batch.persistence = .close
    batch.beginHead(.notFound)
    #expect(text(batch).hasSuffix("GMT\r\nConnection: close\r\n"))
    batch.removeAll()
    batch.persistence = .persistentByRequest
    batch.beginHead(.ok)
    #expect(text(batch).hasSuffix("GMT\r\nConnection: keep-alive\r\n"))
  }

  @Test func headLeavesTheContentOut() {
    var batch = batch()
    batch.omitsContent = true
    batch.beginHead(.ok)
    batch.endHead(content: [1, 2, 3].span)
    #expect(text(batch).hasSuffix("\r\n\r\n"))
    #expect(batch.latestContentSize == 3)
    batch.removeAll()
    batch.endHead(sharing: Array(repeating: 0, count: ResponseBatch.attachmentFloorBytes))
    #expect(batch.attachments.isEmpty)
    #expect(batch.size == 2)
    batch.removeAll()
    batch.endHead(prepared: Array("??A: b\r\n\r\ncontent??".utf8), at: 2..<17, headSize: 8)
    #expect(text(batch) == "A: b\r\n\r\n")
  }

  @Test(arguments: [-1, 0, 1])
  func longSharedContentIsAttached(difference: Int) {
    var batch = batch()
    let content = [UInt8](repeating: 7, count: ResponseBatch.attachmentFloorBytes + difference)
    batch.beginHead(.ok)
    batch.endHead(sharing: content)
    #expect(batch.latestContentSize == content.count)
    if difference < 0 {
      #expect(batch.attachments.isEmpty)
      #expect(batch.bytes.suffix(content.count) == content[...])
    } else {
      #expect(batch.attachments.map(\.offset) == [batch.bytes.count])
      #expect(batch.attachments.first?.content == content)
      #expect(batch.attachedBytes == content.count)
    }
    #expect(batch.size == batch.bytes.count + batch.attachedBytes)
    #expect(!batch.isEmpty)
    batch.removeAll()
    #expect(batch.size == 0)
  }

  @Test func preparedAnswersAreCopied() {
    var batch = batch()
    batch.endHead(prepared: Array("??A: b\r\n\r\ncontent??".utf8), at: 2..<17, headSize: 8)
    #expect(text(batch) == "A: b\r\n\r\ncontent")
    #expect(batch.latestContentSize == 7)
  }

  @Test(arguments: [0, 1, 9, 10, 11, 99, 100, 101, 65_535, 1_000_000, 1_234_567_890, .max])
  func numbersAreWrittenInDecimal(value: Int) {
    var bytes: [UInt8] = []
    bytes.appendDecimal(value)
    #expect(String(decoding: bytes, as: UTF8.self) == "\(value)")
  }

  @Test func copyingAppendsAllOfASpan() {
    for count in [0, 1, 15, 16, 17, 63, 64, 65, 1000] {
      let source = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
      var target: [UInt8] = [1, 2]
      target.append(copying: source.span)
      #expect(target == [1, 2] + source)
    }
  }

  @Test func circumstancesBeginWithNobody() {
    let circumstances = Circumstances(peer: .none)
    #expect(circumstances.peer.address.isEmpty)
    #expect(!circumstances.mayHold)
    #expect(!circumstances.isOverloaded)
    #expect(circumstances.beganNanoseconds == 0)
  }
}

extension ResponseBatchTests {
  /// The bytes of a run as they are sent, attachments at their places; those of the latest unless
  /// another is given.
  private func sent(
    _ batch: borrowing ResponseBatch,
    _ run: ResponseBatch.Run? = nil
  ) -> String {
    var bytes: [UInt8] = []
    let own = batch.bytes
    batch.forEachSegment(of: run ?? batch.run) { segment in
      switch segment {
      case .own(let range): bytes += own[range]
      case .shared(let content): bytes += content
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private func answer(_ content: [UInt8], into batch: inout ResponseBatch) {
    batch.beginHead(.ok)
    batch.endHead(sharing: content)
  }

  @Test func oneBatchFollowsAnother() {
    let long = [UInt8](repeating: 0x61, count: ResponseBatch.attachmentFloorBytes)
    var whole = batch()
    var first = batch()
    var second = batch()
    for (place, content) in [[0x62], long, [0x63], long, [0x64]].enumerated() {
      answer(content, into: &whole)
      if place < 2 { answer(content, into: &first) } else { answer(content, into: &second) }
    }
    second.beginHead(.notFound)
    second.endHead(copying: [0x65, 0x66])
    whole.beginHead(.notFound)
    whole.endHead(copying: [0x65, 0x66])
    first.append(second)
    #expect(sent(first) == sent(whole))
    #expect(first.size == whole.size)
    #expect(first.attachments.map(\.offset) == whole.attachments.map(\.offset))
    #expect(first.latestStatus == .notFound)
    #expect(first.latestContentSize == 2)
  }

  /// Each run is sent as if it were alone, whatever stands around it.
  @Test func runsAreKeptApart() {
    let long = [UInt8](repeating: 0x61, count: ResponseBatch.attachmentFloorBytes)
    let contents = [[[0x62], long], [[0x63]], [], [long, long], [[0x64]]]
    var alone: [String] = []
    var together = batch()
    var runs: [ResponseBatch.Run] = []
    for run in contents {
      var one = batch()
      for content in run {
        answer(content, into: &one)
        answer(content, into: &together)
      }
      alone.append(sent(one))
      #expect(together.run.size == one.size)
      runs.append(together.endRun())
      #expect(together.run.isEmpty)
    }
    #expect(runs.map { sent(together, $0) } == alone)
    #expect(runs.map(\.size).reduce(0, +) == together.size)
    #expect(runs.map(\.isEmpty) == contents.map(\.isEmpty))

    together.remove(from: runs[3])
    #expect(runs[..<3].map { sent(together, $0) } == alone[..<3].map { $0 })
    #expect(together.size == runs[..<3].map(\.size).reduce(0, +))
    answer([0x65], into: &together)
    #expect(together.run.bytes == runs[3].bytes.lowerBound..<together.bytes.count)
    #expect(sent(together).hasSuffix("e"))
    together.removeAll()
    #expect(together.isEmpty)
    #expect(together.run.isEmpty)
  }

  @Test func aWaitingClientIsAskedToGoOn() {
    var batch = batch()
    batch.appendContinue()
    #expect(text(batch) == "HTTP/1.1 100 Continue\r\n\r\n")
  }

  @Test func whatWasMadeEarlierIsCopied() {
    let store = Array("before\r\nabcbehind".utf8)
    for (omitsContent, expected) in [(false, "\r\nabc"), (true, "\r\n")] {
      var batch = batch()
      batch.omitsContent = omitsContent
      batch.beginHead(.ok)
      batch.appendLines(Array("A: b\r\n".utf8))
      batch.beginField("Link")
      batch.bytes.append(contentsOf: "c\r\n".utf8)
      batch.endHead(prepared: store, at: 6..<11, headSize: 2)
      #expect(text(batch) == "HTTP/1.1 200 OK\r\n\(date)A: b\r\nLink: c\r\n\(expected)")
      #expect(batch.latestContentSize == 3)
    }
  }
}

/// Every fault and problem has words, a status and a place.
@Suite struct ProblemTests {
  static let faults: [RequestHeadFault] = [
    .bareLineFeed, .bareCarriageReturn, .controlByte, .requestLine, .requestTarget, .versionSyntax,
    .versionUnsupported, .requestLineTooLong, .headTooLarge, .tooManyFields, .fieldName,
    .spaceBeforeColon, .lineFolding, .hostMissing, .hostRepeated, .hostInvalid, .contentLength,
    .contentLengthRepeated, .framingAmbiguous, .transferEncodingInOldVersion, .transferEncoding,
    .transferCodingUnknown, .contentTooLarge, .chunk, .expectation, .timeout, .wrongProtocol,
    .overloaded,
  ]

  @Test(arguments: faults)
  func aFaultIsAProblemOfTheSameStatus(fault: RequestHeadFault) {
    let problem = Problem(fault)
    #expect(problem.kind.status == fault.status)
    #expect(problem.detail == fault.reason)
    #expect(problem.errors.map(\.parameter) == (fault.field.map { [$0] } ?? []))
    #expect(problem.errors.allSatisfy { $0.place == .header })
  }

  @Test(arguments: [
    (RequestHeadFault.controlByte, Problem.Kind.malformedRequest),
    (.versionUnsupported, .versionNotSupported), (.requestLineTooLong, .targetTooLong),
    (.headTooLarge, .fieldsTooLarge), (.tooManyFields, .fieldsTooLarge),
    (.transferCodingUnknown, .methodNotImplemented), (.contentTooLarge, .contentTooLarge),
    (.expectation, .expectationFailed), (.timeout, .requestTimeout), (.overloaded, .overloaded),
  ])
  func aFaultHasItsKind(fault: RequestHeadFault, kind: Problem.Kind) {
    #expect(Problem(fault).kind == kind)
  }

  @Test func everyReasonAndTitleIsItsOwn() {
    #expect(Set(Self.faults.map(\.reason)).count == Self.faults.count)
    #expect(Set(Problem.Kind.allCases.map(\.title)).count == Problem.Kind.allCases.count)
    for kind in Problem.Kind.allCases {
      #expect(kind.rawValue.allSatisfy { $0 == "-" || $0.isLowercase })
      #expect(kind.status.code >= 400)
    }
  }

  @Test func theLimitsInTheReasonsAreTheLimits() {
    let limits = HeadLimits.standard
    #expect(RequestHeadFault.requestLineTooLong.reason.contains("\(limits.requestLineBytes)"))
    #expect(RequestHeadFault.headTooLarge.reason.contains("\(limits.headBytes)"))
    #expect(RequestHeadFault.headTooLarge.reason.contains("\(ContentDiscarder.trailerMax)"))
    #expect(RequestHeadFault.tooManyFields.reason.contains("\(limits.fieldCount)"))
    #expect(RequestHeadFault.contentTooLarge.reason.contains("\(limits.contentBytes)"))
  }

  @Test func anInvalidParameterIsNamed() {
    let problem = Problem.invalid("limit", "must be a number")
    #expect(problem.kind == .invalidParameter)
    #expect(problem.detail == "limit: must be a number")
    #expect(
      problem.errors == [.init(parameter: "limit", place: .query, reason: "must be a number")]
    )
  }
}
