internal import Catalog
internal import Postgres

extension LoadRequest {
  /// Finds out what types of other schemas are made of, and how their values are compared.
  ///
  /// Only those are asked for: `format_type` writes all others without a schema. The target's columns say which types
  /// they are, so that no privilege on a type's schema is needed.
  mutating func resolveTypes(on database: borrowing Database) throws {
    let open = columns.filter { $0.type.contains(".") || $0.type.contains("\"") }
    guard !open.isEmpty else { return }
    let found = try database.rows(
      """
      WITH RECURSIVE base (name, type, modifier, depth) AS (
        SELECT attname, atttypid, atttypmod, 0 FROM pg_attribute
        WHERE attrelid = to_regclass(\(value: target.sql)) AND attname = ANY (\(value: open.map(\.name.name))::name[])
        UNION ALL
        SELECT name, typbasetype, typtypmod, depth + 1 FROM base JOIN pg_type ON oid = type AND typtype = 'd'
      )
      SELECT DISTINCT ON (name) name, format_type(type, modifier), (
        SELECT format('OPERATOR(%I.%s)', n.nspname, o.oprname)
        FROM pg_opclass c
        JOIN pg_am m ON m.oid = c.opcmethod AND m.amname = 'btree'
        JOIN pg_amop p ON p.amopfamily = c.opcfamily AND p.amoplefttype = type AND p.amoprighttype = type
          AND p.amopstrategy = 3
        JOIN pg_operator o ON o.oid = p.amopopr
        JOIN pg_namespace n ON n.oid = o.oprnamespace
        WHERE c.opcintype = type AND c.opcdefault)
      FROM base ORDER BY name, depth DESC
      """
    ) { (name: $0.text(0) ?? "", base: $0.text(1) ?? "", equality: $0.text(2)) }
    for type in found {
      guard let index = columns.firstIndex(where: { $0.name.name == type.name }) else { continue }
      columns[index].base = type.base
      if let equality = type.equality { columns[index].equality = equality }
    }
  }
}
