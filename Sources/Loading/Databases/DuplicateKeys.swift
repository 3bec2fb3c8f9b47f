internal import Catalog
internal import Diagnostics
internal import Postgres

extension LoadRun {
  /// Removes all rows of a key but the last one; where rows of a database have no order, a key may come only once.
  ///
  /// - Returns: how many rows were removed.
  /// - Throws: `duplicate-key-in-source`.
  func keepLast(_ stage: Stage, _ database: borrowing Database) throws -> Int {
    let unordered = zip(parts.indices, parts).compactMap { index, part in
      part.database.flatMap { $0.isUnordered ? (index: index, part: $0) : nil }
    }
    for (index, part) in unordered {
      let end = stage.starts.indices.contains(index + 1) ? stage.starts[index + 1] : stage.rows
      if let found = try stage.firstDuplicate(from: stage.starts[index] + 1, to: end, database) {
        throw duplicateKey(found, part)
      }
    }
    // What was just looked at need not be looked at again.
    return unordered.count == 1 && parts.count == 1 ? 0 : try stage.keepLast(database)
  }

  private func duplicateKey(_ found: Stage.Duplicate, _ part: DatabasePart) -> Failure {
    let key = zip(request.key, found.values).map { "\($0.name) = \($1.shortened)" }.joined(separator: ", ")
    return Failure(
      Diagnostic(
        .error, "duplicate-key-in-source", "the key \(key) comes \(found.count) times in \(part.words)",
        help: part.made == nil
          ? [
            "nothing says which of the rows is the last one: write `cursor:` on the source, with a column that grows with "
              + "each change", "or have a `query:` give each key once",
          ]
          : [
            "nothing says which of the rows is the last one: have a last step keep one of each, as in "
              + "`sql: SELECT DISTINCT ON (\(request.key.map(\.sql).joined(separator: ", "))) * FROM ... ORDER BY ...`"
          ]))
  }
}

extension Stage {
  /// A key that several rows have.
  struct Duplicate {
    var values: [String]
    var count: Int
  }

  /// A key that more than one of the rows has whose ordinals are in a range.
  fileprivate func firstDuplicate(
    from first: Int, to last: Int, _ database: borrowing Database
  ) throws -> Duplicate? {
    guard first < last else { return nil }
    let names = key.map(\.name)
    let texts: [SQL] = names.map { "\(identifier: $0)::text" }
    return try database.rows(
      """
      SELECT count(*), \(sql: texts.joined(separator: ", ")) FROM \(sql: table)
      WHERE \(identifier: Self.ordinal) BETWEEN \(value: first)::bigint AND \(value: last)::bigint
      GROUP BY \(identifiers: names) HAVING count(*) > 1 LIMIT 1
      """
    ) { row in Duplicate(values: names.indices.map { row.text($0 + 1) ?? "NULL" }, count: row.int(0) ?? 2) }.first
  }
}
