internal import Catalog
internal import JSON
internal import Manifests
internal import State

/// What of a flow's table is no longer as it was applied: live against recorded.
struct Drift {
  let design: FlowDesign
  let recorded: AppliedResource
  let seen: SeenDatabase

  var live: LiveDatabase { seen.database }

  /// Whether the flow was applied to this very database.
  var isSameServer: Bool { recorded.server == live.server.identity }

  /// Whether the table is another one than the one that was applied, of the same name.
  var isTableMadeAnew: Bool {
    guard isSameServer, isSameTable, let table = live.tables[design.table] else { return false }
    return recorded.relationOID.map { $0 != table.oid } ?? false
  }

  private var isSameTable: Bool { recorded.table == design.tableSQL }

  /// The differences, by path; none where the flow goes into another table now.
  func changes(declared: [PlannedColumn]) -> [FieldChange] {
    guard isSameTable else { return [] }
    guard let table = live.tables[design.table] else { return [change("table", .string(design.table.sql), nil)] }
    guard table.kind.takesLoads else { return [] }
    var changes: [FieldChange] = []
    if isTableMadeAnew {
      changes.append(change("table", .string(design.table.sql), .string("\(design.table.sql), made anew")))
    }
    let isDeclared = Set(declared.filter { $0.defaultSQL != nil }.map(\.name))
    for (index, column) in recordedColumns.enumerated() {
      changes += self.changes(of: column, at: index, in: table, isDefaultDeclared: isDeclared)
    }
    if design.spec.writeMode == .upsert, let key = recorded.key?.map({ Identifier($0) }), !key.isEmpty,
      !table.uniqueIndexes.contains(where: { $0.serves(key: key) })
    {
      changes.append(change("unique index", .string(key.sqlList), nil))
    }
    return changes
  }

  /// For `delete`, a table needs no more than the key.
  private var recordedColumns: [AppliedColumn] {
    guard design.spec.writeMode == .delete else { return recorded.columns ?? [] }
    return (recorded.columns ?? []).filter { recorded.key?.contains($0.name) ?? false }
  }

  private func changes(
    of column: AppliedColumn, at index: Int, in table: Table, isDefaultDeclared: Set<Identifier>
  ) -> [FieldChange] {
    let name = Identifier(column.name)
    var path: String { "columns.\(column.name)" }
    guard let position = table.position(of: name, near: index) else {
      return [change(path, .string(column.type), nil)]
    }
    let found = table.columns[position]
    var changes: [FieldChange] = []
    if found.type != column.type {
      changes.append(change("\(path).type", .string(column.type), .string(found.type)))
    }
    if !column.nullable, !found.isNotNull { changes.append(change("\(path).nullable", false, true)) }
    if isDefaultDeclared.contains(name), let before = column.default, before != found.defaultExpression {
      changes.append(change("\(path).default", .string(before), found.defaultExpression.map { .string($0) }))
    }
    return changes
  }

  private func change(_ path: String, _ before: JSONValue?, _ after: JSONValue?) -> FieldChange {
    FieldChange(path: path, before: before, after: after, side: .database)
  }
}
