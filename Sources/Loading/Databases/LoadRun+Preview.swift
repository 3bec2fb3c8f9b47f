internal import Diagnostics
internal import Planning
internal import Postgres

extension LoadRun {
  /// Stages the first rows of databases, as a first load would read them.
  ///
  /// - Returns: why the table would not take them, where that is so.
  func preview(
    _ databases: [SourcePart], rows: Int, after before: Int, _ database: borrowing Database
  ) throws -> [Diagnostic] {
    parts = databases
    try lookAtDatabases(database)
    let destination = CopyDestination(stage: Stage.name, request.columns, ordinal: Stage.ordinal)
    var count = before
    for part in parts where count < before + rows {
      guard var part = part.database else { continue }
      part.limit = before + rows - count
      try database.run("SAVEPOINT preview")
      do {
        count = try transfer(
          part, request.columns, to: destination, hasOrdinal: true, after: count, database)
        try database.run("RELEASE SAVEPOINT preview")
      } catch let refused as RowsRefused {
        try database.script("ROLLBACK TO SAVEPOINT preview; RELEASE SAVEPOINT preview")
        return [Refusal(refused.error, row: nil, column: refused.column, request).diagnostic]
      }
    }
    return []
  }
  /// The first rows of what the flow's steps make, and what its rules find in all rows.
  ///
  /// All of the sources is read and staged: joins and sums are of all rows.
  func previewBatch(_ all: [SourcePart], rows: Int, _ database: borrowing Database) throws -> Preview {
    isPreview = true
    parts = all
    try lookAtDatabases(database)
    if !request.transform.isEmpty { try transformSources(database) }
    if request.rules.isEmpty, var part = parts.first?.database {
      part.limit = rows
      parts[0].content = .database(part)
    }
    var results: [RuleResult] = []
    do {
      _ = try Stage(self, request.columns, key: [], rejecting: rejects, on: database)
      results = ruleResults
    } catch let broken as RulesBroken { results = broken.results }
    var preview = try Preview(staged: request, rows: rows, rejected: rejects.kept, on: database)
    if !request.rules.isEmpty { preview.quality = results }
    return preview
  }
}
