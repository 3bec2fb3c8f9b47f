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
    let isOrdered = try stage.followKeyOrder(to: request.target, database)
    let written = try stage.merge(database) { database, rows in
      try database.rows(upsertStatement(rows, key)) { (inserted: $0.int(0) ?? 0, updated: $0.int(1) ?? 0) }.first
    }
    if isOrdered { try stage.forgetKeyOrder(database) }
    counts.inserted = written?.inserted ?? 0
    counts.updated = written?.updated ?? 0
    counts.deleted = try deleteMissing(
      from: stage.table, key: key, read: counts.read, inserted: counts.inserted, on: database)
    counts.unchanged = counts.read - stage.rejected - counts.superseded - counts.inserted - counts.updated
    return counts
  }

  /// One statement: rows that are new or differ are found by a join, and written by ON CONFLICT, which another writer of
  /// the same key cannot break.
  private func upsertStatement(_ rows: SQL, _ key: [TargetColumn]) -> SQL {
    let names = request.columns.map(\.name)
    let keys = Set(key.map(\.name))
    let others = names.filter { !keys.contains($0) }
    let same = key.map { $0.isSame("s", "t") }
    let compared = request.columns.filter { !keys.contains($0.name) && !$0.from.isMetadata }
    let isNew: SQL = "t.\(identifier: key[0].name) IS NULL"
    let differs: [SQL] = compared.map { column in
      let cast: SQL = isComparable(column.base) ? "" : "::text"
      return "s.\(identifier: column.name)\(sql: cast) IS DISTINCT FROM t.\(identifier: column.name)\(sql: cast)"
    }
    let set: [SQL] = others.map { "\(identifier: $0) = EXCLUDED.\(identifier: $0)" }
    let action: SQL = set.isEmpty ? "NOTHING" : "UPDATE SET \(sql: set.joined(separator: ", "))"
    let taken: [SQL] = names.map { "s.\(identifier: $0)" }
    return """
      WITH changed AS MATERIALIZED (
        SELECT \(sql: taken.joined(separator: ", ")), \(sql: isNew) AS _sluice_is_new
        FROM \(sql: rows) s LEFT JOIN \(name: request.target) t ON \(sql: same.joined(separator: " AND "))
        WHERE \(sql: ([isNew] + differs).joined(separator: " OR "))
      ), merged AS (
        INSERT INTO \(name: request.target) (\(identifiers: names)) SELECT \(identifiers: names) FROM changed
        ON CONFLICT (\(identifiers: key.map(\.name))) DO \(sql: action)
      )
      SELECT count(*) FILTER (WHERE _sluice_is_new), count(*) FILTER (WHERE NOT _sluice_is_new) FROM changed
      """
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

/// Whether IS DISTINCT FROM tells all values of a type apart that show differently. Others (json has no equality, a
/// box's is that of areas, an interval's takes 30 days for a month) are compared as text.
func isComparable(_ type: String) -> Bool {
  let name = type.prefix { $0 != "(" && $0 != "[" }
  let plain: Set<Substring> = [
    "smallint", "integer", "bigint", "numeric", "real", "double precision", "boolean", "text", "character varying",
    "character", "date", "timestamp", "timestamp without time zone", "timestamp with time zone", "time",
    "time without time zone", "uuid", "bytea", "jsonb", "inet", "cidr", "macaddr", "oid", "name",
  ]
  return plain.contains(name)
}
