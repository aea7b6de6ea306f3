import Foundation
import Testing

@testable import HTTP

/// RFC 9110 §5.6.7, against Foundation's calendar.
@Suite struct DateFieldTests {
  private let now = DateField(secondsSince1970: 1_795_600_000)  // 2026-11-25T09:46:40Z

  private func text(_ seconds: Int64) -> String {
    var bytes: [UInt8] = []
    DateField(secondsSince1970: seconds).write(to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  private func parse(_ text: String, now: DateField? = nil) -> Int64? {
    DateField(parsing: Array(text.utf8).span, now: now ?? self.now)?.secondsSince1970
  }

  private func formatter(_ format: String) -> DateFormatter {
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.timeZone = TimeZone(secondsFromGMT: 0)
    formatter.dateFormat = format
    return formatter
  }

  // MARK: Against the calendar

  /// The first and last second of every day of the years 1970 to 2099.
  @Test func theCalendarAgreesForAHundredAndThirtyYears() {
    let formatter = formatter("EEE, dd MMM yyyy HH:mm:ss 'GMT'")
    let lastDay = DateField.days(year: 2100, month: 1, day: 1)
    for day in 0..<lastDay {
      for seconds in [day * 86_400, day * 86_400 + 86_399] {
        let expected = formatter.string(from: Date(timeIntervalSince1970: Double(seconds)))
        if text(seconds) != expected || parse(expected) != seconds {
          Issue.record("\(seconds): \(expected)")
          return
        }
      }
    }
  }

  @Test func everySecondOfADayIsWrittenAndRead() {
    let day = DateField.days(year: 2024, month: 2, day: 29) * 86_400
    for second in 0..<Int64(86_400) {
      let hour = second / 3600
      let minute = second / 60 % 60
      let time = [hour, minute, second % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }
        .joined(separator: ":")
      let expected = "Thu, 29 Feb 2024 \(time) GMT"
      if text(day + second) != expected || parse(expected) != day + second {
        Issue.record("\(expected)")
        return
      }
    }
  }

  @Test func theThreeFormatsOfTheStandardAreOne() {
    let expected: Int64 = 784_111_777
    #expect(text(expected) == "Sun, 06 Nov 1994 08:49:37 GMT")
    #expect(parse("Sun, 06 Nov 1994 08:49:37 GMT") == expected)
    #expect(parse("Sunday, 06-Nov-94 08:49:37 GMT") == expected)
    #expect(parse("Sun Nov  6 08:49:37 1994") == expected)
    #expect(parse("Wed Nov 16 08:49:37 1994") == expected + 864_000)
  }

  @Test func theOlderFormatsAgreeWithTheCalendar() {
    let long = formatter("EEEE, dd-MMM-yy HH:mm:ss 'GMT'")
    let asctime = formatter("EEE MMM dd HH:mm:ss yyyy")
    for day in stride(from: Int64(7305), to: 20_000, by: 1) {  // From 1990-01-01.
      let seconds = day * 86_400 + day % 86_400
      let date = Date(timeIntervalSince1970: Double(seconds))
      #expect(parse(long.string(from: date)) == seconds)
      let zeroPadded = asctime.string(from: date)
      let padded = zeroPadded.replacing(/^(... ...) 0/) { "\($0.output.1)  " }
      #expect(parse(padded) == seconds)
    }
  }

  @Test func leapYearsFollowTheGregorianRule() {
    #expect(parse("Tue, 29 Feb 2000 00:00:00 GMT") != nil)
    #expect(parse("Thu, 29 Feb 2024 00:00:00 GMT") != nil)
    #expect(parse("Mon, 29 Feb 1900 00:00:00 GMT") == nil)
    #expect(parse("Mon, 29 Feb 2100 00:00:00 GMT") == nil)
    #expect(parse("Wed, 29 Feb 2023 00:00:00 GMT") == nil)
  }

  @Test func theYearsOfFourDigitsHaveTheirEnds() {
    let first: Int64 = -62_167_219_200
    let last: Int64 = 253_402_300_799
    #expect(text(first) == "Sat, 01 Jan 0000 00:00:00 GMT")
    #expect(text(last) == "Fri, 31 Dec 9999 23:59:59 GMT")
    #expect(parse(text(first)) == first)
    #expect(parse(text(last)) == last)
    #expect(text(.min) == text(first))
    #expect(text(.max) == text(last))
    #expect(text(-1) == "Wed, 31 Dec 1969 23:59:59 GMT")
    #expect(DateField(secondsSince1970: 1) < DateField(secondsSince1970: 2))
  }

  // MARK: The century of two digits

  @Test func aYearMoreThanFiftyAheadIsInThePast() throws {
    let now = DateField(secondsSince1970: try #require(parse("Wed, 25 Nov 2026 09:46:40 GMT")))
    func year(_ date: String) -> Int? {
      parse(date, now: now).map {
        DateField.civil(daysSince1970: ($0 + 86_400 * 719_528) / 86_400 - 719_528).year
      }
    }
    #expect(year("Sunday, 01-Jan-00 00:00:00 GMT") == 2000)
    #expect(year("Sunday, 01-Jan-27 00:00:00 GMT") == 2027)
    #expect(year("Sunday, 24-Nov-76 09:46:40 GMT") == 2076)
    #expect(year("Sunday, 25-Nov-76 09:46:40 GMT") == 2076)
    #expect(year("Sunday, 25-Nov-76 09:46:41 GMT") == 1976)
    #expect(year("Sunday, 26-Nov-76 00:00:00 GMT") == 1976)
    #expect(year("Sunday, 01-Dec-76 00:00:00 GMT") == 1976)
    #expect(year("Sunday, 01-Jan-77 00:00:00 GMT") == 1977)
    #expect(year("Sunday, 31-Dec-99 00:00:00 GMT") == 1999)
  }

  // MARK: What is no date

  @Test(arguments: [
    "", "S", "Sun", "Sun,", "Sun, ", ",", "now", "0", "784111777",
    "sun, 06 Nov 1994 08:49:37 GMT", "SUN, 06 NOV 1994 08:49:37 GMT",
    "Sun, 06 nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 gmt",
    "Sun, 06 Nov 1994 08:49:37 UTC", "Sun, 06 Nov 1994 08:49:37 +0000",
    "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 GMT ", " Sun, 06 Nov 1994 08:49:37 GMT",
    "Sun, 6 Nov 1994 08:49:37 GMT", "Sun,  6 Nov 1994 08:49:37 GMT", "Sun,06 Nov 1994 08:49:37 GMT",
    "Xxx, 06 Nov 1994 08:49:37 GMT", "Sunday, 06 Nov 1994 08:49:37 GMT",
    "Sun, 06-Nov-94 08:49:37 GMT", "Sunday, 06-Nov-1994 08:49:37 GMT",
    "Sun, 06 Nov 94 08:49:37 GMT", "Sun, 06 Nov 19944 08:49:37 GMT",
    "Sun, 00 Nov 1994 08:49:37 GMT", "Sun, 31 Nov 1994 08:49:37 GMT",
    "Sun, 32 Jan 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:00:00 GMT",
    "Sun, 06 Nov 1994 08:60:37 GMT", "Sun, 06 Nov 1994 08:49:61 GMT",
    "Sun, 06 Nov 1994 8:49:37 GMT", "Sun, 06 Nov 1994 08.49.37 GMT",
    "Sun, 06 Nov 1994 -8:49:37 GMT",
    "Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT",
    "Sun Nov 6 08:49:37 1994", "Sun Nov   6 08:49:37 1994", "Sun Nov 06 08:49:37 94",
    "Sun Nov  6 08:49:37 1994 GMT", "Sunday Nov  6 08:49:37 1994", "Sun Nov 32 08:49:37 1994",
    "Sun Xov  6 08:49:37 1994", "Sun  Nov 6 08:49:37 1994", "Sun Nov  0 08:49:37 1994",
    "Sunday, 06-Xov-94 08:49:37 GMT", "Sunday, 06-Nov-9 08:49:37 GMT",
    "Sunday, 31-Feb-94 08:49:37 GMT", "Somday, 06-Nov-94 08:49:37 GMT",
  ])
  func whatIsNoDateIsNone(text: String) {
    #expect(parse(text) == nil)
  }

  @Test func everyCutOfADateIsNone() {
    for whole in [
      "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
    ] {
      for count in 0..<whole.count { #expect(parse(String(whole.prefix(count))) == nil) }
    }
  }

  @Test func aLeapSecondIsTheSecondBeforeIt() {
    #expect(parse("Sat, 31 Dec 2016 23:59:60 GMT") == parse("Sat, 31 Dec 2016 23:59:59 GMT"))
  }

  @Test func theNameOfTheDayIsNotHeldAgainstTheDate() {
    #expect(parse("Mon, 06 Nov 1994 08:49:37 GMT") == 784_111_777)
  }
}
