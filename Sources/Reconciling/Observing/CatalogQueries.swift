internal import Catalog
internal import Planning
internal import Postgres

/// The queries of an observation: each takes all that is asked for at once.
///
/// They run with `search_path = pg_catalog`, so that `format_type` writes every other schema's name.
enum CatalogQueries {
  /// Which day it is in a time zone.
  static func today(in zone: String) -> SQL {
    "SELECT to_char(now() AT TIME ZONE \(value: zone)::text, 'YYYY-MM-DD')"
  }

  static let server: SQL = """
    SELECT current_setting('server_version_num'), current_setting('server_version'), current_user,
      r.rolsuper, d.datname, pg_get_userbyid(d.datdba), has_database_privilege(d.oid, 'CREATE'),
      has_database_privilege(d.oid, 'TEMPORARY'), pg_is_in_recovery(),
      current_setting('default_transaction_read_only'), d.oid,
      CASE WHEN has_function_privilege('pg_control_system()', 'EXECUTE')
        THEN (SELECT system_identifier FROM pg_control_system()) END,
      session_user,
      CASE WHEN NOT r.rolsuper THEN
        ARRAY(SELECT m.rolname FROM pg_roles m WHERE m.oid <> r.oid AND pg_has_role(m.oid, 'USAGE')) END
    FROM pg_database d, pg_roles r
    WHERE d.datname = current_database() AND r.rolname = current_user
    """

  static let schemas: SQL = """
    SELECT nspname, pg_get_userbyid(nspowner), has_schema_privilege(oid, 'USAGE'), has_schema_privilege(oid, 'CREATE'),
      defaults.makers, defaults.privileges
    FROM pg_namespace n
    LEFT JOIN LATERAL (
      SELECT array_agg(pg_get_userbyid(d.defaclrole)) AS makers, array_agg(a.privilege_type) AS privileges
      FROM pg_default_acl d, aclexplode(d.defaclacl) a
      WHERE d.defaclobjtype = 'r' AND d.defaclnamespace IN (0, n.oid) AND d.defaclrole <> a.grantee
        AND CASE a.grantee WHEN 0 THEN true ELSE pg_has_role(a.grantee, 'USAGE') END
    ) defaults ON true
    WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
    """

  static func relations(_ names: [QualifiedName]) -> SQL {
    """
    SELECT n.nspname, c.relname, c.relkind, pg_get_userbyid(c.relowner), pg_has_role(c.relowner, 'USAGE'),
      row_security_active(c.oid),
      array_remove(ARRAY[
        CASE WHEN has_table_privilege(c.oid, 'SELECT') THEN 'SELECT' END,
        CASE WHEN has_table_privilege(c.oid, 'INSERT') THEN 'INSERT' END,
        CASE WHEN has_table_privilege(c.oid, 'UPDATE') THEN 'UPDATE' END,
        CASE WHEN has_table_privilege(c.oid, 'DELETE') THEN 'DELETE' END,
        CASE WHEN has_table_privilege(c.oid, 'TRUNCATE') THEN 'TRUNCATE' END], NULL),
      ARRAY(SELECT a.attname FROM pg_partitioned_table p, pg_attribute a
        WHERE p.partrelid = c.oid AND a.attrelid = c.oid AND a.attnum = ANY (p.partattrs)),
      has_table_privilege(c.oid, 'SELECT WITH GRANT OPTION'),
      c.oid, c.reltuples::bigint
    \(sql: wanted(names))
    """
  }

  /// A row a column: the position of its table among `names`, then what it is; the columns of a table in their order, one
  /// after the other.
  ///
  /// Sorted table by table and without the tables' names, as 10,000 tables with 8 columns each would be sorted on the
  /// server's disk otherwise. Privileges on single columns are looked up only where one has a list of its own.
  static func columns(_ names: [QualifiedName]) -> SQL {
    """
    SELECT w.position, a.*
    \(sql: wanted(names))
    CROSS JOIN LATERAL (
      SELECT a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
        CASE WHEN a.atthasdef THEN (
          SELECT pg_get_expr(d.adbin, d.adrelid) FROM pg_attrdef d WHERE d.adrelid = c.oid AND d.adnum = a.attnum) END,
        a.attidentity, a.attgenerated,
        CASE WHEN a.attacl IS NOT NULL THEN array_remove(ARRAY[
          CASE WHEN has_column_privilege(c.oid, a.attnum, 'SELECT') THEN 'SELECT' END,
          CASE WHEN has_column_privilege(c.oid, a.attnum, 'INSERT') THEN 'INSERT' END,
          CASE WHEN has_column_privilege(c.oid, a.attnum, 'UPDATE') THEN 'UPDATE' END], NULL) END
      FROM pg_attribute a
      WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
      ORDER BY a.attnum) a
    """
  }

