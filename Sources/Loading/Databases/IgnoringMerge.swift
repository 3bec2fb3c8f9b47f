internal import Catalog
internal import Diagnostics
internal import Planning
internal import Postgres

/// Takes rows of a database to the table as far as the server takes them: all are staged, with values of another type than
/// their column as text, and go on by stretches, in their order. A stretch that is refused goes row by row only where
/// rules are broken (`BatchStage`); without such a stage it is halved, down to the rows that are rejected.
struct IgnoringMerge {
  private let run: LoadRun
  private let part: DatabasePart
  private let log: RejectLog
  private let findWay: (borrowing Database) throws -> IgnoringCopier.Way
  /// How many rows of the load there were before.
  private let before: Int
  /// The columns as they are staged, and their values from there, called `s`, with the columns' types.
  private let staged: [TargetColumn]
  private let values: [SQL]
  /// How many rows were read.
  let rows: Int
  /// How many of them the table has already, of those that a cursor reads once more.
  private(set) var unchanged = 0
  /// Whether the next stretch is likely to be refused.
  private var expectsRefusal = false
  /// The columns that a rejected row is told by.
  private var key: [Identifier]?

  private static let stage = Identifier("_sluice_rows")
  private static let stretch = 50_000

  /// Stages all rows of `part`.
  ///
  /// - Parameters:
  ///   - before: how many rows of the load there were before them.
  ///   - findWay: asked when a stretch is refused.
  init(
    _ part: DatabasePart, of run: LoadRun, after before: Int, _ log: RejectLog, on database: borrowing Database,
    findWay: @escaping (borrowing Database) throws -> IgnoringCopier.Way
  ) throws {
    (self.part, self.run, self.before, self.log, self.findWay) = (part, run, before, log, findWay)
    let columns = run.request.columns
    let types = try ColumnType.all(of: "\(name: run.request.target)", on: database)
    let isFilled: [Bool] = columns.map { column in
      guard case .field(let name) = column.from, let field = part.field(name) else { return true }
      return types[column.name.name].map { $0.type == field.type && $0.modifier == field.modifier } ?? false
    }
    staged = zip(columns, isFilled).map { column, isFilled in
      TargetColumn(name: column.name, type: isFilled ? column.base : "text", from: column.from)
    }
    values = zip(columns, isFilled).map { column, isFilled in
      let value: SQL = "s.\(identifier: column.name)"
      let name = types[column.name.name]?.name ?? "pg_catalog.text"
      return isFilled ? value : "\(sql: value)::\(raw: name)"
    }
    let lines: [SQL] = staged.map { "\(identifier: $0.name) \(raw: $0.type)" }
    try database.run(
      """
      CREATE TEMPORARY TABLE \(identifier: Self.stage) (\(identifier: Stage.ordinal) bigint, \
      \(sql: lines.joined(separator: ", "))) ON COMMIT DROP
      """)
    let destination = CopyDestination(stage: Self.stage, staged, ordinal: Stage.ordinal)
    rows = try run.transfer(part, staged, to: destination, hasOrdinal: true, after: before, database) - before
    try database.run("CREATE UNIQUE INDEX ON pg_temp.\(identifier: Self.stage) (\(identifier: Stage.ordinal))")
  }

  /// Takes all rows over; they are staged no more then.
  mutating func mergeAll(_ database: borrowing Database) throws {
    var first = before + 1
    while first <= before + rows {
      try merge(first...min(first + Self.stretch - 1, before + rows), database)
      first += Self.stretch
    }
    try database.run("DROP TABLE pg_temp.\(identifier: Self.stage)")
  }

  private mutating func merge(_ stretch: ClosedRange<Int>, _ database: borrowing Database) throws {
    if !expectsRefusal, try insert(stretch, database) == nil { return }
    // What the table has already is no reject, and told from one afterwards.
    var refusals = Refusals(room: run.leavesOutKnown ? .max : log.room ?? .max)
    if case .staged(let stage) = try findWay(database), stage.takesRows {
      unchanged += try stage.take(
        rows(of: stretch), asText: texts(of: stretch), stretch, run.leavesOutKnown ? run.isUnknown : nil, &refusals,
        database)
    } else {
      try halve(stretch, &refusals, database)
    }
    expectsRefusal = !refusals.rows.isEmpty
    try reject(refusals, database)
  }

  // MARK: Statements

