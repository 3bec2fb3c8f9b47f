public import Diagnostics
internal import JSON
public import SystemPackage

/// The state in a file, with its backup, journal and lock beside it.
public struct StateFile: StateStore {
  /// The file; beside it stand `.backup`, `.journal` and `.lock`.
  public let path: FilePath
  private let holder: @Sendable (String) -> LockHolder

  /// Makes a store.
  ///
  /// - Parameter holder: who we are, for a lock that is taken now with a command's name.
  public init(_ path: FilePath, holder: @escaping @Sendable (_ command: String) -> LockHolder) {
    self.path = path
    self.holder = holder
  }

  public func read() throws(Failure) -> AppliedState? {
    let state = try readFile()
    let folded = try StateJournal.fold(journalPath, into: state)
    if folded == nil, DurableFile.exists(backupPath) { throw Failure(missing()) }
    return folded
  }

  public func open(command: String) throws(Failure) -> any StateSession {
    try DurableFile.makeFolder(of: path)
    let lock = try FileLock(beside(".lock"), holder: holder(command))
    do {
      let onDisk = try readFile()
      let state = try read()
      if state != onDisk, let state { try write(state) }
      try DurableFile.remove(journalPath)
      return StateFileSession(file: self, lock: lock, state: state)
    } catch {
      lock.unlock()
      throw error
    }
  }

  var journalPath: FilePath { beside(".journal") }
  private var backupPath: FilePath { beside(".backup") }
  private func beside(_ ending: String) -> FilePath { FilePath(path.string + ending) }
  private var name: String { path.lastComponent?.string ?? path.string }

  private func readFile() throws(Failure) -> AppliedState? {
    guard let content = try DurableFile.read(path) else { return nil }
    guard !content.isEmpty else { throw Failure(.damagedState(name, "it is empty")) }
    let json: JSONValue
    do {
      json = try JSONValue(parsing: content)
    } catch {
      let place = Place(file: path.string, line: error.line, column: error.column)
      throw Failure(.damagedState(name, error.message, at: place))
    }
    return try AppliedState(json: json, file: name)
  }

  /// Writes `state`; the one before becomes the backup.
  func write(_ state: AppliedState) throws(Failure) {
    try DurableFile.copy(path, to: backupPath)
    try DurableFile.replace(path, with: (state.json.text(.sorted) + "\n").utf8)
  }

  private func missing() -> Diagnostic {
    Diagnostic(
      .error, "state-missing", "the state \(name) is gone, but its backup is there",
      help: [
        "to go on from the backup (the state before the last apply), run:", "cp \(name).backup \(name)",
        "to begin anew and adopt the tables that exist, remove \(name).backup",
      ])
  }
}
