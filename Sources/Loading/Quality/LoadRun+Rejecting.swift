internal import Catalog
internal import Manifests
internal import Planning
internal import Postgres

extension LoadRun {
  /// The rows that rules keep out, by ordinal, each with the first rule that it breaks.
  private static let broken = Identifier("_sluice_broken")
  /// How many rows are written to the log at a time, so that memory is bounded.
  private static let stretch = 10_000

  /// Takes the rows away that break the rules at `indices`, and logs them with their places.
  ///
  /// - Returns: how many those are.
  /// - Throws: `Failure` where there are too many.
  func reject(
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
}
