internal import Catalog
internal import Manifests
internal import Planning
internal import Postgres

extension LoadRun {
  /// Appends all rows.
  func insert(_ database: borrowing Database) throws -> LoadCounts {
    if hasRowSecurity { return try insertStaged(database) }
    let rows = try transfer(
      request.columns, to: CopyDestination(request.target, request.columns), hasOrdinal: false, database)
    var counts = LoadCounts()
    counts.read = rows.rows
    counts.inserted = counts.read
    return counts
  }

  /// The same where row-level security refuses COPY.
  private func insertStaged(_ database: borrowing Database) throws -> LoadCounts {
    let stage = try Stage(self, request.columns, key: [], on: database)
    let names = request.columns.map(\.name)
    var counts = LoadCounts()
    counts.read = stage.rows
    counts.inserted = try stage.merge(database) { database, rows in
      try database.run(
        """
        INSERT INTO \(name: request.target) (\(identifiers: names)) \
        SELECT \(identifiers: names) FROM \(sql: rows) s ORDER BY \(identifier: Stage.ordinal)
        """)
    }
    return counts
  }

  /// Empties the table, then appends all rows. Readers wait from TRUNCATE to COMMIT; with DELETE they see the old rows.
  func truncateInsert(_ database: borrowing Database) throws -> LoadCounts {
    let deleted = try empty(database)
    var counts = try insert(database)
    counts.deleted = deleted
    return counts
  }

  /// - Returns: how many rows there were. TRUNCATE does not say: they are counted before, under the same lock, where
  ///   the role may read the table (0 otherwise).
  private func empty(_ database: borrowing Database) throws -> Int {
    let may =
      try database.rows(
        """
        SELECT has_table_privilege(\(value: request.target.sql), 'TRUNCATE'),
          has_table_privilege(\(value: request.target.sql), 'SELECT')
        """
      ) { (truncate: $0.bool(0) ?? false, select: $0.bool(1) ?? false) }.first ?? (truncate: true, select: false)
    // TRUNCATE would take rows away that policies hide.
    guard request.readers == .wait, may.truncate, !hasRowSecurity else {
      return try database.run("DELETE FROM \(name: request.target)")
    }
    var rows = 0
    if may.select {
      try database.run("LOCK TABLE \(name: request.target) IN ACCESS EXCLUSIVE MODE")
      rows = try database.rows("SELECT count(*) FROM \(name: request.target)") { $0.int(0) ?? 0 }.first ?? 0
    }
    try database.run("TRUNCATE \(name: request.target)")
    return rows
  }
}
