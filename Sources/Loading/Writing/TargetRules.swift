internal import Catalog
internal import Postgres

/// What a table asks of its rows, as far as that can be asked of many rows at once.
///
/// What is found by these rules is only suspected: the server, which is given each such row, is the judge. A rule that is
/// missing here costs time where rows break it, and nothing else.
struct TargetRules {
  /// What no row may meet.
  private var conditions: [SQL] = []
  /// The unique indexes, in the order in which the server checks them.
  private(set) var keys: [TargetKey] = []
  private var references: [SQL] = []
  /// The names of the columns that any rule is about.
  private(set) var columns: Set<String> = []
  /// Whether blocks of PL/pgSQL may be run.
  private(set) var hasBlocks = false
  /// Whether text assigned to a column is read by its type's input function, not by a cast that somebody has made.
  private(set) var convertsByAssignment = false
  /// Whether it may matter in which order rows go in, beyond the keys that are known here: triggers see the table, and
  /// exclusion constraints compare rows.
  private(set) var needsOrder = false
  /// Whether temporary tables may be made.
  private(set) var hasTemporary = false

  /// The temporary table of rows that the rules are asked about: ordinals, and the columns concerned.
  static let staged = Identifier("_sluice_keys")

  /// Asks the server.
  init(_ request: LoadRequest, on database: borrowing Database) throws {
    let facts = TargetFacts(request)
    let answers = try database.pipeline(facts.all.map { .query($0) })
    let rows = try answers.map { try $0.rows() }
    rows[0].forEach { row in
      hasTemporary = row.bool(0) ?? false
      hasBlocks = row.bool(1) ?? false
      convertsByAssignment = row.bool(2) ?? false
      needsOrder = row.bool(3) ?? true
    }
    // NULL where it must not be, CHECK; a domain's own rules speak of its VALUE.
    rows[1].forEach { row in conditions.append("(\(raw: row.text(0) ?? "true"))") }
    rows[2].forEach { row in
      let column = Identifier(row.text(0) ?? "")
      conditions.append(
        "(SELECT (\(raw: row.text(1) ?? "true")) IS FALSE FROM (SELECT \(identifier: Self.staged).\(identifier: column) AS value) v)"
      )
    }
    rows[3].forEach { row in keys.append(TargetKey(row, rule: keys.count + 1)) }
    if !keys.allSatisfy(\.isLoaded) { needsOrder = true }
    keys.removeAll { !$0.isLoaded }
    rows[5].forEach { columns.insert($0.text(0) ?? "") }
    rows[4].forEach { row in
      let (columns, others) = (row.textArray(0) ?? [], row.textArray(1) ?? [])
      let table = row.text(2) ?? ""
      let given = columns.map { "s.\($0) IS NOT NULL" }.joined(separator: " AND ")
      let same = zip(columns, others).map { "p.\($1) = s.\($0)" }.joined(separator: " AND ")
      references.append(
        """
        SELECT s.\(identifier: Stage.ordinal), \(raw: "\(Int32.max)") FROM pg_temp.\(identifier: Self.staged) s WHERE \(raw: given)
          AND (SELECT true FROM \(raw: table) p WHERE \(raw: same) LIMIT 1) IS NULL
        """)
    }
  }

  /// The query of the staged rows that seem to break a rule, by ordinal and rule; nothing where there is none.
  ///
  /// A row may come several times. The rules are numbered in the order in which the server checks them: 0 for
  /// conditions, then keys, then the rest.
  var suspects: SQL? {
    var all = keys.flatMap { $0.suspects(in: Self.staged) } + references
    if !conditions.isEmpty {
      let any: SQL = conditions.joined(separator: " OR ")
      all.append("SELECT \(identifier: Stage.ordinal), 0 FROM pg_temp.\(identifier: Self.staged) WHERE \(sql: any)")
    }
    return all.isEmpty ? nil : all.joined(separator: " UNION ALL ")
  }
}
