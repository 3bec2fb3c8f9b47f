import Diagnostics
import Manifests
import Planning
import State

/// The project as it was applied, for the commands that load.
struct AppliedProject {
  let project: Project
  let state: AppliedState
  /// The project as the manifests have it; nothing where they have errors, and after an apply, which has told.
  private let manifests: Project?
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
      let applied = try Self.applied(state, settings: project)
      try workspace.checkTrust(in: applied)
      return AppliedProject(project: applied, state: state, manifests: nil, workspace: workspace)
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
    }
    let applied = try Self.applied(state, settings: manifests)
    try workspace.checkTrust(in: applied)
    return AppliedProject(
      project: applied, state: state,
      manifests: loaded.hasErrors ? nil : manifests, workspace: workspace)
  }

  /// What was applied, with the settings that are sluice.yaml's alone.
  private static func applied(_ state: AppliedState, settings: Project) throws(Failure) -> Project {
    var applied = try Project(applied: state, name: settings.name)
    applied.environment = settings.environment
    applied.notifiers = settings.notifiers
    applied.notifierPlaces = settings.notifierPlaces
    return applied
  }

  /// The flows to load: those selected; of those that are not named one by one, the enabled ones.
  ///
  /// - Throws: `Failure` that names each flow which was never applied.
  func names(_ selection: Selection) throws(Failure) -> [String] {
    let named = selection.names
    return try selected(selection).filter { named.contains($0) || project.flows[$0]?.spec.enabled ?? false }
  }

  /// The flows selected, enabled or not.
  ///
  /// - Throws: `Failure` that names each flow which was never applied.
  func selected(_ selection: Selection) throws(Failure) -> [String] {
    let named = selection.names
    let unknown = named.filter { project.flows[$0] == nil && !$0.contains { "*?".contains($0) } }
    guard unknown.isEmpty else { throw Failure(unknown.map(neverApplied)) }
    let chosen: [String]
    do {
      chosen = try Scope(selection, of: project, state: nil).designs.map(\.flow.name)
    } catch {
      // A pattern or a label that fits none but flows of the manifests.
      let missing = declared(selection).filter { project.flows[$0] == nil }
      throw missing.isEmpty ? error : Failure(missing.map(neverApplied))
    }
    return chosen
  }

  /// What is worth knowing of flows whose manifests are not applied: `names` run as they were, others of the selection
  /// not at all.
  func warnings(_ names: [String], _ selection: Selection) -> [Diagnostic] {
    guard let manifests else { return [] }
    let renamed = Dictionary(
      manifests.flows.values.compactMap { flow in flow.metadata.renamedFrom.map { ($0, flow) } },
      uniquingKeysWith: { $1 })
    let running = names.compactMap { manifests.flows[$0] ?? renamed[$0] }
    let unapplied = manifests.unapplied(running.map(\.name), in: state)
    let changed = names.compactMap { name -> Diagnostic? in
      guard let flow = manifests.flows[name] ?? renamed[name] else {
        return Diagnostic(
          .warning, "changes-not-applied", "flow/\(name) is in no manifest any more; it runs as applied",
          help: ["`sluice plan` shows what apply would do"])
      }
      guard let address = unapplied[flow.name] else { return nil }
      let what = address == Address(.flow, name) ? "has changes" : "has changes in \(address)"
      return Diagnostic(
        .warning, "changes-not-applied", "flow/\(name) \(what) that are not applied; it runs as applied",
        at: flow.places.resource, help: ["`sluice plan` shows them, `sluice apply` applies them"])
    }
    let new = declared(selection).filter { name in
      guard let flow = manifests.flows[name], flow.spec.enabled else { return false }
      return project.flows[name] == nil && flow.metadata.renamedFrom.map { project.flows[$0] == nil } ?? true
    }
    return changed
      + new.map { name in
        Diagnostic(
          .warning, "not-applied", "flow/\(name) was never applied, and is not run",
          at: manifests.flows[name]?.places.resource,
          help: ["to plan and apply first, run:", workspace.commandLine("run --apply \(name)")])
      }
  }

  /// The flows of the manifests that are selected.
  private func declared(_ selection: Selection) -> [String] {
    guard let manifests else { return [] }
    return (try? Scope(selection, of: manifests, state: state))?.designs.map(\.flow.name) ?? []
  }

  private func neverApplied(_ name: String) -> Diagnostic {
    Diagnostic(
      .error, "not-applied", "flow/\(name) was never applied",
      help: suggestions(for: name, in: project.flows.keys.sorted(), called: "applied flows")
        + ["to plan and apply first, run:", workspace.commandLine("run --apply \(name)")])
  }

  private static func nothingApplied(_ workspace: Workspace) -> Diagnostic {
    Diagnostic(
      .error, "not-applied", "nothing of this project was ever applied",
      help: ["to plan and apply first, run:", workspace.commandLine("run --apply")])
  }
}

extension Selection {
  /// The flows of the command's arguments; patterns among them stay patterns.
  var names: Set<String> {
    Set(flows.map { Address($0).flatMap { $0.kind == .flow ? $0.name : nil } ?? $0 })
  }
}
