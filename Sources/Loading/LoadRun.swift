internal import Catalog
internal import Diagnostics
internal import Manifests
internal import Planning
internal import Postgres

/// One try of a load, in one transaction.
final class LoadRun {
  private(set) var request: LoadRequest
  let meter: ProgressMeter
  private let sources: LoadSources
  let sessions: SourceSessions
  let startedAt: String
  private let scope: InputScope
  /// What is written, once the ledger was asked: what is read, or what steps make of it.
  var parts: [SourcePart] = []
  /// What is read, where that is not what is written.
  var readParts: [SourcePart]?
  /// What is read.
  var sourceParts: [SourcePart] { readParts ?? parts }
  /// How many rows of a source could not be read, where that is no reason to fail: they are written nowhere.
  var unreadable = 0
  /// What rules found, once they were asked.
  var ruleResults: [RuleResult] = []
  /// Rows that are kept out.
  private(set) lazy var rejects = RejectLog(file: isPreview ? nil : request.rejectsFile)
  /// Whether nothing is written in the end, so that rows which do not fit are told of and no reason to stop.
  var isPreview = false
  private(set) var warnings: [Diagnostic] = []
  /// Whether row-level security applies to the role.
  private(set) var hasRowSecurity = false
  /// The source's fields that were not there when the flow was applied.
  var newFields: Set<String> = []
  /// What there is to say of types that are others than when the flow was applied.
  var typeChanges: [String] = []
  /// What was read by a cursor.
  var cursor: LoadOutcome.CursorRange?

  init(
    _ request: LoadRequest, _ sources: LoadSources, _ sessions: SourceSessions, startedAt: String,
    _ scope: InputScope, _ meter: ProgressMeter
  ) {
    self.request = request
    self.scope = scope
    self.sources = sources
    self.sessions = sessions
    self.startedAt = startedAt
    self.meter = meter
  }

  /// Runs it. Each statement must see what others have committed before the table's lock was taken, whatever level of
  /// isolation is the database's default.
  ///
  /// - Throws: `Refusal`, when nothing was written; `CancellationError`.
  func run(on database: borrowing Database) throws -> LoadOutcome {
    do {
      return try database.transaction(isolation: .readCommitted, prelude: request.prelude) { database in
        try body(database)
      }
    } catch let failure as Failure {
      throw Refusal(failure)
    } catch let broken as RulesBroken {
      throw Refusal(broken)
    } catch let fault as RowFault {
      throw Refusal(fault)
    } catch let source as SourceError {
      throw Refusal(source)
    } catch let refused as RowsRefused {
      // The transaction is rolled back; the source is read again for the row's place and value.
      let row = refused.ordinal.flatMap { LocatedRow.find($0, in: parts, starts: refused.starts) }
      var refusal = Refusal(
        refused.error, row: row, column: refused.column, request, hasRowSecurity: hasRowSecurity)
      if refused.error.isAboutRows {
        for change in typeChanges { refusal.diagnostic.message += "; \(change)" }
      }
      throw refusal
    } catch let error as PostgresError {
      throw Refusal(error, row: nil, column: error.column, request)
    }
  }

  private func body(_ database: borrowing Database) throws -> LoadOutcome {
    try request.lockTable(on: database)
    let standing = try request.standing(on: database)
    hasRowSecurity = standing.hasRowSecurity
    if let same = standing.same { return outcome(same, of: standing) }
    if let other = standing.otherLineage { throw request.otherLineage(other) }
    if standing.hasSlot, !request.readsAgain { return outcome(.skipped, LoadCounts()) }
    if try request.isWindowLoaded(on: database) { return outcome(.skipped, LoadCounts()) }
    guard try choose(database) else {
      if request.slot != nil { throw Failure(.noNewFile(of: request.flow)) }
      return outcome(.skipped, LoadCounts())
    }
    try request.resolveTypes(on: database)
    try refuseDoubling(on: database)
    try lookAtDatabases(database)
    if !request.transform.isEmpty { try transformSources(database) }

    var counts = try write(database)
    counts.read += unreadable
    try concludeRejects(&counts)
    let isSourceEmpty = counts.read == 0 && (counts.deleted == 0 || !request.deleteMissing)
    if isSourceEmpty, request.transform.isEmpty, !sources.allowsEmpty {
      throw Failure(
        Diagnostic(
          .error, "source-empty", "the source of flow \(request.flow) has no rows",
          at: parts.first?.file.map { Place(file: $0.name, line: 1, column: 1) },
          help: ["write `allowEmpty: true` on the source where that is no mistake"]))
    }
    try checkFilesStayed()
    try runAfterLoad(database)
    try database.run("SET CONSTRAINTS ALL IMMEDIATE")
    let status: LoadOutcome.Status = isEmpty(counts) ? .empty : .loaded
    let files = sources.entries.flatMap { entry in sourceParts.compactMap { $0.file.flatMap { entry.files[$0.name] } } }
    var row = LedgerRow(
      status: status, counts: counts, files: files, cursor: cursor, newFields: newFields.count, started: startedAt)
    row.quality = ruleResults.ledgerText
    try database.run(row.insert(request, into: standing.columns))
    var outcome = outcome(status, counts)
    outcome.isRecorded = true
    return outcome
  }

