internal import Catalog
internal import Postgres

/// The questions to the catalog that `TargetRules` are made of.
struct TargetFacts {
  private let target: SQL
  private let columns: SQL

  init(_ request: LoadRequest) {
    target = "to_regclass(\(value: request.target.sql))"
    columns = "\(value: request.columns.map(\.name.name))::name[]"
  }

  /// All of them, to be asked at once.
  var all: [SQL] { [table, conditions, domains, keys, references, concerned] }

  /// The columns that a load fills, as `l`.
  private var loaded: SQL {
    """
    SELECT attnum, attname, atttypid FROM pg_attribute
    WHERE attrelid = \(sql: target) AND attname = ANY (\(sql: columns)) AND NOT attisdropped
    """
  }

  private var table: SQL {
    """
    WITH RECURSIVE part (oid) AS (
      SELECT \(sql: target)::oid UNION ALL SELECT inhrelid FROM pg_inherits JOIN part ON part.oid = inhparent
    ), base (type) AS (
      SELECT atttypid FROM (\(sql: loaded)) l
      UNION SELECT typbasetype FROM base JOIN pg_type ON oid = type AND typtype = 'd'
    )
    SELECT has_database_privilege(current_database(), 'TEMPORARY'),
      EXISTS (SELECT FROM pg_language WHERE lanname = 'plpgsql' AND has_language_privilege(oid, 'USAGE')),
      -- Casts to the types of characters do what the types' input functions do, that to regclass does not; the input of
      -- an interval depends on its precision.
      NOT EXISTS (
        SELECT FROM pg_cast JOIN base ON type = casttarget
        WHERE castsource = 'text'::regtype AND castcontext <> 'e' AND castmethod = 'f'
          AND casttarget NOT IN ('bpchar'::regtype, 'varchar'::regtype, 'name'::regtype))
      AND NOT EXISTS (
        SELECT FROM pg_attribute JOIN (\(sql: loaded)) l USING (attnum)
        WHERE attrelid = \(sql: target) AND pg_attribute.atttypid IN ('interval'::regtype, 'interval[]'::regtype)
          AND atttypmod <> -1)
      AND NOT EXISTS (
        SELECT FROM base JOIN pg_type ON oid = type AND typtype = 'd' AND typbasetype = 'interval'::regtype),
      c.relkind NOT IN ('r', 'p') OR c.relhasrules
      OR EXISTS (SELECT FROM pg_trigger JOIN part ON part.oid = tgrelid
        WHERE NOT tgisinternal AND tgenabled <> 'D' AND tgtype & 4 <> 0)
      OR EXISTS (SELECT FROM pg_constraint JOIN part ON part.oid = conrelid
        WHERE contype = 'x' OR contype = 'f' AND confrelid IN (SELECT part.oid FROM part))
      OR EXISTS (SELECT FROM pg_index JOIN part ON part.oid = indrelid
        WHERE c.relkind = 'p' AND part.oid <> c.oid AND indisunique
          AND NOT EXISTS (SELECT FROM pg_inherits WHERE inhrelid = indexrelid))
    FROM pg_class c WHERE c.oid = \(sql: target)
    """
  }

  /// What no row may meet: NULL in a column that refuses it, a CHECK that is false.
  private var conditions: SQL {
    """
    WITH l AS (\(sql: loaded))
    SELECT CASE WHEN l.attnum IS NOT NULL THEN format('%I IS NULL', a.attname) ELSE 'true' END
    FROM pg_attribute a LEFT JOIN l USING (attnum)
    WHERE a.attrelid = \(sql: target) AND a.attnum > 0 AND NOT a.attisdropped AND a.attnotnull AND a.attgenerated = ''
      AND (l.attnum IS NOT NULL OR NOT a.atthasdef AND a.attidentity = ''
        AND (SELECT typdefault IS NULL FROM pg_type WHERE oid = a.atttypid))
    UNION ALL
    SELECT format('(%s) IS FALSE', pg_get_expr(conbin, conrelid)) FROM pg_constraint c
    WHERE conrelid = \(sql: target) AND contype = 'c' AND NOT EXISTS (
        SELECT FROM unnest(conkey) k WHERE k NOT IN (SELECT attnum FROM l))
      AND NOT EXISTS (
        SELECT FROM pg_depend JOIN pg_proc p ON p.oid = refobjid AND provolatile = 'v'
        WHERE classid = 'pg_constraint'::regclass AND objid = c.oid AND refclassid = 'pg_proc'::regclass)
    """
  }

  /// The same of the columns' domains: a column, and what must not be false of its VALUE.
  private var domains: SQL {
    """
    WITH RECURSIVE chain (attname, type) AS (
      SELECT attname, atttypid FROM (\(sql: loaded)) l
      UNION ALL SELECT attname, typbasetype FROM chain JOIN pg_type ON oid = type AND typtype = 'd'
    )
    SELECT attname, 'value IS NOT NULL' FROM chain JOIN pg_type ON oid = type AND typtype = 'd' AND typnotnull
    UNION ALL
    SELECT attname, pg_get_expr(conbin, 0) FROM chain JOIN pg_constraint c ON contypid = type AND contype = 'c'
    WHERE NOT EXISTS (
      SELECT FROM pg_depend JOIN pg_proc p ON p.oid = refobjid AND provolatile = 'v'
      WHERE classid = 'pg_constraint'::regclass AND objid = c.oid AND refclassid = 'pg_proc'::regclass)
    """
  }