  private func isWithin(_ stretch: ClosedRange<Int>) -> SQL {
    """
    \(identifier: Stage.ordinal) BETWEEN \(value: stretch.lowerBound)::bigint AND \(value: stretch.upperBound)::bigint
    """
  }

  /// The staged rows of a stretch, ordinals first, with the columns' types.
  private func rows(of stretch: ClosedRange<Int>) -> SQL {
    let named: [SQL] = zip(values, staged).map { "\(sql: $0) AS \(identifier: $1.name)" }
    return """
      SELECT \(identifier: Stage.ordinal), \(sql: named.joined(separator: ", "))
      FROM pg_temp.\(identifier: Self.stage) s WHERE \(sql: isWithin(stretch))
      """
  }

  /// The same as text.
  private func texts(of stretch: ClosedRange<Int>) -> SQL {
    let texts: [SQL] = staged.map { "\(identifier: $0.name)::pg_catalog.text" }
    return """
      SELECT \(identifier: Stage.ordinal), \(sql: texts.joined(separator: ", "))
      FROM pg_temp.\(identifier: Self.stage) s WHERE \(sql: isWithin(stretch))
      """
  }

  /// Takes a stretch over at once, but for what the table has already.
  ///
  /// - Returns: nothing where the server took it; else what it said.
  private mutating func insert(_ stretch: ClosedRange<Int>, _ database: borrowing Database) throws -> PostgresError? {
    let names = staged.map(\.name)
    var inserted = 0
    let refused = try database.attempt(table: run.request.target.name.name) {
      inserted = try database.run(
        """
        INSERT INTO \(name: run.request.target) (\(identifiers: names)) \
        SELECT \(identifiers: names) FROM (\(sql: rows(of: stretch))) s \
        WHERE \(sql: run.isUnknown) ORDER BY \(identifier: Stage.ordinal)
        """)
    }
    if let refused { return refused.error }
    if run.leavesOutKnown { unchanged += stretch.count - inserted }
    return nil
  }

  private mutating func halve(
    _ stretch: ClosedRange<Int>, _ refusals: inout Refusals, _ database: borrowing Database
  ) throws {
    guard !refusals.areTooMany, let error = try insert(stretch, database) else { return }
    if stretch.count == 1 {
      return refusals.add(stretch.lowerBound, error, table: run.request.target.name.name)
    }
    let middle = (stretch.lowerBound + stretch.upperBound) / 2
    try halve(stretch.lowerBound...middle, &refusals, database)
    try halve(middle + 1...stretch.upperBound, &refusals, database)
  }

  // MARK: Rejects

  private mutating func reject(_ refusals: Refusals, _ database: borrowing Database) throws {
    if refusals.rows.isEmpty { return }
    let key = try key ?? rejectKey(database)
    self.key = key
    let names = staged.map(\.name.name)
    let texts: [SQL] = staged.map { "\(identifier: $0.name)::pg_catalog.text" }
    var refused = refusals.rows.sorted { $0.ordinal < $1.ordinal }[...]
    while !refused.isEmpty {
      let some = refused.prefix(Self.atOnce)
      refused = refused.dropFirst(Self.atOnce)
      let fields = try database.rows(
        """
        SELECT \(sql: texts.joined(separator: ", ")) FROM pg_temp.\(identifier: Self.stage)
        WHERE \(identifier: Stage.ordinal) = ANY (\(value: some.map(\.ordinal))::bigint[]) ORDER BY \(identifier: Stage.ordinal)
        """
      ) { row in names.indices.map { (name: names[$0], value: row.text($0)) } }
      try log.add(
        zip(some, fields).map { next, fields in
          var row = RejectedRow(
            file: nil, line: next.ordinal - before, sqlState: next.sqlState, message: next.message, fields: fields)
          row.source = part.words
          row.key = fields.filter { field in key.contains { $0.name == field.name } }
          return row
        })
    }
  }

  /// How many rows are told of at a time, so that memory is bounded.
  private static let atOnce = 500

  /// The flow's key; where it has none, the table's primary key.
  private func rejectKey(_ database: borrowing Database) throws -> [Identifier] {
    if !run.request.key.isEmpty { return run.request.key }
    return try database.rows(
      """
      SELECT attname FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY (indkey)
      WHERE indrelid = to_regclass(\(value: run.request.target.sql)) AND indisprimary
      """
    ) { Identifier($0.text(0) ?? "") }
  }
}
