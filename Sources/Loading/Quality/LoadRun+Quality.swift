internal import Catalog
internal import Diagnostics
internal import JSON
internal import Manifests
internal import Planning
internal import Postgres

/// Rules that block a load do not hold: nothing is written.
struct RulesBroken: Error {
  var results: [RuleResult]
}

extension LoadRun {
  /// How many of the rows that break a rule are shown.
  private static let sampleCount = 5

  /// Asks the flow's rules of staged rows, and takes away the rows that they keep out.
  ///
  /// - Returns: how many rows those are; they are in the log of rejects.
  /// - Throws: `RulesBroken`, `Failure`.
  func examine(_ stage: Stage, _ columns: [TargetColumn], _ database: borrowing Database) throws -> Int {
    let rules = request.rules
    if rules.isEmpty { return 0 }
    let rows = RowsTable(
      columns: columns.map { TransformColumn(name: $0.name.name, type: $0.base) },
      relation: BoundSQL(stage.table.text))
    let question: QualityQuestion
    do {
      question = try QualityQuestion(rules, of: rows, defaultSchema: request.defaultSchema)
    } catch { throw Failure([error].diagnostics) }
    try checkQueries(question, rules, stage, database)
    let width = question.columnCount
    let found = try database.rows(SQL(question.statement)) { row in (0..<width).map { row.text($0) } }.first
    let answer = question.answer(found ?? [])
    ruleResults = zip(rules, answer.broken).map { RuleResult($0, broken: $1, rows: answer.rows) }
    for index in rules.indices where !ruleResults[index].holds {
      ruleResults[index].samples = try samples(of: index, question, answer, stage, database)
    }
    if ruleResults.contains(where: { !$0.holds && $0.action == .block }) { throw RulesBroken(results: ruleResults) }
    for result in ruleResults where !result.holds && result.action == .warn {
      warn(Diagnostic(.warning, "quality", result.words, help: result.sampleLines))
    }
    let rejecting = rules.indices.filter { rules[$0].action == .reject && !ruleResults[$0].holds }
    return rejecting.isEmpty ? 0 : try reject(by: rejecting, rules, question, answer, columns, stage, database)
  }

  /// Rules of the user's own SQL read the load's rows, and nothing else.
  private func checkQueries(
    _ question: QualityQuestion, _ rules: [QualityRule], _ stage: Stage, _ database: borrowing Database
  ) throws {
    for (index, rule) in rules.enumerated() {
      guard let query = question.queriedRows(of: index) else { continue }
      try database.checkReading(query, tables: [stage.name.name], of: "the query of rule \"\(rule.words)\"")
    }
  }

  // MARK: Samples

  private func samples(
    of index: Int, _ question: QualityQuestion, _ answer: QualityQuestion.Answer, _ stage: Stage,
    _ database: borrowing Database
  ) throws -> [RuleResult.Sample] {
    if let query = question.queriedRows(of: index) {
      return try database.rows(
        "SELECT to_jsonb(q) FROM (\(sql: SQL(query))) q LIMIT \(value: Self.sampleCount)::bigint"
      ) { RuleResult.Sample(place: nil, row: Self.json($0.text(0))) }
    }
    guard let broken = question.brokenRows(of: index, ordinal: Stage.ordinal, answer) else { return [] }
    // The first ones that are found are enough: all rows were looked at once.
    let found = try database.rows(
      """
      SELECT s.\(identifier: Stage.ordinal), to_jsonb(s) - \(value: Stage.ordinal.name) FROM \(sql: stage.table) s
      WHERE s.\(identifier: Stage.ordinal) = ANY (
        ARRAY(SELECT o FROM (\(sql: SQL(broken))) q (o) LIMIT \(value: Self.sampleCount)::bigint))
      ORDER BY 1
      """
    ) { (ordinal: $0.int(0) ?? 0, row: Self.json($0.text(1))) }
    var places = RowPlaces(parts, starts: stage.starts)
    return found.map { RuleResult.Sample(place: places.next($0.ordinal)?.words, row: $0.row) }
  }

  private static func json(_ text: String?) -> JSONValue { text.flatMap { try? JSONValue(parsing: $0) } ?? .null }

  // MARK: Rejects

  /// The rows that rules keep out, by ordinal, each with the first rule that it breaks.
  private static let broken = Identifier("_sluice_broken")
  /// How many rows are written to the log at a time, so that memory is bounded.
  private static let stretch = 10_000

