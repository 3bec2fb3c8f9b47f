internal import Diagnostics
internal import JSON
internal import OrderedCollections
internal import SystemPackage

/// A journal that was left behind, or is being written.
struct JournalContent {
  /// The state that it goes on from.
  private let lineage: String
  private let serial: Int
  /// What became of each address that it names.
  private var changes: [String: AppliedResource?] = [:]
  private let name: String

  /// Reads the journal at `path`; nothing where there is none.
  ///
  /// A last line that was torn by a crash is dropped: its step's record was never promised.
  /// - Throws: `Failure` where any other line is damaged.
  init?(_ path: FilePath, layout: StateLayout) throws(Failure) {
    guard var content = try OpenFile(path)?.content() else { return nil }
    // Some file systems fill with zeros what they had no time to write.
    while content.last == 0 { content.removeLast() }
    var lines = content.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    // What follows the last newline is torn (or nothing).
    if !lines.isEmpty { lines.removeLast() }
    let damage = Damage(path)
    guard let first = lines.first else { throw damage.failure("it has no first line", line: 1) }
    let head = try damage.parse(first, line: 1)
    guard let version = head["version"]?.intValue, version > 0 else {
      throw damage.failure("it has no `version`", line: 1)
    }
    guard version <= layout.version else { throw Failure(.newerState(damage.name, version, known: layout.version)) }
    guard let lineage = head["lineage"]?.stringValue, let serial = head["serial"]?.intValue else {
      throw damage.failure("it does not begin with a lineage and a serial", line: 1)
    }
    self.lineage = lineage
    self.serial = serial
    name = damage.name
    var entries: [String: JSONValue] = [:]
    for (index, line) in lines.enumerated().dropFirst() {
      guard let step = try damage.parse(line, line: index + 1)["changes"]?.arrayValue else {
        throw damage.failure("it holds no `changes`", line: index + 1)
      }
      for change in step {
        guard let address = change["address"]?.stringValue, let entry = change["resource"] else {
          throw damage.failure("a change has no address or no resource", line: index + 1)
        }
        entries[address] = entry
        let resource = AppliedResource(json: entry)
        guard resource != nil || entry == .null || version < layout.version else {
          throw damage.failure("the entry \"\(address)\" is not complete", line: index + 1)
        }
        changes[address] = .some(resource)
      }
    }
    if version < layout.version { changes = try Self.migrated(entries, head, from: version, layout, damage) }
  }

  /// The entries of an older layout, brought up to date in a state of their own.
  private static func migrated(
    _ entries: [String: JSONValue], _ head: JSONValue, from version: Int, _ layout: StateLayout, _ damage: Damage
  ) throws(Failure) -> [String: AppliedResource?] {
    var members = head.objectValue ?? [:]
    let resources = entries.filter { $0.value != .null }
    members["resources"] = .object(OrderedDictionary(uniqueKeysWithValues: resources.lazy.map { ($0.key, $0.value) }))
    let state = try AppliedState(json: .object(members), file: damage.name, layout: layout)
    var changes = entries.filter { $0.value == .null }.mapValues { _ in AppliedResource?.none }
    for (address, resource) in state.resources { changes[address] = .some(resource) }
    return changes
  }

  /// `state` with the journal's steps.
  ///
  /// - Throws: `Failure` where the journal goes on from another state.
  func fold(into state: AppliedState?, paths: StatePaths) throws(Failure) -> AppliedState? {
    if let state, state.lineage == lineage {
      if state.serial == serial { return folded(into: state) }
      // The state was written, and the process died before it could remove the journal.
      let holdsAll = changes.allSatisfy { state.resources[$0.key] == $0.value }
      if state.serial == serial + 1, holdsAll { return state }
    }
    guard state != nil || serial > 0 else { return folded(into: nil) }
    if state == nil { throw Failure(missing(paths)) }
    throw Failure(foreign(state))
  }

  private func folded(into state: AppliedState?) -> AppliedState? {
    guard !changes.isEmpty else { return state }
    var folded = state ?? AppliedState(lineage: lineage, serial: serial)
    for (address, resource) in changes { folded.resources[address] = resource }
    folded.serial += 1
    return folded
  }

  private func foreign(_ state: AppliedState?) -> Diagnostic {
    let other = state.map { "the state has lineage \($0.lineage), serial \($0.serial)" } ?? "there is no state"
    return Diagnostic(
      .error, "state-journal", "the journal \(name) belongs to another state",
      help: [
        "it goes on from lineage \(lineage), serial \(serial); \(other)",
        "bring back the state file that it belongs to, or move the journal away: the next plan finds what exists",
      ])
  }

  private func missing(_ paths: StatePaths) -> Diagnostic {
    Diagnostic(
      .error, "state-missing", "the state \(paths.name) is gone, but its journal is there",
      help: [
        "bring back the state that the journal goes on from: lineage \(lineage), serial \(serial)",
        "to begin anew and adopt the tables that exist, move \(name) and \(paths.backup.lastComponent?.string ?? "") away",
      ])
  }
}

/// Says where a journal is damaged.
private struct Damage {
  private let path: FilePath
  let name: String

  init(_ path: FilePath) {
    self.path = path
    name = path.lastComponent?.string ?? path.string
  }

  func parse(_ bytes: ArraySlice<UInt8>, line: Int) throws(Failure) -> JSONValue {
    do {
      return try JSONValue(parsing: Array(bytes))
    } catch { throw failure(error.message, line: line, column: error.column) }
  }

  func failure(_ what: String, line: Int, column: Int = 1) -> Failure {
    Failure(
      Diagnostic(
        .error, "state-damaged", "the journal \(name) is damaged: \(what)",
        at: Place(file: path.string, line: line, column: column),
        help: [
          "nothing was changed: bring back a good copy",
          "or move it away: the next plan looks at the databases, and finds there what is done",
        ]))
  }
}
