internal import Catalog
internal import Diagnostics
internal import Manifests

extension FlowContext {
  /// `unique-key`: rows can be matched by the key.
  func keyChecks() -> [Finding] {
    guard spec.writeMode.needsKey else { return [] }
    guard let key, !key.isEmpty else { return [noKey()] }
    if let unknown = key.first(where: lacks) { return [unknownKeyColumn(unknown)] }
    guard let table, table.kind.takesLoads else { return [] }
    // For the other modes apply adds what the table lacks.
    if spec.writeMode == .delete, let missing = key.first(where: { !table.hasColumn($0) }) {
      return [missingColumn(missing, in: table)]
    }
    let list = key.map(\.sql).joined(separator: ", ")
    if let index = table.uniqueIndexes.first(where: { $0.serves(key: key) }) {
      return [.passed(.uniqueKey, "unique index \(index.name.sql) on (\(list))")]
    }
    guard spec.writeMode == .upsert else { return [slowDelete(list)] }
    return uniqueIndexCheck(key, list, table)
  }

  private func lacks(_ name: Identifier) -> Bool {
    resolution.lacks(name) && !(spec.writeMode == .delete && table?.hasColumn(name) == true)
  }

  private func uniqueIndexCheck(_ key: [Identifier], _ list: String, _ table: Table) -> [Finding] {
    let place = places.place(of: "key", "writeMode")
    let about = "key of \(table.name.sql)"
    let statement = Operation.uniqueIndex(on: table, key: key).statements
    if spec.tableChanges == .none {
      return [
        failed(
          .uniqueKey, "table \(table.name.sql) has no unique index on (\(list)), and `tableChanges: none` makes none",
          about: about, at: place, help: existingIndexes(of: table),
          remedy: Remedy(
            authorizer: design.authorizer, executor: "the owner of table \(table.name.sql)", statements: statement))
      ]
    }
    let partitionKey = Set(table.partitionColumns)
    if table.kind == .partitionedTable, !partitionKey.isSubset(of: key) {
      let columns = table.partitionColumns.map(\.sql).joined(separator: ", ")
      return [
        failed(
          .uniqueKey,
          "a unique index on the partitioned table \(table.name.sql) must hold its partition key (\(columns))",
          about: about, at: place, help: ["add \(columns) to `key:`"])
      ]
    }
    if let foreign = table.partitions.first(where: { $0.kind == .foreignTable }) {
      return [
        failed(
          .uniqueKey,
          "\(table.name.sql) can have no unique index, as its partition \(foreign.name.sql) is a foreign table",
          about: about, at: place, help: existingIndexes(of: table))
      ]
    }
    switch live.duplicates[KeyQuestion(table: table.name, key: key)] {
    case .found(let keys):
      return [
        failed(
          .uniqueKey, "rows of \(table.name.sql) have the same key (\(list)), so no unique index can be built on it",
          about: about, at: place, label: "not unique in the table that exists",
          help: [
            "keys that stand more than once: \(keys.joined(separator: "; "))", "to see them all, run:",
            duplicatesQuery(list, table),
          ]
            + existingIndexes(of: table))
      ]
    case .unknown(let reason):
      return [.skipped(.uniqueKey, "whether rows violate the key (\(list)) was not found out: \(reason)")]
    case .none?, nil:
      return [.passed(.uniqueKey, "a unique index on (\(list)) can be made")]
    }
  }

  private func duplicatesQuery(_ list: String, _ table: Table) -> String {
    "SELECT \(list), count(*) FROM \(table.name.sql) GROUP BY \(list) HAVING count(*) > 1;"
  }

  private func existingIndexes(of table: Table) -> [String] {
    let usable = table.uniqueIndexes.filter { $0.serves(key: $0.columns) }
    guard !usable.isEmpty else { return [] }
    let lists = usable.map { "key: [\($0.columns.map(\.name).joined(separator: ", "))]" }
    return ["unique indexes that would fit: \(lists.map { "`\($0)`" }.joined(separator: ", "))"]
  }

  private func noKey() -> Finding {
    failed(
      .uniqueKey,
      "\(spec.writeMode.rawValue) needs a key, and table \(design.table.sql) has no primary key to take it from",
      about: "key of \(design.flow.name)", at: places.place(of: "writeMode"),
      help: ["write `key: [...]` with the columns that tell one row from another"])
  }

  /// That the key is to have a column that the flow does not have.
  func unknownKeyColumn(_ name: Identifier) -> Finding {
    let columns = resolution.columns.map(\.name.name)
    return failed(
      .uniqueKey, "the key's column \(name.sql) is not among the columns of flow/\(design.flow.name)",
      about: "key of \(design.flow.name)", at: places.place(of: "key", "writeMode"),
      help: suggestions(for: name.name, in: columns, called: "columns"))
  }

  private func missingColumn(_ name: Identifier, in table: Table) -> Finding {
    failed(
      .uniqueKey, "the key's column \(name.sql) is not a column of table \(table.name.sql)",
      about: "key of \(design.flow.name)", at: places.place(of: "key", "writeMode"),
      help: suggestions(for: name.name, in: table.columns.map(\.name.name), called: "columns"))
  }

  private func slowDelete(_ list: String) -> Finding {
    .warning(
      .uniqueKey, "table \(design.table.sql) has no unique index on (\(list)): deleting by it reads the whole table",
      cause: "\(design.authorizer) slow \(design.table.sql)", at: places.place(of: "key", "writeMode"))
  }
}
