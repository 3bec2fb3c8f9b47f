internal import Catalog

/// The tables that earlier steps of a plan make or change, as a later flow into the same table will find them.
struct TablesMade {
  private struct Made {
    var table: Table
    /// The address of the last step that does something to it.
    var maker: String
  }

  /// By database and role, as authorizers may share both.
  private var tables: [String: [QualifiedName: Made]] = [:]

  private static func key(_ live: LiveDatabase) -> String { "\(live.server.identity) \(live.server.role.name)" }

  /// `live`, with the table of `design` as the steps so far leave it.
  func found(by design: FlowDesign, in live: LiveDatabase) -> LiveDatabase {
    guard let made = tables[Self.key(live)]?[design.table] else { return live }
    var live = live
    live.tables[design.table] = made.table
    return live
  }

  /// The step that must be done before `table` is as `found(by:in:)` says.
  func maker(of table: QualifiedName, in live: LiveDatabase) -> String? { tables[Self.key(live)]?[table]?.maker }

  /// Notes what `step` does to `table`.
  mutating func add(_ step: Step, on table: QualifiedName, in live: LiveDatabase) {
    guard !step.operations.isEmpty,
      let after = step.operations.reduce(live.tables[table], { $1.result(on: $0, by: live.server.role) })
    else { return }
    tables[Self.key(live), default: [:]][table] = Made(table: after, maker: step.address)
  }
}

extension Operation {
  /// What becomes of a flow's table by this operation of `role`.
  fileprivate func result(on table: Table?, by role: Identifier) -> Table? {
    var table = table
    switch self {
    case .createTable(let name, let columns, let primaryKey):
      let index = UniqueIndex(name: Identifier("\(name.name.name)_pkey"), columns: primaryKey, isPrimary: true)
      return Table(
        name: name, owner: role, isOwned: true, columns: columns.map(Column.init),
        uniqueIndexes: primaryKey.isEmpty ? [] : [index], privileges: Set(Privilege.allCases), isEmpty: true)
    case .addColumn(_, let column):
      table?.columns.append(Column(column))
    case .createUniqueIndex(let name, let key, _):
      table?.uniqueIndexes.append(UniqueIndex(name: .uniqueIndex(on: name, key: key), columns: key))
    case .grantSelect(_, let readers): table?.readers.formUnion(readers)
    case .createLedger: break
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
