import Catalog
import Diagnostics
import Loading
import Manifests
import Planning
import Reconciling
import State

extension Planner {
  /// What somebody with more rights would do in place of apply.
  ///
  /// - Throws: `several-servers` where one script cannot tell databases apart.
  func script(_ manifests: LoadedProject, state: AppliedState?) async throws -> OwnerScript {
    let loaded = try await expanded(manifests, state: state)
    let scope = try Scope(selection, of: loaded.project, state: state)
    let connector = try await workspace.connector(for: loaded.project)
    let observation = try await observe(scope, state: state, through: connector)
    let (plan, needs) = Plan.withNeeds(
      scope: scope, state: state, observation: observation, newLineage: Workspace.newLineage())
    let script = OwnerScript(plan, needs: needs, scope: scope, observation: observation)
    var names: Set<String> = []
    for part in script.parts where !names.insert(part.database.description).inserted {
      throw Failure(
        Diagnostic(
          .error, "several-servers", "flows write to databases called \(part.database) on several servers",
          help: ["choose the flows of one server by their names, or by --select"]))
    }
    return script
  }
}