  private func reject(
    by indices: [Int], _ rules: [QualityRule], _ question: QualityQuestion, _ answer: QualityQuestion.Answer,
    _ columns: [TargetColumn], _ stage: Stage,
    _ database: borrowing Database
  ) throws -> Int {
    let broken: SQL = "pg_temp.\(identifier: Self.broken)"
    try database.run(
      """
      CREATE TEMPORARY TABLE \(identifier: Self.broken) (\(identifier: Stage.ordinal) bigint PRIMARY KEY, rule int) \
      ON COMMIT DROP
      """)
    for index in indices {
      guard let rows = question.brokenRows(of: index, ordinal: Stage.ordinal, answer) else { continue }
      try database.run(
        "INSERT INTO \(sql: broken) SELECT o, \(value: index)::int FROM (\(sql: SQL(rows))) q (o) ON CONFLICT DO NOTHING"
      )
    }
    if case .count(let most) = request.maxRejects { rejects.most = most }
    let texts: [SQL] = columns.map { "s.\(identifier: $0.name)::text" }
    var (count, last) = (0, 0)
    var places = RowPlaces(parts, starts: stage.starts)
    while true {
      let rows = try database.rows(
        """
        SELECT b.\(identifier: Stage.ordinal), b.rule, \(sql: texts.joined(separator: ", "))
        FROM (SELECT * FROM \(sql: broken) WHERE \(identifier: Stage.ordinal) > \(value: last)::bigint
          ORDER BY \(identifier: Stage.ordinal) LIMIT \(value: Self.stretch)::bigint) b
        JOIN \(sql: stage.table) s USING (\(identifier: Stage.ordinal)) ORDER BY 1
        """
      ) { row in
        (
          ordinal: row.int(0) ?? 0, rule: row.int(1) ?? 0,
          fields: columns.indices.map { (name: columns[$0].name.name, value: row.text($0 + 2)) }
        )
      }
      guard let end = rows.last else { break }
      last = end.ordinal
      count += rows.count
      try rejects.add(
        rows.map { row in
          let place = places.next(row.ordinal)
          return RejectedRow(
            file: place?.file, line: place?.line ?? row.ordinal, sqlState: nil,
            message: "it breaks the rule \"\(rules[row.rule].words)\"", fields: row.fields)
        })
    }
    try database.run(
      """
      DELETE FROM \(sql: stage.table) s USING \(sql: broken) b
      WHERE s.\(identifier: Stage.ordinal) = b.\(identifier: Stage.ordinal)
      """)
    return count
  }

  // MARK: insert_ignore

  /// For insert_ignore: stages the rows, as far as they fit their columns, asks the rules, and puts what is left in the
  /// sources' place.
  func checkRows(rejecting log: RejectLog, _ database: borrowing Database) throws {
    let before = log.count
    let stage = try Stage(
      self, request.columns, key: [], name: Identifier("_sluice_checked"), rejecting: log, on: database)
    unreadable += log.count - before
    if readParts == nil { readParts = parts }
    let names = request.columns.map(\.name)
    var part = DatabasePart(source: PostgresSource(), object: .query(""))
    part.made = .init(
      statement: "SELECT \(identifiers: names) FROM \(sql: stage.table) ORDER BY \(identifier: Stage.ordinal)",
      words: "flow \(request.flow)")
    part.fields = try database.rows("SELECT \(identifiers: names) FROM \(sql: stage.table) LIMIT 0").columns.map {
      DatabasePart.Field(name: $0.name, type: $0.type, modifier: $0.typeModifier, spelling: "")
    }
    parts = [SourcePart(name: part.words, content: .database(part), format: .csv(.inline))]
    for index in request.columns.indices { takeAsStaged(index) }
  }
}

extension RuleResult {
  /// The samples, a line each.
  var sampleLines: [String] {
    samples.map { sample in (sample.place.map { "\($0): " } ?? "") + sample.row.text(.line) }
  }
}

extension [RuleResult] {
  /// What the ledger keeps: no value of any row.
  var ledgerText: String? {
    if isEmpty { return nil }
    return JSONValue.array(
      map { result in
        [
          "rule": .string(result.rule), "column": .string(result.column), "kind": .string(result.kind.rawValue),
          "action": .string(result.action.rawValue), "broken": .int(result.broken), "rows": .int(result.rows),
        ]
      }
    ).text(.line)
  }
}

extension Refusal {
  /// Why rules keep a load from being written.
  init(_ broken: RulesBroken) {
    let blocking = broken.results.filter { !$0.holds && $0.action == .block }
    let words = blocking.map(\.words).joined(separator: "; ")
    self.init(
      Failure(
        Diagnostic(
          .error, "quality", "\(words): nothing was written",
          help: blocking.flatMap(\.sampleLines)
            + ["`action: reject` on a rule keeps such rows out, `--skip-quality` passes over all rules once"])))
    quality = broken.results
    ledgerMessage = "quality: \(blocking.map(\.rule).joined(separator: ", "))"
  }
}
