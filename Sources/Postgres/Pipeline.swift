internal import CLibPQ

/// A statement to send without waiting for the answer to the one before.
public struct PipelineItem: Sendable {
  enum Action: Sendable { case query, describe }

  let action: Action
  let sql: SQL
  let hasSync: Bool

  /// Runs a statement.
  ///
  /// - Parameter sync: whether a Sync follows. An error skips all up to the next Sync and, unless a transaction is
  ///   open, rolls back what ran since the Sync before.
  public static func query(_ sql: SQL, sync: Bool = false) -> PipelineItem {
    PipelineItem(action: .query, sql: sql, hasSync: sync)
  }

  /// Has the server parse and describe a statement without running it.
  public static func describe(_ sql: SQL, sync: Bool = true) -> PipelineItem {
    PipelineItem(action: .describe, sql: sql, hasSync: sync)
  }
}

/// The answer to a ``PipelineItem``.
public enum PipelineResult: Sendable {
  /// The rows of a statement; none for one that gives none.
  case rows(Rows)
  /// The columns of a described statement, and the types of its parameters.
  case description(columns: [ColumnDescription], parameters: [UInt32])
  /// It failed.
  case failure(PostgresError)
  /// It was not run, as one before it failed and no Sync stood in between.
  case skipped

  /// The rows.
  /// - Throws: the `PostgresError`; one of the client where there are no rows to have.
  public func rows() throws -> Rows {
    switch self {
    case .rows(let rows): return rows
    case .failure(let error): throw error
    case .description: throw PostgresError(.client, "a described statement has no rows")
    case .skipped: throw PostgresError(.client, "not run, as a statement before it failed")
    }
  }

  /// The columns of a described statement.
  /// - Throws: the `PostgresError`; one of the client where there is no description.
  public func columns() throws -> [ColumnDescription] {
    switch self {
    case .description(let columns, _): return columns
    case .rows(let rows): return rows.columns
    case .failure(let error): throw error
    case .skipped: throw PostgresError(.client, "not run, as a statement before it failed")
    }
  }
}

extension Database {
  /// Sends all `items` without waiting in between, and gives their answers in the same order: one round trip.
  ///
  /// The first error of an item is its answer, not thrown. A Sync always follows the last one.
  ///
  /// - Throws: `PostgresError` where an item cannot be sent at all, or the connection breaks; `CancellationError`.
  public func pipeline(_ items: [PipelineItem]) throws -> [PipelineResult] {
    var results: [PipelineResult] = []
    results.reserveCapacity(items.count)
    try pipeline(items) { results.append($0) }
    return results
  }

  /// Sends all `items` without waiting in between, and hands their answers to `take` in the same order, each as soon as
  /// it is here: what is large can be decoded while the server works on what comes next.
  ///
  /// - Throws: what the other `pipeline` throws.
  public func pipeline(_ items: [PipelineItem], _ take: (PipelineResult) -> Void) throws {
    if items.isEmpty { return }
    try session.checkCancellation()
    let statements = try items.map { try Statement($0.sql) }
    guard PQenterPipelineMode(session.pointer) == 1 else { throw session.failure() }
    defer { _ = PQexitPipelineMode(session.pointer) }
    session.roundTrips += 1
    // Nothing blocks on sending alone: `flush` reads while it sends, so that neither side can wait for the other for
    // ever. It is called now and then, as libpq moves all that is unsent each time the network takes a part of it.
    var unsent = 0
    for (item, statement) in zip(items, statements) {
      try session.queue(item, statement)
      unsent += statement.byteCount
      if unsent > 65_536 {
        try session.flush()
        unsent = 0
      }
    }
    if !(items.last?.hasSync ?? false) { try session.sync() }
    for (item, statement) in zip(items, statements) {
      take(try session.answer(to: item, statement.text))
      if item.hasSync { try session.readSync() }
    }
    if !(items.last?.hasSync ?? false) { try session.readSync() }
  }
}

extension Session {
  fileprivate func queue(_ item: PipelineItem, _ statement: Statement) throws {
    switch item.action {
    case .query: try statement.send(on: self)
    case .describe:
      guard PQsendPrepare(pointer, "", statement.text, 0, nil) == 1, PQsendDescribePrepared(pointer, "") == 1
      else { throw failure(statement.text) }
    }
    if item.hasSync { try sync() }
  }

  fileprivate func sync() throws {
    guard PQpipelineSync(pointer) == 1 else { throw failure() }
  }

  fileprivate func answer(to item: PipelineItem, _ statement: String) throws -> PipelineResult {
    switch item.action {
    case .query: return try outcome(statement) { .rows(Rows($0)) }
    case .describe:
      let parsed = try outcome(statement) { .rows(Rows($0)) }
      let described = try outcome(statement) { .description(columns: $0.columns, parameters: $0.parameterTypes) }
      if case .rows = parsed { return described }
      return parsed
    }
  }

  /// Reads the results of one message queued, up to the `nil` that ends them.
  private func outcome(_ statement: String, _ made: (ServerResult) -> PipelineResult) throws -> PipelineResult {
    var outcome: PipelineResult?
    while let result = try nextResult() {
      switch result.status {
      case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: outcome = made(result)
      case PGRES_PIPELINE_ABORTED: outcome = .skipped
      case PGRES_FATAL_ERROR:
        let error = error(result, statement)
        if error.isConnectionLost { throw error }
        outcome = .failure(error)
      default:
        // COPY in a pipeline leaves libpq in a state that it cannot leave (manual, 34.5.1.1).
        throw PostgresError(.client, "COPY cannot run in a pipeline", statement: statement)
      }
    }
    guard let outcome else { throw failure(statement) }
    return outcome
  }

  fileprivate func readSync() throws {
    guard let result = try nextResult(), result.status == PGRES_PIPELINE_SYNC else { throw failure() }
  }
}
