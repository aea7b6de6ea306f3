/// How an assignment answers a question; the order is the first key of the ranking.
package enum MatchClass: UInt8, Comparable, Sendable {
  /// The port was asked for by number.
  case number
  /// The question is the service name, an alias, or the printed name.
  case name
  /// Such a name begins with the question.
  case prefix
  /// Every word of the question stands in the assignment; the last may be unfinished.
  case word
  /// Every word stands at least within another.
  case substring
  /// Some word was mistyped.
  case fuzzy

  package static func < (left: MatchClass, right: MatchClass) -> Bool {
    left.rawValue < right.rawValue
  }
}

/// Where an item stands in the order of answers. Lower is better, and no two items share one.
///
/// From the highest bit: class, site, use, exact before alias, field, official, port number, and
/// last the item's own place, so that a cursor can name any point of the order.
package struct RankingKey: Comparable, Hashable, Sendable {
  package let rawValue: UInt64

  package init(rawValue: UInt64) { self.rawValue = rawValue }

  /// What assignment `number` brings with it: all but class and field.
  init(of record: AssignmentRecord, number: Int) {
    var key: UInt64 = record.isIn(.site) ? 0 : 1
    key = key << 4 | UInt64(9 - min(record.use, 9))
    key = key << 5 | (record.isOfficial ? 0 : 1)
    key = key << 17 | (record.hasPort ? UInt64(record.first) : 65_536)
    key = key << 24 | UInt64(number)
    rawValue = key
  }

  /// The place of an assignment, given what it brings with it and, in the lowest eight bits, how it
  /// answers (``Grade``).
  @inline(__always)
  init(_ rank: RankingKey, answer: UInt32) {
    rawValue = rank.rawValue | UInt64(answer & 0xF0) << 47 | UInt64(answer & 0xF) << 42
  }

  /// The place of an item that was not searched for: the order of ports.
  init(browsing number: Int) { rawValue = UInt64(number) }

  /// The item's own place among the records.
  package var number: Int { Int(rawValue & 0xFF_FFFF) }

  /// The field of a key that was searched for, by the order of ``FieldSet``.
  var field: Int { Int(rawValue >> 42 & 0xF) }

  /// The class of a key that was searched for.
  package var matchClass: MatchClass { MatchClass(rawValue: UInt8(rawValue >> 51 & 7)) ?? .fuzzy }

  package static func < (left: RankingKey, right: RankingKey) -> Bool {
    left.rawValue < right.rawValue
  }
}

extension [RankingKey] {
  /// Takes the `limit` least keys behind `key`, in order.
  func takeLeast(_ limit: Int, after key: RankingKey?, into page: inout [RankingKey]) {
    page.removeAll(keepingCapacity: true)
    guard limit > 0, key?.rawValue != .max else { return }
    let keys = span
    let least = key.map { $0.rawValue + 1 } ?? 0
    var read = 0
    page.append(addingCapacity: Swift.min(limit, keys.count)) { page in
      while read < keys.count, page.count < limit {
        if keys[read].rawValue >= least { page.append(keys[read]) }
        read += 1
      }
    }
    page.sort()
    guard read < keys.count else { return }
    let others = keys.extracting(read..<keys.count)
    var best = page.mutableSpan
    var reach = best[limit - 1].rawValue - least
    for index in others.indices {
      let candidate = others[index]
      // What is below the least comes out far beyond all that can be reached.
      guard candidate.rawValue &- least < reach else { continue }
      // The others make room: pages are short, and few candidates come this far.
      var place = limit - 1
      while place > 0, candidate < best[place - 1] {
        best[place] = best[place - 1]
        place -= 1
      }
      best[place] = candidate
      reach = best[limit - 1].rawValue - least
    }
  }
}
