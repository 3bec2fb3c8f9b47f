public import Catalog

/// One thing that a step does to a database. Its SQL is a function of it (`statements`).
public enum Operation: Hashable, Sendable {
  /// Makes the table, with its primary key where it has one.
  case createTable(QualifiedName, columns: [PlannedColumn], primaryKey: [Identifier])
  case addColumn(QualifiedName, PlannedColumn)
  /// Makes a unique index on the key, named by the server.
  case createUniqueIndex(QualifiedName, key: [Identifier], tableIsEmpty: Bool)
  /// Lets roles read the table.
  case grantSelect(QualifiedName, to: [Identifier])
  /// Makes the ledger.
  case createLedger(QualifiedName)
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
