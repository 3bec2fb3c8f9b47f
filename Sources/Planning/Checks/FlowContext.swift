internal import Catalog
internal import Diagnostics
internal import Manifests
internal import State

/// All that the checks of one flow look at.
struct FlowContext {
  let design: FlowDesign
  let recorded: AppliedResource?
  private let seen: SeenDatabase
  let source: SourceObservation?
  let resolution: ColumnResolution
  let operations: [Operation]
  /// The roles that will make tables which are not there yet, and which this role does not make.
  let makers: [QualifiedName: Identifier]
  // What nearly every check asks for, looked up once.
  let table: Table?
  let isLedgerThere: Bool
  let key: [Identifier]?
  /// Those of its sources that are in databases.
  var inputs: [DatabaseInput] = []
  /// What the server said of its steps and rules; nothing where it has none.
  var transform: TransformObservation?
  /// What the flow needs to be granted where it writes; worked out once, as many checks look at it.
  private(set) var requirements: [Requirement] = []

  init(
    design: FlowDesign, recorded: AppliedResource?, live: SeenDatabase, source: SourceObservation?,
    resolution: ColumnResolution, operations: [Operation], makers: [QualifiedName: Identifier] = [:]
  ) {
    self.design = design
    self.recorded = recorded
    seen = live
    self.source = source
    self.resolution = resolution
    self.operations = operations
    self.makers = makers
    table = live.database.tables[design.table]
    isLedgerThere = live.database.tables[design.ledger] != nil
    key = design.key(table: table, recorded: recorded)
    requirements = allRequirements()
  }

  /// What must be granted that is not, to the role or to readers.
  func unmet(_ check: Check.ID, to isWanted: (Requirement.Grantee) -> Bool = { $0 == .role }) -> [Requirement] {
    requirements.compactMap { $0.check == check && isWanted($0.grantee) ? $0.missing(in: live) : nil }
  }

  var live: LiveDatabase { seen.database }
  var spec: Flow { design.spec }
  var places: Places { design.flow.places }
  var role: Identifier { live.server.role }

  /// The columns that a load fills: for `delete`, those of the key alone.
  var loadedColumns: [Identifier] {
    spec.writeMode == .delete ? key ?? [] : resolution.columns.map(\.name)
  }

  /// The schemas of the table and of the ledger, once each.
  var schemas: [Identifier] {
    let (table, ledger) = (design.table.schema, design.ledger.schema)
    return table == ledger ? [table] : [min(table, ledger), max(table, ledger)]
  }

  /// Whether row-level security applies to the role, so that the server refuses COPY into the table.
  var hasRowSecurity: Bool { table?.kind.takesLoads == true && table?.hasRowSecurity == true }
  /// Whether rows are staged in a temporary table.
  var stagesRows: Bool {
    design.isBatch || spec.writeMode.needsKey || spec.writeMode == .insertIgnore || hasRowSecurity || leavesOutKnown
  }

  /// Statements for whoever has the rights in this flow's database.
  func remedy(_ statements: String...) -> Remedy { remedy(statements) }

  /// Statements for whoever has the rights in this flow's database.
  func remedy(_ statements: [String]) -> Remedy {
    Remedy(
      authorizer: design.authorizer, executor: "the owner of database \(Identifier(live.server.database).sql)",
      statements: statements)
  }

  /// Makes a failed check about `object` in this flow's database.
  func failed(
    _ id: Check.ID, _ message: String, about object: String, at place: Place, label: String? = nil,
    help: [String] = [], remedy: Remedy? = nil
  ) -> Finding {
    .failed(
      id, message, cause: "\(design.authorizer) \(object)", at: place, label: label, help: help, remedy: remedy)
  }
}
