internal import Catalog
internal import Postgres

/// The statements that insert staged rows which are new, and update those that differ.
struct UpsertStatement {
  private let target: QualifiedName
  private let names: [Identifier]
  private let keys: [Identifier]
  /// The condition that the staged row `s` and the target's row `t` have one key.
  private let isSame: SQL
  /// The conditions of which one holds where `s` differs from `t`; none where all columns are of the key.
  private let differs: [SQL]

  init(_ request: LoadRequest, key: [TargetColumn]) {
    target = request.target
    names = request.columns.map(\.name)
    keys = key.map(\.name)
    isSame = key.map { $0.isSame("s", "t") }.joined(separator: " AND ")
    let keySet = Set(keys)
    differs = request.columns.filter { !keySet.contains($0.name) && !$0.from.isMetadata }.map { column in
      let cast: SQL = isComparable(column.base) ? "" : "::text"
      return "s.\(identifier: column.name)\(sql: cast) IS DISTINCT FROM t.\(identifier: column.name)\(sql: cast)"
    }
  }

  private var others: [Identifier] { names.filter { !keys.contains($0) } }

  private var staged: SQL { names.map { "s.\(identifier: $0)" }.joined(separator: ", ") }

  /// One statement on any table: rows that are new or differ are found by a join, and written by ON CONFLICT, which
  /// another writer of the same key cannot break. It gives how many were new, and how many differed.
  ///
  /// - Parameter rows: what stands in SQL for the staged rows.
  func insertOnConflict(_ rows: SQL) -> SQL {
    let isNew: SQL = "t.\(identifier: keys[0]) IS NULL"
    let set: [SQL] = others.map { "\(identifier: $0) = EXCLUDED.\(identifier: $0)" }
    let action: SQL = set.isEmpty ? "NOTHING" : "UPDATE SET \(sql: set.joined(separator: ", "))"
    return """
      WITH changed AS MATERIALIZED (
        SELECT \(sql: staged), \(sql: isNew) AS _sluice_is_new
        FROM \(sql: rows) s LEFT JOIN \(name: target) t ON \(sql: isSame)
        WHERE \(sql: ([isNew] + differs).joined(separator: " OR "))
      ), merged AS (
        INSERT INTO \(name: target) (\(identifiers: names)) SELECT \(identifiers: names) FROM changed
        ON CONFLICT (\(identifiers: keys)) DO \(sql: action)
      )
      SELECT count(*) FILTER (WHERE _sluice_is_new), count(*) FILTER (WHERE NOT _sluice_is_new) FROM changed
      """
  }

  /// The same by MERGE: a sixth less work where rows come in the order in which they lie, as the server keeps no list of
  /// the changed ones and locks none before it writes; a sixth more where they do not. Another writer who inserts one of
  /// the keys meanwhile makes it fail, with a unique violation.
  ///
  /// - Parameter rows: what stands in SQL for the staged rows.
  func merge(_ rows: SQL) -> SQL {
    let set: [SQL] = others.map { "\(identifier: $0) = s.\(identifier: $0)" }
    let update: SQL =
      differs.isEmpty
      ? ""
      : """
      WHEN MATCHED AND (\(sql: differs.joined(separator: " OR "))) THEN UPDATE SET \(sql: set.joined(separator: ", "))
      """
    return """
      MERGE INTO \(name: target) t USING \(sql: rows) s ON \(sql: isSame) \(sql: update)
      WHEN NOT MATCHED THEN INSERT (\(identifiers: names)) VALUES (\(sql: staged))
      """
  }

  /// Whether MERGE writes what ON CONFLICT would, and the server counts what it writes: on a table without children, rules
  /// and triggers.
  ///
  /// - Returns: a statement that gives a boolean; it runs from PostgreSQL 15 on.
  var fitsMerge: SQL {
    """
    SELECT c.relkind = 'r' AND NOT c.relhassubclass AND NOT c.relhasrules AND current_setting('track_counts')::boolean
      AND NOT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = c.oid AND NOT tgisinternal)
    FROM pg_class c WHERE c.oid = to_regclass(\(value: target.sql))
    """
  }

  /// How many rows of the target this transaction has inserted and updated so far, by the server's own statistics; no row
  /// where it has done neither.
  var counts: SQL {
    """
    SELECT n_tup_ins, n_tup_upd FROM pg_stat_xact_all_tables WHERE relid = to_regclass(\(value: target.sql))
    """
  }
}

/// Whether IS DISTINCT FROM tells all values of a type apart that show differently. Others (json has no equality, a
/// box's is that of areas, an interval's takes 30 days for a month) are compared as text.
private func isComparable(_ type: String) -> Bool {
  let name = type.prefix { $0 != "(" && $0 != "[" }
  let plain: Set<Substring> = [
    "smallint", "integer", "bigint", "numeric", "real", "double precision", "boolean", "text", "character varying",
    "character", "date", "timestamp", "timestamp without time zone", "timestamp with time zone", "time",
    "time without time zone", "uuid", "bytea", "jsonb", "inet", "cidr", "macaddr", "oid", "name",
  ]
  return plain.contains(name)
}
