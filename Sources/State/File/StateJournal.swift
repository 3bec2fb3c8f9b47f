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

/// The steps that an apply has finished and the state file does not hold yet: one JSON line each.
///
/// Its first line names the state that it goes on from, so that a journal which was folded in already is known as such.
struct StateJournal: Sendable {
  private let file: FileDescriptor
  private let path: FilePath

  /// Starts a journal for the state of `lineage` and `serial`; it has its first line as soon as it is there.
  init(_ path: FilePath, lineage: String, serial: Int, layout: StateLayout) throws(Failure) {
    self.path = path
    let head: JSONValue = ["version": .int(layout.version), "lineage": .string(lineage), "serial": .int(serial)]
    try DurableFile.replace(path, with: Array((head.text(.line) + "\n").utf8))
    do {
      file = try FileDescriptor.open(path, .writeOnly, options: [.append, .closeOnExec])
    } catch { throw DurableFile.failure("write", path, error as? Errno) }
  }

  /// The line that records `changes` together.
  static func line(_ changes: [StateChange]) -> [UInt8] {
    let entries = changes.map { change -> JSONValue in
      ["address": .string(change.address), "resource": change.resource?.json ?? .null]
    }
    let line: JSONValue = ["changes": .array(entries)]
    return Array((line.text(.line) + "\n").utf8)
  }

  /// Adds whole lines, for good.
  ///
  /// After a failure the journal is as it was, as far as the disk allows, and must not be written any more: what follows
  /// a torn line could not be read.
  func append(_ lines: [UInt8]) throws(Failure) {
    var length: Int64?
    do {
      length = try file.seek(offset: 0, from: .end)
      _ = try file.writeAll(lines)
      try DurableFile.sync(file)
    } catch {
      if let length { _ = ftruncate(file.rawValue, off_t(length)) }
      throw DurableFile.failure("write", path, error as? Errno)
    }
  }

  /// Gives the descriptor back; the file stays.
  func close() { try? file.close() }
}
