internal import CAssets

/// The files that the program carries: the only place that knows where they are in memory.
enum EmbeddedFiles {
  static func dashboardPage() -> [UInt8] { unsafe bytes(portolan_dashboard_page()) }

  /// The dashboard's other files with their names.
  static func assets() -> [(name: String, content: [UInt8])] {
    (0..<portolan_asset_count()).map { index in
      let asset = unsafe portolan_asset_at(index)
      return unsafe (String(cString: asset.name), bytes(asset.file))
    }
  }

  static func descriptionYAML() -> [UInt8] { unsafe bytes(portolan_openapi_yaml()) }
  static func descriptionJSON() -> [UInt8] { unsafe bytes(portolan_openapi_json()) }

  private static func bytes(_ file: portolan_file) -> [UInt8] {
    // SAFETY: the file is a constant of the program and never goes away.
    unsafe Array(UnsafeBufferPointer(start: file.start, count: file.size))
  }
}
