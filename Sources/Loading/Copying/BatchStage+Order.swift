internal import Catalog
internal import Postgres

extension BatchStage {
  /// Takes the staged rows to the target in their order: as many at once as are taken, and suspects one by one.
  func mergeInOrder(_ batch: Batch, _ refusals: inout Refusals, _ database: borrowing Database) throws {
    guard rules.hasBlocks, let first = batch.rows.first, let last = batch.rows.last else {
      try index(database)
      return try insertInOrder(staged(of: batch, but: refusals), oneByOne: false, &refusals, database)
    }
    try mergeInOrder(first.ordinal...last.ordinal, &refusals, database)
    // The block cannot tell what a policy refuses from a missing privilege.
    let unsure = hasRowSecurity ? refusals.remove(sqlState: "42501") : []
    try insertInOrder(unsure.compactMap { batch.row($0) }, oneByOne: true, &refusals, database)
  }

  /// The same for the staged rows with these ordinals, by a block.
  func mergeInOrder(
    _ ordinals: ClosedRange<Int>, _ refusals: inout Refusals, _ database: borrowing Database
  ) throws {
    try index(database)
    let block = names.insertInOrder(
      ordinals, insert, hasRowSecurity: hasRowSecurity, room: refusals.room - refusals.rows.count)
    try refuse(by: block, &refusals, database)
  }

  private func index(_ database: borrowing Database) throws {
    if isIndexed { return }
    for table in [names.stage, names.suspects] {
      try database.run("CREATE INDEX ON pg_temp.\(identifier: table) (\(identifier: Stage.ordinal))")
    }
    isIndexed = true
  }

  /// The rows of the batch that are staged.
  private func staged(of batch: Batch, but refusals: Refusals) -> [Batch.Row] {
    let refused = Set(refusals.rows.map(\.ordinal))
    return refused.isEmpty ? batch.rows : batch.rows.filter { !refused.contains($0.ordinal) }
  }

  /// The same without a block, for `rows`, between which no others are staged, unless they go one by one.
  private func insertInOrder(
    _ rows: [Batch.Row], oneByOne: Bool, _ refusals: inout Refusals, _ database: borrowing Database
  ) throws {
    if rows.isEmpty { return }
    let found = try database.rows("SELECT \(identifier: Stage.ordinal) FROM pg_temp.\(identifier: names.suspects)")
    let suspects = Set(found.map { $0.int(0) ?? 0 })
    let isEnd = { oneByOne || suspects.contains(rows[$0].ordinal) || suspects.contains(rows[$1].ordinal) }
    let ordinal: SQL = "s.\(identifier: Stage.ordinal)"
    try settle(rows, table: target.name, &refusals, isEnd: isEnd) { range in
      let (first, last) = (rows[range.lowerBound].ordinal, rows[range.upperBound - 1].ordinal)
      return try database.attempt(table: target.name) {
        try database.run(
          """
          \(sql: insert) WHERE \(sql: ordinal) BETWEEN \(value: first)::bigint AND \(value: last)::bigint \
          ORDER BY \(sql: ordinal)
          """)
      }
    }
  }
}
