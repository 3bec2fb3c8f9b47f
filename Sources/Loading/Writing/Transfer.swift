internal import Postgres

extension LoadRun {
  /// Sends all rows of the load's sources to a table: the flow's own, or a temporary one.
  ///
  /// - Parameters:
  ///   - hasOrdinal: whether the table's first column takes the rows' ordinals, counted from 1 over all sources.
  ///   - log: takes rows that cannot be read, or do not fit; without one they are an error.
  /// - Throws: `RowsRefused` for what the server refuses, `RowFault`, `Failure`, `SourceError`, `CancellationError`.
  func transfer(
    _ columns: [TargetColumn], to destination: CopyDestination, hasOrdinal: Bool, rejecting log: RejectLog? = nil,
    _ database: borrowing Database
  ) throws -> FeedSummary {
    var summary = FeedSummary()
    for stretch in stretches {
      do {
        if let part = stretch.first?.database {
          let rows = try transfer(
            part, columns, to: destination, hasOrdinal: hasOrdinal, after: summary.rows, database)
          summary.starts.append(summary.rows)
          summary.rows = rows
        } else if let log {
          let copier = IgnoringCopier(
            feed(columns, of: stretch, after: summary.rows), of: stretch, columns,
            to: BatchSender(destination: destination, hasOrdinal: hasOrdinal), batchRows: request.batchRows, log, meter)
          let next = try copier.copyAll(database)
          summary.starts += next.starts
          summary.rows = next.rows
          summary.newFields.formUnion(next.newFields)
        } else {
          let copier = RowCopier(
            feed(columns, of: stretch, after: summary.rows), TupleEncoder(columns, hasOrdinal: hasOrdinal),
            to: destination, meter)
          let next = try copier.copyAll(database)
          summary.starts += next.starts
          summary.rows = next.rows
          summary.newFields.formUnion(next.newFields)
        }
      } catch var refused as RowsRefused {
        refused.starts = summary.starts + refused.starts
        throw refused
      }
    }
    newFields.formUnion(summary.newFields)
    meter.reportServerAtWork(rows: summary.rows)
    return summary
  }

  /// The parts in their order, those side by side that one feed reads.
  var stretches: [[SourcePart]] {
    var stretches: [[SourcePart]] = []
    for part in parts {
      let isAlone = part.database != nil || stretches.last?.last?.database != nil
      if isAlone || stretches.isEmpty { stretches.append([part]) } else { stretches[stretches.count - 1].append(part) }
    }
    return stretches
  }
}
