internal import Catalog
internal import Planning

/// An operation in a few words: `table sales.orders`, and what there is to say about it.
struct OperationLine {
  var what: String
  var detail = ""
  /// Whether the step's columns are worth being listed below.
  var createsTable = false

  init(_ operation: Operation) {
    switch operation {
    case .createTable(let table, let columns, let primaryKey):
      what = "table \(table.sql)"
      detail = Numbers.counted(columns.count, "column")
      if !primaryKey.isEmpty { detail += ", primary key (\(Self.list(primaryKey)))" }
      createsTable = true
    case .addColumn(_, let column):
      what = "column \(column.name.sql) \(column.typeWithConstraints)"
    case .setDefault(_, let column):
      what = "default of column \(column.name.sql): \(column.defaultSQL ?? "")"
    case .createUniqueIndex(let table, let key):
      what = "unique index on \(table.sql) (\(Self.list(key)))"
    case .grantSelect(let table, let readers):
      what = "\(Self.list(readers)) may read \(table.sql)"
    case .buildUniqueIndex(let build):
      what = "unique index on \(build.table.sql) (\(Self.list(build.key)))"
      detail = "built CONCURRENTLY, on a connection of its own"
      if build.takesUpWork { detail += ", after what an earlier apply left" }
    case .createLedger(let table):
      what = "ledger \(table.sql)"
    case .upgradeLedger(let table, let columns):
      what = "ledger \(table.sql): \(Self.list(columns.map(\.name)))"
    }
    what = what.printable()
    detail = detail.printable()
  }

  private static func list(_ names: [Identifier]) -> String { names.map(\.sql).joined(separator: ", ") }
}

extension PlannedColumn {
  var isInferred: Bool { if case .inferred = origin { true } else { false } }

  /// `numeric(12,2) not null default 0`.
  var typeWithConstraints: String {
    type + (isNullable ? "" : " not null") + (defaultSQL.map { " default \($0)" } ?? "")
  }

  /// Where its type comes from, and the field where that has another name.
  var originWords: String {
    let origin =
      switch origin {
      case .declared: "declared"
      case .recorded: "as applied before"
      case .live: "as in the table"
      case .inferred(let words): words
      }
    return from == name.name ? origin : "\(origin), from \(from)"
  }
}
