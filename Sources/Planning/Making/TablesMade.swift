internal import Catalog

/// The tables that earlier steps of a plan make or change, as a later flow into the same table will find them.
struct TablesMade {
  private struct Made {
    /// What all steps so far do to it, in order.
    var operations: [Operation] = []
    /// The role that makes it; nothing where it is there, and is only changed.
    var role: Identifier?
    /// The address of the last step that does something to it.
    var maker = ""
  }

  /// By database, as authorizers may share one.
  private var tables: [String: [QualifiedName: Made]] = [:]

  private func made(_ table: QualifiedName, in live: LiveDatabase) -> Made? { tables[live.server.identity]?[table] }

  /// `seen`, with the table of `design` as the steps so far leave it.
  func found(by design: FlowDesign, in seen: SeenDatabase) -> SeenDatabase {
    guard !tables.isEmpty, let made = made(design.table, in: seen.database) else { return seen }
    var live = seen.database
    let role = made.role ?? live.server.role
    let table = made.operations.reduce(live.tables[design.table]) { $1.result(on: $0, by: role) }
    live.tables[design.table] = live.server.hasRights(of: role) ? table : table?.seen(by: live, madeBy: role)
    return SeenDatabase(live)
  }

  /// The role that makes `table`, where that is another one to the role of `live`.
  func otherRole(making table: QualifiedName, in live: LiveDatabase) -> Identifier? {
    guard let role = made(table, in: live)?.role, !live.server.hasRights(of: role) else { return nil }
    return role
  }

  /// The step that must be done before `table` is as `found(by:in:)` says.
  func maker(of table: QualifiedName, in live: LiveDatabase) -> String? { made(table, in: live)?.maker }

  /// Notes what `step` does to `table`.
  ///
  /// - Parameter live: the database as it is, without what steps make.
  mutating func add(_ step: Step, on table: QualifiedName, in live: LiveDatabase) {
    guard !step.operations.isEmpty else { return }
    var made = made(table, in: live) ?? Made()
    if live.tables[table] == nil { made.role = made.role ?? live.server.role }
    made.operations += step.operations
    made.maker = step.address
    tables[live.server.identity, default: [:]][table] = made
  }
}

extension Table {
  /// The table that `role` makes, as the role of `live` will find it: with what default privileges give.
  func seen(by live: LiveDatabase, madeBy role: Identifier) -> Table {
    var table = self
    table.isOwned = false
    table.maySelectBeGranted = false
    table.privileges = live.schemas[name.schema]?.defaultPrivileges[role] ?? []
    return table
  }
}

extension Operation {
  /// What becomes of a flow's table by this operation of `role`.
  func result(on table: Table?, by role: Identifier) -> Table? {
    var table = table
    switch self {
    case .createTable(let name, let columns, let primaryKey):
      let index = UniqueIndex(name: Identifier("\(name.name.name)_pkey"), columns: primaryKey, isPrimary: true)
      return Table(
        name: name, owner: role, isOwned: true, columns: columns.map(Column.init),
        uniqueIndexes: primaryKey.isEmpty ? [] : [index], privileges: Set(Privilege.allCases), isEmpty: true)
    case .addColumn(_, let column):
      table?.columns.append(Column(column))
    case .setDefault(_, let column):
      if let index = table?.columns.firstIndex(where: { $0.name == column.name }) {
        table?.columns[index].defaultExpression = column.defaultSQL
      }
    case .createUniqueIndex(let name, let key):
      table?.uniqueIndexes.append(UniqueIndex(name: .uniqueIndex(on: name, key: key), columns: key))
    case .grantSelect(_, let readers): table?.readers.formUnion(readers)
    case .buildUniqueIndex(let build):
      table?.uniqueIndexes.removeAll { $0.name == build.index.name }
      table?.uniqueIndexes.append(UniqueIndex(name: build.index.name, columns: build.key))
    case .createLedger, .upgradeLedger: break
    }
    return table
  }
}

extension Column {
  fileprivate init(_ planned: PlannedColumn) {
    self.init(
      name: planned.name, type: planned.type, isNotNull: !planned.isNullable, defaultExpression: planned.defaultSQL)
  }
}
