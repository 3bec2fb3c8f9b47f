internal import Catalog
internal import Diagnostics
internal import Manifests
internal import Postgres

extension LoadRun {
  /// Deletes the rows of the target whose key the source no longer has, where the flow says `deleteMissing`.
  ///
  /// A row of the target with NULL in its key stays: none such was ever the source's.
  ///
  /// - Parameters:
  ///   - stage: what stands in SQL for all rows of the source.
  ///   - read: how many rows the source has.
  ///   - inserted: how many of the target's rows are this load's own.
  /// - Returns: how many rows were deleted.
  /// - Throws: `Failure` `too-many-deletes`.
  func deleteMissing(
    from stage: SQL, key: [TargetColumn], read: Int, inserted: Int, on database: borrowing Database
  ) throws -> Int {
    guard request.deleteMissing else { return 0 }
    let same = key.map { $0.isSame("s", "t") }.joined(separator: " AND ")
    let hasKey: SQL = key.map { "t.\(identifier: $0.name) IS NOT NULL" }.joined(separator: " AND ")
    // Counting costs one pass, and saves a load that would be refused the deleting; as a rule nothing is missing.
    let counted = try database.rows(
      """
      SELECT count(*), count(*) FILTER (WHERE s.\(identifier: key[0].name) IS NULL AND \(sql: hasKey))
      FROM \(name: request.target) t LEFT JOIN \(sql: stage) s ON \(sql: same)
      """
    ) { (rows: $0.int(0) ?? 0, missing: $0.int(1) ?? 0) }.first
    guard let counted, counted.missing > 0 else { return 0 }
    let before = counted.rows - inserted
    if read == 0, request.allowedDeletes == 0 {
      warn(sourceEmpty(rows: counted.missing))
      return 0
    }
    try check(deletes: counted.missing, of: before, isSourceEmpty: read == 0)
    let deleted = try database.run(
      """
      DELETE FROM \(name: request.target) t
      WHERE \(sql: hasKey) AND NOT EXISTS (SELECT FROM \(sql: stage) s WHERE \(sql: same))
      """)
    // Others may have written rows since they were counted.
    try check(deletes: deleted, of: before, isSourceEmpty: read == 0)
    return deleted
  }

  private func check(deletes: Int, of rows: Int, isSourceEmpty: Bool) throws(Failure) {
    if deletes <= request.allowedDeletes { return }
    if !isSourceEmpty, request.maxDeletes.allows(deletes, of: rows) { return }
    let flow = request.flow
    let words = "\(deletes) of \(rows) rows of \(request.target.sql) are no longer in the source"
    let bound =
      isSourceEmpty
      ? "--allow-delete allows \(request.allowedDeletes)" : "`maxDeletes` allows \(request.maxDeletes.words)"
    throw Failure(
      Diagnostic(
        .error, "too-many-deletes", "\(words), and \(bound): nothing was written",
        help: ["where they are to go, this once:", "sluice run \(flow) --allow-delete \(deletes)"]
          + (isSourceEmpty ? [] : ["`maxDeletes:` on the flow says how many may go each time"])))
  }

  private func sourceEmpty(rows: Int) -> Diagnostic {
    Diagnostic(
      .warning, "source-empty",
      "the source is empty, and nothing was deleted of the \(rows) row\(rows == 1 ? "" : "s") in \(request.target.sql)",
      help: ["where they are to go, this once:", "sluice run \(request.flow) --allow-delete \(rows)"])
  }
}

extension Bound {
  /// Whether it allows so many of `all`.
  func allows(_ count: Int, of all: Int) -> Bool {
    switch self {
    case .count(let most): count <= most
    case .percent(let share): Double(count) * 100 <= share * Double(all)
    }
  }

  /// As it is written in a manifest.
  var words: String {
    switch self {
    case .count(let most): "\(most)"
    case .percent(let share): share == share.rounded() ? "\(Int(share))%" : "\(share)%"
    }
  }
}
