public import Catalog

/// One thing that a step does to a database. Its SQL is a function of it (`statements`).
public enum Operation: Hashable, Sendable {
  /// Makes the table, with its primary key where it has one.
  case createTable(QualifiedName, columns: [PlannedColumn], primaryKey: [Identifier])
  case addColumn(QualifiedName, PlannedColumn)
  /// Gives a column that exists the default that the flow declares; rows that are there stay as they are.
  case setDefault(QualifiedName, PlannedColumn)
  /// Makes a unique index on the key of a table without rows.
  case createUniqueIndex(QualifiedName, key: [Identifier])
  /// Builds a unique index on a table that has rows, after the transaction, while others go on writing.
  case buildUniqueIndex(IndexBuild)
  /// Lets roles read the table.
  case grantSelect(QualifiedName, to: [Identifier])
  /// Makes the ledger.
  case createLedger(QualifiedName)
  /// Gives a ledger of an older layout the columns that it lacks.
  case upgradeLedger(QualifiedName, adding: [LedgerLayout.LedgerColumn])

  /// The table that it makes or changes.
  public var table: QualifiedName {
    switch self {
    case .createTable(let table, _, _), .addColumn(let table, _), .setDefault(let table, _),
      .createUniqueIndex(let table, _),
      .grantSelect(let table, _), .createLedger(let table), .upgradeLedger(let table, _):
      table
    case .buildUniqueIndex(let build): build.table
    }
  }

  /// Whether it wants the table for itself for a moment, so that those who only read are in its way.
  public var altersTable: Bool {
    switch self {
    case .addColumn, .setDefault, .upgradeLedger: true
    case .createTable, .createUniqueIndex, .buildUniqueIndex, .grantSelect, .createLedger: false
    }
  }

  /// The build that is run after the step's transaction, as no transaction can hold it.
  public var build: IndexBuild? { if case .buildUniqueIndex(let build) = self { build } else { nil } }
}

/// A column of a flow, worked out.
public struct PlannedColumn: Hashable, Sendable {
  /// Where its type comes from.
  public enum Origin: Hashable, Sendable {
    case declared, recorded, live
    /// From the source; the words say which and how.
    case inferred(String)
  }

  public var name: Identifier
  /// As `format_type` writes it.
  public var type: String
  /// The source's field, or `$loadedAt`, `$loadId`, `$file`, `$line`.
  public var from: String
  public var isNullable: Bool
  /// SQL of the default, ready to stand behind DEFAULT.
  public var defaultSQL: String?
  public var origin: Origin

  /// Makes a column.
  public init(
    name: Identifier, type: String, from: String, isNullable: Bool = true, defaultSQL: String? = nil, origin: Origin
  ) {
    self.name = name
    self.type = type
    self.from = from
    self.isNullable = isNullable
    self.defaultSQL = defaultSQL
    self.origin = origin
  }
}
