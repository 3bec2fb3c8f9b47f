internal import Catalog
internal import Diagnostics
internal import Postgres

/// A temporary table with all rows of a load and their ordinals, gone with the transaction.
struct Stage {
  static let name = Identifier("_sluice_stage")
  static let ordinal = Identifier("_sluice_ordinal")

  let name: Identifier
  /// As it stands in SQL.
  let table: SQL
  /// How many rows were read.
  let rows: Int
  /// How many of them rules keep out: they are staged no more.
  private(set) var rejected = 0
  let key: [TargetColumn]
  /// For each part, how many rows were read before it.
  let starts: [Int]

  /// Makes the table and copies all rows of the load into it.
  ///
  /// What the flow's rules keep out is not in it.
  ///
  /// - Parameter log: takes rows that cannot be read, or do not fit; without one they are an error.
  /// - Throws: `RulesBroken`; what `LoadRun.transfer` throws.
  init(
    _ run: LoadRun, _ columns: [TargetColumn], key: [Identifier], name: Identifier = Stage.name,
    rejecting log: RejectLog? = nil, on database: borrowing Database
  ) throws {
    self.name = name
    table = "pg_temp.\(identifier: name)"
    let keys = Set(key)
    self.key = columns.filter { keys.contains($0.name) }
    // Many rows, few statements: what memory saves is worth it, and compiling expressions is not.
    try database.script(
      "SET LOCAL work_mem = '256MB'; SET LOCAL maintenance_work_mem = '256MB'; SET LOCAL jit = off")
    try database.run(Self.create(columns, name: name) { keys.contains($0.name) })
    let sent = try run.transfer(
      columns, to: CopyDestination(stage: name, columns, ordinal: Self.ordinal), hasOrdinal: true, rejecting: log,
      database)
    rows = sent.rows
    starts = sent.starts
    rejected = try run.examine(self, columns, database)
  }

  /// The statement that makes it; columns of a key refuse NULL at once, so that COPY says which row has it.
  static func create(_ columns: [TargetColumn], name: Identifier = Stage.name, isNotNull: (TargetColumn) -> Bool) -> SQL
  {
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
    if try isKeyUnique(database) { return 0 }
    let names = key.map(\.name)
    let same = key.map { $0.isSame("s", "d") }
    return try database.run(
      """
      DELETE FROM \(sql: table) s USING (
        SELECT \(identifiers: names), max(\(identifier: Self.ordinal)) AS \(identifier: Self.ordinal) FROM \(sql: table)
        GROUP BY \(identifiers: names) HAVING count(*) > 1) d
      WHERE \(sql: same.joined(separator: " AND ")) AND s.\(identifier: Self.ordinal) < d.\(identifier: Self.ordinal)
      """)
  }

  /// Whether no key stands in two rows, as most often: to sort the keys for an index takes a third of the time of
  /// grouping the rows by them.
  private func isKeyUnique(_ database: borrowing Database) throws -> Bool {
    try database.run("SAVEPOINT keys")
    do {
      let columns = key.map(\.inKeyIndex).joined(separator: ", ")
      try database.run("CREATE UNIQUE INDEX ON \(sql: table) (\(sql: columns))")
      try database.run("RELEASE SAVEPOINT keys")
      return true
    } catch let error as PostgresError where error.kind == .statement {
      // Two rows of one key, or a key that is too long for an index.
      try database.script("ROLLBACK TO SAVEPOINT keys; RELEASE SAVEPOINT keys")
      return false
    }
  }

  /// Takes the staged rows to the target by `body`, which is handed what stands in SQL for them; where the server
  /// refuses them, finds out which row it was.
  ///
  /// - Throws: `RowsRefused`, `CancellationError`, and what `body` throws besides.
  func merge<T>(_ database: borrowing Database, _ body: (borrowing Database, SQL) throws -> T) throws -> T {
    try database.run("SAVEPOINT merge")
    do {
      let value = try body(database, table)
      try database.run("RELEASE SAVEPOINT merge")
      return value
    } catch let error as PostgresError where error.kind == .statement {
      let found = error.isAboutRows ? try culprit(database, body) : nil
      let refused = found?.error ?? error
      throw RowsRefused(error: refused, ordinal: found?.ordinal, column: refused.column, starts: starts)
    }
  }

  /// The first row that the server refuses: rows are merged by halves, those that it takes stay, until one is left.
  ///
  /// It costs about as much as two more merges, and only a load that fails pays for it: with an index and statistics few
  /// rows are found by few steps, in the target too.
  private func culprit<T>(
    _ database: borrowing Database, _ body: (borrowing Database, SQL) throws -> T
  ) throws -> (error: PostgresError, ordinal: Int)? {
    try database.script("ROLLBACK TO SAVEPOINT merge; RELEASE SAVEPOINT merge")
    try database.run("CREATE UNIQUE INDEX ON \(sql: table) (\(identifier: Self.ordinal))")
    try database.run("ANALYZE \(sql: table)")
    var first = 1, last = rows
    while first <= last {
      let middle = (first + last) / 2
      try database.run("SAVEPOINT half")
      do {
        _ = try body(database, between(first, middle))
        try database.run("RELEASE SAVEPOINT half")
        first = middle + 1
      } catch let error as PostgresError where error.isAboutRows {
        if first == middle { return (error, first) }
        try database.script("ROLLBACK TO SAVEPOINT half; RELEASE SAVEPOINT half")
        last = middle
      } catch let error as PostgresError where error.kind == .statement {
        return nil
      }
    }
    return nil
  }

  private func between(_ first: Int, _ last: Int) -> SQL {
    """
    (SELECT * FROM \(sql: table) WHERE \(identifier: Self.ordinal) BETWEEN \(value: first)::bigint \
    AND \(value: last)::bigint)
    """
  }
}

extension TargetColumn {
  /// The column in an index that knows equal values: by bytes where that is the same (the stage's columns have the
  /// database's own collation, which takes no two texts for one), as it is much faster.
  fileprivate var inKeyIndex: SQL {
    keepsOrderInIndex ? "\(identifier: name)" : "\(identifier: name) COLLATE \"C\""
  }

  /// Whether an index of the stage has the order of the target's.
  var keepsOrderInIndex: Bool { base != "text" && !base.hasPrefix("character varying") }

  /// The condition that it is the same in two relations, as an index on it would see it.
  func isSame(_ left: SQL, _ right: SQL) -> SQL {
    "\(sql: left).\(identifier: name) \(raw: equality) \(sql: right).\(identifier: name)"
  }
}
