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
      let summary = try ignoringCopier(log).copyAll(database)
      newFields = summary.newFields
      counts.read = summary.rows
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

  private func ignoringCopier(_ log: RejectLog) -> IgnoringCopier {
    let target = CopyDestination(request.target, request.columns)
    return IgnoringCopier(
      feed(request.columns), of: parts, request.columns, to: BatchSender(destination: target, hasOrdinal: false),
      takesCopy: !hasRowSecurity, batchRows: request.batchRows, log, meter
    ) { [request, hasRowSecurity] database in
      try request.wayOfRefused(to: target, hasRowSecurity: hasRowSecurity, on: database)
    }
  }
}

extension LoadRequest {
  /// How rows are settled that the server does not take as they come.
  fileprivate func wayOfRefused(
    to target: CopyDestination, hasRowSecurity: Bool, on database: borrowing Database
  ) throws -> IgnoringCopier.Way {
    let rules = try TargetRules(self, on: database)
    // Where policies apply, the table does not take COPY: the server says what is missing.
    guard rules.hasTemporary || hasRowSecurity else { return .pieces }
    try database.run("SAVEPOINT stage")
    do {
      let stage = try BatchStage(target, columns, rules, hasRowSecurity: hasRowSecurity, on: database)
      try database.run("RELEASE SAVEPOINT stage")
      return .staged(stage)
    } catch let error as PostgresError where error.sqlState == "42501" && !hasRowSecurity {
      // A column's type may be in a schema that the role may not use.
      try database.script("ROLLBACK TO SAVEPOINT stage; RELEASE SAVEPOINT stage")
      return .pieces
    }
  }
}
