internal import Catalog
internal import Diagnostics
internal import Postgres

/// A temporary table with all rows of a load and their ordinals, gone with the transaction.
struct Stage {
  static let name = Identifier("_sluice_stage")
  static let ordinal = Identifier("_sluice_ordinal")

  /// As it stands in SQL.
  let table: SQL = "pg_temp.\(identifier: Stage.name)"
  /// How many rows were read.
  let rows: Int
  private let key: [Identifier]
  private let target: QualifiedName
  private let columns: [TargetColumn]
  private let starts: [Int]

  /// Makes the table and copies all rows of the load into it.
  init(_ run: LoadRun, _ columns: [TargetColumn], key: [Identifier], on database: borrowing Database) throws {
    self.key = key
    self.columns = columns
    target = run.request.target
    try database.run("SET LOCAL work_mem = '256MB'")
    let keys = Set(key)
    try database.run(Self.create(columns) { keys.contains($0.name) })
    let copier = RowCopier(
      try run.feed(columns), TupleEncoder(columns, hasOrdinal: true),
      to: CopyDestination(stage: Self.name, columns, ordinal: Self.ordinal), run.meter)
    try copier.copyAll(database)
    run.newFields = copier.feed.newFields
    rows = copier.feed.ordinal
    starts = copier.feed.starts
  }

  /// The statement that makes it; columns of a key refuse NULL at once, so that COPY says which row has it.
  static func create(_ columns: [TargetColumn], isNotNull: (TargetColumn) -> Bool) -> SQL {
    let lines: [SQL] = columns.map { column in
      "\(identifier: column.name) \(raw: column.type)\(raw: isNotNull(column) ? " NOT NULL" : "")"
    }
    return """
      CREATE TEMPORARY TABLE \(identifier: name) (\(identifier: ordinal) bigint, \(sql: lines.joined(separator: ", "))) \
      ON COMMIT DROP
      """
  }

  /// Removes all rows of a key but the last one.
  ///
  /// - Returns: how many those were.
  func keepLast(_ database: borrowing Database) throws -> Int {
    let same: [SQL] = key.map { "s.\(identifier: $0) = d.\(identifier: $0)" }
    return try database.run(
      """
      DELETE FROM \(sql: table) s USING (
        SELECT \(identifiers: key), max(\(identifier: Self.ordinal)) AS \(identifier: Self.ordinal) FROM \(sql: table)
        GROUP BY \(identifiers: key) HAVING count(*) > 1) d
      WHERE \(sql: same.joined(separator: " AND ")) AND s.\(identifier: Self.ordinal) < d.\(identifier: Self.ordinal)
      """)
  }

  /// Runs the statements that take the staged rows to the target; where the server refuses them, finds out which row
  /// it was.
  func merge<T>(_ database: borrowing Database, _ body: (borrowing Database) throws -> T) throws -> T {
    try database.run("SAVEPOINT merge")
    do {
      return try body(database)
    } catch let error as PostgresError where error.kind == .statement {
      let ordinal = try? culprit(error, database)
      throw RowsRefused(error: error, ordinal: ordinal ?? nil, column: error.column, starts: starts)
    }
  }

  /// The first row that breaks the constraint that the error names.
  private func culprit(_ error: PostgresError, _ database: borrowing Database) throws -> Int? {
    try database.run("ROLLBACK TO SAVEPOINT merge")
    let condition: SQL
    switch error.sqlState {
    case "23502":
      guard let column = columns.first(where: { $0.name.name == error.column }) else { return nil }
      condition = "\(identifier: column.name) IS NULL"
    case "23514":
      let checks = try database.rows(
        """
        SELECT pg_get_expr(conbin, conrelid) FROM pg_constraint
        WHERE contype = 'c' AND conname = \(value: error.constraint) AND conrelid = \(value: target.sql)::regclass
        """
      ) { $0.text(0) }
      guard let check = checks.first ?? nil else { return nil }
      condition = "NOT (\(raw: check))"
    default: return nil
    }
    return try database.rows("SELECT min(\(identifier: Self.ordinal)) FROM \(sql: table) WHERE \(sql: condition)") {
      $0.int(0)
    }.first ?? nil
  }
}
