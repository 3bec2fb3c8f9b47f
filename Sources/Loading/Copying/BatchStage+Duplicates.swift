internal import Catalog
internal import Postgres

extension BatchStage {
  /// How many suspects are many: fewer are tried sooner than asked for.
  static let manySuspects = 200

  /// Refuses suspects whose key the target has, all at once: a file may well be loaded for the second time.
  ///
  /// That such a row is refused is certain; only what the server would say is made up, and that by comparison: for each
  /// key a first row is tried, and where the server says another thing of it, so are all others.
  func refuseDuplicates(_ refusals: inout Refusals, _ database: borrowing Database) throws {
    try emptyRefused(database)
    for key in rules.keys {
      guard knownWords[key.rule] ?? true, let duplicates = key.duplicates(among: names.suspects, in: names.stage) else {
        continue
      }
      if knownWords[key.rule] == nil {
        let samples = try database.rows("\(sql: duplicates) LIMIT 1") { row in
          (ordinal: row.int(0) ?? 0, message: row.text(2), detail: row.text(3))
        }
        guard let sample = samples.first else { continue }
        guard let refused = try attemptSuspect(sample.ordinal, database) else { continue }
        refusals.add(sample.ordinal, refused.error, table: target.name)
        knownWords[key.rule] =
          refused.error.sqlState == "23505" && refused.error.message == sample.message
          && refused.error.detail == sample.detail
        if knownWords[key.rule] == false { continue }
      }
      try database.run("INSERT INTO pg_temp.\(identifier: names.refused) \(sql: duplicates)")
      try database.run(
        """
        DELETE FROM pg_temp.\(identifier: names.suspects) x USING pg_temp.\(identifier: names.refused) r
        WHERE x.\(identifier: Stage.ordinal) = r.\(identifier: Stage.ordinal)
        """)
    }
    try readRefused(&refusals, database)
  }

  /// Tries one suspect, which then is none any more.
  private func attemptSuspect(_ ordinal: Int, _ database: borrowing Database) throws -> RefusedPiece? {
    let refused = try database.attempt(table: target.name) {
      try database.run("\(sql: insert) WHERE s.\(identifier: Stage.ordinal) = \(value: ordinal)::bigint")
    }
    try database.run(
      """
      DELETE FROM pg_temp.\(identifier: names.suspects) WHERE \(identifier: Stage.ordinal) = \(value: ordinal)::bigint
      """)
    return refused
  }
}
