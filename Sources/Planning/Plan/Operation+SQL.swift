public import Catalog

extension Operation {
  /// The SQL that apply runs for it, one statement each, with its semicolon.
  public var statements: [String] {
    switch self {
    case .createTable(let table, let columns, let primaryKey):
      var lines = columns.map { "  " + $0.definition }
      if !primaryKey.isEmpty { lines.append("  PRIMARY KEY (\(primaryKey.sqlList))") }
      return ["CREATE TABLE \(table.sql) (\n\(lines.joined(separator: ",\n"))\n);"]
    case .addColumn(let table, let column):
      return ["ALTER TABLE \(table.sql) ADD COLUMN \(column.definition);"]
    case .setDefault(let table, let column):
      guard let expression = column.defaultSQL else { return [] }
      return ["ALTER TABLE \(table.sql) ALTER COLUMN \(column.name.sql) SET DEFAULT \(expression);"]
    case .createUniqueIndex(let table, let key):
      let name = Identifier.uniqueIndex(on: table, key: key)
      return ["CREATE UNIQUE INDEX \(name.sql) ON \(table.sql) (\(key.sqlList));"]
    case .grantSelect(let table, let readers):
      return ["GRANT SELECT ON \(table.sql) TO \(readers.sqlList);"]
    case .buildUniqueIndex(let build):
      return build.statements
    case .createLedger(let ledger):
      return LedgerLayout.statements(for: ledger)
    case .upgradeLedger(let ledger, let columns):
      return LedgerLayout.statements(adding: columns, to: ledger)
    }
  }

  /// What running it may do to others who use the database.
  public var hazards: [Hazard] {
    switch self {
    case .createTable, .createUniqueIndex, .grantSelect, .createLedger: []
    case .addColumn, .setDefault, .upgradeLedger: [.locksWrites]
    case .buildUniqueIndex: [.buildsIndex, .scansTable]
    }
  }
}

extension PlannedColumn {
  /// The column as CREATE TABLE has it.
  var definition: String {
    var text = "\(name.sql) \(type)"
    if let defaultSQL { text += " DEFAULT \(defaultSQL)" }
    if !isNullable { text += " NOT NULL" }
    return text
  }
}

extension [Identifier] {
  /// The names with commas between them.
  var sqlList: String { map(\.sql).joined(separator: ", ") }
}

extension Identifier {
  /// The name that apply gives to a unique index, so that a later one recognises what it left.
  ///
  /// A name over PostgreSQL's 63 bytes is cut, and told from others by a hash (FNV-1a) of the whole.
  public static func uniqueIndex(on table: QualifiedName, key: [Identifier]) -> Identifier {
    let whole = ([table.name.name] + key.map(\.name) + ["sluice", "key"]).joined(separator: "_")
    guard whole.utf8.count > maximumBytes else { return Identifier(whole) }
    let ending = "_\(String(stableHash(whole), radix: 36))_sluice_key"
    var start = table.name.name[...]
    while start.utf8.count + ending.utf8.count > maximumBytes { start.removeLast() }
    return Identifier(start + ending)
  }
}
