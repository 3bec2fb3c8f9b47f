import Diagnostics
import JSON
import Manifests
import Planning
import Reconciling
import State
import Views

/// Plans afresh under the state's lock, asks, and applies: what `apply` and `run --apply` do.
struct Application {
  let workspace: Workspace
  let speaker: Speaker
  var selection = Selection()
  /// The plan to be applied, where it was saved.
  var saved: SavedPlan?
  /// `--yes`.
  let isConfirmed: Bool
  /// `--allow-delete`: how many resources may be deleted without a question.
  let allowedDeletes: Int
  let lock: LockOptions

  /// - Returns: the project, and its state afterwards; nothing where there is none yet and nothing to do.
  /// - Throws: `Failure`; `ExitStatus` where all is said already.
  func run(_ command: String) async throws -> (project: Project, state: AppliedState?) {
    var planner = Planner(workspace: workspace, selection: selection)
    if let saved { planner.newLineage = saved.lineage }
    let loaded = try planner.manifests()
    let store = workspace.store(environment: loaded.project.environment)
    let session = try await lock.open(store, for: command, speaker)
    do {
      try await apply(loaded, planner, session)
    } catch {
      try await close(session, after: error)
      throw error
    }
    try await session.close()
    return (loaded.project, session.state)
  }

  private func apply(_ loaded: LoadedProject, _ planner: Planner, _ session: any StateSession) async throws {
    let result = try await planner.plan(loaded, state: session.state)
    let plan = result.plan
    let moved = saved?.reasons(against: planner.saved(result)) ?? []
    if !moved.isEmpty { throw Failure(moved) }
    speaker.show(plan.diagnostics)
    if plan.isBlocked {
      speaker.result(PlanView(style: speaker.terminal.output).text(plan))
      speaker.note("Nothing was applied, as something is blocked.")
      speaker.line(["event": "blocked", "plan": planDocument(plan)])
      throw ExitStatus.failed
    }
    if !speaker.isQuiet || (plan.hasChanges && !isConfirmed) {
      speaker.result(PlanView(style: speaker.terminal.output).text(plan))
    }
    guard plan.hasChanges else {
      eventJSON(.applied([:])).map(speaker.line)
      return
    }
    try confirm(plan)
    let speaker = speaker
    let applier = Applier(
      project: loaded.project, connector: result.connector, session: session, now: Workspace.now
    ) { event in
      eventJSON(event).map(speaker.line)
      if case .applied(let done) = event {
        speaker.note("Applied: \(count(done.values.reduce(0, +), "step")) done.")
      }
    }
    try await applier.apply(plan)
  }

  /// Frees the lock after `error`; where the state cannot be written too, both are said.
  private func close(_ session: any StateSession, after error: any Error) async throws {
    do throws(Failure) {
      try await session.close()
    } catch let second {
      throw Failure(((error as? Failure)?.diagnostics ?? []) + second.diagnostics)
    }
  }

  private func confirm(_ plan: Plan) throws {
    let deletes = plan.summary[.delete] ?? 0
    if isConfirmed, deletes <= allowedDeletes { return }
    if speaker.isHuman, speaker.terminal.isInteractive {
      let answer = speaker.terminal.ask("\nApply this plan? Only `yes` is taken for yes: ")
      if answer == "yes" { return }
      throw Failure(Diagnostic(.error, "not-confirmed", "nothing was applied"))
    }
    if isConfirmed {
      throw Failure(
        Diagnostic(
          .error, "deletes-not-allowed", "the plan deletes \(count(deletes, "resource")), which --yes does not cover",
          help: ["--allow-delete \(deletes)"]))
    }
    throw Failure(
      Diagnostic(
        .error, "not-confirmed", "nothing was applied, as there is no terminal to ask on",
        help: ["add --yes to apply without being asked"]))
  }
}
