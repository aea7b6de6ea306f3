import HTTP

extension RouteLabel {
  /// What a target is for, by its path and, for lists, its query.
  init(_ target: RequestTarget, in bytes: Span<UInt8>) {
    let path = bytes.extracting(target.path)
    if path.count > 7, path.begins(with: "/ports/") {
      self = .port
    } else if path.equals("/ports") {
      let query = target.query.map { $0 } ?? 0..<0
      self = bytes.extracting(query).begins(with: "port=") ? .batch : .search
    } else if path.count <= 1 {
      self = .dashboard
    } else if let prefix = Self.prefixes.first(where: { path.begins(with: $0.text) }) {
      self = prefix.label
    } else {
      self = .other
    }
  }

  private static let prefixes: [(text: String, label: RouteLabel)] = [
    ("/services/", .services), ("/ranges", .ranges), ("/free-ranges", .freeRanges),
    ("/map", .map), ("/assets/", .dashboard), ("/openapi.", .description), ("/livez", .health),
    ("/readyz", .health), ("/healthz", .health), ("/metrics", .metrics),
  ]
}

extension Span where Element == UInt8 {
  fileprivate func begins(with text: String) -> Bool {
    let size = text.utf8.count
    return count >= size && extracting(first: size).equals(text)
  }
}
