internal import Catalog
internal import Planning
internal import Postgres

/// A column of a table that is filled, as its own database describes it.
struct ColumnType {
  /// Its type's OID; that of the base type for a domain.
  var type: UInt32
  /// The type's modifier; -1 for none.
  var modifier: Int32
  /// The type's name with its schema, which leaves the modifier open.
  var name: String
  /// Whether a value's binary form means the same in every database: a built-in type that holds no object's number.
  var isPortable: Bool

  /// Whether a value of another type is assigned to the column with the same outcome as its text would be, an error
  /// included: among whole numbers, from those to `numeric`, and between `text` and `varchar`. (From `numeric` to a whole
  /// number, or from a time to a date, it would be rounded in silence.)
  func takesAsItIs(_ other: UInt32) -> Bool {
    let integers: Set<UInt32> = [20, 21, 23]
    let texts: Set<UInt32> = [25, 1043]
    if integers.contains(other) { return integers.contains(type) || type == 1700 }
    return texts.contains(other) && texts.contains(type)
  }

  /// The columns of a table by name.
  ///
  /// - Parameter table: as it stands in SQL.
  static func all(of table: SQL, on database: borrowing Database) throws -> [String: ColumnType] {
    let rows = try database.rows(
      """
      SELECT b.name, b.type, b.modifier, format('%I.%I', n.nspname, t.typname),
        t.oid < 10000 AND t.typtype IN ('b', 'r', 'm') AND t.typsend <> 0 AND t.typreceive <> 0
          AND coalesce(e.typsend <> 0 AND e.typname !~ '^reg', true) AND t.typname !~ '^_?reg'
      FROM (\(sql: baseTypes("attrelid = to_regclass(\(value: table.text))"))) b
      JOIN pg_type t ON t.oid = b.type JOIN pg_namespace n ON n.oid = t.typnamespace
      LEFT JOIN pg_type e ON e.oid = t.typelem AND t.typlen = -1
      """
    ) { row in
      (
        row.text(0) ?? "",
        ColumnType(
          type: UInt32(row.int(1) ?? 0), modifier: Int32(row.int(2) ?? -1), name: row.text(3) ?? "",
          isPortable: row.bool(4) ?? false)
      )
    }
    return Dictionary(rows) { first, _ in first }
  }

  /// A statement that gives name, number, own type and modifier, base type and modifier of the columns that meet
  /// `condition`.
  static func baseTypes(_ condition: SQL) -> SQL {
    """
    WITH RECURSIVE base (name, number, own, own_modifier, type, modifier, depth) AS (
      SELECT attname, attnum, atttypid, atttypmod, atttypid, atttypmod, 0 FROM pg_attribute
      WHERE \(sql: condition) AND attnum > 0 AND NOT attisdropped
      UNION ALL
      SELECT name, number, own, own_modifier, typbasetype, typtypmod, depth + 1
      FROM base JOIN pg_type ON oid = type AND typtype = 'd'
    )
    SELECT DISTINCT ON (number) name, number, own, own_modifier, type, modifier FROM base ORDER BY number, depth DESC
    """
  }
}

extension DatabasePart {
  /// Looks up what fields there are.
  ///
  /// A table's are in the catalog, whatever the role may read of it; a query is described by the server.
  func describe(on database: borrowing Database) throws -> [Field] {
    switch object {
    case .table(let table):
      return try database.rows(
        """
        SELECT name, type, modifier, format_type(own, own_modifier)
        FROM (\(sql: ColumnType.baseTypes("attrelid = (\(sql: Self.oid(of: table)))"))) b ORDER BY number
        """
      ) { row in
        Field(
          name: row.text(0) ?? "", type: UInt32(row.int(1) ?? 0), modifier: Int32(row.int(2) ?? -1),
          spelling: row.text(3) ?? "")
      }
    case .query:
      let columns = try database.rows("SELECT * FROM \(sql: relation) LIMIT 0").columns
      let spellings = try database.rows(
        """
        SELECT format_type(type, modifier)
        FROM unnest(\(value: columns.map { Int($0.type) })::oid[], \(value: columns.map { Int($0.typeModifier) })::int[])
          WITH ORDINALITY AS u (type, modifier, number) ORDER BY number
        """
      ) { $0.text(0) ?? "" }
      return zip(columns, spellings).map { column, spelling in
        Field(name: column.name, type: column.type, modifier: column.typeModifier, spelling: spelling)
      }
    }
  }

  /// The OID of a relation, without a privilege on its schema.
  private static func oid(of table: QualifiedName) -> SQL {
    """
    SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = \(value: table.schema.name) AND c.relname = \(value: table.name.name)
    """
  }

  /// The type of a field without its modifier, as `format_type` writes it.
  static func plainType(_ type: UInt32, asking ask: (SQL) throws -> Rows) throws -> String {
    try ask("SELECT format_type(\(value: Int(type))::oid, -1)").map { $0.text(0) ?? "text" }.first ?? "text"
  }
}
