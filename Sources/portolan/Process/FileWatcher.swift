import Dispatch
import Posix
import Synchronization

/// Notices that one of several files has changed, by looking at them now and then.
///
/// Looking works wherever files come from: editors that replace a file, links that are swapped at
/// once (as Kubernetes does), and file systems that tell nobody.
final class FileWatcher {
  static let intervalSeconds = 2

  private let timer: any DispatchSourceTimer

  /// - Parameters:
  ///   - paths: Gives the files; one need not exist. Asked at every look: others are a change too.
  ///   - queue: A serial queue, on which the files are looked at and `changed` is called.
  init(
    _ paths: @escaping @Sendable () -> [String],
    on queue: DispatchQueue,
    interval: DispatchTimeInterval = .seconds(FileWatcher.intervalSeconds),
    changed: @escaping @Sendable () -> Void
  ) {
    let detector = SharedDetector(
      Mutex(FileChangeDetector(paths().map { FileIdentity(path: $0) }))
    )
    timer = DispatchSource.makeTimerSource(queue: queue)
    timer.schedule(deadline: .now() + interval, repeating: interval, leeway: .milliseconds(200))
    timer.setEventHandler {
      if detector.observe(paths().map { FileIdentity(path: $0) }) { changed() }
    }
    timer.activate()
  }

  deinit { timer.cancel() }
}

private final class SharedDetector: Sendable {
  private let detector: Mutex<FileChangeDetector>

  init(_ detector: consuming Mutex<FileChangeDetector>) { self.detector = detector }

  func observe(_ identities: [FileIdentity?]) -> Bool {
    detector.withLock { $0.observe(identities) }
  }
}

/// Decides when a change is worth telling: once, and only after everything has stayed as it is from
/// one look to the next, so that a certificate and its key, or half a file, are not read in
/// between.
struct FileChangeDetector {
  private var told: [FileIdentity?]
  private var last: [FileIdentity?]

  init(_ identities: [FileIdentity?]) {
    told = identities
    last = identities
  }

  mutating func observe(_ identities: [FileIdentity?]) -> Bool {
    defer { last = identities }
    guard identities == last, identities != told else { return false }
    told = identities
    return true
  }
}
