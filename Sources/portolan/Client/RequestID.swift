import HTTP

/// What a request is called, so that the client's log and ours can be laid side by side.
enum RequestID {
  static let fieldName = "X-Request-Id"

  /// A longer one is not believed to be an identifier.
  static let sizeMax = 64

  /// Where the client's `X-Request-Id` stands, if it may be echoed and logged: letters, digits,
  /// dots, underscores and hyphens only, and only one of it.
  static func range(in head: borrowing RequestHead, _ bytes: Span<UInt8>) -> Range<Int>? {
    guard let range = head.first(.requestID), head.count(of: .requestID) == 1,
      isValid(bytes.extracting(range))
    else { return nil }
    return range
  }

  static func isValid(_ text: Span<UInt8>) -> Bool {
    guard (1...sizeMax).contains(text.count) else { return false }
    for index in text.indices {
      switch text[index] {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "-"):
        continue
      default: return false
      }
    }
    return true
  }
}

/// Names for requests whose clients gave none, for one loop.
///
/// What comes before the hyphen is chosen by chance for each loop of each process, so that no two
/// name a request alike and nobody can tell the names of another process; behind it they are
/// counted.
struct RequestNamer {
  private let prefix: [UInt8]
  private var count = 0

  init() {
    var generator = SystemRandomNumberGenerator()
    self.init(chance: generator.next())
  }

  init(chance: UInt64) {
    let digits = String(chance, radix: 16)
    prefix = Array((String(repeating: "0", count: 16 - digits.utf8.count) + digits + "-").utf8)
  }

  /// Appends a name that was not given before.
  mutating func appendNext(to bytes: inout [UInt8]) {
    count += 1
    bytes.append(contentsOf: prefix)
    bytes.appendDecimal(count)
  }
}
