internal import Catalog
internal import Postgres

extension LoadRun {
  /// For insert_ignore: stages the rows, as far as they fit their columns, asks the rules, and puts what is left in the
  /// sources' place.
  func checkRows(rejecting log: RejectLog, _ database: borrowing Database) throws {
    let before = log.count
    let stage = try Stage(
      self, request.columns, key: [], name: Identifier("_sluice_checked"), rejecting: log, on: database)
    unreadable += log.count - before
    if readParts == nil { readParts = parts }
    let names = request.columns.map(\.name)
    parts = [
      try SourcePart(
        made: "SELECT \(identifiers: names) FROM \(sql: stage.table) ORDER BY \(identifier: Stage.ordinal)",
        words: "flow \(request.flow)", on: database)
    ]
    for index in request.columns.indices { takeAsStaged(index) }
  }
}
