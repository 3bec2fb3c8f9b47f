#if DEBUG
  internal import Synchronization

  #if canImport(Glibc)
    internal import Glibc
  #elseif canImport(Musl)
    internal import Musl
  #else
    internal import Darwin
  #endif
#endif

/// A moment at which tests let the process die, as a power cut would.
///
/// In debug builds, the variable SLUICE_CRASH_AT names the moment: `before rename`, or `before rename:3` for the third
/// time that it comes. Release builds hold none of it.
public enum CrashPoint: String, CaseIterable, Sendable {
  case afterTemporaryFile = "after the temporary file"
  case beforeRename = "before rename"
  case afterRename = "after rename"
  case afterCommit = "after the database's commit"
  case beforeJournalLine = "before the journal line"
  case afterJournalLine = "after the journal line"

  /// Dies here, if that is wanted.
  @inline(__always) public func pass() {
    #if DEBUG
      Self.chosen?.count(self)
    #endif
  }

  #if DEBUG
    private static let chosen = unsafe getenv("SLUICE_CRASH_AT").flatMap { unsafe Countdown(String(cString: $0)) }

    private final class Countdown: Sendable {
      private let point: CrashPoint
      private let left: Mutex<Int>

      init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1)
        guard let name = parts.first, let point = CrashPoint(rawValue: String(name)) else { return nil }
        self.point = point
        left = Mutex(parts.count == 2 ? Int(parts[1]) ?? 1 : 1)
      }

      func count(_ point: CrashPoint) {
        guard point == self.point else { return }
        let isNow = left.withLock { left in
          left -= 1
          return left == 0
        }
        if isNow { kill(getpid(), SIGKILL) }
      }
    }
  #endif
}
