internal import Diagnostics
internal import JSON
internal import SystemPackage

/// The steps that an apply has finished and the state file does not hold yet: one JSON line each.
///
/// Its first line names the state that it goes on from, so that a journal which was folded in already is known as such.
struct StateJournal: Sendable {
  private let file: FileDescriptor
  private let path: FilePath

  /// Starts a journal for the state of `lineage` and `serial`.
  init(_ path: FilePath, lineage: String, serial: Int) throws(Failure) {
    self.path = path
    do {
      file = try FileDescriptor.open(
        path, .writeOnly, options: [.create, .truncate, .append, .closeOnExec],
        permissions: [.ownerReadWrite, .groupRead, .otherRead])
    } catch { throw DurableFile.failure("write", path, error as? Errno) }
    try append(["lineage": .string(lineage), "serial": .int(serial)])
    try DurableFile.syncFolder(of: path)
  }

  /// Adds a finished step, for good.
  func append(_ address: String, _ resource: AppliedResource?) throws(Failure) {
    try append(["address": .string(address), "resource": resource?.json ?? .null])
  }

  /// Gives the descriptor back; the file stays.
  func close() { try? file.close() }

  private func append(_ line: JSONValue) throws(Failure) {
    do {
      _ = try file.writeAll((line.text(.line) + "\n").utf8)
      try DurableFile.sync(file)
    } catch { throw DurableFile.failure("write", path, error as? Errno) }
  }

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
      guard let address = step["address"]?.stringValue, let resource = step["resource"] else {
        throw damaged(path, line: index + 1, "a step has no address or no resource")
      }
      folded.resources[address] = AppliedResource(json: resource)
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
