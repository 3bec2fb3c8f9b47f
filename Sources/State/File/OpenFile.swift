internal import Diagnostics
internal import SystemPackage

/// A file that is open for reading: whatever takes its name meanwhile, this stays what it was.
final class OpenFile {
  private let descriptor: FileDescriptor
  private let path: FilePath
  private let information: Stat

  /// Opens a file; nothing where there is none.
  ///
  /// - Throws: `Failure` where it cannot be read, or is no ordinary file.
  init?(_ path: FilePath) throws(Failure) {
    self.path = path
    do {
      // A pipe without a writer would wait for one.
      descriptor = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec, .nonBlocking])
    } catch {
      if error as? Errno == .noSuchFileOrDirectory { return nil }
      throw DurableFile.failure("read", path, error as? Errno)
    }
    do throws(Errno) {
      information = try descriptor.stat()
    } catch {
      try? descriptor.close()
      throw DurableFile.failure("read", path, error)
    }
    if information.type == .directory { throw DurableFile.failure("read", path, .isDirectory) }
    guard information.type == .regular else {
      throw Failure(
        Diagnostic(
          .error, "state-file", "cannot read \(path): it is no ordinary file",
          help: ["move it away, or name another file with --state"]))
    }
  }

  deinit { try? descriptor.close() }

  /// All that it holds.
  func content() throws(Failure) -> [UInt8] {
    do {
      // Straight to where it stays, as it may be large; what the file has grown by meanwhile, piece by piece.
      let expected = Int(information.size)
      var content = try unsafe [UInt8](unsafeUninitializedCapacity: expected + 1) { buffer, count in
        while count < expected {
          let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[count...])
          let read = try unsafe descriptor.read(into: rest)
          if read == 0 { break }
          count += read
        }
      }
      var buffer = [UInt8](repeating: 0, count: 1 << 16)
      while true {
        let count = try unsafe buffer.withUnsafeMutableBytes { try unsafe descriptor.read(into: $0) }
        if count == 0 { return content }
        content += buffer[..<count]
      }
    } catch { throw DurableFile.failure("read", path, error as? Errno) }
  }

  /// Whether its name still stands for this very file.
  var isInPlace: Bool {
    guard let now = try? path.stat() else { return false }
    return now.inode == information.inode && now.deviceID == information.deviceID
  }
}
