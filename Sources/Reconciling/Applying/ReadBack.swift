internal import Catalog
internal import Postgres
internal import State

/// What the server made of a flow's table: asked in the transaction that changed it.
struct ReadBack {
  /// The table's OID; nothing where there is no such table.
  var relationOID: Int?
  /// The default of each column that has one, as `pg_get_expr` writes it.
  var defaults: [String: String] = [:]

  /// The query; a row a column.
  static func query(of table: QualifiedName, columns: [String]) -> SQL {
    """
    SELECT c.oid, a.attname, pg_get_expr(d.adbin, d.adrelid)
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = ANY (\(value: columns)::name[]) AND a.attgenerated = ''
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE n.nspname = \(value: table.schema.name) AND c.relname = \(value: table.name.name)
    """
  }

  init(_ rows: Rows) {
    for (oid, column, expression) in rows.map({ ($0.int(0), $0.text(1), $0.text(2)) }) {
      relationOID = oid
      if let column, let expression { defaults[column] = expression }
    }
  }

  /// Puts it into a flow's record.
  ///
  /// - Parameter declared: the columns for which the flow declares a default; those of others are not its own.
  func complete(_ resource: inout AppliedResource, declared: Set<String>) {
    resource.relationOID = relationOID
    resource.columns = resource.columns?.map { column in
      var column = column
      column.default = declared.contains(column.name) ? defaults[column.name] : nil
      return column
    }
  }
}
