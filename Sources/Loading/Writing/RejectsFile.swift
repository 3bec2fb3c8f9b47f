internal import Diagnostics
internal import Dispatch
internal import Synchronization
internal import SystemPackage

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// The file of a load's rejected rows, which is made with the first one.
///
/// It is written by a thread of its own: a row is taken apart once more for that, while the server has other work.
final class RejectsFile: Sendable {
  let path: FilePath
  private let queue = DispatchQueue(label: "sluice.rejects")

  // Used on the queue alone.
  nonisolated(unsafe) private var file: FileDescriptor?
  nonisolated(unsafe) private var buffer: [UInt8] = []

  /// What kept rows from being written: none are any more.
  private let error = Mutex<(any Error)?>(nil)

  private static let bufferSize = 1 << 16

  init(_ path: FilePath) { self.path = path }

  deinit { try? file?.close() }

  /// Begins to write the rows that `each` hands out.
  ///
  /// - Parameter end: is called when that is done, or has failed.
  /// - Throws: what kept rows before these from being written.
  func write(
    each: @escaping @Sendable ((RejectedRow) throws -> Void) throws -> Void, end: @escaping @Sendable () -> Void
  ) throws {
    try throwError()
    queue.async { [self] in
      defer { end() }
      do {
        try throwError()
        try each { row in
          row.append(to: &buffer)
          if buffer.count >= Self.bufferSize { try flush() }
        }
        try flush()
      } catch { self.error.withLock { $0 = error } }
    }
  }

  /// Waits until all rows are in the file.
  ///
  /// - Throws: what kept them from being written.
  func finish() throws {
    queue.sync {}
    try throwError()
  }

  private func throwError() throws { try error.withLock { if let error = $0 { throw error } } }

  private func flush() throws(Failure) {
    if buffer.isEmpty { return }
    do {
      try open().writeAll(buffer)
    } catch {
      throw Failure(
        Diagnostic(.error, "rejects-unwritable", "cannot write rejected rows to \(path): \(fileErrorWords(error))"))
    }
    buffer.removeAll(keepingCapacity: true)
  }

  private func open() throws -> FileDescriptor {
    if let file { return file }
    try FileManager.default.createDirectory(
      atPath: path.removingLastComponent().string, withIntermediateDirectories: true)
    let opened = try FileDescriptor.open(
      path, .writeOnly, options: [.create, .truncate, .closeOnExec], permissions: .ownerReadWrite)
    file = opened
    return opened
  }
}
