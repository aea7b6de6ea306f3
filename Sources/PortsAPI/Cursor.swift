import HTTP

/// A place in the order of a list's items, for the client to hand back.
///
/// Sixteen bytes in base64url (RFC 4648 §5): the key of the last item that was sent, and a digest
/// of it and of all that decides the order: the data, the question and its filters. The limit and
/// the form may change from page to page.
enum Cursor {
  /// How long a well-formed cursor may be, in characters.
  static let sizeMax = 64
  private static let digitCount = 22

  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8
  )

  /// Appends the cursor that leads on behind `key`.
  static func write(_ key: UInt64, _ binding: ContentDigest, to text: inout [UInt8]) {
    // 128 bits, six at a time; the last digit has two of them and four that are empty.
    var high = key
    var low = check(key, binding)
    text.append(addingCapacity: digitCount) { text in
      for _ in 0..<digitCount {
        text.append(alphabet[Int(high >> 58)])
        high = high << 6 | low >> 58
        low <<= 6
      }
    }
  }

  /// The key that a cursor holds.
  ///
  /// - Throws: `invalid-parameter` for what is no cursor, `stale-cursor` for one of another
  ///   question or other data.
  static func read(_ text: Span<UInt8>, _ binding: ContentDigest) throws(Problem) -> UInt64 {
    var key: UInt64 = 0
    var check: UInt64 = 0
    guard (1...sizeMax).contains(text.count) else { throw malformed }
    for index in text.indices {
      guard let value = alphabet.firstIndex(of: text[index]) else { throw malformed }
      for bit in 0..<6 {
        let place = 6 * index + bit
        let isSet = UInt64(value >> (5 - bit) & 1)
        if place < 64 { key = key << 1 | isSet } else if place < 128 { check = check << 1 | isSet }
        // What a writer leaves empty must be empty.
        if place >= 128, isSet == 1 { throw stale }
      }
    }
    guard text.count == digitCount, check == Self.check(key, binding) else { throw stale }
    return key
  }

  private static func check(_ key: UInt64, _ binding: ContentDigest) -> UInt64 {
    var digest = binding
    digest.append(key)
    return digest.finish()
  }

  private static var malformed: Problem {
    .invalid("cursor", "must be 1 to \(sizeMax) of A-Z, a-z, 0-9, - and _")
  }

  private static var stale: Problem {
    Problem(
      .staleCursor,
      "begin again without it: the question, a filter or the data has changed",
      errors: [
        Problem.Detail(
          parameter: "cursor",
          place: .query,
          reason: "belongs to another question or other data"
        )
      ]
    )
  }
}
