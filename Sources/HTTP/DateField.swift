/// A point in time as HTTP writes it (RFC 9110 §5.6.7), in whole seconds since
/// 1970-01-01T00:00:00Z.
package struct DateField: Equatable, Comparable, Sendable {
  package let secondsSince1970: Int64

  /// What lies outside the years that four digits can write is taken for their first or last
  /// second.
  package init(secondsSince1970: Int64) {
    self.secondsSince1970 = min(max(secondsSince1970, Self.firstSecond), Self.lastSecond)
  }

  /// 0000-01-01T00:00:00Z.
  private static let firstSecond = days(year: 0, month: 1, day: 1) * 86_400
  /// 9999-12-31T23:59:59Z.
  private static let lastSecond = days(year: 10_000, month: 1, day: 1) * 86_400 - 1

  package static func < (left: DateField, right: DateField) -> Bool {
    left.secondsSince1970 < right.secondsSince1970
  }

  private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
  private static let longWeekdays = [
    "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
  ]
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// IMF-fixdate, always 29 bytes: `Sun, 06 Nov 1994 08:49:37 GMT`.
  package func write(to bytes: inout [UInt8]) {
    let days = secondsSince1970.flooredQuotient(86_400)
    let second = Int(secondsSince1970 - days * 86_400)
    let date = Self.civil(daysSince1970: days)
    bytes.append(contentsOf: Self.weekdays[Int((days + 4).flooredRemainder(7))].utf8)
    bytes.append(contentsOf: ", ".utf8)
    Self.append(date.day, digits: 2, to: &bytes)
    bytes.append(.space)
    bytes.append(contentsOf: Self.months[date.month - 1].utf8)
    bytes.append(.space)
    Self.append(date.year, digits: 4, to: &bytes)
    bytes.append(.space)
    Self.append(second / 3600, digits: 2, to: &bytes)
    bytes.append(UInt8(ascii: ":"))
    Self.append(second / 60 % 60, digits: 2, to: &bytes)
    bytes.append(UInt8(ascii: ":"))
    Self.append(second % 60, digits: 2, to: &bytes)
    bytes.append(contentsOf: " GMT".utf8)
  }

  private static func append(_ value: Int, digits: Int, to bytes: inout [UInt8]) {
    var divisor = 1
    for _ in 1..<digits { divisor *= 10 }
    while divisor > 0 {
      bytes.append(UInt8(ascii: "0") + UInt8(value / divisor % 10))
      divisor /= 10
    }
  }

  // MARK: Reading

  /// Reads any of the three formats that a recipient must accept; `nil` for anything else, which a
  /// conditional field then is as if it were absent (RFC 9110 §13.1.3, §13.1.4).
  ///
  /// - Parameter now: Decides which century a two-digit year means: one more than 50 years ahead is
  ///   in the past.
  package init?(parsing text: Span<UInt8>, now: DateField) {
    var reader = DateReader(end: text.count)
    guard let seconds = reader.read(text, now: now) else { return nil }
    secondsSince1970 = seconds
  }

  /// A cursor over a date's text. Every step says whether it succeeded.
  private struct DateReader {
    var index = 0
    let end: Int

    mutating func read(_ text: Span<UInt8>, now: DateField) -> Int64? {
      var comma = 0
      while comma < end, text[comma] != UInt8(ascii: ",") { comma += 1 }
      let fields: (day: Int, month: Int, year: Int, time: Int)?
      let weekday: Int?
      if comma == 3 {
        weekday = word(text, among: DateField.weekdays)
        fields = fixdate(text)
      } else if comma < end {
        weekday = word(text, among: DateField.longWeekdays)
        fields = rfc850(text, now: now)
      } else {
        weekday = word(text, among: DateField.weekdays)
        fields = asctime(text)
      }
      guard weekday != nil, let fields, index == end else { return nil }
      guard (1...31).contains(fields.day) else { return nil }
      let days = DateField.days(year: fields.year, month: fields.month, day: fields.day)
      // The 31st of a month of 30 days comes back as another date.
      guard DateField.civil(daysSince1970: days).day == fields.day else { return nil }
      return days * 86_400 + Int64(fields.time)
    }

    /// `, 06 Nov 1994 08:49:37 GMT`
    private mutating func fixdate(
      _ text: Span<UInt8>
    ) -> (day: Int, month: Int, year: Int, time: Int)? {
      guard literal(text, ", "), let day = digits(text, 2), literal(text, " "),
        let month = word(text, among: DateField.months), literal(text, " "),
        let year = digits(text, 4), literal(text, " "), let time = time(text),
        literal(text, " GMT")
      else { return nil }
      return (day, month + 1, year, time)
    }

    /// `, 06-Nov-94 08:49:37 GMT`
    private mutating func rfc850(
      _ text: Span<UInt8>,
      now: DateField
    ) -> (day: Int, month: Int, year: Int, time: Int)? {
      guard literal(text, ", "), let day = digits(text, 2), literal(text, "-"),
        let month = word(text, among: DateField.months), literal(text, "-"),
        let short = digits(text, 2), literal(text, " "), let time = time(text),
        literal(text, " GMT")
      else { return nil }
      let days = now.secondsSince1970.flooredQuotient(86_400)
      let today = DateField.civil(daysSince1970: days)
      let secondOfToday = Int(now.secondsSince1970 - days * 86_400)
      let year = today.year / 100 * 100 + short
      let isTooFarAhead =
        (year - 50, month + 1, day, time) > (today.year, today.month, today.day, secondOfToday)
      return (day, month + 1, isTooFarAhead ? year - 100 : year, time)
    }

    /// ` Nov  6 08:49:37 1994`
    private mutating func asctime(
      _ text: Span<UInt8>
    ) -> (day: Int, month: Int, year: Int, time: Int)? {
      guard literal(text, " "), let month = word(text, among: DateField.months),
        literal(text, " ")
      else { return nil }
      let day = literal(text, " ") ? digits(text, 1) : digits(text, 2)
      guard let day, literal(text, " "), let time = time(text), literal(text, " "),
        let year = digits(text, 4)
      else { return nil }
      return (day, month + 1, year, time)
    }

    /// `08:49:37`, as seconds of the day; a leap second is the second before it.
    private mutating func time(_ text: Span<UInt8>) -> Int? {
      guard let hour = digits(text, 2), hour < 24, literal(text, ":"),
        let minute = digits(text, 2), minute < 60, literal(text, ":"),
        let second = digits(text, 2), second <= 60
      else { return nil }
      return hour * 3600 + minute * 60 + min(second, 59)
    }

    private mutating func digits(_ text: Span<UInt8>, _ count: Int) -> Int? {
      guard index + count <= end else { return nil }
      var value = 0
      for _ in 0..<count {
        guard text[index].isDigit else { return nil }
        value = value * 10 + Int(text[index] - 0x30)
        index += 1
      }
      return value
    }

    private mutating func literal(_ text: Span<UInt8>, _ expected: String) -> Bool {
      let count = expected.utf8.count
      guard index + count <= end, text.extracting(index..<index + count).equals(expected)
      else { return false }
      index += count
      return true
    }

    private mutating func word(_ text: Span<UInt8>, among words: [String]) -> Int? {
      for place in words.indices where literal(text, words[place]) { return place }
      return nil
    }
  }

  // MARK: The proleptic Gregorian calendar

  /// The date so many days after 1970-01-01. A year is counted from March, so that the leap day is
  /// its last, and years come in cycles of 400.
  package static func civil(daysSince1970: Int64) -> (year: Int, month: Int, day: Int) {
    let days = daysSince1970 + 719_468  // From 0000-03-01.
    let cycle = days.flooredQuotient(146_097)
    let dayOfCycle = Int(days - cycle * 146_097)
    let yearOfCycle =
      (dayOfCycle - dayOfCycle / 1460 + dayOfCycle / 36_524 - dayOfCycle / 146_096) / 365
    let dayOfYear = dayOfCycle - (365 * yearOfCycle + yearOfCycle / 4 - yearOfCycle / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    return (Int(cycle) * 400 + yearOfCycle + (month <= 2 ? 1 : 0), month, day)
  }

  /// How many days a date lies after 1970-01-01.
  static func days(year: Int, month: Int, day: Int) -> Int64 {
    let yearFromMarch = Int64(month <= 2 ? year - 1 : year)
    let cycle = yearFromMarch.flooredQuotient(400)
    let yearOfCycle = yearFromMarch - cycle * 400
    let monthFromMarch = Int64(month > 2 ? month - 3 : month + 9)
    let dayOfYear = (153 * monthFromMarch + 2) / 5 + Int64(day) - 1
    let dayOfCycle = yearOfCycle * 365 + yearOfCycle / 4 - yearOfCycle / 100 + dayOfYear
    return cycle * 146_097 + dayOfCycle - 719_468
  }
}

extension Int64 {
  fileprivate func flooredQuotient(_ divisor: Int64) -> Int64 {
    let quotient = self / divisor
    return self % divisor < 0 ? quotient - 1 : quotient
  }

  fileprivate func flooredRemainder(_ divisor: Int64) -> Int64 {
    let remainder = self % divisor
    return remainder < 0 ? remainder + divisor : remainder
  }
}
