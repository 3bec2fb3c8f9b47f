internal import Diagnostics
internal import Manifests
internal import Planning
internal import Postgres

extension LoadRun {
  /// Appends the rows that the server takes, and rejects the others.
  func insertIgnore(_ database: borrowing Database) throws -> LoadCounts {
    // What is checked late would be placed nowhere.
    try database.run("SET CONSTRAINTS ALL IMMEDIATE")
    let log = RejectLog(file: request.rejectsFile)
    if case .count(let most) = request.maxRejects { log.most = most }
    var counts = LoadCounts()
    if parts.contains(where: { $0.database != nil }) {
      var merge = try IgnoringMerge(self, log, on: database)
      try merge.mergeAll(database)
      counts.read = merge.read
      counts.inserted = merge.inserted
      counts.unchanged = counts.read - counts.inserted - log.count
    } else {
      let copier = try ignoringCopier(log, database)
      try copier.copyAll(database)
      newFields = copier.feed.newFields
      counts.read = copier.feed.ordinal
      counts.inserted = counts.read - log.count
    }
    counts.rejected = log.count
    if case .percent(let share) = request.maxRejects, Double(log.count) * 100 > share * Double(counts.read) {
      throw log.tooMany("\(log.count) of \(counts.read) rows were rejected, and \(share)% are allowed")
    }
    if log.count > 0 {
      let rows = log.count == 1 ? "1 row was rejected" : "\(log.count) rows were rejected"
      warn(Diagnostic(.warning, "rows-rejected", rows, help: ["they are in \(request.rejectsFile)"]))
    }
    return counts
  }

  /// Rows go straight into the table, or by way of a temporary one where row-level security refuses COPY.
  private func ignoringCopier(_ log: RejectLog, _ database: borrowing Database) throws -> IgnoringCopier {
    let columns = request.columns
    let feed = feed(columns)
    guard hasRowSecurity else {
      return IgnoringCopier(
        feed, TupleEncoder(columns, hasOrdinal: false), to: CopyDestination(request.target, columns), log, meter)
    }
    try database.run(Stage.create(columns, isIndexed: true) { _ in false })
    let copier = IgnoringCopier(
      feed, TupleEncoder(columns, hasOrdinal: true),
      to: CopyDestination(stage: Stage.name, columns, ordinal: Stage.ordinal), log, meter)
    let names = columns.map(\.name)
    let target = request.target
    copier.merge = { first, last in
      """
      INSERT INTO \(name: target) (\(identifiers: names)) \
      SELECT \(identifiers: names) FROM pg_temp.\(identifier: Stage.name) \
      WHERE \(identifier: Stage.ordinal) BETWEEN \(value: first)::bigint AND \(value: last)::bigint \
      ORDER BY \(identifier: Stage.ordinal)
      """
    }
    return copier
  }
}
