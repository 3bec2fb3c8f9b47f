public import Catalog

/// The ledger's table, declared once: what apply makes, what a plan compares, what a load writes.
public enum LedgerLayout {
  /// A column of the ledger.
  public struct LedgerColumn: Hashable, Sendable {
    public var name: Identifier
    /// As `format_type` writes it.
    public var type: String
    public var isNotNull: Bool
    /// The first layout that has it.
    var since: Int
  }

  /// The table's name; it stands beside the target table, or in the destination's `ledgerSchema`.
  public static let tableName = Identifier("_sluice_loads")

  /// The layout that this version makes. Each row holds the one that it was written by: a ledger of an older layout may be
  /// somebody else's, and then stays as it is; its rows leave out what it has no column for.
  public static let version = 3

  /// The layout of a ledger that has `names` as columns: the last one of which no column is missing.
  public static func version(having names: Set<String>) -> Int {
    let missing = columns.filter { !names.contains($0.name.name) }.map(\.since).min()
    return missing.map { max(1, $0 - 1) } ?? version
  }

  /// The columns that a ledger of an older layout lacks; none where `names` are no ledger's.
  ///
  /// They are those of layouts after the first, which refuse no NULL: rows that are there have none.
  public static func missing(having names: Set<String>) -> [LedgerColumn] {
    let missing = columns.filter { !names.contains($0.name.name) }
    return missing.contains { $0.since == 1 } ? [] : missing
  }

  /// All columns in order.
  public static let columns: [LedgerColumn] = [
    column("load_id", "uuid"),
    column("layout_version", "integer"),
    column("project", "text"),
    column("flow", "text"),
    column("lineage", "text"),
    column("table_name", "text"),
    column("mode", "text"),
    column("slot", "timestamp with time zone", isNotNull: false),
    column("attempt", "integer"),
    column("again", "boolean"),
    column("status", "text"),
    column("cursor_from", "text", isNotNull: false),
    column("cursor_to", "text", isNotNull: false),
    column("files", "jsonb", isNotNull: false),
    column("rows_read", "bigint"),
    column("rows_inserted", "bigint"),
    column("rows_updated", "bigint"),
    column("rows_deleted", "bigint"),
    column("rows_unchanged", "bigint"),
    column("rows_superseded", "bigint"),
    column("rows_rejected", "bigint"),
    column("new_fields", "integer"),
    column("skip_quality", "boolean", isNotNull: false, since: 2),
    column("quality", "jsonb", isNotNull: false, since: 3),
    column("range_from", "date", isNotNull: false, since: 3),
    column("range_to", "date", isNotNull: false, since: 3),
    column("sql_state", "text", isNotNull: false),
    column("message", "text", isNotNull: false),
    column("started", "timestamp with time zone"),
    column("finished", "timestamp with time zone"),
    column("host", "text"),
    column("sluice_version", "text"),
  ]

  /// The statements that make the ledger, each with its semicolon.
  ///
  /// A slot is loaded once: the unique index takes only rows that loaded, and not again. Failures, and who paused a flow,
  /// are rare, and looked for by an index of their own: else each look would go through all loads of the flow.
  public static func statements(for ledger: QualifiedName) -> [String] {
    let lines =
      columns.map { "  \($0.name.sql) \($0.type)\($0.isNotNull ? " NOT NULL" : "")" } + ["  PRIMARY KEY (load_id)"]
    return [
      "CREATE TABLE \(ledger.sql) (\n\(lines.joined(separator: ",\n"))\n);",
      """
      CREATE UNIQUE INDEX \(Identifier(ledger.name.name + "_slot").sql) ON \(ledger.sql) (project, flow, slot) \
      WHERE status = 'loaded' AND NOT again;
      """,
      "CREATE INDEX \(Identifier(ledger.name.name + "_flow").sql) ON \(ledger.sql) (project, flow, finished);",
      """
      CREATE INDEX \(Identifier(ledger.name.name + "_rare").sql) ON \(ledger.sql) (project, flow, finished) \
      WHERE status NOT IN ('loaded', 'empty');
      """,
    ]
  }

  /// The statements that give a ledger `columns` which it lacks; what somebody else has added meanwhile stays.
  public static func statements(adding columns: [LedgerColumn], to ledger: QualifiedName) -> [String] {
    columns.map { "ALTER TABLE \(ledger.sql) ADD COLUMN IF NOT EXISTS \($0.name.sql) \($0.type);" }
  }

  private static func column(_ name: Identifier, _ type: String, isNotNull: Bool = true, since: Int = 1) -> LedgerColumn
  {
    LedgerColumn(name: name, type: type, isNotNull: isNotNull, since: since)
  }
}
