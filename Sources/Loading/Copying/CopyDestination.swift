internal import Catalog
internal import Manifests
internal import Postgres

/// A table that COPY fills: the flow's own, or one where rows are staged.
struct CopyDestination {
  /// As it stands in SQL.
  var table: SQL
  /// The table's bare name, as errors have it.
  var name: String
  var columns: [Identifier]
  /// Whether rows are written as frozen: no later vacuum has to. Only for an ordinary table that this transaction has
  /// truncated, outside of any savepoint (manual, COPY).
  var isFrozen = false

  /// The flow's own table.
  init(_ table: QualifiedName, _ columns: [TargetColumn]) {
    self.table = "\(name: table)"
    name = table.name.name
    self.columns = columns.map(\.name)
  }

  /// A temporary table of rows with their ordinals.
  init(stage: Identifier, _ columns: [TargetColumn], ordinal: Identifier?) {
    table = "pg_temp.\(identifier: stage)"
    name = stage.name
    self.columns = (ordinal.map { [$0] } ?? []) + columns.map(\.name)
  }

  /// The statement that takes rows.
  func copy(isBinary: Bool) -> SQL {
    let options = (isBinary ? "FORMAT binary" : "FORMAT text") + (isFrozen ? ", FREEZE" : "")
    return "COPY \(sql: table) (\(identifiers: columns)) FROM STDIN (\(raw: options))"
  }
}

extension SourcePart {
  /// What the session needs so that the server reads this part's text right.
  var reading: TextReading { TextReading(timezone: zonelessIsUTC ? "UTC" : timezone, dateOrder: dateOrder) }
}

/// The session's settings while text goes to the server.
struct TextReading: Equatable {
  var timezone = "UTC"
  var dateOrder: DateOrder?

  /// Sets them for the rest of the transaction.
  func set(on database: borrowing Database) throws {
    let style = "ISO, \((dateOrder ?? .ymd).rawValue.uppercased())"
    _ = try database.rows(
      "SELECT set_config('TimeZone', \(value: timezone), true), set_config('DateStyle', \(value: style), true)")
  }
}
