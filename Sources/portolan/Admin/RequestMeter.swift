import HTTP
import Synchronization

/// What a request was for, in few words: a fixed set, so that nobody can make the metrics grow.
enum RouteLabel: Int, CaseIterable, Sendable {
  case port
  case search
  case batch
  case services
  case ranges
  case freeRanges
  case map
  case dashboard
  case description
  case health
  case metrics
  case other

  /// The label's value.
  var name: String {
    switch self {
    case .port: "ports_port"
    case .search: "ports_search"
    case .batch: "ports_batch"
    case .services: "services"
    case .ranges: "ranges"
    case .freeRanges: "free_ranges"
    case .map: "map"
    case .dashboard: "dashboard"
    case .description: "description"
    case .health: "health"
    case .metrics: "metrics"
    case .other: "other"
    }
  }
}

/// How a method is counted; all that are not known by name are one.
enum MethodLabel: Int, CaseIterable, Sendable {
  case get
  case head
  case options
  case other

  init(_ method: Method) {
    switch method {
    case .get: self = .get
    case .head: self = .head
    case .options: self = .options
    case .connect, .registered, .unknown: self = .other
    }
  }

  /// The label's value.
  var name: String {
    switch self {
    case .get: "GET"
    case .head: "HEAD"
    case .options: "OPTIONS"
    case .other: "_OTHER"
    }
  }
}

/// Counts the requests of one loop. Only that loop adds; anybody may read, and sees each number as
/// it was a moment ago.
///
/// Adding is a plain load and store: with one writer nothing can be lost, and no bus is locked.
final class RequestMeter: Sendable {
  /// The upper bounds of the buckets that durations are sorted into; this service answers in less
  /// time than most histograms begin with.
  static let bucketBoundsNanoseconds: [UInt64] = [
    25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000,
    25_000_000, 50_000_000, 100_000_000, 250_000_000, 500_000_000, 1_000_000_000, 2_500_000_000,
    5_000_000_000, 10_000_000_000,
  ]

  private static let methodCount = 4
  private static let statusPlaces = 32
  /// The bounded buckets, the one above them, and the sum.
  private static let histogramPlaces = 20

  /// A cache line before and after, so that no other object's writes reach the counters.
  private let paddingBefore: [8 of UInt64] = .init(repeating: 0)
  /// By route, method and status: 12 × 4 × 32.
  private let counts = InlineArray<1536, Atomic<UInt64>> { _ in Atomic(0) }
  /// By route: 12 × 20.
  private let durations = InlineArray<240, Atomic<UInt64>> { _ in Atomic(0) }
  private let paddingAfter: [8 of UInt64] = .init(repeating: 0)

  /// Counts one answered request, on the loop that owns this meter.
  func add(
    _ route: RouteLabel,
    _ method: MethodLabel,
    _ status: Status,
    durationNanoseconds: UInt64
  ) {
    Self.add(1, to: counts[Self.place(route, method, Self.place(of: status))])
    let first = route.rawValue * Self.histogramPlaces
    var bucket = 0
    while bucket < Self.bucketBoundsNanoseconds.count,
      durationNanoseconds > Self.bucketBoundsNanoseconds[bucket]
    { bucket += 1 }
    Self.add(1, to: durations[first + bucket])
    Self.add(durationNanoseconds, to: durations[first + Self.histogramPlaces - 1])
  }

  private static func add(_ amount: UInt64, to counter: borrowing Atomic<UInt64>) {
    counter.store(counter.load(ordering: .relaxed) &+ amount, ordering: .relaxed)
  }

  /// Where a status stands in ``Status/allCases``, by its code.
  private static let placeOfCode: [UInt8] = {
    var places = [UInt8](repeating: UInt8(statusPlaces - 1), count: 600)
    for (place, status) in Status.allCases.enumerated() where place < statusPlaces {
      places[status.code] = UInt8(place)
    }
    return places
  }()

  private static func place(of status: Status) -> Int { Int(placeOfCode[status.code]) }

  private static func place(_ route: RouteLabel, _ method: MethodLabel, _ status: Int) -> Int {
    (route.rawValue * methodCount + method.rawValue) * statusPlaces + status
  }

  // MARK: Reading

  func count(_ route: RouteLabel, _ method: MethodLabel, _ status: Status) -> UInt64 {
    counts[Self.place(route, method, Self.place(of: status))].load(ordering: .relaxed)
  }

  /// How many requests of all routes and methods were answered with `status`.
  func count(_ status: Status) -> UInt64 {
    var sum: UInt64 = 0
    for route in RouteLabel.allCases {
      for method in MethodLabel.allCases { sum &+= count(route, method, status) }
    }
    return sum
  }

  /// How many durations of `route` fell into each bucket; the last one has no bound.
  func bucketCounts(_ route: RouteLabel) -> [UInt64] {
    (0...Self.bucketBoundsNanoseconds.count).map {
      durations[route.rawValue * Self.histogramPlaces + $0].load(ordering: .relaxed)
    }
  }

  func durationSumNanoseconds(_ route: RouteLabel) -> UInt64 {
    durations[(route.rawValue + 1) * Self.histogramPlaces - 1].load(ordering: .relaxed)
  }
}
