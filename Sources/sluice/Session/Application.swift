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
  /// `--partial`: apply what needs nothing that is blocked.
  var isPartial = false

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
    let steps = plan.applicable
    if plan.isBlocked, !isPartial || steps.isEmpty {
      speaker.result(PlanView(style: speaker.terminal.output).text(plan))
      speaker.note("Nothing was applied, as something is blocked.")
      speaker.line(["event": "blocked", "plan": planDocument(plan)])
      throw ExitStatus.failed
    }
    if !speaker.isQuiet || (plan.hasChanges && !isConfirmed) {
      speaker.result(PlanView(style: speaker.terminal.output).text(plan))
    }
    if plan.isBlocked { speaker.line(["event": "blocked", "plan": planDocument(plan)]) }
    guard plan.hasChanges else {
      eventJSON(.applied([:])).map(speaker.line)
      return
    }
    try confirm(steps)
    let reporter = ApplyReporter(speaker, total: steps.count)
    let applier = Applier(
      project: result.loaded.project, connector: result.connector, session: session, now: Workspace.now
    ) { event in reporter.report(event) }
    let outcome = await applier.apply(plan)
    reporter.finish()
    try conclude(outcome, isBlocked: plan.isBlocked)
  }

  /// Frees the lock after `error`; where the state cannot be written too, both are said.
  private func close(_ session: any StateSession, after error: any Error) async throws {
    do throws(Failure) {
      try await session.close()
    } catch let second {
      throw Failure(((error as? Failure)?.diagnostics ?? []) + second.diagnostics)
    }
  }

  /// Says what was done and what was not, and ends the command where that is not all.
  private func conclude(_ outcome: ApplyOutcome, isBlocked: Bool) throws {
    let summary = ApplyView.summary(outcome)
    if outcome.isComplete {
      speaker.note(summary)
      if isBlocked { throw ExitStatus.failed }
      return
    }
    var diagnostics = outcome.failed.flatMap(\.diagnostics)
    if outcome.isInterrupted {
      diagnostics.append(
        Diagnostic(
          .error, "interrupted", "interrupted",
          help: summary.split(separator: "\n").map(String.init)))
    }
    let status = speaker.stop(Failure(diagnostics))
    if !outcome.isInterrupted { speaker.note(summary) }
    throw outcome.isInterrupted ? .interrupted : status
  }

  private func confirm(_ steps: [Step]) throws {
    let deletes = steps.count { $0.action == .delete }
    if isConfirmed, deletes <= allowedDeletes { return }
    if speaker.isHuman, speaker.terminal.isInteractive {
      let answer = speaker.terminal.ask("\nApply this plan? Only `yes` is taken for yes: ")
      try Task.checkCancellation()
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
