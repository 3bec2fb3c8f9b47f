import Catalog
import Diagnostics
import Manifests
import SystemPackage
import TestSupport
import Testing

@testable import Planning
@testable import State

/// A project as its manifests say, read from real files.
func project(_ manifest: String) throws -> Project {
  let folder = try TemporaryProject(["shop.yaml": manifest])
  let loaded = try Project.load(folder: folder.path)
  try #require(!loaded.hasErrors, "\(loaded.diagnostics)")
  return loaded.project
}

/// One flow, `orders`, with `fields` besides its source and destination.
func orders(_ fields: String, destination: String = "{authorizer: wh, defaultSchema: sales}") throws -> Project {
  try project(
    """
    authorizers:
      wh: {host: db.example.com, database: analytics, username: loader}
    destinations:
      wh: \(destination)
    flows:
      orders:
        source: {path: orders.csv}
        destination: wh
    \(fields.split(separator: "\n").map { "    " + $0 }.joined(separator: "\n"))
    """)
}

let threeColumns = """
  columns:
    id: bigint
    amount: numeric(12,2)
    note: text
  """

/// A server on which the role `loader` may do all that a flow needs, with the schema `sales`.
func server() -> LiveDatabase {
  var live = LiveDatabase(
    server: Server(
      versionNumber: 150018, version: "15.18", tls: "TLSv1.3", role: "loader", isSuperuser: false,
      database: "analytics",
      databaseOwner: "dba", privileges: [.temporary], isInRecovery: false, isReadOnly: false,
      identity: "1/2/analytics@db.example.com"))
  live.schemas["sales"] = Schema(name: "sales", owner: "dba", privileges: [.usage, .create])
  for type in ["bigint", "numeric(12,2)", "text", "integer"] { live.types[type] = .known(type) }
  return live
}

/// The table `sales.orders` with `columns`, of which the role may do all.
func table(
  _ columns: [Column], indexes: [UniqueIndex] = [], kind: RelationKind = .table, isOwned: Bool = true,
  privileges: Set<Privilege> = [.select, .insert, .update, .delete, .truncate], isEmpty: Bool = true
) -> Table {
  Table(
    name: QualifiedName(schema: "sales", name: "orders"), kind: kind, owner: isOwned ? "loader" : "dba",
    isOwned: isOwned, columns: columns, uniqueIndexes: indexes, privileges: privileges, isEmpty: isEmpty)
}

let idAmountNote = [
  Column(name: "id", type: "bigint"), Column(name: "amount", type: "numeric(12,2)"), Column(name: "note", type: "text"),
]

extension LiveDatabase {
  /// The database with one more table.
  func with(_ table: Table) -> LiveDatabase {
    var live = self
    live.tables[table.name] = table
    return live
  }

  /// What the database becomes once `operations` have run: the meaning of a plan, without a server.
  func applying(_ operations: [Operation]) -> LiveDatabase {
    var live = self
    for operation in operations {
      switch operation {
      case .createTable(let name, let columns, let key):
        let index = UniqueIndex(name: Identifier("\(name.name.name)_pkey"), columns: key, isPrimary: true)
        var made = table(columns.map(Column.init), indexes: key.isEmpty ? [] : [index])
        made.name = name
        live.tables[name] = made
      case .addColumn(let name, let column): live.tables[name]?.columns.append(Column(column))
      case .setDefault: break
      case .buildUniqueIndex(let build):
        live.tables[build.table]?.uniqueIndexes.append(UniqueIndex(name: build.index.name, columns: build.key))
      case .createUniqueIndex(let name, let key):
        live.tables[name]?.uniqueIndexes.append(UniqueIndex(name: .uniqueIndex(on: name, key: key), columns: key))
      case .grantSelect(let name, let readers): live.tables[name]?.readers.formUnion(readers)
      case .createLedger(let name):
        var ledger = table([])
        ledger.name = name
        live.tables[name] = ledger
      case .upgradeLedger(let name, let columns):
        live.tables[name]?.columns += columns.map { Column(name: $0.name, type: $0.type) }
      }
    }
    return live
  }
}

extension Column {
  init(_ column: PlannedColumn) {
    self.init(
      name: column.name, type: column.type, isNotNull: !column.isNullable, defaultExpression: column.defaultSQL)
  }
}

/// The plan of `project` against one database.
func plan(
  _ project: Project, state: AppliedState? = nil, live: LiveDatabase = server(), fields: [SourceField]? = nil
) -> Plan {
  var observation = Observation()
  observation.databases["wh"] = .reached(live)
  for name in project.flows.keys { observation.sources[name] = fields.map { .fields($0) } }
  return Plan(
    scope: Scope(whole: project, state: state), state: state, observation: observation, newLineage: "new")
}

/// The plan of a part of `project` against one database.
func plan(
  _ project: Project, selecting selection: Selection, state: AppliedState? = nil, live: LiveDatabase = server()
) throws -> Plan {
  var observation = Observation()
  observation.databases["wh"] = .reached(live)
  return Plan(
    scope: try Scope(selection, of: project, state: state), state: state, observation: observation, newLineage: "new")
}

extension Plan {
  /// The step of `address`.
  func step(_ address: String) throws -> Step { try #require(steps.first { $0.address == address }) }

  /// What the state holds once the plan is applied.
  func applied(to state: AppliedState?) -> AppliedState {
    var state = state ?? AppliedState(lineage: lineage)
    for step in steps where step.action.isChange {
      for change in step.alsoRecords { state.resources[change.address] = change.resource }
      state.resources[step.address] = step.record
    }
    return state
  }
}