  /// Unique indexes: expressions, condition, whether the role may read what they are made of in the table, whether that
  /// is loaded, operators, whether NULLs are the same; the table as it stands in SQL, the index's name, and whether it is
  /// checked row by row, in the table itself.
  private var keys: SQL {
    """
    WITH l AS (\(sql: loaded)), used AS (
      SELECT indexrelid, k AS attnum FROM pg_index, unnest(indkey::int2[]) k WHERE indrelid = \(sql: target) AND k <> 0
      UNION
      SELECT indexrelid, refobjsubid FROM pg_index JOIN pg_depend ON objid = indexrelid
      WHERE indrelid = \(sql: target) AND classid = 'pg_class'::regclass AND refclassid = 'pg_class'::regclass
        AND refobjid = indrelid AND refobjsubid > 0
    )
    SELECT (SELECT array_agg(pg_get_indexdef(i.indexrelid, n, true) ORDER BY n) FROM generate_series(1, i.indnkeyatts) n),
      pg_get_expr(i.indpred, i.indrelid),
      (SELECT bool_and(has_column_privilege(i.indrelid, u.attnum::int2, 'SELECT')) FROM used u
        WHERE u.indexrelid = i.indexrelid),
      NOT EXISTS (SELECT FROM used u WHERE u.indexrelid = i.indexrelid AND u.attnum NOT IN (SELECT attnum FROM l)),
      (SELECT array_agg(coalesce((
          SELECT format('OPERATOR(%I.%s)', n.nspname, o.oprname)
          FROM pg_amop p JOIN pg_operator o ON o.oid = p.amopopr JOIN pg_namespace n ON n.oid = o.oprnamespace
          WHERE p.amopfamily = oc.opcfamily AND p.amoplefttype = oc.opcintype AND p.amoprighttype = oc.opcintype
            AND p.amopstrategy = 3), '=') ORDER BY x.n)
        FROM unnest(i.indclass::oid[]) WITH ORDINALITY x (opclass, n) JOIN pg_opclass oc ON oc.oid = x.opclass
        WHERE x.n <= i.indnkeyatts),
      coalesce((to_jsonb(i) ->> 'indnullsnotdistinct')::boolean, false),
      CASE WHEN c.relkind = 'p' THEN '' ELSE 'ONLY ' END || format('%I.%I', s.nspname, c.relname),
      (SELECT relname FROM pg_class WHERE oid = i.indexrelid), i.indimmediate AND c.relkind = 'r'
        -- What another collation takes for the same is for the server to say.
        AND NOT EXISTS (SELECT FROM pg_attribute a JOIN pg_collation o ON o.oid = a.attcollation
          WHERE a.attrelid IN (i.indrelid, i.indexrelid) AND NOT o.collisdeterministic)
    FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace s ON s.oid = c.relnamespace
    WHERE i.indrelid = \(sql: target) AND i.indisunique AND i.indislive
    ORDER BY i.indexrelid
    """
  }

  /// The loaded columns that any rule is about.
  private var concerned: SQL {
    """
    SELECT l.attname FROM (\(sql: loaded)) l JOIN pg_attribute a ON a.attrelid = \(sql: target) AND a.attnum = l.attnum
    WHERE a.attnotnull OR EXISTS (SELECT FROM pg_type WHERE oid = a.atttypid AND typtype = 'd')
      OR EXISTS (SELECT FROM pg_constraint WHERE conrelid = a.attrelid AND a.attnum = ANY (conkey))
      OR EXISTS (SELECT FROM pg_index i WHERE i.indrelid = a.attrelid AND i.indisunique
        AND (a.attnum = ANY (i.indkey) OR EXISTS (
          SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = i.indexrelid
            AND refclassid = 'pg_class'::regclass AND refobjid = a.attrelid AND refobjsubid = a.attnum)))
    """
  }

  /// Foreign keys whose columns are all loaded, and whose tables the role may read: columns, the other table's columns,
  /// the other table as it stands in SQL.
  private var references: SQL {
    """
    WITH l AS (\(sql: loaded))
    SELECT
      (SELECT array_agg(quote_ident(attname) ORDER BY n) FROM unnest(f.conkey) WITH ORDINALITY k (attnum, n)
        JOIN l USING (attnum)),
      (SELECT array_agg(quote_ident(attname) ORDER BY n) FROM unnest(f.confkey) WITH ORDINALITY k (attnum, n)
        JOIN pg_attribute a ON a.attrelid = f.confrelid AND a.attnum = k.attnum),
      CASE WHEN c.relkind = 'p' THEN '' ELSE 'ONLY ' END || format('%I.%I', s.nspname, c.relname)
    FROM pg_constraint f JOIN pg_class c ON c.oid = f.confrelid JOIN pg_namespace s ON s.oid = c.relnamespace
    WHERE f.conrelid = \(sql: target) AND f.contype = 'f' AND f.confrelid <> f.conrelid
      AND NOT EXISTS (SELECT FROM pg_constraint u WHERE u.oid = f.conparentid AND u.conrelid = f.conrelid)
      AND NOT EXISTS (SELECT FROM unnest(f.conkey) k WHERE k NOT IN (SELECT attnum FROM l))
      AND has_schema_privilege(s.oid, 'USAGE') AND NOT row_security_active(c.oid)
      AND (SELECT bool_and(has_column_privilege(f.confrelid, k, 'SELECT')) FROM unnest(f.confkey) k)
    """
  }
}
