import Gzip

/// Makes gzip forms that are kept, and decides which are worth it.
struct GzipForms: ~Copyable {
  private let encoder: GzipEncoder

  /// `nil` where zlib has no memory for a stream.
  init?() {
    guard let encoder = try? GzipEncoder(level: .kept) else { return nil }
    self.encoder = encoder
  }

  /// The gzip form of `content`; `nil` if that is short or would not get smaller.
  func form(of content: [UInt8]) -> [UInt8]? {
    guard content.count >= RepresentationStore.gzipFloorBytes else { return nil }
    var form: [UInt8] = []
    encoder.encode(content.span, appendingTo: &form)
    return form.count < content.count ? form : nil
  }
}
