public import Catalog
public import Diagnostics
internal import Manifests

/// What a role with more rights does in place of apply, so that afterwards a plan adopts all of it: what `plan --sql`
/// prints.
///
/// What it makes belongs to whoever runs it. The flows' roles are granted what their loads need, and no CREATE.
public struct OwnerScript: Sendable {
  /// Something that is made, with the addresses of the flows that want it.
  public struct Made<Thing: Hashable & Sendable>: Sendable {
    public var thing: Thing
    public var flows: [String]
  }

  /// What is done in one database, by whatever authorizers it is reached.
  public struct Part: Sendable {
    public var database: Identifier
    /// Roles of `grantSelect` that do not exist.
    public var roles: [Made<Identifier>] = []
    /// Schemas that do not exist.
    public var schemas: [Made<Identifier>] = []
    public var operations: [Made<Operation>] = []
    public var grants: [Grant] = []

    /// Whether there is nothing to do.
    public var isEmpty: Bool { roles.isEmpty && schemas.isEmpty && operations.isEmpty && grants.isEmpty }
  }

  /// Those with something to do, by the databases' names.
  public var parts: [Part] = []
  /// The flows that no SQL helps, and why.
  public var leftOut: [(flow: String, reasons: [String])] = []
  /// What loads of flows with steps select of their staged sources, to be read.
  public var transformations: [(flow: String, statement: String)] = []
  /// The errors that no SQL mends.
  public var diagnostics: [Diagnostic] = []

  /// Works out the script of a plan.
  ///
  /// - Parameter needs: what the plan's flows need to be granted.
  public init(_ plan: Plan, needs: [FlowNeeds], scope: Scope, observation: Observation) {
    let designs = Dictionary(uniqueKeysWithValues: scope.designs.map { ($0.address.description, $0) })
    let needs = Dictionary(uniqueKeysWithValues: needs.map { ($0.address, $0) })
    var makers: [String: PartMaker] = [:]
    var unmended: Set<String> = []
    for step in plan.steps {
      if let statement = step.transformation { transformations.append((step.address, statement)) }
      guard let design = designs[step.address] else { continue }
      let rest = step.checks.filter { $0.status == .failed && !step.isMended($0) }
      unmended.formUnion(rest.map(\.id.rawValue))
      guard rest.isEmpty, let live = observation.live(design.authorizer), let needs = needs[step.address] else {
        leftOut.append((step.address, rest.map(\.message)))
        continue
      }
      makers[live.server.identity, default: PartMaker(database: Identifier(live.server.database))]
        .add(step, design, needs: needs, live: live)
      for (authorizer, needs) in needs.sources {
        guard let live = observation.live(authorizer) else { continue }
        makers[live.server.identity, default: PartMaker(database: Identifier(live.server.database))]
          .add(needs, of: step.address)
      }
    }
    parts = makers.sorted { ($0.value.database, $0.key) < ($1.value.database, $1.key) }.map { $0.value.part() }
      .filter { !$0.isEmpty }
    let mendable = Set(Check.ID.allCases.map(\.rawValue)).subtracting(unmended).subtracting(["connection"])
    diagnostics = plan.diagnostics.filter { $0.severity == .error && !mendable.contains($0.code) }
  }
}

/// Gathers what is done in one database, each thing once.
private struct PartMaker {
  let database: Identifier
  private var roles: [Identifier: [String]] = [:]
  private var schemas: [Identifier: [String]] = [:]
  private var operations: [(operation: Operation, flows: [String])] = []
  private var indexes: [Operation: Int] = [:]
  private var needs: [(requirement: Requirement, grantee: Identifier, flow: String)] = []

  init(database: Identifier) { self.database = database }

  mutating func add(_ step: Step, _ design: FlowDesign, needs: FlowNeeds, live: LiveDatabase) {
    let flow = step.address
    for schema in Set([design.table.schema, design.ledger.schema]).sorted() where live.schemas[schema] == nil {
      schemas[schema, default: []].append(flow)
    }
    for operation in step.operations {
      // Who runs the script owns what it makes: even the flow's own role may not read it by itself.
      if case .grantSelect = operation { continue }
      add(operation, flow)
    }
    if live.tables[design.ledger] == nil { add(.createLedger(design.ledger), flow) }
    if let upgrade = live.tables[design.ledger]?.ledgerUpgrade { add(upgrade, flow) }
    let readers = design.readers.filter { live.tables[design.table]?.readers.contains($0) != true }
    if !readers.isEmpty { add(.grantSelect(design.table, to: readers), flow) }
    for reader in design.readers {
      if !live.roles.contains(reader) { roles[reader, default: []].append(flow) }
      if live.schemas[design.table.schema]?.readers.contains(reader) != true {
        let usage = Requirement(
          .usage, on: .schema(design.table.schema), to: .reader(reader), check: .tablePrivileges)
        self.needs.append((usage, reader, flow))
      }
    }
    self.needs += needs.missingOnceMade.map { ($0.requirement, $0.grantee, flow) }
  }

  /// What a flow needs to read its sources.
  mutating func add(_ needs: [FlowNeeds.Need], of flow: String) {
    self.needs += needs.filter { !$0.isMet }.map { ($0.requirement, $0.grantee, flow) }
  }

  private mutating func add(_ operation: Operation, _ flow: String) {
    if let index = indexes[operation] {
      operations[index].flows.append(flow)
    } else {
      indexes[operation] = operations.count
      operations.append((operation, [flow]))
    }
  }

  func part() -> OwnerScript.Part {
    func made(_ things: [Identifier: [String]]) -> [OwnerScript.Made<Identifier>] {
      things.sorted { $0.key < $1.key }.map { OwnerScript.Made(thing: $0.key, flows: $0.value) }
    }
    return OwnerScript.Part(
      database: database, roles: made(roles), schemas: made(schemas),
      operations: operations.map { OwnerScript.Made(thing: $0.operation, flows: $0.flows) },
      grants: Grant.all(of: needs))
  }
}

extension Step {
  /// Whether the script mends what `check` found.
  fileprivate func isMended(_ check: Check) -> Bool {
    guard let remedy = check.remedy else { return false }
    switch check.id {
    case .schemaExists, .schemaUsage, .schemaCreate, .databaseTemp, .tablePrivileges, .ledger, .tableOwner,
      .sourcePrivileges:
      return true
    // An index or a column that `tableChanges: none` keeps apply from adding; never another type.
    case .uniqueKey: return operations.contains(where: \.makesIndex)
    case .tableColumns: return Set(remedy.statements).isSubset(of: statements)
    case .connection, .serverVersion, .serverWritable, .tableKind, .rowSecurity, .sourceReadable, .transform, .quality:
      return false
    }
  }
}

extension Operation {
  fileprivate var makesIndex: Bool {
    switch self {
    case .createUniqueIndex, .buildUniqueIndex: true
    default: false
    }
  }
}
