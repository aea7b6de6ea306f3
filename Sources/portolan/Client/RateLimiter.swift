import Synchronization

/// Holds each client network to so many requests a second, with room for bursts, whichever loops
/// its connections are on.
///
/// A token bucket is kept as a single time: the moment at which it will be full again (the generic
/// cell rate algorithm). A bucket that is full says nothing, so its place is free, and the table
/// has a fixed size however many networks ask. A bucket and its owner change together, by compare
/// and exchange, so no loop ever waits for another.
final class RateLimiter: Sendable {
  enum Verdict: Equatable {
    case allowed
    /// `Retry-After` in whole seconds, at least 1.
    case refused(retryAfterSeconds: Int)
  }

  /// Two words that are read and written as one.
  private struct Bucket {
    let network: UInt64
    /// When the bucket is full again; 0 for a place that nobody has.
    let fullAtNanoseconds: UInt64

    init(network: UInt64, fullAtNanoseconds: UInt64) {
      self.network = network
      self.fullAtNanoseconds = fullAtNanoseconds
    }

    init(_ words: WordPair) {
      self.init(network: UInt64(words.first), fullAtNanoseconds: UInt64(words.second))
    }

    var words: WordPair {
      WordPair(first: UInt(network), second: UInt(fullAtNanoseconds))
    }
  }

  /// Networks that can be told apart; beyond that the fullest bucket of a set gives way.
  static let bucketCount = 8192
  private static let setSize = 4

  private let buckets = InlineArray<8192, Atomic<WordPair>> { _ in
    Atomic(WordPair(first: 0, second: 0))
  }
  private let nanosecondsPerRequest: UInt64
  /// How far in the future a bucket may be full and still give.
  private let toleranceNanoseconds: UInt64
  /// Secret, so that nobody can choose addresses that share a set.
  private let seed: UInt64

  init(
    requestsPerSecond: Int,
    burst: Int,
    seed: UInt64 = UInt64.random(in: 0...UInt64.max)
  ) {
    nanosecondsPerRequest = 1_000_000_000 / UInt64(max(1, requestsPerSecond))
    toleranceNanoseconds = nanosecondsPerRequest * UInt64(max(1, burst) - 1)
    self.seed = seed
  }

  /// Asks for one request of `address`, and counts it if it is allowed. From any thread.
  ///
  /// - Parameter now: A clock that never goes back; threads may be a little apart.
  func admit(_ address: IPAddress, nowNanoseconds now: UInt64) -> Verdict {
    let network = Self.network(of: address)
    let first = firstPlace(of: network)
    while true {
      let (place, bucket) = bucket(of: network, inSetAt: first)
      let fullAt = bucket.network == network ? max(bucket.fullAtNanoseconds, now) : now
      let waitNanoseconds = fullAt - now
      guard waitNanoseconds <= toleranceNanoseconds else {
        let over = waitNanoseconds - toleranceNanoseconds
        return .refused(retryAfterSeconds: Int(clamping: (over + 999_999_999) / 1_000_000_000))
      }
      let next = Bucket(
        network: network,
        fullAtNanoseconds: fullAt + nanosecondsPerRequest
      )
      let (exchanged, _) = buckets[place].compareExchange(
        expected: bucket.words,
        desired: next.words,
        ordering: .relaxed
      )
      // If not, another loop was served, so this is no wait for one that sleeps.
      if exchanged { return .allowed }
    }
  }

  /// The addresses that count as one client: an IPv4 address, or the /64 that a subscriber gets.
  /// No two share a word but by 0000::/8, which nobody is given (RFC 4291 §2.4).
  private static func network(of address: IPAddress) -> UInt64 {
    address.isIPv4 ? address.low : address.high
  }

  /// The network's own bucket of its set, else the one that is fullest.
  private func bucket(of network: UInt64, inSetAt first: Int) -> (place: Int, Bucket) {
    var fullest = (first, load(first))
    if fullest.1.network == network { return fullest }
    for place in first + 1..<first + Self.setSize {
      let bucket = load(place)
      if bucket.network == network { return (place, bucket) }
      if bucket.fullAtNanoseconds < fullest.1.fullAtNanoseconds { fullest = (place, bucket) }
    }
    return fullest
  }

  private func load(_ place: Int) -> Bucket { Bucket(buckets[place].load(ordering: .relaxed)) }

  private func firstPlace(of network: UInt64) -> Int {
    Int(Self.mix(network ^ seed) % UInt64(Self.bucketCount / Self.setSize)) * Self.setSize
  }

  /// Spreads every bit over all others (the finalizer of SplitMix64).
  private static func mix(_ word: UInt64) -> UInt64 {
    var word = word
    word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
    return word ^ word >> 31
  }
}
