import Posix

/// How far a long reading is, in one line that is drawn over and over. Only for a terminal, and
/// only for what takes long enough that somebody would wonder.
struct ProgressBar {
  private static let patienceMilliseconds: UInt64 = 300
  private static let intervalMilliseconds: UInt64 = 100
  private static let widthColumns = 30

  private let name: String
  private let totalBytes: Int?
  private let isWanted: Bool
  private var doneBytes = 0
  private var isDrawn = false
  private var nextDrawing: UInt64

  /// - Parameter totalBytes: `nil` where the length is not known before the end.
  init(_ name: String, totalBytes: Int?, environment: [String: String]) {
    self.name = name
    self.totalBytes = totalBytes
    isWanted = StandardStream.error.isTerminal && environment["TERM"] != "dumb"
    nextDrawing = SystemClock.monotonicMilliseconds() + Self.patienceMilliseconds
  }

  mutating func advance(by bytes: Int) {
    doneBytes += bytes
    guard isWanted else { return }
    let now = SystemClock.monotonicMilliseconds()
    guard now >= nextDrawing else { return }
    nextDrawing = now + Self.intervalMilliseconds
    isDrawn = true
    draw(Self.text(name, doneBytes, of: totalBytes))
  }

  /// Leaves the line as if nothing had stood there.
  mutating func clear() {
    if isDrawn { draw("") }
    isDrawn = false
  }

  /// Back to the first column, the text, and what stood behind it erased (ECMA-48 EL).
  private func draw(_ text: String) {
    try? StandardStream.error.write("\r\(text)\u{1B}[K")
  }

  /// `name  [#####-----]  50 %  1.0 of 2.0 MiB`
  static func text(_ name: String, _ doneBytes: Int, of totalBytes: Int?) -> String {
    guard let totalBytes, totalBytes > 0 else { return "\(name)  \(mebibytes(doneBytes)) MiB" }
    let share = min(1, Double(doneBytes) / Double(totalBytes))
    let filled = Int(share * Double(widthColumns))
    let bar =
      String(repeating: "#", count: filled)
      + String(repeating: "-", count: widthColumns - filled)
    return "\(name)  [\(bar)]  \(Int(share * 100)) %  "
      + "\(mebibytes(doneBytes)) of \(mebibytes(totalBytes)) MiB"
  }

  private static func mebibytes(_ bytes: Int) -> String {
    let tenths = bytes / ((1 << 20) / 10)
    return "\(tenths / 10).\(tenths % 10)"
  }
}