  static func uniqueIndexes(_ names: [QualifiedName]) -> SQL {
    """
    SELECT n.nspname, c.relname, x.relname,
      ARRAY(SELECT a.attname FROM unnest(i.indkey) WITH ORDINALITY AS k (attnum, position)
        JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
        WHERE k.position <= i.indnkeyatts ORDER BY k.position),
      i.indisprimary, i.indisvalid AND i.indisready AND i.indislive, i.indimmediate, i.indpred IS NOT NULL,
      i.indexprs IS NOT NULL, x.relispartition
    \(sql: wanted(names))
    JOIN pg_index i ON i.indrelid = c.oid AND i.indisunique
    JOIN pg_class x ON x.oid = i.indexrelid
    ORDER BY c.oid, x.relname
    """
  }

  /// The roles of these names that exist; where one does not, all that are not the system's.
  static func roles(_ names: [Identifier]) -> SQL {
    let wanted: SQL = "\(value: names.map(\.name))::name[]"
    return """
      SELECT rolname FROM pg_roles
      WHERE rolname = ANY (\(sql: wanted)) OR rolname !~ '^pg_' AND EXISTS (
        SELECT FROM unnest(\(sql: wanted)) AS w (name)
        WHERE w.name <> 'public' AND NOT EXISTS (SELECT FROM pg_roles r WHERE r.rolname = w.name))
      """
  }

  /// What roles may do by whatever way: USAGE on the schema, SELECT on the table.
  static func readers(_ questions: [ReaderQuestion]) -> SQL {
    """
    SELECT w.schema, w.name, w.role, has_schema_privilege(w.role, n.oid, 'USAGE'),
      c.oid IS NOT NULL AND has_table_privilege(w.role, c.oid, 'SELECT')
    FROM unnest(\(value: questions.map(\.table.schema.name))::name[], \(value: questions.map(\.table.name.name))::name[],
      \(value: questions.map(\.role.name))::name[]) AS w (schema, name, role)
    JOIN pg_namespace n ON n.nspname = w.schema
    LEFT JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = w.name
    WHERE w.role = 'public' OR EXISTS (SELECT FROM pg_roles r WHERE r.rolname = w.role)
    """
  }

  /// The partitions of those that are partitioned, each with its unique indexes: a row an index, or one without.
  static func partitions(_ names: [QualifiedName]) -> SQL {
    """
    SELECT n.nspname, c.relname, pn.nspname, p.relname, qn.nspname, q.relname, p.relkind, x.relname,
      ARRAY(SELECT a.attname FROM unnest(i.indkey) WITH ORDINALITY AS k (attnum, position)
        JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
        WHERE k.position <= i.indnkeyatts ORDER BY k.position),
      i.indisprimary, i.indisvalid AND i.indisready AND i.indislive, i.indimmediate, i.indpred IS NOT NULL,
      i.indexprs IS NOT NULL, x.relispartition, pg_has_role(p.relowner, 'USAGE')
    FROM pg_partitioned_table t
    JOIN pg_class c ON c.oid = t.partrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    CROSS JOIN LATERAL pg_partition_tree(c.oid) AS tree
    JOIN pg_class p ON p.oid = tree.relid
    JOIN pg_namespace pn ON pn.oid = p.relnamespace
    JOIN pg_class q ON q.oid = tree.parentrelid
    JOIN pg_namespace qn ON qn.oid = q.relnamespace
    LEFT JOIN pg_index i ON i.indrelid = p.oid AND i.indisunique
    LEFT JOIN pg_class x ON x.oid = i.indexrelid
    WHERE tree.level > 0 AND (n.nspname::text, c.relname::text) IN (SELECT *
      FROM unnest(\(value: names.map(\.schema.name))::text[], \(value: names.map(\.name.name))::text[]))
    ORDER BY c.oid, tree.level, pn.nspname, p.relname, x.relname
    """
  }

  /// Whether tables hold no row, each by its position among `names`.
  ///
  /// To be asked of few: for the size of a table the server opens it. (In WHERE it would be asked of all others too.)
  static func emptyTables(_ names: [QualifiedName]) -> SQL {
    """
    SELECT w.position, 0 = CASE c.relkind
        WHEN 'r' THEN \(sql: size(of: "c.oid"))
        WHEN 'p' THEN (SELECT sum(\(sql: size(of: "relid"))) FROM pg_partition_tree(c.oid) WHERE isleaf)
      END
    \(sql: wanted(names))
    """
  }

