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

  /// What planning brings.
  struct Result {
    var loaded: LoadedProject
    var connector: any Connector
    var plan: Plan
  }

  /// Reads the manifests.
  ///
  /// - Throws: `Failure` with all that is wrong with them.
  func manifests() throws(Failure) -> LoadedProject {
    let loaded = try workspace.load()
    if loaded.hasErrors { throw Failure(loaded.diagnostics) }
    return loaded
  }

  /// Plans `loaded` from `state` and from what the databases say.
  func plan(_ loaded: LoadedProject, state: AppliedState?) async throws -> Result {
    let project = loaded.project
    let connector = try await workspace.connector(for: project)
    let observation = await Observation.observe(project, state: state, through: connector) { source throws(Failure) in
      try inspect(source, root: workspace.folder)
    }
    try Task.checkCancellation()
    var plan = Plan(project: project, state: state, observation: observation, newLineage: Workspace.newLineage())
    if workspace.options.sandbox {
      for index in plan.authorizers.indices { plan.authorizers[index].host = "the sandbox" }
    }
    plan.diagnostics = (loaded.diagnostics + plan.diagnostics).sorted()
    return Result(loaded: loaded, connector: connector, plan: plan)
  }
}
