internal import Catalog
internal import Planning

extension Operation {
  /// Whether no transaction can hold its statements.
  var needsOwnTransaction: Bool { build != nil }

  /// Its statements, so that running them again, or after somebody else has, does nothing.
  var rerunnable: [String] {
    switch self {
    case .createTable(_, let columns, _):
      statements.map { psql($0.guarded("CREATE TABLE ", "IF NOT EXISTS "), columns) }
    case .addColumn(let table, let column):
      statements.map { psql($0.guarded("ALTER TABLE \(table.sql) ADD COLUMN ", "IF NOT EXISTS "), [column]) }
    case .setDefault(_, let column): statements.map { psql($0, [column]) }
    case .createUniqueIndex: statements.map { $0.guarded("CREATE UNIQUE INDEX ", "IF NOT EXISTS ") }
    case .buildUniqueIndex(let build): build.parts.flatMap { $0.rerunnable(key: build.key) }
    case .grantSelect, .upgradeLedger: statements
    case .createLedger:
      statements.map { statement in
        ["CREATE TABLE ", "CREATE UNIQUE INDEX ", "CREATE INDEX "].reduce(statement) {
          $0.guarded($1, "IF NOT EXISTS ")
        }
      }
    }
  }
}

extension IndexBuild.Part {
  /// Its statements, so that running them again does nothing. To attach what is attached is nothing in any case.
  fileprivate func rerunnable(key: [Identifier]) -> [String] {
    let statement = statement(key: key)
    return switch self {
    case .dropLeftOver(let index): [Self.dropInvalid(index)]
    // An invalid index of its name is what a build that broke off has left: IF NOT EXISTS would take it for done.
    case .build(let name, let table):
      [
        Self.dropInvalid(QualifiedName(schema: table.schema, name: name)),
        statement.guarded("CREATE UNIQUE INDEX CONCURRENTLY ", "IF NOT EXISTS "),
      ]
    case .declare: [statement.guarded("CREATE UNIQUE INDEX ", "IF NOT EXISTS ")]
    case .attach: [statement]
    }
  }

  private static func dropInvalid(_ index: QualifiedName) -> String {
    """
    SELECT \(Literal("DROP INDEX CONCURRENTLY \(index.sql)").sql) FROM pg_index
    WHERE indexrelid = to_regclass(\(Literal(index.sql).sql)) AND NOT indisvalid \\gexec
    """
  }
}

extension String {
  /// The statement with `words` put behind its `beginning`, where it begins so.
  func guarded(_ beginning: String, _ words: String) -> String {
    hasPrefix(beginning) ? beginning + words + dropFirst(beginning.count) : self
  }
}

/// `statement` as psql may read it: where a default is more than a plain value, between dollar quotes, as it may hold
/// what psql takes for its own (`:name`, a backslash).
private func psql(_ statement: String, _ columns: [PlannedColumn]) -> String {
  columns.allSatisfy { $0.defaultSQL.map(isPlain) ?? true } ? statement : doBlock(statement)
}

private func isPlain(_ expression: String) -> Bool {
  let inner = expression.dropFirst().dropLast()
  if expression.utf8.count >= 2, expression.hasPrefix("'"), expression.hasSuffix("'") {
    return !inner.unicodeScalars.contains { $0 == "'" || $0 == "\\" }
  }
  return expression.utf8.allSatisfy { byte in
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_ ().,".utf8.contains(byte)
  }
}

/// `statements` in a block, between dollar quotes that they do not hold themselves.
func doBlock(_ statements: String) -> String {
  var tag = "$sluice$", number = 0
  while statements.contains(tag) {
    number += 1
    tag = "$sluice\(number)$"
  }
  return "DO \(tag)\nBEGIN\n\(statements)\nEND\n\(tag);"
}
