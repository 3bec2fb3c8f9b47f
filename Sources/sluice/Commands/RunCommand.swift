import ArgumentParser
import Diagnostics
import Loading
import Manifests
import Planning
import State
import Views

/// `sluice run`: moves the data of the applied flows.
struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Load flows, as they were applied.",
    discussion: """
      Without names: every enabled flow, each after those that it names in `after:`. Flows run as they were applied, \
      whatever the manifests say by now; --apply plans and applies first.

      A flow that fails does not stop the others, but for those that come after it, which are skipped; the exit status is \
      then 1. The first interrupt rolls back what is under way and exits with 130; a second one ends at once.

      --failed asks the ledgers alone, so that it means the same on every machine: flows whose last load failed, and those \
      that come after one of them (in `after:`, directly or by others in between) and have no load of their own since it \
      failed, as they were skipped. A load that never reached its server is in no ledger.

      --due may be called as often as wanted, on any number of machines: a slot is loaded once. Slots that were missed are \
      caught up by one load; a flow that was never loaded is due at once, one that is broken not until a run by hand loads \
      it, or `sluice resume` ends that. Where a file is not there yet, the flow waits, and each `run --due` looks for it \
      again until the next slot; so does what comes after it. `sluice export` writes what a scheduler needs to call it.

      Paused flows are passed over, unless they are named one by one and --due is not given.

      --from and --to backfill one flow: a load for each window of --step, in order, each with its days in the ledger. \
      Windows whose days were loaded already are skipped, so that the same command goes on where it was stopped; --again \
      loads them anew. A window that fails stops the later ones. Rows are told by the days in the source's path or query, \
      or by its cursor; the cursor of the next run stays where it is.

      Examples:
        sluice run
        sluice run orders customers --apply --yes
        sluice run --failed
        sluice -C /srv/shop run --due
        sluice run orders --from 2024-01-01 --to 2024-06-30 --step 1m
      """)

  @OptionGroup var project: ProjectOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var confirmation: ConfirmationOptions
  @OptionGroup var selection: SelectionOptions
  @OptionGroup var loading: LoadingOptions
  @OptionGroup var days: BackfillOptions
  @Argument(help: "Flows' names, or patterns of them.", completion: .flows) var flows: [String] = []
  @Flag(help: "Plan and apply first.") var apply = false
  @Flag(help: "Only flows whose last load failed, and those that were skipped for it.") var failed = false
  @Flag(help: "Only flows that are due by their schedules, each for the slot that nobody has loaded yet.") var due =
    false

  func validate() throws {
    if try days.backfill() != nil {
      if due || failed { throw ValidationError("--from names the days to load: leave out --due and --failed") }
      if loading.fullRefresh {
        throw ValidationError("--from loads windows, --full-refresh all there is: give one of them")
      }
      if flows.count != 1 || !selection.arguments.isEmpty {
        throw ValidationError("a backfill is of one flow: sluice run orders \(days.arguments.joined(separator: " "))")
      }
    }
    if due, failed { throw ValidationError("--due goes by schedules, --failed by what failed: give one of them") }
    if due, loading.again { throw ValidationError("--due loads each slot once: leave out --again") }
  }

  func run() async throws {
    let workspace = Workspace(project)
    let speaker = Speaker(output, workspace)
    do {
      let selection = selection.selection(flows: flows)
      var application = confirmation.application(workspace, speaker)
      application.selection = selection
      let applied = try await AppliedProject.read(workspace, speaker, applying: apply ? application : nil)
      var names = try applied.names(selection)
      speaker.show(applied.warnings(names, selection))
      let connector = try await workspace.connector(for: applied.project)
      let progress = LoadReporter(speaker)
      var run = loading.flowRun(workspace, allowedDeletes: confirmation.allowDelete)
      run.isInSandbox = project.sandbox
      let reader = try LedgerReader(applied.project, applied.state, names: names, connector: connector)
      if due {
        let due = try await StatusLine.during(Self.asking) { try await reader.dueSlots() }
        for flow in due.broken {
          speaker.note("flow/\(flow) is broken, and not run: `sluice run \(flow)` tries it again.")
        }
        passOver(due.paused, speaker)
        run.slots = due.slots
        names = names.filter { run.slots[$0] != nil }
        if names.isEmpty { speaker.note("No flow is due.") }
      } else if !names.allSatisfy(selection.names.contains) {
        // Who names a flow wants it loaded, paused or not, and waits for no further question.
        let named = selection.names
        let paused = try await StatusLine.during(Self.asking) { try await reader.paused() }
          .filter { !named.contains($0.key) }
        passOver(paused, speaker)
        names = names.filter { paused[$0] == nil }
      }
      let runner = try FlowRunner(project: applied.project, state: applied.state, connector: connector, run: run) {
        progress.report($0)
      }
      if let backfill = try days.backfill() {
        return try await self.backfill(backfill, names, runner, progress, workspace, speaker)
      }
      if failed {
        names = try await StatusLine.during(Self.asking) { try await runner.failed(among: names) }
        if names.isEmpty { speaker.note("No flow's last load has failed.") }
      }
      let outcome = await load(names, runner, progress)
      progress.finish(outcome.loads)
      try conclude(outcome, workspace, speaker)
    } catch let failure as Failure { throw speaker.stop(failure) }
  }

  /// What it does before the first load.
  private static let asking = "Reading the ledgers"

  private func passOver(_ paused: [String: RecordedLoad], _ speaker: Speaker) {
    for (flow, mark) in paused.sorted(by: { $0.key < $1.key }) {
      speaker.note("flow/\(flow) is not run: \(StatusView.pause(mark)). `sluice resume \(flow)` ends that.")
    }
  }

  private func backfill(
    _ backfill: BackfillOptions.Backfill, _ names: [String], _ runner: FlowRunner, _ progress: LoadReporter,
    _ workspace: Workspace, _ speaker: Speaker
  ) async throws {
    guard names.count == 1 else {
      throw ValidationError("a backfill is of one flow, and `\(flows[0])` is \(names.count) flows")
    }
    let windows = try await StatusLine.during(Self.asking) {
      try await runner.windows(of: names[0], backfill.range, step: backfill.step)
    }
    if windows.loaded > 0 {
      speaker.note(
        "\(windows.loaded) of \(windows.all.count) windows were loaded before, and are skipped; --again loads them anew."
      )
    }
    let outcome = await load(progress) { await runner.backfill(names[0], windows) }
    progress.finish(outcome.loads)
    // Windows that were loaded are skipped the next time, but with --again, which therefore starts behind them.
    let done = outcome.loads.prefix { $0.error == nil }.count
    let next = loading.again && windows.all.indices.contains(done) ? windows.all[done].range.from.description : nil
    let command = workspace.commandLine(repetition(["run"] + names, from: next))
    if outcome.isInterrupted {
      let lines = RunView.interruption(outcome, ofWindows: windows.all.count)
      _ = speaker.stop(
        Failure(Diagnostic(.error, "interrupted", "interrupted", help: lines + ["to go on, run:", command])))
      throw ExitStatus.interrupted
    }
    guard !outcome.failed.isEmpty else { return }
    let left = windows.all.count - outcome.loads.count
    if left > 0 { speaker.note("\(left) later windows were not begun. To go on, run:\n  \(command)") }
    throw ExitStatus.failed
  }

  private func load(_ names: [String], _ runner: FlowRunner, _ progress: LoadReporter) async -> RunOutcome {
    await load(progress) { await runner.load(names) }
  }

  private func load(_ progress: LoadReporter, _ body: () async -> RunOutcome) async -> RunOutcome {
    async let _: Void = progress.keepUp()
    return await body()
  }

  /// Says what was not loaded, and how to load it, and ends the command with that.
  private func conclude(_ outcome: RunOutcome, _ workspace: Workspace, _ speaker: Speaker) throws {
    let command = workspace.commandLine(repetition(outcome, workspace))
    if outcome.isInterrupted {
      let diagnostic = Diagnostic(
        .error, "interrupted", "interrupted",
        help: RunView.interruption(outcome) + ["to load what was not, run:", command])
      _ = speaker.stop(Failure(diagnostic))
      throw ExitStatus.interrupted
    }
    guard !outcome.failed.isEmpty else { return }
    if outcome.loads.count > 1 { speaker.note("To run again what failed:\n  \(command)") }
    throw ExitStatus.failed
  }

  /// The command that loads what was not: by names, or by --failed where those are many and the ledgers know them all.
  private func repetition(_ outcome: RunOutcome, _ workspace: Workspace) -> String {
    let names = (outcome.failed.map(\.flow) + outcome.interrupted + outcome.notBegun).sorted()
    var words = ["run"]
    if names.count > 10, !outcome.isInterrupted, outcome.failed.allSatisfy({ $0.isRecorded || $0.status == .skipped }) {
      words.append("--failed")
      words += (flows + selection.arguments).map(workspace.quoted)
    } else {
      words += names
    }
    return repetition(words)
  }

  /// The command `words` with the options that this one has.
  ///
  /// - Parameter first: the day in place of that of --from.
  private func repetition(_ words: [String], from first: String? = nil) -> String {
    var words = words
    var days = days
    days.from = first ?? days.from
    words += loading.arguments + days.arguments
    if confirmation.allowDelete > 0 { words += ["--allow-delete", String(confirmation.allowDelete)] }
    return words.joined(separator: " ")
  }
}
