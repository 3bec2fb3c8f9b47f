internal import Diagnostics
internal import Dispatch
internal import SystemPackage

/// One apply's hold on a state file.
///
/// Steps that finish side by side hand their changes in at once. One write and one fsync, on a thread that may block,
/// serve all that came while the one before was under way.
final class StateFileSession: StateSession {
  private let files: StateFiles
  private let lock: FileLock
  private let content: Guarded<Content>
  private let disk = DispatchQueue(label: "sluice.state")

  private struct Content {
    var state: AppliedState?
    /// What stood at each address that was recorded, before.
    var before: [String: AppliedResource?] = [:]
    var journal: StateJournal?
    var waiting: [Entry] = []
    var isWriting = false
    /// Why recording came to an end.
    var failure: Failure?
  }

  /// What one call records, and whom it tells.
  private struct Entry: Sendable {
    var changes: [StateChange]
    var lineage: String
    var line: [UInt8]
    var answer: CheckedContinuation<Failure?, Never>
  }

  init(files: StateFiles, lock: FileLock, state: AppliedState?) {
    self.files = files
    self.lock = lock
    content = Guarded(Content(state: state))
  }

  var state: AppliedState? { content.withLock { $0.state } }

  func record(_ changes: [StateChange], lineage: String) async throws(Failure) {
    guard !changes.isEmpty else { return }
    let line = StateJournal.line(changes)
    let failure = await withCheckedContinuation { answer in
      let isFirst = content.withLock { content in
        content.waiting.append(Entry(changes: changes, lineage: lineage, line: line, answer: answer))
        defer { content.isWriting = true }
        return !content.isWriting
      }
      if isFirst { disk.async { self.writeWaiting() } }
    }
    if let failure { throw Failure(failure.diagnostics.map { $0.notRecorded(changes) }) }
  }

  func close() async throws(Failure) {
    let failure = await withCheckedContinuation { answer in
      disk.async {
        do throws(Failure) {
          try self.finish()
          answer.resume(returning: Failure?.none)
        } catch { answer.resume(returning: error) }
      }
    }
    if let failure { throw failure }
  }

  /// Writes what waits, again and again until nothing does.
  private func writeWaiting() {
    while true {
      let (batch, journal, state) = content.withLock { content in
        defer { content.waiting = [] }
        if content.waiting.isEmpty { content.isWriting = false }
        return (content.waiting, content.journal, content.state.map { ($0.lineage, $0.serial) })
      }
      guard let first = batch.first else { return }
      let failure = write(batch, to: journal, of: state ?? (first.lineage, 0))
      for entry in batch { entry.answer.resume(returning: failure) }
    }
  }

  private func write(
    _ batch: [Entry], to journal: StateJournal?, of state: (lineage: String, serial: Int)
  ) -> Failure? {
    if let failure = content.withLock({ $0.failure }) { return failure }
    do throws(Failure) {
      var journal = journal
      if journal == nil {
        journal = try StateJournal(
          files.paths.journal, lineage: state.lineage, serial: state.serial, layout: files.layout)
        content.withLock { [journal] in $0.journal = journal }
      }
      CrashPoint.beforeJournalLine.pass()
      try journal?.append(batch.flatMap(\.line))
      CrashPoint.afterJournalLine.pass()
    } catch {
      content.withLock { $0.failure = error }
      return error
    }
    content.withLock { content in
      if content.state == nil { content.state = AppliedState(lineage: state.lineage) }
      for change in batch.lazy.flatMap(\.changes) {
        if content.before[change.address] == nil {
          content.before[change.address] = .some(content.state?.resources[change.address])
        }
        content.state?.resources[change.address] = change.resource
      }
    }
    return nil
  }

  private func finish() throws(Failure) {
    defer { lock.unlock() }
    let (journal, changed) = content.withLock { content -> (StateJournal?, AppliedState?) in
      defer { content.journal = nil }
      let isChanged = content.before.contains { $0.value != content.state?.resources[$0.key] }
      if isChanged { content.state?.serial += 1 }
      return (content.journal, isChanged ? content.state : nil)
    }
    guard let journal else { return }
    journal.close()
    if let changed {
      do throws(Failure) {
        try files.write(changed)
      } catch { throw Failure(error.diagnostics.map { $0.keptInJournal(files.paths) }) }
    }
    try DurableFile.remove(files.paths.journal)
  }
}

extension Diagnostic {
  /// This, as the reason why `changes` are done, but not recorded.
  fileprivate func notRecorded(_ changes: [StateChange]) -> Diagnostic {
    var diagnostic = self
    let names = changes.map(\.address).joined(separator: ", ")
    diagnostic.message = "\(names): done in the database, but not recorded: \(message)"
    diagnostic.help.append("mend that and apply again: the plan looks at the database, and finds there what is done")
    return diagnostic
  }

  /// This, as the reason why the state is not written; what was recorded is in the journal.
  fileprivate func keptInJournal(_ paths: StatePaths) -> Diagnostic {
    var diagnostic = self
    let journal = paths.journal.lastComponent?.string ?? paths.journal.string
    diagnostic.help.append("no step is lost: \(journal) holds what was recorded, and the next apply writes it")
    return diagnostic
  }
}
