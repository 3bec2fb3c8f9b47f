internal import Catalog
internal import Diagnostics
internal import Manifests

extension FlowContext {
  /// `schema-usage` for the schemas of columns' types.
  func typeUsageCheck() -> [Finding] {
    typesCalledByName.filter { live.schemas[$0.schema]?.privileges.contains(.usage) == false }.map { schema, column in
      failed(
        .schemaUsage,
        "role \(role.sql) has no USAGE on schema \(schema.sql), where type \(column.type) of column "
          + "\(column.name.sql) is",
        about: "schema \(schema.name) of types", at: place(ofColumn: column.name.name),
        help: words(of: column).map { ["the server says: \($0)"] } ?? [],
        remedy: remedy("GRANT USAGE ON SCHEMA \(schema.sql) TO \(role.sql);"))
    }
  }

  /// The schemas of types, each with the first column of such a type, besides those of the table and of the ledger.
  ///
  /// A type is called by its name in a manifest, in the table that apply makes, and in the temporary table that rows are
  /// staged in.
  var typesCalledByName: [(schema: Identifier, column: PlannedColumn)] {
    // Nearly all types are PostgreSQL's own.
    guard resolution.columns.contains(where: { $0.type.utf8.contains(UInt8(ascii: ".")) }) else { return [] }
    var seen = Set(schemas)
    return resolution.columns.compactMap { column in
      let isNamed = column.origin == .declared || stagesRows || table?.hasColumn(column.name) != true
      guard isNamed, let schema = schemaPart(ofType: column.type), live.schemas[schema] != nil,
        seen.insert(schema).inserted
      else { return nil }
      return (schema, column)
    }
  }

  private func words(of column: PlannedColumn) -> String? {
    resolution.unknownTypes.first { $0.column.name == column.name.name }?.message
  }

  /// Whether a type's name is in a schema that the role may not use.
  func isClosed(type: String) -> Bool {
    schemaPart(ofType: type).flatMap { live.schemas[$0] }?.privileges.contains(.usage) == false
  }
}

/// The schema in a type's name as SQL has it: `sales."My Type"(3)[]`; nothing where none is written.
func schemaPart(ofType type: String) -> Identifier? {
  guard type.utf8.contains(UInt8(ascii: ".")) else { return nil }
  var rest = type[...]
  guard rest.first == "\"" else {
    let part = rest.prefix { !". (\"[".contains($0) }
    return rest.dropFirst(part.count).first == "." ? Identifier(part.lowercased()) : nil
  }
  rest.removeFirst()
  var name = ""
  while let character = rest.popFirst() {
    if character != "\"" {
      name.append(character)
    } else if rest.first == "\"" {
      name.append("\"")
      rest.removeFirst()
    } else {
      return rest.first == "." ? Identifier(name) : nil
    }
  }
  return nil
}
