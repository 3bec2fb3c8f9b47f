internal import Catalog
internal import Postgres

/// Temporary tables in which a batch that the server has refused is taken apart.
///
/// Of all rows what the target's rules are about is staged, with its types and without constraints, and those that break
/// one are found by set operations. All others go by COPY at once; then those are staged as a whole and tried one by one:
/// the server alone says which row is refused, and why. Where rows are refused for what no rule says, all are staged and
/// halved.
final class BatchStage {
  let target: CopyDestination
  let columns: [TargetColumn]
  let rules: TargetRules
  let names = BatchStageNames()
  private let sender: BatchSender
  private let texts: BatchSender
  private let keys: BatchSender
  private let targetSender: BatchSender
  /// Whether policies apply: a DO block cannot tell what they refuse from a missing privilege.
  let hasRowSecurity: Bool
  /// For keys, by their rules, whether what the server says to a duplicate is known.
  var knownWords: [Int: Bool] = [:]
  /// Whether the rules can be asked.
  private var asksRules = true
  var isIndexed = false
  /// The tables that have rows.
  var written: Set<Identifier> = []
  /// How many rows are staged that the server has read: of text, or of its own.
  var judgedGood = 0

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
    let concerned = columns.filter { rules.columns.contains($0.name.name) }
    keys = BatchSender(
      destination: CopyDestination(stage: names.keys, concerned, ordinal: Stage.ordinal), hasOrdinal: true,
      picks: columns.map { rules.columns.contains($0.name.name) })
    targetSender = BatchSender(destination: target, hasOrdinal: false)
    // A batch is small: what compiling its queries takes is more than it saves.
    try database.script("SET LOCAL work_mem = '64MB'; SET LOCAL jit = off")
    let typed: [SQL] = columns.map { "\(identifier: $0.name) \(raw: $0.base)" }
    let keyTypes: [SQL] = concerned.map { "\(identifier: $0.name) \(raw: $0.base)" }
    let untyped: [SQL] = columns.map { "\(identifier: $0.name) text" }
    try database.script(
      """
      \(table(names.stage, typed));
      \(table(names.texts, untyped));
      \(table(names.keys, keyTypes));
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
        try refuse(by: names.judge(columns, room: refusals.room - refusals.rows.count), &refusals, database)
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

  /// Runs a block that writes down what is refused.
  func refuse(by block: SQL, _ refusals: inout Refusals, _ database: borrowing Database) throws {
    try emptyRefused(database)
    try database.run(block)
    try readRefused(&refusals, database)
  }

  /// Takes out what was refused before, and read.
  func emptyRefused(_ database: borrowing Database) throws {
    guard written.remove(names.refused) != nil else { return }
    try database.run("TRUNCATE pg_temp.\(identifier: names.refused)")
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
    if refused.count > 0 { written.insert(names.refused) }
  }

  // MARK: The target

  /// Takes the batch's rows to the target, as far as it takes them, but for those of text that were not judged good;
  /// where rows exclude one another the first one wins.
  func merge(_ batch: Batch, _ refusals: inout Refusals, _ database: borrowing Database) throws {
    if refusals.areTooMany { return }
    let suspects = try findSuspects(batch, database)
    guard isBulk, try insertOthers(than: suspects, batch, database) else {
      try stagePlain(batch, &refusals, database) { _ in true }
      return try mergeInOrder(batch, &refusals, database)
    }
    if suspects.isEmpty { return }
    try stagePlain(batch, &refusals, database) { suspects.contains($0.ordinal) }
    try trySuspects(suspects.count, &refusals, database)
  }

  /// Whether all rows but suspects may go at once.
  var isBulk: Bool { !rules.needsOrder && asksRules && rules.hasBlocks && !hasRowSecurity }

  /// Takes the suspects, which are staged, to the target one by one, but for those that are surely refused.
  func trySuspects(_ count: Int, _ refusals: inout Refusals, _ database: borrowing Database) throws {
    if count > Self.manySuspects { try refuseDuplicates(&refusals, database) }
    if refusals.areTooMany { return }
    try refuse(by: names.trySuspects(columns, target, room: refusals.room - refusals.rows.count), &refusals, database)
  }

  /// Stages those plain rows for which `isWanted` holds.
  private func stagePlain(
    _ batch: Batch, _ refusals: inout Refusals, _ database: borrowing Database, _ isWanted: (Batch.Row) -> Bool
  ) throws {
    let rows = batch.rows.filter { !$0.isText && isWanted($0) }
    if rows.isEmpty { return }
    written.insert(names.stage)
    try sender.settle(batch, rows, &refusals, database)
  }

  /// Takes the rows that are no suspects to the target, all at once; false where any of them is refused.
  ///
  /// - Parameter batch: the rows that are not staged.
  func insertOthers(than suspects: Set<Int>, _ batch: Batch?, _ database: borrowing Database) throws -> Bool {
    try database.attempt(table: target.name) {
      if let batch, batch.texts < batch.rows.count {
        if suspects.isEmpty {
          try targetSender.send(batch, isText: false, database)
        } else {
          let others = batch.rows.lazy.filter { !$0.isText && !suspects.contains($0.ordinal) }
          try targetSender.send(batch, others, isText: false, database)
        }
      }
      guard judgedGood > 0 else { return }
      try database.run(
        """
        \(sql: insert) WHERE NOT EXISTS (SELECT FROM pg_temp.\(identifier: names.suspects) x
          WHERE x.\(identifier: Stage.ordinal) = s.\(identifier: Stage.ordinal))
        ORDER BY s.\(identifier: Stage.ordinal)
        """)
    } == nil
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

  /// Finds the rows that seem to break a rule, or share a key with an earlier one.
  ///
  /// Only what the rules are about is sent for that.
  ///
  /// - Returns: their ordinals.
  func findSuspects(_ batch: Batch?, _ database: borrowing Database) throws -> Set<Int> {
    guard asksRules, let query = rules.suspects else { return [] }
    written.formUnion([names.keys, names.suspects])
    try database.run("SAVEPOINT suspects")
    do {
      if let batch, batch.texts < batch.rows.count { try keys.send(batch, isText: false, database) }
      if judgedGood > 0 {
        let columns = keys.destination.columns
        try database.run(
          """
          INSERT INTO pg_temp.\(identifier: names.keys) (\(identifiers: columns))
          SELECT \(identifiers: columns) FROM pg_temp.\(identifier: names.stage)
          """)
      }
      let found = try database.rows(
        """
        INSERT INTO pg_temp.\(identifier: names.suspects) \(sql: query) RETURNING \(identifier: Stage.ordinal)
        """)
      var suspects: Set<Int> = []
      found.forEach { suspects.insert($0.int(0) ?? 0) }
      try database.run("RELEASE SAVEPOINT suspects")
      return suspects
    } catch let error as PostgresError where error.kind == .statement && !error.isTransient && error.sqlState != "57014"
    {
      // An expression that fails, a privilege that is missing, a value that the type has not: rows can be refused
      // without knowing why.
      try database.script("ROLLBACK TO SAVEPOINT suspects; RELEASE SAVEPOINT suspects")
      asksRules = false
      return []
    }
  }
}
