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
  init(_ path: FilePath, lineage: String, serial: Int) throws(Failure) {
    self.path = path
    let head: JSONValue = ["lineage": .string(lineage), "serial": .int(serial)]
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

  /// Adds whole lines, for good. After a failure the journal is as it was, as far as the disk allows, and must not be
  /// written any more: what follows a torn line could not be read.
  func append(_ lines: [UInt8]) throws(Failure) {
    var length: Int64 = 0
    do {
      length = try file.seek(offset: 0, from: .end)
      _ = try file.writeAll(lines)
      try DurableFile.sync(file)
    } catch {
      _ = ftruncate(file.rawValue, off_t(length))
      throw DurableFile.failure("write", path, error as? Errno)
    }
  }

  /// Gives the descriptor back; the file stays.
  func close() { try? file.close() }

  /// The state with the steps of the journal at `path`, if one was left behind.
  ///
  /// A last line that was torn by a crash is dropped: its step's record was never promised.
  static func fold(_ path: FilePath, into state: AppliedState?) throws(Failure) -> AppliedState? {
    guard let content = try DurableFile.read(path) else { return state }
    var lines = content.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    // What follows the last newline is torn (or nothing).
    lines.removeLast()
    guard let first = lines.first else { return state }
    let head = try parse(first, line: 1, path)
    guard let lineage = head["lineage"]?.stringValue, let serial = head["serial"]?.intValue else {
      throw damaged(path, line: 1, "it does not begin with a lineage and a serial")
    }
    if let state, state.lineage == lineage, state.serial > serial { return state }
    guard (state?.lineage ?? lineage) == lineage, (state?.serial ?? 0) == serial else {
      throw Failure(
        Diagnostic(
          .error, "state-journal", "the journal \(path.lastComponent?.string ?? "") belongs to another state",
          help: [
            "it goes on from lineage \(lineage), serial \(serial); "
              + (state.map { "the state has lineage \($0.lineage), serial \($0.serial)" } ?? "there is no state file"),
            "bring back the state file that it belongs to, or remove the journal: the next plan finds what exists",
          ]))
    }
    var folded = state ?? AppliedState(lineage: lineage, serial: serial)
    for (index, line) in lines.enumerated().dropFirst() {
      let step = try parse(line, line: index + 1, path)
      guard let changes = step["changes"]?.arrayValue else {
        throw damaged(path, line: index + 1, "it holds no `changes`")
      }
      for change in changes {
        guard let address = change["address"]?.stringValue, let json = change["resource"] else {
          throw damaged(path, line: index + 1, "a change has no address or no resource")
        }
        let resource = AppliedResource(json: json)
        guard resource != nil || json == .null else {
          throw damaged(path, line: index + 1, "the entry \"\(address)\" is not complete")
        }
        folded.resources[address] = resource
      }
    }
    if lines.count > 1 { folded.serial += 1 }
    return lines.count > 1 ? folded : state
  }

  private static func parse(
    _ bytes: ArraySlice<UInt8>, line: Int, _ path: FilePath
  ) throws(Failure) -> JSONValue {
    do {
      return try JSONValue(parsing: Array(bytes))
    } catch { throw damaged(path, line: line, error.message) }
  }

  private static func damaged(_ path: FilePath, line: Int, _ message: String) -> Failure {
    Failure(
      .damagedState(
        path.lastComponent?.string ?? path.string, message, at: Place(file: path.string, line: line, column: 1)))
  }
}
