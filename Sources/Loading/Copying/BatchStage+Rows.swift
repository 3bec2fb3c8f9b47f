internal import Catalog
internal import Postgres

extension BatchStage {
  /// Whether rows that are in the server already can be settled here.
  var takesRows: Bool { rules.hasBlocks && rules.convertsByAssignment && !hasRowSecurity }

  /// Takes rows of a temporary table to the target as far as it takes them, in the order of their ordinals; where rows
  /// exclude one another the first one wins.
  ///
  /// - Parameters:
  ///   - rows: the statement that gives them, ordinals first, with the columns' types.
  ///   - texts: the same with text, for values that their type does not take.
  ///   - ordinals: those of the rows.
  ///   - isUnknown: the condition that the target has not yet what a cursor reads again; of the rows `s`.
  /// - Returns: how many rows were left out as the target has them.
  func take(
    _ rows: SQL, asText texts: SQL, _ ordinals: ClosedRange<Int>, _ isUnknown: SQL?, _ refusals: inout Refusals,
    _ database: borrowing Database
  ) throws -> Int {
    try stage(rows, asText: texts, ordinals, &refusals, database)
    var known = try isUnknown.map { try leaveOut($0, database) } ?? 0
    judgedGood -= known
    try mergeStaged(ordinals, &refusals, database)
    if let isUnknown { known += try leaveOut(isUnknown, of: &refusals, database) }
    try clear(database)
    return known
  }

  /// Stages the rows whose values their types take.
  private func stage(
    _ rows: SQL, asText texts: SQL, _ ordinals: ClosedRange<Int>, _ refusals: inout Refusals,
    _ database: borrowing Database
  ) throws {
    written.insert(names.stage)
    let refused = try database.attempt(table: names.stage.name) {
      try database.run("INSERT INTO pg_temp.\(identifier: names.stage) \(sql: rows)")
    }
    if refused != nil {
      written.insert(names.texts)
      try database.run("INSERT INTO pg_temp.\(identifier: names.texts) \(sql: texts)")
      try refuse(by: names.judge(columns, room: refusals.room), &refusals, database)
    }
    judgedGood = ordinals.count - refusals.rows.count
  }

  /// Takes the staged rows to the target.
  private func mergeStaged(
    _ ordinals: ClosedRange<Int>, _ refusals: inout Refusals, _ database: borrowing Database
  ) throws {
    if refusals.areTooMany || judgedGood == 0 { return }
    let suspects = try findSuspects(nil, database)
    guard isBulk, try insertOthers(than: suspects, nil, database) else {
      return try mergeInOrder(ordinals, &refusals, database)
    }
    if !suspects.isEmpty { try trySuspects(suspects.count, &refusals, database) }
  }

  // MARK: What the target has already

  private func leaveOut(_ isUnknown: SQL, _ database: borrowing Database) throws -> Int {
    try database.run("DELETE FROM pg_temp.\(identifier: names.stage) s WHERE NOT \(sql: isUnknown)")
  }

  /// Takes those rows out of `refusals` whose key the target has by now, of another row of the same key.
  private func leaveOut(
    _ isUnknown: SQL, of refusals: inout Refusals, _ database: borrowing Database
  ) throws -> Int {
    let duplicates = refusals.rows.filter { $0.sqlState == "23505" }.map(\.ordinal)
    if duplicates.isEmpty { return 0 }
    let known = try database.rows(
      """
      SELECT \(identifier: Stage.ordinal) FROM pg_temp.\(identifier: names.stage) s
      WHERE \(identifier: Stage.ordinal) = ANY (\(value: duplicates)::bigint[]) AND NOT \(sql: isUnknown)
      """
    ) { $0.int(0) ?? 0 }
    refusals.remove(Set(known))
    return known.count
  }
}
