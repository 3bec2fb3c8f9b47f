internal import Catalog
internal import Planning
internal import Postgres

extension LoadRun {
  /// Whether rows whose key the table has are left out: those that a cursor reads once more.
  var leavesOutKnown: Bool {
    !request.key.isEmpty && sourceParts.contains { $0.database?.span != nil }
  }

  /// The condition that the table has no row of the key of the row `s`; true where that is no matter.
  var isUnknown: SQL {
    guard leavesOutKnown else { return "true" }
    let same = request.columns.filter { request.key.contains($0.name) }.map { $0.isSame("t", "s") }
    return "NOT EXISTS (SELECT FROM \(name: request.target) t WHERE \(sql: same.joined(separator: " AND ")))"
  }

  /// Appends the rows whose key the table does not have, by way of a temporary one.
  func insertUnknown(_ database: borrowing Database) throws -> LoadCounts {
    try insert(Stage(self, request.columns, key: leavesOutKnown ? request.key : [], on: database), database)
  }

  /// Appends staged rows, but those whose key the table has and that a cursor reads again.
  func insert(_ stage: Stage, _ database: borrowing Database) throws -> LoadCounts {
    let names = request.columns.map(\.name)
    // A temporary table is read in the order in which it was written.
    let inOrder: SQL = leavesOutKnown ? "WHERE \(sql: isUnknown) ORDER BY \(identifier: Stage.ordinal)" : ""
    var counts = LoadCounts()
    counts.read = stage.rows
    counts.inserted = try stage.merge(database) { database, rows in
      try database.run(
        """
        INSERT INTO \(name: request.target) (\(identifiers: names)) \
        SELECT \(identifiers: names) FROM \(sql: rows) s \(sql: inOrder)
        """)
    }
    if leavesOutKnown { counts.unchanged = counts.read - stage.rejected - counts.inserted }
    return counts
  }
}
