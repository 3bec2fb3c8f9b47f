internal import Catalog
internal import Diagnostics
internal import Planning
internal import Postgres

extension Database {
  /// Refuses a statement with SQL of a manifest in it that reads other tables than it may, or calls what could read or
  /// write anything else.
  ///
  /// The server itself says what the statement refers to: it is made a view, which is gone again at once, and the rule
  /// behind a view names each table and function by its number, wherever in the statement it stands. (`pg_depend` would
  /// not do: it leaves out what is PostgreSQL's own.) A view takes no WITH that changes rows, and no values: in their
  /// place stands NULL.
  ///
  /// - Parameters:
  ///   - tables: the temporary tables that it may read, and no others.
  ///   - words: what the SQL is, for people.
  /// - Throws: `Failure` `sql-step`.
  func checkReading(_ statement: BoundSQL, tables: [String], of words: String) throws {
    let text = statement.pieces.map { if case .text(let text) = $0 { text } else { "NULL" } }.joined()
    try run("SAVEPOINT reading")
    let found: [String]
    do {
      try run("CREATE TEMPORARY VIEW \(identifier: Self.view) AS \(raw: text)")
      found = try rows(
        """
        WITH mentioned AS (
          SELECT DISTINCT m[1] AS kind, m[2]::oid AS id
          FROM pg_rewrite r, regexp_matches(
            r.ev_action::text, ':(relid|funcid|opfuncid|aggfnoid|winfnoid) (\\d+)', 'g') AS m
          WHERE r.ev_class = to_regclass(\(value: "pg_temp.\(Self.view.sql)")) AND m[2] <> '0')
        SELECT 'reads table ' || c.oid::regclass FROM mentioned m JOIN pg_class c ON c.oid = m.id
        WHERE m.kind = 'relid' AND c.relname <> \(value: Self.view.name)
          AND NOT (c.relnamespace = pg_my_temp_schema() AND c.relname = ANY (\(value: tables)::text[]))
        UNION ALL
        SELECT 'calls function ' || p.oid::regprocedure
        FROM mentioned m JOIN pg_proc p ON p.oid = m.id JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE m.kind <> 'relid' AND NOT (\(raw: CallableFunctions.condition))
        """
      ) { $0.text(0) ?? "" }
      try script("ROLLBACK TO SAVEPOINT reading; RELEASE SAVEPOINT reading")
    } catch let error as PostgresError where error.kind == .statement {
      throw Refusal(
        error,
        as: Diagnostic(
          .error, "sql-step", "\(words) is no plain SELECT over its inputs: \(error.message)",
          help: [error.hint].compactMap { $0 }))
    }
    guard let first = found.sorted().first else { return }
    throw Failure(
      Diagnostic(
        .error, "sql-step", "\(words) \(first), and may read nothing but its inputs",
        help: ["nothing was run; a table is made a source of the flow, under `sources:`"]))
  }

  private static var view: Identifier { "_sluice_reading" }
}
