import Catalog
import Diagnostics
import Loading
import Manifests
import Planning
import State
import Views

/// Gathers what a report tells: the plan, how flows stand, their last loads.
struct Reporter {
  let workspace: Workspace

  /// How many loads of a flow are shown.
  private static let historyLimit = 30

  /// - Throws: `Failure`; `CancellationError`.
  func report(_ manifests: LoadedProject) async throws -> ProjectReport {
    let state = try workspace.store(environment: manifests.project.environment).read()
    let result = try await Planner(workspace: workspace).plan(manifests, state: state)
    var statuses: [String: FlowStatus] = [:]
    var loads: [String: [RecordedLoad]] = [:]
    var diagnostics = result.plan.diagnostics
    if let state {
      let applied = try Project(applied: state, name: manifests.project.name)
      let reader = try LedgerReader(applied, state, connector: result.connector)
      let (found, history) = try await StatusLine.during("Reading the ledgers") {
        let found = try await reader.statuses()
        return (found, found.diagnostics.isEmpty ? try await reader.history(limit: Self.historyLimit) : [:])
      }
      for status in found.statuses { statuses[status.flow] = status }
      // The plan has said already what cannot be reached.
      diagnostics += found.diagnostics.filter { !diagnostics.contains($0) }
      loads = history
    }
    let steps = Dictionary(result.plan.steps.map { ($0.address, $0) }) { first, _ in first }
    let flows = result.scope.designs.map { design in
      let step = steps[design.address.description]
      return ProjectReport.FlowReport(
        name: design.flow.name, description: design.flow.metadata.description,
        mode: design.flow.spec.writeMode.rawValue, table: design.table.sql,
        columns: (step?.columns ?? []).map { ($0.name.name, $0.type) }, status: statuses[design.flow.name],
        history: loads[design.flow.name] ?? [],
        failedChecks: (step?.checks ?? []).filter { $0.status == .failed }.map(\.message))
    }
    return ProjectReport(
      project: manifests.project.name, environment: manifests.project.environment, made: Workspace.now(),
      graph: ProjectGraph(result.loaded.project), flows: flows, diagnostics: diagnostics)
  }
}
