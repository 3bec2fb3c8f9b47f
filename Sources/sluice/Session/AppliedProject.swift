import Diagnostics
import Manifests
import Planning
import State

/// The project as it was applied, for the commands that load.
struct AppliedProject {
  let project: Project
  let state: AppliedState
  private let workspace: Workspace

  /// Reads it, after an apply where one is wanted.
  ///
  /// The manifests are read only for the project's name, its environment and to warn of what is not applied yet.
  static func read(
    _ workspace: Workspace, _ speaker: Speaker, applying application: Application?
  ) async throws -> AppliedProject {
    if let application {
      let (project, state) = try await application.run("sluice run --apply")
      guard let state else { throw Failure(nothingApplied(workspace)) }
      return AppliedProject(
        project: try Project(applied: state, name: project.name), state: state, workspace: workspace)
    }
    let loaded = try workspace.load()
    let manifests = loaded.project
    guard let state = try workspace.store(environment: manifests.environment).read() else {
      throw Failure(loaded.hasErrors ? loaded.diagnostics : [nothingApplied(workspace)])
    }
    if loaded.hasErrors {
      let errors = loaded.diagnostics.filter { $0.severity == .error }
      speaker.show([
        Diagnostic(
          .warning, "manifests-invalid", "the manifests have \(count(errors.count, "error")): flows run as applied",
          at: errors.first?.place, help: ["`sluice validate` shows what is wrong"])
      ])
    } else {
      speaker.show(notApplied(manifests, state))
    }
    return AppliedProject(
      project: try Project(applied: state, name: manifests.name), state: state, workspace: workspace)
  }

  /// The flows to load: those selected; of those that are not named one by one, the enabled ones.
  ///
  /// - Throws: `Failure` that names each flow which was never applied.
  func names(_ selection: Selection) throws(Failure) -> [String] {
    let known = project.flows.keys.sorted()
    let named = selection.flows.map { Address($0).flatMap { $0.kind == .flow ? $0.name : nil } ?? $0 }
    let unknown = named.filter { project.flows[$0] == nil && !$0.contains { "*?".contains($0) } }
    guard unknown.isEmpty else {
      throw Failure(
        unknown.map { name in
          Diagnostic(
            .error, "not-applied", "flow/\(name) was never applied",
            help: suggestions(for: name, in: known, called: "applied flows")
              + ["to plan and apply first, run:", workspace.commandLine("run --apply \(name)")])
        })
    }
    let chosen = try Scope(selection, of: project, state: nil).designs.map(\.flow.name)
    return chosen.filter { named.contains($0) || project.flows[$0]?.spec.enabled ?? false }
  }

  private static func nothingApplied(_ workspace: Workspace) -> Diagnostic {
    Diagnostic(
      .error, "not-applied", "nothing of this project was ever applied",
      help: ["to plan and apply first, run:", workspace.commandLine("run --apply")])
  }

  /// Warnings about flows whose manifests differ from what was applied.
  private static func notApplied(_ manifests: Project, _ state: AppliedState) -> [Diagnostic] {
    manifests.flows.values.sorted { $0.name < $1.name }.compactMap { flow in
      guard let recorded = state.resources["flow/\(flow.name)"], recorded.spec != flow.specJSON else { return nil }
      return Diagnostic(
        .warning, "changes-not-applied", "flow/\(flow.name) has changes that are not applied; it runs as applied",
        at: flow.places.resource, help: ["`sluice plan` shows them, `sluice apply` applies them"])
    }
  }
}
