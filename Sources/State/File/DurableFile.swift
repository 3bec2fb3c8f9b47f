internal import Diagnostics
internal import SystemPackage

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// The few calls that a durable file needs, with errors that name the file.
enum DurableFile {
  /// Puts `content` in place of the file, whole or not at all, and makes that last: a new file beside it, fsync, rename,
  /// fsync of the folder. The file's permissions stay.
  static func replace(_ path: FilePath, with content: some Sequence<UInt8>) throws(Failure) {
    let new = FilePath(path.string + ".new")
    do {
      let file = try FileDescriptor.open(
        new, .writeOnly, options: [.create, .truncate, .closeOnExec, .noFollow],
        permissions: [.ownerReadWrite, .groupRead, .otherRead])
      try file.closeAfter {
        if let old = try? path.stat() { _ = fchmod(file.rawValue, old.permissions.rawValue) }
        _ = try file.writeAll(content)
        CrashPoint.afterTemporaryFile.pass()
        try sync(file)
      }
    } catch {
      // What is half written only takes up room.
      try? remove(new)
      throw failure("write", new, error as? Errno)
    }
    try rename(new, to: path)
  }

  /// Gives the file another name too, in place of whatever has that name; at each moment one of the two is there, whole.
  static func keep(_ path: FilePath, as other: FilePath) throws(Failure) {
    let new = FilePath(other.string + ".new")
    try remove(new)
    let status = unsafe path.withPlatformString { path in
      unsafe new.withPlatformString { new in unsafe systemLink(path, new) }
    }
    guard status == 0 else {
      // Not every file system has links.
      guard let content = try OpenFile(path)?.content() else { return }
      return try replace(other, with: content)
    }
    try rename(new, to: other)
    // Where both were one file already, renaming leaves both.
    try remove(new)
  }

  /// Renames a file over another, and makes that last.
  private static func rename(_ old: FilePath, to new: FilePath) throws(Failure) {
    CrashPoint.beforeRename.pass()
    let status = unsafe old.withPlatformString { old in
      unsafe new.withPlatformString { new in unsafe systemRename(old, new) }
    }
    if status != 0 { throw failure("replace", new, Errno(rawValue: errno)) }
    CrashPoint.afterRename.pass()
    try syncFolder(of: new)
  }

  /// Removes a file, if it is there.
  static func remove(_ path: FilePath) throws(Failure) {
    let status = unsafe path.withPlatformString { unsafe unlink($0) }
    if status != 0, errno != ENOENT { throw failure("remove", path, Errno(rawValue: errno)) }
  }

  /// Makes the folder that `path` is in, if it is missing; not the one above that.
  static func makeFolder(of path: FilePath) throws(Failure) {
    let folder = path.removingLastComponent()
    guard !folder.isEmpty else { return }
    let status = unsafe folder.withPlatformString { unsafe mkdir($0, 0o777) }
    if status != 0, errno != EEXIST { throw failure("make", folder, Errno(rawValue: errno)) }
  }

  /// Whether anything goes by this name, be it a link to nowhere.
  static func exists(_ path: FilePath) -> Bool { (try? path.stat(followTargetSymlink: false)) != nil }

  /// fsync.
  static func sync(_ file: FileDescriptor) throws(Errno) {
    if fsync(file.rawValue) != 0 { throw Errno(rawValue: errno) }
  }

  static func syncFolder(of path: FilePath) throws(Failure) {
    let parent = path.removingLastComponent()
    let folder = parent.isEmpty ? FilePath(".") : parent
    do {
      let descriptor = try FileDescriptor.open(folder, .readOnly, options: [.directory, .closeOnExec])
      try descriptor.closeAfter { try sync(descriptor) }
    } catch { throw failure("sync", folder, error as? Errno) }
  }

  /// The failure of `verb`ing `path`.
  static func failure(_ verb: String, _ path: FilePath, _ error: Errno?) -> Failure {
    let reason = error.map { ": \($0)" } ?? ""
    let help: String? =
      switch error {
      case .noSpace?, .diskQuotaExceeded?: "free some room on that disk; nothing that was recorded is lost"
      case .fileTooLarge?: "raise the limit on the size of files (`ulimit -f`); nothing that was recorded is lost"
      case .permissionDenied?, .notPermitted?:
        "give this user the right to read and write it and its folder, or name another file with --state"
      case .readOnlyFileSystem?: "make that file system writable, or name a file elsewhere with --state"
      case .isDirectory?: "a folder stands where the file belongs: move it away"
      case .notDirectory?: "what should be a folder is a file: move it away, or name another file with --state"
      case .noSuchFileOrDirectory?: "make the folder that it belongs in, or name another file with --state"
      case .tooManySymbolicLinkLevels?: "make the link lead to a file, or remove it"
      default: nil
      }
    return Failure(
      Diagnostic(.error, "state-file", "cannot \(verb) \(path)\(reason)", help: help.map { [$0] } ?? []))
  }
}

private func systemRename(_ old: UnsafePointer<CChar>, _ new: UnsafePointer<CChar>) -> CInt {
  unsafe rename(old, new)
}

private func systemLink(_ old: UnsafePointer<CChar>, _ new: UnsafePointer<CChar>) -> CInt {
  unsafe link(old, new)
}
