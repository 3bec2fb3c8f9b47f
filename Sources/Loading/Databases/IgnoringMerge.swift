internal import Catalog
internal import Diagnostics
internal import Planning
internal import Postgres

/// Takes rows of databases to the table as far as the server takes them: all are staged, with values of another type than
/// their column as text, and go on by stretches. A stretch that is refused is halved, down to the rows that are rejected.
struct IgnoringMerge {
  private let run: LoadRun
  private let log: RejectLog
  private let staged: [TargetColumn]
  private let values: [SQL]
  private let starts: [Int]
  private let rows: Int
  /// How many rows the table took.
  private(set) var inserted = 0

  private static let stretch = 50_000

  /// Stages all rows.
  init(_ run: LoadRun, _ log: RejectLog, on database: borrowing Database) throws {
    self.run = run
    self.log = log
    let columns = run.request.columns
    let types = try ColumnType.all(of: "\(name: run.request.target)", on: database)
    let databases = run.parts.compactMap(\.database)
    let isFilled: [Bool] = columns.map { column in
      guard case .field(let name) = column.from else { return true }
      guard databases.count == run.parts.count, let type = types[column.name.name] else { return false }
      return databases.allSatisfy { part in
        part.field(name).map { $0.type == type.type && $0.modifier == type.modifier } ?? true
      }
    }
    staged = zip(columns, isFilled).map { column, isFilled in
      isFilled
        ? TargetColumn(name: column.name, type: column.base, from: column.from)
        : TargetColumn(name: column.name, type: "text", from: column.from)
    }
    values = zip(columns, isFilled).map { column, isFilled in
      let name = types[column.name.name]?.name ?? "pg_catalog.text"
      return isFilled ? "s.\(identifier: column.name)" : "s.\(identifier: column.name)::\(raw: name)"
    }
    try database.run(Stage.create(staged, isIndexed: true) { _ in false })
    let summary = try run.transfer(
      staged, to: CopyDestination(stage: Stage.name, staged, ordinal: Stage.ordinal), hasOrdinal: true, database)
    (rows, starts) = (summary.rows, summary.starts)
  }

  /// How many rows were read.
  var read: Int { rows }

  /// Takes all rows over.
  mutating func mergeAll(_ database: borrowing Database) throws {
    var first = 1
    while first <= rows {
      try merge(first, min(first + Self.stretch - 1, rows), database)
      first += Self.stretch
    }
  }

  private mutating func merge(_ first: Int, _ last: Int, _ database: borrowing Database) throws {
    try database.run("SAVEPOINT stretch")
    do {
      inserted += try database.run(
        """
        INSERT INTO \(name: run.request.target) (\(identifiers: staged.map(\.name))) \
        SELECT \(sql: values.joined(separator: ", ")) FROM pg_temp.\(identifier: Stage.name) s \
        WHERE \(identifier: Stage.ordinal) BETWEEN \(value: first)::bigint AND \(value: last)::bigint \
        AND \(sql: run.isUnknown) ORDER BY \(identifier: Stage.ordinal)
        """)
      try database.run("RELEASE SAVEPOINT stretch")
    } catch let error as PostgresError where error.isAboutRows {
      try database.script("ROLLBACK TO SAVEPOINT stretch; RELEASE SAVEPOINT stretch")
      if first == last { return try reject(first, error, database) }
      let middle = (first + last) / 2
      try merge(first, middle, database)
      try merge(middle + 1, last, database)
    }
  }

  private func reject(_ ordinal: Int, _ error: PostgresError, _ database: borrowing Database) throws {
    let names = staged.map(\.name.name)
    let fields = try database.rows(
      """
      SELECT \(identifiers: staged.map(\.name)) FROM pg_temp.\(identifier: Stage.name)
      WHERE \(identifier: Stage.ordinal) = \(value: ordinal)::bigint
      """
    ) { row in names.indices.map { (name: names[$0], value: row.text($0)) } }.first
    let start = starts.last { $0 < ordinal } ?? 0
    try log.add(
      RejectedRow(
        file: nil, line: ordinal - start, sqlState: error.sqlState,
        message: (error.column.map { "column \($0): " } ?? "") + error.message
          + (error.detail.map { " (\($0))" } ?? ""), fields: fields))
  }
}
