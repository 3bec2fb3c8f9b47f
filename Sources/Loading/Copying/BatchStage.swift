internal import Catalog
internal import Postgres

/// Temporary tables in which a batch that the server has refused is taken apart.
///
/// Rows are staged with the types that their values have, and without constraints. Those that break a rule of the target
/// are found by set operations, all others are inserted at once, and then those are tried one by one: the server alone
/// says which row is refused, and why. Where rows may be refused for what no rule says, they are halved.
final class BatchStage {
  let target: CopyDestination
  private let columns: [TargetColumn]
  let rules: TargetRules
  let names = BatchStageNames()
  private let sender: BatchSender
  private let texts: BatchSender
  /// Whether policies apply: a DO block cannot tell what they refuse from a missing privilege.
  private let hasRowSecurity: Bool
  /// For keys, by their rules, whether what the server says to a duplicate is known.
  var knownWords: [Int: Bool] = [:]
  /// Whether the rules can be asked.
  private var asksRules = true
  private var isIndexed = false
  /// The tables that have rows.
  private var written: Set<Identifier> = []
  /// How many rows of text the server took when it was asked last.
  private(set) var judgedGood = 0

  /// Makes the tables.
  init(
    _ target: CopyDestination, _ columns: [TargetColumn], _ rules: TargetRules, hasRowSecurity: Bool,
    on database: borrowing Database
  ) throws {
    self.target = target
    self.columns = columns
    self.rules = rules
    self.hasRowSecurity = hasRowSecurity
    sender = BatchSender(
      destination: CopyDestination(stage: names.stage, columns, ordinal: Stage.ordinal), hasOrdinal: true)
    texts = BatchSender(
      destination: CopyDestination(stage: names.texts, columns, ordinal: Stage.ordinal), hasOrdinal: true)
    // A batch is small: what compiling its queries takes is more than it saves.
    try database.script("SET LOCAL work_mem = '64MB'; SET LOCAL jit = off")
    let typed: [SQL] = columns.map { "\(identifier: $0.name) \(raw: $0.base)" }
    let untyped: [SQL] = columns.map { "\(identifier: $0.name) text" }
    try database.script(
      """
      \(table(names.stage, typed));
      \(table(names.texts, untyped));
      \(table(names.suspects, ["rule int"]));
      \(table(names.refused, ["state text", "message text", "detail text", "place int", "column_name text"]))
      """)
  }

  private func table(_ name: Identifier, _ columns: [SQL]) -> String {
    let ordinal: SQL = "\(identifier: Stage.ordinal) bigint"
    let all: SQL = ([ordinal] + columns).joined(separator: ", ")
    let statement: SQL = "CREATE TEMPORARY TABLE \(identifier: name) (\(sql: all)) ON COMMIT DROP"
    return statement.text
  }

  /// Makes the tables empty that were written to.
  func clear(_ database: borrowing Database) throws {
    judgedGood = 0
    if written.isEmpty { return }
    let all: [SQL] = written.map { "pg_temp.\(identifier: $0)" }
    try database.run("TRUNCATE \(sql: all.joined(separator: ", "))")
    written = []
  }

  // MARK: Text

  /// Has the server read the rows of text: those that it can read are staged, the others refused.
  func judge(_ batch: Batch, _ refusals: inout Refusals, _ database: borrowing Database) throws {
    let before = refusals.rows.count
    if rules.hasBlocks, rules.convertsByAssignment {
      written.insert(names.texts)
      let refused = try database.attempt(table: names.texts.name) {
        try texts.send(batch, isText: true, database)
      }
      if refused == nil {
        try database.run(names.judge(columns, room: refusals.room - refusals.rows.count))
        try readRefused(&refusals, database)
        judgedGood = batch.texts - (refusals.rows.count - before)
        if judgedGood > 0 { written.insert(names.stage) }
        return
      }
    }
    written.insert(names.stage)
    try sender.settle(batch, batch.rows.filter(\.isText), &refusals, database)
    judgedGood = batch.texts - (refusals.rows.count - before)
  }

  /// Takes what was judged good to the target.
  func insertJudged(_ database: borrowing Database) throws {
    guard judgedGood > 0 else { return }
    try database.run("\(sql: insert) ORDER BY s.\(identifier: Stage.ordinal)")
  }

  func readRefused(_ refusals: inout Refusals, _ database: borrowing Database) throws {
    let refused = try database.rows(
      """
      SELECT \(identifier: Stage.ordinal), state, message, nullif(detail, ''), place, nullif(column_name, '')
      FROM pg_temp.\(identifier: names.refused) ORDER BY 1
      """)
    refused.forEach { row in
      let column = row.int(4).map { columns[$0].name.name } ?? row.text(5)
      refusals.add(
        row.int(0) ?? 0, sqlState: row.text(1), column: column, message: row.text(2) ?? "", detail: row.text(3))
    }
    if refused.count > 0 { try database.run("TRUNCATE pg_temp.\(identifier: names.refused)") }
  }

  // MARK: The target

  /// Stages the plain rows.
  func stagePlain(_ batch: Batch, _ refusals: inout Refusals, _ database: borrowing Database) throws {
    guard batch.texts < batch.rows.count else { return }
    written.insert(names.stage)
    try sender.settle(batch, batch.rows.filter { !$0.isText }, &refusals, database)
  }

