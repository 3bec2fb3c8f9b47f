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

/// Who holds a lock, as written in the lock's file.
public struct LockHolder: Sendable {
  /// The process's number on `host`.
  public var pid: Int
  public var host: String
  /// What it does: `sluice apply`.
  public var command: String
  /// Since when: RFC 3339 in UTC.
  public var since: String

  /// Makes a holder.
  public init(pid: Int, host: String, command: String, since: String) {
    self.pid = pid
    self.host = host
    self.command = command
    self.since = since
  }
}

/// An advisory lock of the kernel on a file of its own; free as soon as its holder is gone, however it went.
final class FileLock: Sendable {
  private let file: FileDescriptor

  /// Takes the lock, or fails at once with the holder's details.
  init(_ path: FilePath, holder: LockHolder) throws(Failure) {
    do {
      file = try FileDescriptor.open(
        path, .readWrite, options: [.create, .closeOnExec], permissions: [.ownerReadWrite, .groupRead, .otherRead])
    } catch { throw DurableFile.failure("lock", path, error as? Errno) }
    guard flock(file.rawValue, LOCK_EX | LOCK_NB) == 0 else {
      let error = errno
      try? file.close()
      guard error == EWOULDBLOCK else { throw DurableFile.failure("lock", path, Errno(rawValue: error)) }
      throw Failure(Self.taken(path))
    }
    let note: JSONValue = [
      "pid": .int(holder.pid), "host": .string(holder.host), "command": .string(holder.command),
      "since": .string(holder.since),
    ]
    // The note only serves those who find the lock taken: that it cannot be written is no reason to stop.
    _ = ftruncate(file.rawValue, 0)
    _ = try? file.writeAll((note.text(.line) + "\n").utf8)
  }

  /// Frees the lock.
  func unlock() { try? file.close() }

  private static func taken(_ path: FilePath) -> Diagnostic {
    var message = "the state is locked"
    if let bytes = try? DurableFile.read(path), let note = try? JSONValue(parsing: bytes),
      let pid = note["pid"]?.intValue, let host = note["host"]?.stringValue,
      let command = note["command"]?.stringValue, let since = note["since"]?.stringValue
    {
      message = "the state is locked by `\(command)`, process \(pid) on \(host), since \(since)"
    }
    return Diagnostic(
      .error, "state-locked", message,
      help: ["wait until it has ended; the lock frees itself when its process is gone"])
  }
}
