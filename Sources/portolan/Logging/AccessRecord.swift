import HTTP
import JSON

/// What is logged of one request and its answer.
struct AccessRecord {
  var time: Timestamp
  /// Who asked, as text.
  var client: String
  var status: Status
  /// How many bytes of content the answer has.
  var contentSize: Int
  var durationNanoseconds: UInt64
  /// The subject of a verified client certificate.
  var user: String?

  /// Appends the line for a request whose head was read; `nil` when it could not be.
  func write(
    _ format: AccessLogFormat,
    method: Span<UInt8>,
    target: Span<UInt8>,
    minorVersion: UInt8?,
    referer: Span<UInt8>,
    userAgent: Span<UInt8>,
    requestID: Span<UInt8>,
    into line: inout AccessLine
  ) {
    switch format {
    case .json:
      line.writer.beginObject()
      line.stamp.removeAll(keepingCapacity: true)
      time.writeInternet(to: &line.stamp)
      line.writer.name("time")
      let stamp = line.stamp
      line.writer.value(stamp.span)
      line.writer.name("client")
      line.writer.value(client)
      if let user { line.writer.member("user", user) }
      line.member("method", method)
      line.member("target", target)
      if let minorVersion { line.writer.member("protocol", Self.version(minorVersion)) }
      line.writer.member("status", status.code)
      line.writer.member("bytes", contentSize)
      line.writer.member("duration_us", Int(clamping: durationNanoseconds / 1000))
      line.member("referer", referer)
      line.member("user_agent", userAgent)
      line.member("request_id", requestID)
      line.writer.endObject()
      line.writer.endText()
    case .combined:
      combined(
        method: method,
        target: target,
        minorVersion: minorVersion,
        referer: referer,
        userAgent: userAgent,
        into: &line
      )
    }
  }

  /// `client - user [time] "request line" status bytes "referer" "user agent"`
  private func combined(
    method: Span<UInt8>,
    target: Span<UInt8>,
    minorVersion: UInt8?,
    referer: Span<UInt8>,
    userAgent: Span<UInt8>,
    into line: inout AccessLine
  ) {
    line.text.append(contentsOf: client.utf8)
    line.text.append(contentsOf: " - ".utf8)
    if let user {
      // A subject holds blanks, and between blanks is where this format has its user.
      line.text.append(contentsOf: user.utf8.map { 0x21...0x7E ~= $0 ? $0 : 0x5F })
    } else {
      line.text.append(UInt8(ascii: "-"))
    }
    line.text.append(contentsOf: " [".utf8)
    time.writeCombined(to: &line.text)
    line.text.append(contentsOf: "] \"".utf8)
    if let minorVersion {
      LogEscaping.appendQuotable(method, to: &line.text)
      line.text.append(.space)
      LogEscaping.appendQuotable(target, to: &line.text)
      line.text.append(.space)
      line.text.append(contentsOf: Self.version(minorVersion).utf8)
    } else {
      line.text.append(UInt8(ascii: "-"))
    }
    line.text.append(contentsOf: "\" ".utf8)
    line.text.appendDecimal(status.code)
    line.text.append(.space)
    line.text.appendDecimal(max(0, contentSize))
    line.quoted(referer)
    line.quoted(userAgent)
    line.text.append(.lineFeed)
  }

  private static func version(_ minor: UInt8) -> String {
    minor == 0 ? "HTTP/1.0" : "HTTP/1.1"
  }
}

/// The line at hand; kept and used again, so that writing one allocates nothing once warm.
struct AccessLine {
  fileprivate(set) var writer = JSONWriter(capacity: 1024)
  fileprivate(set) var text: [UInt8] = []
  fileprivate var stamp: [UInt8] = []

  mutating func removeAll() {
    writer.removeAll()
    text.removeAll(keepingCapacity: true)
  }

  /// A member with what the network said; left out when there is nothing.
  fileprivate mutating func member(_ name: String, _ value: Span<UInt8>) {
    guard !value.isEmpty else { return }
    writer.name(name)
    let part = value.extracting(first: min(value.count, LogEscaping.textLimitBytes))
    if (try? UTF8Span(validating: part)) != nil {
      writer.value(part)
    } else {
      // JSON must be UTF-8 (RFC 8259 §8.1), so what is not is written out.
      stamp.removeAll(keepingCapacity: true)
      LogEscaping.appendQuotable(part, to: &stamp)
      let written = stamp
      writer.value(written.span)
    }
  }

  fileprivate mutating func quoted(_ value: Span<UInt8>) {
    text.append(contentsOf: " \"".utf8)
    if value.isEmpty {
      text.append(UInt8(ascii: "-"))
    } else {
      LogEscaping.appendQuotable(value, to: &text)
    }
    text.append(UInt8(ascii: "\""))
  }
}

extension JSONWriter {
  fileprivate mutating func member(_ memberName: String, _ text: String) {
    name(memberName)
    value(text)
  }

  fileprivate mutating func member(_ memberName: String, _ number: Int) {
    name(memberName)
    value(number)
  }
}
