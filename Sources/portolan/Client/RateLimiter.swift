/// Holds each client network to so many requests a second, with room for bursts.
///
/// One belongs to one loop. A token bucket is kept as a single time: the moment at which it will be
/// full again (the generic cell rate algorithm). A bucket that is full says nothing, so its place
/// is free, and the table has a fixed size however many networks ask.
struct RateLimiter {
  enum Verdict: Equatable {
    case allowed
    /// `Retry-After` in whole seconds, at least 1.
    case refused(retryAfterSeconds: Int)
  }

  /// The addresses that count as one client: an IPv4 address, or the /64 that a subscriber gets.
  static func network(of address: IPAddress) -> IPAddress {
    address.isIPv4 ? address : address.prefix(64)
  }

  private struct Bucket {
    var network = IPAddress(high: 0, low: 0)
    /// When the bucket is full again; 0 for a place that nobody has.
    var fullAtNanoseconds: UInt64 = 0
  }

  /// Networks that can be told apart; beyond that the fullest bucket of a set gives way.
  static let bucketCount = 8192
  private static let setSize = 4

  private var buckets = [Bucket](repeating: Bucket(), count: Self.bucketCount)
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

  /// Asks for one request of `address`, and counts it if it is allowed.
  ///
  /// - Parameter now: A clock that never goes back.
  mutating func admit(_ address: IPAddress, nowNanoseconds now: UInt64) -> Verdict {
    let network = Self.network(of: address)
    let place = place(of: network)
    var bucket = buckets[place]
    if bucket.network != network { bucket = Bucket(network: network) }
    let fullAt = max(bucket.fullAtNanoseconds, now)
    let waitNanoseconds = fullAt - now
    guard waitNanoseconds <= toleranceNanoseconds else {
      let over = waitNanoseconds - toleranceNanoseconds
      return .refused(retryAfterSeconds: Int(clamping: (over + 999_999_999) / 1_000_000_000))
    }
    bucket.fullAtNanoseconds = fullAt + nanosecondsPerRequest
    buckets[place] = bucket
    return .allowed
  }

  /// The network's own place in its set, else the one whose bucket is fullest.
  private func place(of network: IPAddress) -> Int {
    let first = Int(hash(network) % UInt64(Self.bucketCount / Self.setSize)) * Self.setSize
    var fullest = first
    for place in first..<first + Self.setSize {
      if buckets[place].network == network { return place }
      if buckets[place].fullAtNanoseconds < buckets[fullest].fullAtNanoseconds { fullest = place }
    }
    return fullest
  }

  private func hash(_ network: IPAddress) -> UInt64 {
    let high = Self.mix(network.high ^ seed)
    return Self.mix(high ^ network.low)
  }

  /// Spreads every bit over all others (the finalizer of SplitMix64).
  private static func mix(_ word: UInt64) -> UInt64 {
    var word = word
    word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
    return word ^ word >> 31
  }
}
