internal import Catalog
internal import Manifests
internal import State

extension FlowDesign {
  /// What must be done to the database so that the table is as the flow wants it.
  ///
  /// It says what is wanted; whether it may be done is for the checks to say.
  func operations(columns: [PlannedColumn], recorded: AppliedResource?, live: LiveDatabase) -> [Operation] {
    guard let table = live.tables[table] else { return creation(columns: columns, recorded: recorded) }
    guard table.kind.takesLoads else { return [] }
    var operations: [Operation] = columns.filter { table.column($0.name) == nil && spec.writeMode != .delete }
      .map { .addColumn(table.name, $0) }
    if spec.writeMode == .upsert, let key = key(table: table, recorded: recorded), !key.isEmpty,
      !table.uniqueIndexes.contains(where: { $0.serves(key: key) })
    {
      operations.append(.createUniqueIndex(table.name, key: key, tableIsEmpty: table.isEmpty))
    }
    return operations
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