  /// Whether a load with these counts had nothing to do. Rows that a cursor reads again are there already.
  private func isEmpty(_ counts: LoadCounts) -> Bool {
    if counts.read == 0 { return counts.deleted == 0 }
    return isUpToDate && counts.inserted + counts.updated + counts.deleted + counts.rejected == 0
  }

  /// Leaves out the files that were loaded; false where nothing is left.
  private func choose(_ database: borrowing Database) throws -> Bool {
    parts = []
    for entry in sources.entries {
      guard entry.newOnly else {
        parts += entry.parts
        continue
      }
      let new = try request.newFiles(entry.parts.compactMap { $0.file.flatMap { entry.files[$0.name] } }, on: database)
      parts += entry.parts.filter { part in part.file.map { new.contains($0.name) } ?? true }
    }
    // Where no file is there at all, and that is fine, the load has no rows, but it happened.
    return !parts.isEmpty || sources.entries.allSatisfy(\.parts.isEmpty)
  }

  /// Refuses files that were written to while they were read: the ledger would hold what they were before.
  private func checkFilesStayed() throws(Failure) {
    for file in sourceParts.compactMap(\.file) {
      let now = FileStatus(of: file.path)
      guard now?.size != file.size || now?.modified != file.modified else { continue }
      throw Failure(
        Diagnostic(
          .error, "file-changed", "\(file.name) has changed while it was read",
          at: Place(file: file.name, line: 1, column: 1),
          help: ["write a new file under another name, and rename it when it is complete"]))
    }
  }

  private func outcome(_ status: LoadOutcome.Status, _ counts: LoadCounts) -> LoadOutcome {
    var outcome = LoadOutcome(
      flow: request.flow, load: request.load, status: status, mode: request.mode, counts: counts,
      warnings: warnings, files: sourceParts.compactMap { $0.file?.name })
    outcome.quality = ruleResults
    outcome.cursor = cursor
    return outcome
  }

  /// How the load ended that an earlier try got through, as the ledger has it.
  private func outcome(_ status: LoadOutcome.Status, of standing: LedgerStanding) -> LoadOutcome {
    var outcome = outcome(status, standing.counts)
    outcome.cursor = standing.cursor
    outcome.files = standing.files
    outcome.isRecorded = true
    return outcome
  }

  private func write(_ database: borrowing Database) throws -> LoadCounts {
    switch request.mode {
    case .insert: try insert(database)
    case .insertIgnore: try insertIgnore(database)
    case .truncateInsert: try truncateInsert(database)
    case .upsert: try upsert(database)
    case .delete: try delete(database)
    }
  }

  /// Has the column at `index` take the field of its own name: its rows are staged.
  func takeAsStaged(_ index: Int) { request.columns[index].from = .field(request.columns[index].name.name) }

  /// Adds what is worth knowing, whatever becomes of the load.
  func warn(_ warning: Diagnostic) { warnings.append(warning) }

  /// A feed of the rows of `parts` (nothing: of all), as `columns` see them.
  ///
  /// - Parameter before: how many rows of the load there were before them.
  func feed(_ columns: [TargetColumn], of parts: [SourcePart]? = nil, after before: Int = 0) -> RowFeed {
    let parts = parts ?? self.parts
    let isInput = !request.transform.isEmpty
    let known = isInput ? parts.first.map { knownFields(ofSource: $0.source) } : request.knownFields
    return RowFeed(
      parts, after: before, columns: columns, sourceCount: isInput ? 1 : request.sources.count,
      changes: (request.sourceChanges, known), load: request.load, startedAt: startedAt, scope: scope)
  }
}
