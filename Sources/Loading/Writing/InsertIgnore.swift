internal import Diagnostics
internal import Manifests
internal import Planning
internal import Postgres

extension LoadRun {
  /// Appends the rows that the server takes, and rejects the others.
  func insertIgnore(_ database: borrowing Database) throws -> LoadCounts {
    if hasRowSecurity { throw Failure.notSupported("insert_ignore into a table with row-level security") }
    // What is checked late would be placed nowhere.
    try database.run("SET CONSTRAINTS ALL IMMEDIATE")
    let log = RejectLog(file: request.rejectsFile)
    if case .count(let most) = request.maxRejects { log.most = most }
    let copier = IgnoringCopier(
      try feed(request.columns), TupleEncoder(request.columns, hasOrdinal: false),
      to: CopyDestination(request.target, request.columns), log, meter)
    try copier.copyAll(database)
    newFields = copier.feed.newFields
    var counts = LoadCounts()
    counts.read = copier.feed.ordinal
    counts.rejected = log.count
    counts.inserted = counts.read - counts.rejected
    if case .percent(let share) = request.maxRejects, Double(log.count) * 100 > share * Double(counts.read) {
      throw log.tooMany("\(log.count) of \(counts.read) rows were rejected, and \(share)% are allowed")
    }
    if log.count > 0 {
      let rows = log.count == 1 ? "1 row was rejected" : "\(log.count) rows were rejected"
      warn(Diagnostic(.warning, "rows-rejected", rows, help: ["they are in \(request.rejectsFile)"]))
    }
    return counts
  }
}
