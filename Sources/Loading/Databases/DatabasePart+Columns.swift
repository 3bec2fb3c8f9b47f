internal import Catalog
internal import Postgres

extension DatabasePart {
  /// The rows as COPY hands them from one database to another, for `columns` of these `types`, in a table.
  ///
  /// They go in binary form where each field is of the very type of its column and that is a built-in one; else all go as
  /// text, which the column's input function reads.
  func relayed(
    _ columns: [TargetColumn], _ types: [String: ColumnType], in run: LoadRun
  ) -> (expressions: [SQL], isBinary: Bool) {
    let isBinary = columns.allSatisfy { column in
      guard let type = types[column.name.name], type.isPortable else { return false }
      guard case .field(let name) = column.from, let field = field(name) else { return true }
      return field.type == type.type && field.modifier == type.modifier
    }
    let expressions = columns.map { column -> SQL in
      if case .field(let name) = column.from, field(name) != nil { return "s.\(identifier: Identifier(name))" }
      let type = isBinary ? types[column.name.name]?.name : nil
      return "\(sql: constant(column.from, in: run))::\(raw: type ?? "pg_catalog.text")"
    }
    return (expressions, isBinary)
  }

  /// The same for rows that do not leave their database. A value of another type than its column goes by way of the text
  /// that COPY would write, so that it comes out the same on either way.
  func assigned(_ columns: [TargetColumn], _ types: [String: ColumnType], in run: LoadRun) -> [SQL] {
    columns.map { column in
      let type = types[column.name.name]
      guard case .field(let name) = column.from, let field = field(name) else {
        return "\(sql: constant(column.from, in: run))::\(raw: type?.name ?? "pg_catalog.text")"
      }
      let value: SQL = "s.\(identifier: Identifier(name))"
      guard let type, type.type != field.type, !type.takesAsItIs(field.type) else { return value }
      return "CASE WHEN num_nulls(\(sql: value)) = 0 THEN concat(\(sql: value)) END::\(raw: type.name)"
    }
  }

  /// What stands for a column that takes no field of this source.
  private func constant(_ input: ColumnInput, in run: LoadRun) -> SQL {
    switch input {
    case .loadedAt: "\(literal: Literal(run.startedAt))"
    case .loadID: "\(literal: Literal(run.request.load))"
    // In a union, what one source lacks is NULL; rows of a database have no file and no line.
    case .field, .file, .line: "NULL"
    }
  }
}
