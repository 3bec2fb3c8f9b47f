public import Diagnostics
internal import JSON
public import SystemPackage

/// The state in a file, with its backup, journal and lock beside it.
public struct StateFile: StateStore {
  /// The file, or a link to it.
  public let path: FilePath
  private let holder: @Sendable (String) -> LockHolder
  private let layout: StateLayout

  /// Makes a store.
  ///
  /// - Parameter holder: who we are, for a lock that is taken now with a command's name.
  public init(_ path: FilePath, holder: @escaping @Sendable (_ command: String) -> LockHolder) {
    self.init(path, layout: .current, holder: holder)
  }

  init(_ path: FilePath, layout: StateLayout, holder: @escaping @Sendable (_ command: String) -> LockHolder) {
    self.path = path
    self.holder = holder
    self.layout = layout
  }

  public func read() throws(Failure) -> AppliedState? { try look(at: StatePaths(path)).state }

  public func open(
    command: String, waiting: Duration, onWait: @Sendable (String) -> Void
  ) async throws -> any StateSession {
    let paths = try StatePaths(path)
    try DurableFile.makeFolder(of: paths.state)
    let lock = try await FileLock.take(paths.lock, holder: holder(command), waiting: waiting, onWait: onWait)
    do {
      let found = try look(at: paths)
      let files = StateFiles(paths: paths, layout: layout)
      if found.hasUnwritten, let state = found.state { try files.write(state) }
      try DurableFile.remove(paths.journal)
      return StateFileSession(files: files, lock: lock, state: found.state)
    } catch {
      lock.unlock()
      throw error
    }
  }

  /// What a look found.
  private struct Found {
    var state: AppliedState?
    /// Whether some of it stands in the journal only.
    var hasUnwritten = false
  }

  /// Reads the state and the journal that goes with it, though a writer may be at work.
  private func look(at paths: StatePaths) throws(Failure) -> Found {
    var attempts = 0
    while true {
      let file = try OpenFile(paths.state)
      let found = Result { () throws(Failure) in try find(in: file, paths) }
      attempts += 1
      // Where the state was replaced meanwhile, the journal may be of the next one.
      let isSame = file?.isInPlace ?? !DurableFile.exists(paths.state)
      if isSame || attempts == 10 { return try found.get() }
    }
  }

  private func find(in file: OpenFile?, _ paths: StatePaths) throws(Failure) -> Found {
    let state: AppliedState? =
      if let file { try AppliedState(json: content(of: file, paths), file: paths.name, layout: layout) } else { nil }
    let journal = try JournalContent(paths.journal, layout: layout)
    if state == nil, DurableFile.exists(paths.backup) { throw Failure(missing(paths)) }
    guard let journal else { return Found(state: state) }
    let folded = try journal.fold(into: state, paths: paths)
    return Found(state: folded, hasUnwritten: folded?.serial != state?.serial)
  }

  private func content(of file: OpenFile, _ paths: StatePaths) throws(Failure) -> JSONValue {
    let bytes = try file.content()
    guard !bytes.isEmpty else { throw Failure(.damagedState(paths.name, "it is empty")) }
    do {
      return try JSONValue(parsing: bytes)
    } catch {
      let place = Place(file: paths.state.string, line: error.line, column: error.column)
      throw Failure(.damagedState(paths.name, error.message, at: place))
    }
  }

  private func missing(_ paths: StatePaths) -> Diagnostic {
    Diagnostic(
      .error, "state-missing", "the state \(paths.name) is gone, but its backup is there",
      help: [
        "to go on from the backup (the state before the last apply), run:", "cp \(paths.backup) \(paths.state)",
        "to begin anew and adopt the tables that exist, move \(paths.name).backup away",
      ])
  }
}

/// The files of a state that is locked for us.
struct StateFiles: Sendable {
  let paths: StatePaths
  let layout: StateLayout

  /// Writes `state`; the one before becomes the backup.
  func write(_ state: AppliedState) throws(Failure) {
    if DurableFile.exists(paths.state) { try DurableFile.keep(paths.state, as: paths.backup) }
    try DurableFile.replace(paths.state, with: (state.json(layout).text(.sorted) + "\n").utf8)
  }
}
