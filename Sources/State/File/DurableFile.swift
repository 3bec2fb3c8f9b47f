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
  /// Reads the whole of a regular file; nothing where there is none.
  static func read(_ path: FilePath) throws(Failure) -> [UInt8]? {
    do {
      let file = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec])
      return try file.closeAfter {
        var content: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        while true {
          let count = try unsafe buffer.withUnsafeMutableBytes { try unsafe file.read(into: $0) }
          if count == 0 { return content }
          content += buffer[..<count]
        }
      }
    } catch let error as Errno {
      if error == .noSuchFileOrDirectory { return nil }
      throw failure("read", path, error)
    } catch { throw failure("read", path, nil) }
  }

  /// Puts `content` in place of the file, whole or not at all, and makes that last: a new file beside it, fsync, rename,
  /// fsync of the folder.
  static func replace(_ path: FilePath, with content: some Sequence<UInt8>) throws(Failure) {
    let new = FilePath(path.string + ".new")
    do {
      let file = try FileDescriptor.open(
        new, .writeOnly, options: [.create, .truncate, .closeOnExec],
        permissions: [.ownerReadWrite, .groupRead, .otherRead])
      try file.closeAfter {
        _ = try file.writeAll(content)
        CrashPoint.afterTemporaryFile.pass()
        try sync(file)
      }
    } catch { throw failure("write", new, error as? Errno) }
    CrashPoint.beforeRename.pass()
    try rename(new, to: path)
    CrashPoint.afterRename.pass()
  }

  /// Renames a file over another, and makes that last.
  static func rename(_ old: FilePath, to new: FilePath) throws(Failure) {
    let status = unsafe old.withPlatformString { old in
      unsafe new.withPlatformString { new in unsafe systemRename(old, new) }
    }
    if status != 0 { throw failure("replace", new, Errno(rawValue: errno)) }
    try syncFolder(of: new)
  }

  /// Copies a file, if it is there; at each moment `new` is whole.
  static func copy(_ old: FilePath, to new: FilePath) throws(Failure) {
    guard let content = try read(old) else { return }
    try replace(new, with: content)
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

  /// Whether anything goes by this name.
  static func exists(_ path: FilePath) -> Bool {
    unsafe path.withPlatformString { unsafe access($0, F_OK) } == 0
  }

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
    var help: [String] = []
    if error == .noSpace { help.append("free some room on that disk; nothing that was recorded is lost") }
    if error == .permissionDenied { help.append("make it readable and writable for this user") }
    if error == .isDirectory { help.append("a folder stands where the state file belongs: move it away") }
    return Failure(Diagnostic(.error, "state-file", "cannot \(verb) \(path)\(reason)", help: help))
  }
}

private func systemRename(_ old: UnsafePointer<CChar>, _ new: UnsafePointer<CChar>) -> CInt {
  unsafe rename(old, new)
}
