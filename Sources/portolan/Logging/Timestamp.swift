import HTTP

/// A moment as logs write it, in UTC.
struct Timestamp: Equatable, Sendable {
  let nanosecondsSince1970: UInt64

  private struct Parts {
    let year: Int
    let month: Int
    let day: Int
    let hour: Int
    let minute: Int
    let second: Int
    let millisecond: Int
  }

  private var parts: Parts {
    let milliseconds = nanosecondsSince1970 / 1_000_000
    let seconds = Int64(milliseconds / 1000)
    let date = DateField.civil(daysSince1970: seconds / 86_400)
    let ofDay = Int(seconds % 86_400)
    return Parts(
      year: date.year,
      month: date.month,
      day: date.day,
      hour: ofDay / 3600,
      minute: ofDay / 60 % 60,
      second: ofDay % 60,
      millisecond: Int(milliseconds % 1000)
    )
  }

  /// `2026-02-13`.
  static func date(daysSince1970 days: Int) -> String {
    let date = DateField.civil(daysSince1970: Int64(days))
    var bytes: [UInt8] = []
    bytes.append(date.year, digits: 4)
    bytes.append(UInt8(ascii: "-"))
    bytes.append(date.month, digits: 2)
    bytes.append(UInt8(ascii: "-"))
    bytes.append(date.day, digits: 2)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// `2026-02-13T08:49:37.123Z` (RFC 3339).
  func writeInternet(to bytes: inout [UInt8]) {
    let parts = parts
    bytes.append(parts.year, digits: 4)
    bytes.append(UInt8(ascii: "-"))
    bytes.append(parts.month, digits: 2)
    bytes.append(UInt8(ascii: "-"))
    bytes.append(parts.day, digits: 2)
    bytes.append(UInt8(ascii: "T"))
    bytes.append(time: parts.hour, parts.minute, parts.second)
    bytes.append(UInt8(ascii: "."))
    bytes.append(parts.millisecond, digits: 3)
    bytes.append(UInt8(ascii: "Z"))
  }

  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// `13/Feb/2026:08:49:37 +0000`, as the combined log format has it.
  func writeCombined(to bytes: inout [UInt8]) {
    let parts = parts
    bytes.append(parts.day, digits: 2)
    bytes.append(UInt8(ascii: "/"))
    bytes.append(contentsOf: Self.months[parts.month - 1].utf8)
    bytes.append(UInt8(ascii: "/"))
    bytes.append(parts.year, digits: 4)
    bytes.append(UInt8(ascii: ":"))
    bytes.append(time: parts.hour, parts.minute, parts.second)
    bytes.append(contentsOf: " +0000".utf8)
  }
}

extension [UInt8] {
  /// A number with zeros before it, `digits` long.
  fileprivate mutating func append(_ value: Int, digits: Int) {
    var divisor = 1
    for _ in 1..<digits { divisor *= 10 }
    while divisor > 0 {
      append(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: value / divisor % 10))
      divisor /= 10
    }
  }

  fileprivate mutating func append(time hour: Int, _ minute: Int, _ second: Int) {
    append(hour, digits: 2)
    append(UInt8(ascii: ":"))
    append(minute, digits: 2)
    append(UInt8(ascii: ":"))
    append(second, digits: 2)
  }
}
