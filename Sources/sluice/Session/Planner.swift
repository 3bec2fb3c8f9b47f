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
    let connector = try await workspace.connector(for: loaded.project)
    let tables = await StatusLine.during("Listing tables") {
      await loaded.project.listTables(through: connector)
    }
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
    let observation = try await observe(scope, state: state, through: connector)
    return Result(
      loaded: loaded, connector: connector, plan: plan(scope, state: state, observation, loaded.diagnostics),
      scope: scope, observation: observation)
  }

  /// Looks at what a plan of `scope` needs to know of databases and sources.
  func observe(_ scope: Scope, state: AppliedState?, through connector: any Connector) async throws -> Observation {
    let observation = await StatusLine.during(scope.words) {
      await Observation.observe(scope, state: state, through: connector) { source, today async throws(Failure) in
        try await inspect(source, root: workspace.folder, today: today)
      }
    }
    try Task.checkCancellation()
    return observation
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

extension Scope {
  /// What is looked at, for people: `Looking at crm, warehouse`.
  fileprivate var words: String {
    let names = Set(designs.flatMap(\.authorizers)).sorted()
    return "Looking at " + (names.isEmpty ? "the databases" : StatusLine.list(names, called: "database"))
  }
}