  /// Takes the staged rows to the target, as far as it takes them; where rows exclude one another the first one wins.
  func merge(_ batch: Batch, _ refusals: inout Refusals, _ database: borrowing Database) throws {
    if refusals.areTooMany { return }
    let suspects = try findSuspects(database)
    guard !rules.needsOrder, asksRules, rules.hasBlocks, !hasRowSecurity else {
      return try mergeInOrder(batch, &refusals, database)
    }
    let order: SQL = judgedGood > 0 ? " ORDER BY s.\(identifier: Stage.ordinal)" : ""
    let others: SQL =
      suspects == 0
      ? ""
      : """
       WHERE NOT EXISTS (SELECT FROM pg_temp.\(identifier: names.suspects) x
        WHERE x.\(identifier: Stage.ordinal) = s.\(identifier: Stage.ordinal))
      """
    let refused = try database.attempt(table: target.name) {
      try database.run("\(sql: insert)\(sql: others)\(sql: order)")
    }
    guard refused == nil else {
      return try mergeInOrder(batch, &refusals, database)
    }
    guard suspects > 0 else { return }
    if suspects > Self.manySuspects { try refuseDuplicates(&refusals, database) }
    if refusals.areTooMany { return }
    try database.run(names.trySuspects(columns, target, room: refusals.room - refusals.rows.count))
    try readRefused(&refusals, database)
  }

  /// The beginning of the statement that takes staged rows, called `s`, to the target. COPY too writes the values of an
  /// identity column that is always generated.
  var insert: SQL {
    let names = columns.map(\.name)
    let taken: [SQL] = names.map { "s.\(identifier: $0)" }
    return """
      INSERT INTO \(sql: target.table) (\(identifiers: names)) OVERRIDING SYSTEM VALUE \
      SELECT \(sql: taken.joined(separator: ", ")) FROM pg_temp.\(identifier: self.names.stage) s
      """
  }

  /// Finds the staged rows that seem to break a rule, or share a key with an earlier one.
  ///
  /// - Returns: how many there are.
  private func findSuspects(_ database: borrowing Database) throws -> Int {
    guard asksRules, let query = rules.suspects else { return 0 }
    try database.run("SAVEPOINT suspects")
    do {
      let count = try database.run("INSERT INTO pg_temp.\(identifier: names.suspects) \(sql: query)")
      try database.run("RELEASE SAVEPOINT suspects")
      if count > 0 { written.insert(names.suspects) }
      return count
    } catch let error as PostgresError where error.kind == .statement && !error.isTransient && error.sqlState != "57014"
    {
      // An expression that fails, a privilege that is missing: rows can be refused without knowing why.
      try database.script("ROLLBACK TO SAVEPOINT suspects; RELEASE SAVEPOINT suspects")
      asksRules = false
      return 0
    }
  }

  /// Takes the staged rows to the target in their order: as many at once as are taken, and suspects one by one.
  private func mergeInOrder(_ batch: Batch, _ refusals: inout Refusals, _ database: borrowing Database) throws {
    if !isIndexed {
      for table in [names.stage, names.suspects] {
        try database.run("CREATE INDEX ON pg_temp.\(identifier: table) (\(identifier: Stage.ordinal))")
      }
      isIndexed = true
    }
    guard rules.hasBlocks, let first = batch.rows.first, let last = batch.rows.last else {
      return try insertInOrder(staged(of: batch, but: refusals), oneByOne: false, &refusals, database)
    }
    try database.run(
      names.insertInOrder(
        first.ordinal...last.ordinal, insert, hasRowSecurity: hasRowSecurity,
        room: refusals.room - refusals.rows.count))
    try readRefused(&refusals, database)
    // The block cannot tell what a policy refuses from a missing privilege.
    let unsure = hasRowSecurity ? refusals.remove(sqlState: "42501") : []
    try insertInOrder(unsure.compactMap { batch.row($0) }, oneByOne: true, &refusals, database)
  }

  /// The rows of the batch that are staged.
  private func staged(of batch: Batch, but refusals: Refusals) -> [Batch.Row] {
    let refused = Set(refusals.rows.map(\.ordinal))
    return refused.isEmpty ? batch.rows : batch.rows.filter { !refused.contains($0.ordinal) }
  }

  /// The same without a block, for `rows`, between which no others are staged, unless they go one by one.
  private func insertInOrder(
    _ rows: [Batch.Row], oneByOne: Bool, _ refusals: inout Refusals, _ database: borrowing Database
  ) throws {
    if rows.isEmpty { return }
    let found = try database.rows("SELECT \(identifier: Stage.ordinal) FROM pg_temp.\(identifier: names.suspects)")
    let suspects = Set(found.map { $0.int(0) ?? 0 })
    let isEnd = { oneByOne || suspects.contains(rows[$0].ordinal) || suspects.contains(rows[$1].ordinal) }
    let ordinal: SQL = "s.\(identifier: Stage.ordinal)"
    try settle(rows, table: target.name, &refusals, isEnd: isEnd) { range in
      let (first, last) = (rows[range.lowerBound].ordinal, rows[range.upperBound - 1].ordinal)
      return try database.attempt(table: target.name) {
        try database.run(
          """
          \(sql: insert) WHERE \(sql: ordinal) BETWEEN \(value: first)::bigint AND \(value: last)::bigint \
          ORDER BY \(sql: ordinal)
          """)
      }
    }
  }
}
