internal import Catalog
internal import Diagnostics
internal import Planning
internal import Postgres

extension LoadRun {
  /// Inserts new rows and updates changed ones; the last row of a key wins.
  func upsert(_ database: borrowing Database) throws -> LoadCounts {
    let key = try keyColumns()
    let stage = try Stage(self, request.columns, key: request.key, on: database)
    var counts = LoadCounts()
    counts.read = stage.rows
    counts.superseded = try keepLast(stage, database)
    let statement = UpsertStatement(request, key: key)
    let isOrdered = try stage.followKeyOrder(to: request.target, database)
    let written = try (isOrdered ? merge(stage, statement, database) : nil) ?? insert(stage, statement, database)
    if isOrdered { try stage.forgetKeyOrder(database) }
    counts.inserted = written.inserted
    counts.updated = written.updated
    counts.deleted = try deleteMissing(
      from: stage.table, key: key, read: counts.read, inserted: counts.inserted, on: database)
    counts.unchanged = counts.read - stage.rejected - counts.superseded - counts.inserted - counts.updated
    return counts
  }

  /// Takes the staged rows to the target by ON CONFLICT.
  private func insert(
    _ stage: Stage, _ statement: UpsertStatement, _ database: borrowing Database
  ) throws -> (inserted: Int, updated: Int) {
    try stage.merge(database) { database, rows in
      try database.rows(statement.insertOnConflict(rows)) { ($0.int(0) ?? 0, $0.int(1) ?? 0) }.first
    } ?? (0, 0)
  }

  /// Takes the staged rows to the target by MERGE.
  ///
  /// - Returns: nothing where that would not do the same as ON CONFLICT, or has failed, and done nothing: ON CONFLICT gets by
  ///   what others have written meanwhile, and finds out which row is refused.
  private func merge(
    _ stage: Stage, _ statement: UpsertStatement, _ database: borrowing Database
  ) throws -> (inserted: Int, updated: Int)? {
    guard database.serverVersion >= 150_000, !hasRowSecurity,
      try database.rows(statement.fitsMerge, { $0.bool(0) ?? false }).first == true
    else { return nil }
    try database.run("SAVEPOINT merging")
    do {
      let before = try database.rows(statement.counts, Self.counts).first
      try database.run(statement.merge(stage.table))
      let after = try database.rows(statement.counts, Self.counts).first
      try database.run("RELEASE SAVEPOINT merging")
      return (
        (after?.inserted ?? 0) - (before?.inserted ?? 0), (after?.updated ?? 0) - (before?.updated ?? 0)
      )
    } catch let error as PostgresError
      where error.kind == .statement && !error.isTransient && error.sqlState != "57014"
    {
      try database.script("ROLLBACK TO SAVEPOINT merging; RELEASE SAVEPOINT merging")
      return nil
    }
  }

  private static func counts(_ row: borrowing Row) -> (inserted: Int, updated: Int) {
    (row.int(0) ?? 0, row.int(1) ?? 0)
  }

  /// Deletes the rows whose key is in the source.
  ///
  /// Rows of the source write nothing themselves, so each counts as unchanged, or as superseded where a later one has
  /// the same key; `deleted` counts rows of the table.
  func delete(_ database: borrowing Database) throws -> LoadCounts {
    let columns = try keyColumns()
    let stage = try Stage(self, columns, key: request.key, on: database)
    var counts = LoadCounts()
    counts.read = stage.rows
    counts.superseded = try stage.keepLast(database)
    counts.unchanged = counts.read - counts.superseded
    let same = columns.map { $0.isSame("t", "s") }
    counts.deleted = try stage.merge(database) { database, rows in
      try database.run(
        """
        DELETE FROM \(name: request.target) t USING \(sql: rows) s WHERE \(sql: same.joined(separator: " AND "))
        """)
    }
    return counts
  }

  /// The columns of the key.
  private func keyColumns() throws(Failure) -> [TargetColumn] {
    var columns: [TargetColumn] = []
    for name in request.key {
      guard let column = request.columns.first(where: { $0.name == name }) else {
        throw Failure(
          Diagnostic(.error, "key-column", "no column of flow \(request.flow) fills \(name.name) of its key"))
      }
      columns.append(column)
    }
    guard !columns.isEmpty else {
      throw Failure(Diagnostic(.error, "key-column", "flow \(request.flow) has no key"))
    }
    return columns
  }
}
