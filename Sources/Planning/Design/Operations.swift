internal import Catalog
internal import Manifests
internal import State

extension FlowDesign {
  /// What must be done to the database so that the table is as the flow wants it.
  ///
  /// It says what is wanted; whether it may be done is for the checks to say.
  func operations(columns: [PlannedColumn], recorded: AppliedResource?, live: LiveDatabase) -> [Operation] {
    guard let table = live.tables[table] else {
      let creation = creation(columns: columns, recorded: recorded)
      // Who makes the table may read it.
      return creation.isEmpty ? [] : creation + reading(by: readers.filter { $0 != live.server.role })
    }
    guard table.kind.takesLoads else { return [] }
    var operations: [Operation] = columns.filter { table.column($0.name) == nil && spec.writeMode != .delete }
      .map { .addColumn(table.name, $0) }
    operations += reading(by: readers.filter { !table.readers.contains($0) })
    // Last, as it may be built when all else is done and committed.
    if spec.writeMode == .upsert, let key = key(table: table, recorded: recorded), !key.isEmpty,
      !table.uniqueIndexes.contains(where: { $0.serves(key: key) })
    {
      operations.append(.uniqueIndex(on: table, key: key))
    }
    return operations
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
