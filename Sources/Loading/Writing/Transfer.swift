internal import Postgres

extension LoadRun {
  /// Sends all rows of the load's sources to a table: the flow's own, or a temporary one.
  ///
  /// - Parameter hasOrdinal: whether the table's first column takes the rows' ordinals, counted from 1 over all sources.
  /// - Throws: `RowsRefused` for what the server refuses, `RowFault`, `Failure`, `CancellationError`.
  func transfer(
    _ columns: [TargetColumn], to destination: CopyDestination, hasOrdinal: Bool, _ database: borrowing Database
  ) throws -> FeedSummary {
    let copier = RowCopier(feed(columns), TupleEncoder(columns, hasOrdinal: hasOrdinal), to: destination, meter)
    let summary = try copier.copyAll(database)
    newFields = summary.newFields
    return summary
  }
}
