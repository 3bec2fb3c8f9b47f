internal import Diagnostics
internal import JSON
internal import SystemPackage

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// An advisory lock of the kernel on a file of its own; free as soon as its holder is gone, however it went.
final class FileLock: Sendable {
  private let file: FileDescriptor

  /// Takes the lock.
  ///
  /// - Parameters:
  ///   - holder: who takes it, for those who find it taken.
  ///   - waiting: how long to wait until it is free.
  ///   - onWait: is told who holds it, before the wait begins.
  /// - Throws: `Failure` with the code `state-locked` where it is still taken then; `CancellationError`.
  static func take(
    _ path: FilePath, holder: LockHolder, waiting: Duration, onWait: @Sendable (String) -> Void
  ) async throws -> FileLock {
    let end = ContinuousClock.now + waiting
    var hasWaited = false
    while true {
      if let lock = try FileLock(path) {
        lock.write(holder)
        return lock
      }
      if ContinuousClock.now >= end {
        let holder = try await Self.holder(of: path)
        throw Failure(taken("the state is locked by \(holder)", waited: hasWaited ? waiting : nil))
      }
      if !hasWaited { onWait("waiting for the state: locked by \(try await Self.holder(of: path))") }
      hasWaited = true
      try await Task.sleep(for: min(.milliseconds(100), end - ContinuousClock.now))
    }
  }

  /// Takes the lock; nothing where somebody has it.
  private init?(_ path: FilePath) throws(Failure) {
    while true {
      let file: FileDescriptor
      do {
        file = try FileDescriptor.open(
          path, .readWrite, options: [.create, .closeOnExec, .nonBlocking],
          permissions: [.ownerReadWrite, .groupReadWrite, .otherReadWrite])
      } catch { throw DurableFile.failure("lock", path, error as? Errno) }
      guard flock(file.rawValue, LOCK_EX | LOCK_NB) == 0 else {
        let error = errno
        try? file.close()
        if error == EINTR { continue }
        guard error == EWOULDBLOCK else { throw DurableFile.failure("lock", path, Errno(rawValue: error)) }
        return nil
      }
      // A lock on a file that was removed meanwhile would keep nobody out.
      if let ours = try? file.stat(), let now = try? path.stat(), ours.inode == now.inode {
        self.file = file
        return
      }
      try? file.close()
    }
  }

  /// Frees the lock.
  func unlock() {
    _ = ftruncate(file.rawValue, 0)
    try? file.close()
  }

  /// Leaves the note that serves those who find the lock taken: that it cannot be written is no reason to stop.
  private func write(_ holder: LockHolder) {
    _ = ftruncate(file.rawValue, 0)
    _ = try? file.writeAll((holder.json.text(.line) + "\n").utf8)
  }

  /// Who holds the lock, in words: `` `sluice apply`, process 42 on host, since … (for 3 min) ``.
  private static func holder(of path: FilePath) async throws -> String {
    // Who has just taken it is about to write the note.
    for attempt in 0..<5 {
      if attempt > 0 { try await Task.sleep(for: .milliseconds(20)) }
      guard let bytes = try? OpenFile(path)?.content(), let json = try? JSONValue(parsing: bytes),
        let holder = LockHolder(json: json)
      else { continue }
      let age = (try? path.stat()).map { " (for \(Self.age(since: $0.st_mtim.tv_sec)))" } ?? ""
      return "`\(holder.command)`, process \(holder.pid) on \(holder.host), since \(holder.since)\(age)"
    }
    return "another process, whose note in \(path) cannot be read"
  }

  private static func age(since start: Int) -> String {
    let seconds = max(0, time(nil) - start)
    return switch seconds {
    case ..<120: "\(seconds) s"
    case ..<7_200: "\(seconds / 60) min"
    case ..<172_800: "\(seconds / 3_600) h"
    default: "\(seconds / 86_400) days"
    }
  }

  private static func taken(_ message: String, waited: Duration?) -> Diagnostic {
    let help =
      waited.map { "it was not free within \($0.components.seconds) s: try again later, or wait longer" }
      ?? "wait until it is free, for at most ten minutes: add --lock-timeout 10m"
    return Diagnostic(
      .error, "state-locked", message,
      help: [help, "the lock frees itself when that process is gone; never remove the lock's file"])
  }
}
