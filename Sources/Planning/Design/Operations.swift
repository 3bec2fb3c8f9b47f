internal import Catalog
internal import JSON
internal import Manifests
internal import State

extension FlowDesign {
  /// What must be done to the database so that the table is as the flow wants it.
  ///
  /// It says what is wanted; whether it may be done is for the checks to say.
  ///
  /// - Parameter spec: the flow's canonical form.
  func operations(
    columns: [PlannedColumn], spec canonical: JSONValue, recorded: AppliedResource?, live: LiveDatabase
  ) -> [Operation] {
    guard let table = live.tables[table] else {
      let creation = creation(columns: columns, recorded: recorded)
      // Who makes the table may read it.
      return creation.isEmpty ? [] : creation + reading(by: readers.filter { $0 != live.server.role })
    }
    guard table.kind.takesLoads else { return [] }
    var operations: [Operation] = []
    if spec.writeMode != .delete { operations = table.lacking(of: columns).map { .addColumn(table.name, $0) } }
    if spec.tableChanges == .additive, spec.writeMode != .delete {
      operations += columns.filter { column in
        guard column.defaultSQL != nil else { return false }
        return table.column(column.name).map { wants(column, of: $0, in: table, canonical, recorded) } ?? false
      }.map { .setDefault(table.name, $0) }
    }
    operations += reading(by: readers.filter { !table.readers.contains($0) })
    // Last, as it may be built when all else is done and committed.
    if spec.writeMode == .upsert, let key = key(table: table, recorded: recorded), !key.isEmpty,
      !table.uniqueIndexes.contains(where: { $0.serves(key: key) })
    {
      operations.append(.uniqueIndex(on: table, key: key))
    }
    return operations
  }

  /// Whether a column that exists is to be given the default that the flow declares for it.
  ///
  /// How the server writes a default back cannot be foreseen (`0` comes back as `'0'::numeric`). So declared is compared
  /// with declared, and live with what the server wrote when it was applied; a default that is found on a table never
  /// applied before is taken for the one that is meant, and so is none on somebody else's table.
  private func wants(
    _ column: PlannedColumn, of existing: Column, in live: Table, _ canonical: JSONValue, _ recorded: AppliedResource?
  ) -> Bool {
    if existing.refusesValues { return false }
    guard let recorded, recorded.table == tableSQL else { return live.isOwned && existing.defaultExpression == nil }
    if recorded.spec != canonical,
      recorded.spec.declaredDefault(of: column.name) != canonical.declaredDefault(of: column.name)
    {
      return true
    }
    guard let before = recorded.columns?.first(where: { $0.name == column.name.name })?.default else {
      return existing.defaultExpression == nil
    }
    return existing.defaultExpression != before
  }

  private func reading(by readers: [Identifier]) -> [Operation] {
    readers.isEmpty ? [] : [.grantSelect(table, to: readers)]
  }

  private func creation(columns: [PlannedColumn], recorded: AppliedResource?) -> [Operation] {
    guard !columns.isEmpty else { return [] }
    let key = key(table: nil, recorded: recorded) ?? []
    let columns = columns.map { column in
      var column = column
      if key.contains(column.name) { column.isNullable = false }
      return column
    }
    let isComplete = key.allSatisfy { name in columns.contains { $0.name == name } }
    return [.createTable(table, columns: columns, primaryKey: isComplete ? key : [])]
  }
}

extension Table {
  /// Those of `columns` that it does not have.
  func lacking(of columns: [PlannedColumn]) -> [PlannedColumn] {
    columns.enumerated().compactMap { position(of: $1.name, near: $0) == nil ? $1 : nil }
  }
}

extension Operation {
  /// Makes a unique index on `key` of a table that exists: at once where it holds no row, else beside those who write.
  static func uniqueIndex(on table: Table, key: [Identifier]) -> Operation {
    let name = Identifier.uniqueIndex(on: table.name, key: key)
    // What an earlier apply left is taken up where that one stopped.
    let isBegun = table.uniqueIndexes.contains { $0.name == name }
    return table.isEmpty && !isBegun
      ? .createUniqueIndex(table.name, key: key) : .buildUniqueIndex(IndexBuild(on: table, key: key))
  }
}

extension JSONValue {
  /// The default that a flow's canonical form declares for a column.
  fileprivate func declaredDefault(of column: Identifier) -> JSONValue? {
    self["columns"]?.arrayValue?.first { $0["name"]?.stringValue == column.name }?["default"]
  }
}
