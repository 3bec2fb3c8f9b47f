internal import Catalog
internal import Diagnostics
internal import JSON
internal import Manifests
internal import Planning
internal import Postgres

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
}
