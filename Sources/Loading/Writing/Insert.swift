internal import Catalog
internal import Manifests
internal import Planning
internal import Postgres

extension LoadRun {
  /// Appends all rows.
  ///
  /// - Parameter isTruncated: whether this transaction has emptied the table, and others cannot look at it.
  func insert(_ database: borrowing Database, isTruncated: Bool = false) throws -> LoadCounts {
    // Row-level security refuses COPY; what a cursor reads again is found by its key; and rules are asked before anything
    // is written.
    if hasRowSecurity || leavesOutKnown || !request.rules.isEmpty { return try insertUnknown(database) }
    var destination = CopyDestination(request.target, request.columns)
    destination.isFrozen = isTruncated
    let rows = try transfer(request.columns, to: destination, hasOrdinal: false, database)
    var counts = LoadCounts()
    counts.read = rows.rows
    counts.inserted = counts.read
    return counts
  }

  /// Empties the table, then appends all rows. Readers wait from TRUNCATE to COMMIT; with DELETE they see the old rows.
  func truncateInsert(_ database: borrowing Database) throws -> LoadCounts {
    // Readers are not to wait for the rules.
    let stage = request.rules.isEmpty ? nil : try Stage(self, request.columns, key: [], on: database)
    let (deleted, isTruncated) = try empty(database)
    var counts = try stage.map { try insert($0, database) } ?? insert(database, isTruncated: isTruncated)
    counts.deleted = deleted
    return counts
  }

  /// - Returns: how many rows there were (TRUNCATE does not say: they are counted before, under the same lock, where
  ///   the role may read the table; 0 otherwise), and whether it is an ordinary table that was truncated.
  private func empty(_ database: borrowing Database) throws -> (rows: Int, isTruncated: Bool) {
    let may =
      try database.rows(
        """
        SELECT has_table_privilege(\(value: request.target.sql), 'TRUNCATE'),
          has_table_privilege(\(value: request.target.sql), 'SELECT'),
          (SELECT relkind = 'r' FROM pg_class WHERE oid = to_regclass(\(value: request.target.sql)))
        """
      ) { (truncate: $0.bool(0) ?? false, select: $0.bool(1) ?? false, isOrdinary: $0.bool(2) ?? false) }.first
      ?? (truncate: true, select: false, isOrdinary: false)
    // TRUNCATE would take rows away that policies hide.
    guard request.readers == .wait, may.truncate, !hasRowSecurity else {
      return (try database.run("DELETE FROM \(name: request.target)"), false)
    }
    var rows = 0
    if may.select {
      try database.run("LOCK TABLE \(name: request.target) IN ACCESS EXCLUSIVE MODE")
      rows = try database.rows("SELECT count(*) FROM \(name: request.target)") { $0.int(0) ?? 0 }.first ?? 0
    }
    try database.run("TRUNCATE \(name: request.target)")
    return (rows, may.isOrdinary)
  }
}
