internal import Catalog
internal import Diagnostics
internal import Manifests
public import State

extension Plan {
  /// Works out the steps that lead from `state` and `observation` to what `scope` takes of the manifests.
  ///
  /// It touches no file, clock or server: the same inputs give the same plan, byte for byte.
  ///
  /// - Parameters:
  ///   - state: what was applied; nothing where there is no state yet.
  ///   - newLineage: the lineage of a state that this plan would start, where no ledger says which it was.
  public init(scope: Scope, state: AppliedState?, observation: Observation, newLineage: String) {
    var maker = PlanMaker(scope: scope, state: state, observation: observation, newLineage: newLineage)
    self = maker.make()
  }

  /// The same plan, and what each of its flows needs to be granted, by name; those of authorizers that were not reached
  /// are left out.
  public static func withNeeds(
    scope: Scope, state: AppliedState?, observation: Observation, newLineage: String
  ) -> (plan: Plan, needs: [FlowNeeds]) {
    var maker = PlanMaker(scope: scope, state: state, observation: observation, newLineage: newLineage)
    maker.needs = []
    let plan = maker.make()
    return (plan, maker.needs ?? [])
  }
}

/// Puts a plan together, resource by resource.
struct PlanMaker {
  let scope: Scope
  let project: Project
  /// The state as it was read.
  let before: AppliedState?
  /// The state with all renames done: what steps are compared with.
  let state: AppliedState?
  let renames: Renames
  let observation: Observation
  /// The databases that were reached, by authorizer.
  let databases: [String: SeenDatabase]
  let lineage: String
  /// Whether there is no state, and the lineage was read from the ledgers.
  let takesUpLineage: Bool
  let designs: [FlowDesign]
  var findings = FindingLog()
  var ledgers: [String: Step] = [:]
  var tablesMade = TablesMade()
  let ledgerMakers: LedgerMakers
  /// What each flow needs to be granted, where that is asked for.
  var needs: [FlowNeeds]?

  init(scope: Scope, state: AppliedState?, observation: Observation, newLineage: String) {
    self.scope = scope
    project = scope.project
    before = state
    renames = Renames(in: scope.project, declared: scope.declared, state: state)
    self.state = renames.applied(to: state)
    self.observation = observation
    databases = observation.databases.compactMapValues { database in
      if case .reached(let live) = database { SeenDatabase(live) } else { nil }
    }
    designs = scope.designs
    ledgerMakers = LedgerMakers(of: designs, in: databases)
    let found = state == nil ? Self.lineage(of: designs, in: observation) : nil
    lineage = state?.lineage ?? found ?? newLineage
    takesUpLineage = found != nil
  }

  /// The one lineage of the flows' rows in the ledgers, for a state that was lost.
  ///
  /// Flows that are not in the manifests do not count: they may be another project's of the same name.
  private static func lineage(of designs: [FlowDesign], in observation: Observation) -> String? {
    var found: Set<String> = []
    for design in designs {
      guard let live = observation.live(design.authorizer) else { continue }
      found.formUnion(live.lineages[design.ledger]?[design.flow.name] ?? [])
    }
    return found.count == 1 ? found.first : nil
  }

  mutating func make() -> Plan {
    let flows = flowSteps()
    var connections = connectionSteps(flows: flows)
    takeAlong(flows, by: &connections)
    var steps = connections
    steps.reserveCapacity(connections.count + ledgers.count + flows.count)
    steps += ledgers.values.sorted { $0.address < $1.address }
    steps += flows
    recordRenames(in: &steps)
    steps += deletions()
    return Plan(
      lineage: lineage, serial: before?.serial ?? 0, steps: steps,
      diagnostics: (findings.diagnostics() + renames.diagnostics + neededButLeftOut(steps) + lostState()).sorted(),
      authorizers: reports())
  }

  private func reports() -> [AuthorizerReport] {
    if observation.isOffline { return [] }
    let authorizers = project.authorizers.values.filter { scope.contains(Address(.authorizer, $0.name)) }
    return authorizers.sorted { $0.name < $1.name }.map { authorizer in
      AuthorizerReport(
        name: authorizer.name, server: observation.live(authorizer.name)?.server, host: authorizer.spec.whereabouts)
    }
  }

  /// That an apply of this plan would take the ledgers' word for what the state was called.
  private func lostState() -> [Diagnostic] {
    guard takesUpLineage else { return [] }
    return [
      Diagnostic(
        .warning, "state-lineage",
        "there is no state, and the ledgers have loads of these flows: it was lost, or is elsewhere",
        help: [
          "an apply adopts what exists and goes on as lineage \(lineage), which those loads were made under",
          "if the state is somewhere else (another clone, another branch), bring it here instead",
        ])
    ]
  }

  /// All renames are recorded by the first step that renames: an entry must never name what the state does not hold.
  private func recordRenames(in steps: inout [Step]) {
    guard let first = steps.indices.first(where: { steps[$0].wanted == .rename }) else { return }
    let changes = renames.changes(to: before)
    steps[first].alsoRecords += changes
    let touched = Set(changes.map(\.address))
    for index in steps.indices where index != first && touched.contains(steps[index].address) {
      steps[index].after.append(steps[first].address)
    }
  }

  /// What a selected resource needs and `--exclude` leaves out, where it is not already as the manifests say.
  private func neededButLeftOut(_ steps: [Step]) -> [Diagnostic] {
    scope.leftOut.sorted { $0.key < $1.key }.compactMap { address, user in
      guard let spec = project.specJSON(of: address), state?.resources[address.description]?.spec != spec else {
        return nil
      }
      return Diagnostic(
        .error, "excluded", "\(user) needs \(address), which --exclude leaves out and which has changes to apply",
        at: project.places(of: address)?.resource, help: ["apply \(address) first, or do not exclude it"])
    }
  }
}
