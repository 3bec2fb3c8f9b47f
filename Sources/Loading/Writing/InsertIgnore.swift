internal import Diagnostics
internal import Manifests
internal import Planning
internal import Postgres

extension LoadRun {
  /// Appends the rows that the server takes, and rejects the others.
  ///
  /// Sources go one after the other, so that of two rows that exclude one another the first one wins. A share of rows
  /// (`maxRejects: 1%`) is looked at when all were read: before that, nobody knows how many there will be.
  func insertIgnore(_ database: borrowing Database) throws -> LoadCounts {
    // What is checked late would be placed nowhere.
    try database.run("SET CONSTRAINTS ALL IMMEDIATE")
    let log = rejects
    if case .count(let most) = request.maxRejects { log.most = most }
    var counts = LoadCounts()
    if !request.rules.isEmpty { try checkRows(rejecting: log, database) }
    let before = log.count
    let findWay = wayOfRefused
    for stretch in stretches {
      if let part = stretch.first?.database {
        var merge = try IgnoringMerge(part, of: self, after: counts.read, log, on: database, findWay: findWay)
        try merge.mergeAll(database)
        counts.read += merge.rows
        counts.unchanged += merge.unchanged
      } else {
        let summary = try ignoringCopier(of: stretch, after: counts.read, log, findWay: findWay).copyAll(database)
        newFields.formUnion(summary.newFields)
        counts.read = summary.rows
      }
    }
    counts.inserted = counts.read - counts.unchanged - (log.count - before)
    return counts
  }

  /// Counts the rows that were kept out, now that all were read.
  ///
  /// - Throws: `Failure` where there are too many.
  func concludeRejects(_ counts: inout LoadCounts) throws {
    let count = rejects.count
    counts.rejected = count
    if count == 0 { return }
    if case .percent(let share) = request.maxRejects, Double(count) * 100 > share * Double(counts.read) {
      throw rejects.tooMany("\(count) of \(counts.read) rows were rejected, and \(share)% are allowed")
    }
    let rows = count == 1 ? "1 row was rejected" : "\(count) rows were rejected"
    warn(Diagnostic(.warning, "rows-rejected", rows, help: ["they are in \(request.rejectsFile)"]))
  }

  private func ignoringCopier(
    of parts: [SourcePart], after before: Int, _ log: RejectLog,
    findWay: @escaping (borrowing Database) throws -> IgnoringCopier.Way
  ) -> IgnoringCopier {
    let target = CopyDestination(request.target, request.columns)
    return IgnoringCopier(
      feed(request.columns, of: parts, after: before), of: parts, request.columns,
      to: BatchSender(destination: target, hasOrdinal: false), takesCopy: !hasRowSecurity,
      batchRows: request.batchRows, log, meter, findWay: findWay)
  }

  /// Finds out how rows are settled that the server does not take as they come; once, as temporary tables are made for it.
  private var wayOfRefused: (borrowing Database) throws -> IgnoringCopier.Way {
    var found: IgnoringCopier.Way?
    return { [request, hasRowSecurity] database in
      if let found { return found }
      let way = try request.wayOfRefused(
        to: CopyDestination(request.target, request.columns), hasRowSecurity: hasRowSecurity, on: database)
      found = way
      return way
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
