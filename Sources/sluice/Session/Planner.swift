import Connecting
import Diagnostics
import Loading
import Manifests
import Planning
import Reconciling
import State

/// Reads, looks and plans, for the commands that do.
struct Planner {
  let workspace: Workspace
  var selection = Selection()
  /// The lineage of a state that the plan would start.
  var newLineage = Workspace.newLineage()

  /// What planning brings.
  struct Result: Sendable {
    var loaded: LoadedProject
    var connector: any Connector
    var plan: Plan
    /// What the plan rests on.
    var scope: Scope
    var observation: Observation
  }

  /// Reads the manifests.
  ///
  /// - Throws: `Failure` with all that is wrong with them.
  func manifests() throws(Failure) -> LoadedProject {
    let loaded = try workspace.load()
    if loaded.hasErrors { throw Failure(loaded.diagnostics) }
    return loaded
  }

  /// `loaded` with a flow for each table in place of those that read many.
  ///
  /// - Throws: `Failure` where two would have one name.
  func expanded(_ loaded: LoadedProject, state: AppliedState?) async throws -> LoadedProject {
    guard !loaded.project.authorizersOfManyTables.isEmpty else { return loaded }
    let tables = await loaded.project.listTables(through: try await workspace.connector(for: loaded.project))
    try Task.checkCancellation()
    var loaded = loaded
    loaded.project = try loaded.project.expanded(tables, recorded: state)
    return loaded
  }

  /// Plans `loaded` from `state` and from what the databases say.
  func plan(_ manifests: LoadedProject, state: AppliedState?) async throws -> Result {
    let loaded = try await expanded(manifests, state: state)
    let scope = try Scope(selection, of: loaded.project, state: state)
    let connector = try await workspace.connector(for: loaded.project)
    let observation = await Observation.observe(scope, state: state, through: connector) {
      source, today async throws(Failure) in
      try await inspect(source, root: workspace.folder, today: today)
    }
    try Task.checkCancellation()
    return Result(
      loaded: loaded, connector: connector, plan: plan(scope, state: state, observation, loaded.diagnostics),
      scope: scope, observation: observation)
  }

  /// A plan as it is saved.
  func saved(_ result: Result) -> SavedPlan {
    SavedPlan(
      result.plan, basis: PlanBasis(scope: result.scope, observation: result.observation), selection: selection,
      environment: result.loaded.project.environment, variables: workspace.options.variableValues)
  }

  /// Compares `loaded` with `state` alone; nothing is looked at.
  func offlinePlan(_ loaded: LoadedProject, state: AppliedState?) throws(Failure) -> Plan {
    plan(
      try Scope(selection, of: try loaded.project.expanded([:], recorded: state), state: state), state: state, .offline,
      loaded.diagnostics)
  }

  private func plan(
    _ scope: Scope, state: AppliedState?, _ observation: Observation, _ diagnostics: [Diagnostic]
  ) -> Plan {
    var plan = Plan(scope: scope, state: state, observation: observation, newLineage: newLineage)
    if workspace.options.sandbox {
      for index in plan.authorizers.indices { plan.authorizers[index].host = "the sandbox" }
    }
    plan.diagnostics = (diagnostics + plan.diagnostics).sorted()
    return plan
  }
}