  /// The bytes of a table. To look at them waits for whoever alters the table, or waits to: it counts as not empty then.
  private static func size(of table: SQL) -> SQL {
    """
    CASE
      WHEN \(sql: table) = ANY (ARRAY(
        SELECT l.relation FROM pg_locks l JOIN pg_database d ON d.oid = l.database
        WHERE d.datname = current_database() AND l.mode = 'AccessExclusiveLock')) THEN 1
      ELSE pg_relation_size(\(sql: table))
    END
    """
  }

  private static func wanted(_ names: [QualifiedName]) -> SQL {
    """
    FROM unnest(\(value: names.map(\.schema.name))::text[], \(value: names.map(\.name.name))::text[])
      WITH ORDINALITY AS w (schema, name, position)
    JOIN pg_namespace n ON n.nspname = w.schema
    JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = w.name
    """
  }

  /// Describes a type by an array of it: a bare domain's RowDescription would name its base type.
  ///
  /// The type's text is the manifest's own; it is only ever parsed, never run, and the extended protocol takes one
  /// statement.
  static func type(_ text: String) -> SQL { "SELECT NULL::\(raw: text)[]" }

  /// The server's spelling of described types, each known by an array of it.
  ///
  /// An array of arrays is of the same type as the array: such a one is spelled as it is, all others by their elements.
  static func typeNames(_ described: [(type: UInt32, modifier: Int32, isArray: Bool)]) -> SQL {
    """
    SELECT format_type(CASE WHEN w.is_array THEN t.oid ELSE t.typelem END, w.modifier),
      NOT w.is_array AND EXISTS (
        WITH RECURSIVE domains AS (
          SELECT d.oid, d.typbasetype, d.typnotnull FROM pg_type d WHERE d.oid = t.typelem AND d.typtype = 'd'
          UNION ALL
          SELECT d.oid, d.typbasetype, d.typnotnull FROM pg_type d JOIN domains b ON d.oid = b.typbasetype
          WHERE d.typtype = 'd')
        SELECT FROM domains d WHERE d.typnotnull OR EXISTS (SELECT FROM pg_constraint c WHERE c.contypid = d.oid))
    FROM unnest(\(value: described.map { Int($0.type) })::oid[], \(value: described.map { Int($0.modifier) })::int[],
        \(value: described.map { $0.isArray ? "t" : "f" })::boolean[])
      WITH ORDINALITY AS w (type, modifier, is_array, position)
    JOIN pg_type t ON t.oid = w.type
    ORDER BY w.position
    """
  }

  /// Whether an expression is the same for all rows: then the planner takes it for a condition that it looks at once, and
  /// else for a filter of each row. Nothing is run but what is immutable, which the planner computes.
  static func nature(ofDefault expression: String) -> SQL {
    "EXPLAIN (COSTS OFF) SELECT 1 FROM generate_series(1, 2) WHERE (\(raw: expression)) IS NULL"
  }

  /// The server's spelling of the types of queries' columns; a pseudo-type, which no table's column can have, is text.
  static func types(_ described: [(type: UInt32, modifier: Int32)]) -> SQL {
    """
    SELECT CASE WHEN t.typtype = 'p' THEN 'text' ELSE format_type(w.type, w.modifier) END
    FROM unnest(\(value: described.map { Int($0.type) })::oid[], \(value: described.map { Int($0.modifier) })::int[])
      WITH ORDINALITY AS w (type, modifier, position)
    LEFT JOIN pg_type t ON t.oid = w.type
    ORDER BY w.position
    """
  }

  /// What a source may read, for names that are near to one that does not exist.
  static let readable: SQL = """
    SELECT n.nspname, c.relname
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition
      AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    ORDER BY n.nspname, c.relname
    LIMIT 5000
    """

  /// All tables: what a flow that reads many takes. Views are named one by one, and ledgers are no data.
  static let tables: SQL = """
    SELECT n.nspname, c.relname
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
      AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
      AND c.relname <> \(literal: Literal(LedgerLayout.tableName.name))
    """

  /// The lineages under which flows of `project` have loads in a ledger.
  static func lineages(in ledger: QualifiedName, project: String) -> SQL {
    """
    SELECT flow, array_agg(DISTINCT lineage::text)
    FROM \(name: ledger)
    WHERE project = \(value: project)
    GROUP BY flow
    """
  }

  /// How many rows a table holds, at the cost of reading it.
  static func count(of table: QualifiedName) -> SQL { "SELECT count(*) FROM \(name: table)" }

  /// Up to three keys that stand in more than one row.
  static func duplicates(of key: [Identifier], in table: QualifiedName) -> SQL {
    """
    SELECT concat_ws(', ', \(identifiers: key)), count(*)
    FROM \(name: table)
    WHERE (\(identifiers: key)) IS NOT NULL
    GROUP BY \(identifiers: key)
    HAVING count(*) > 1
    LIMIT 3
    """
  }
}
