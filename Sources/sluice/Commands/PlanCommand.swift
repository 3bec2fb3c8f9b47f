import ArgumentParser
import Diagnostics
import JSON
import Planning
import Views
import State
import Manifests

/// `sluice plan`: what apply would do.
struct PlanCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan", abstract: "Show what would change, checked against the live databases; writes nothing.",
    discussion: """
      Names of flows (or --select) plan these alone, and what they need.

      Examples:
        sluice plan
        sluice plan orders 'crm.*'
        sluice plan --select team=sales --out plan.json
        sluice plan --sql > set-up.sql
      """)

  @OptionGroup var project: ProjectOptions
  @OptionGroup var output: ReviewOutputOptions
  @OptionGroup var selection: SelectionOptions
  @OptionGroup var inference: InferenceOptions
  @Argument(help: "Flows' names, or patterns of them.", completion: .flows) var flows: [String] = []
  @Flag(help: "Exit with 0 when there is nothing to do, 1 on an error or a blocked step, 2 when there are changes.")
  var detailedExitcode = false
  @Flag(help: "Take steps that are unchanged, but whose live checks fail, for errors.")
  var strict = false
  @Flag(help: "Compare the manifests with the state alone: nothing is connected to, nothing checked.")
  var offline = false
  @Option(
    help: ArgumentHelp("Save the plan, to be applied as it is: sluice apply --plan FILE.", valueName: "file"),
    completion: .file())
  var out: String?
  @Flag(help: "Print a psql script instead, for somebody with more rights to run in place of apply.")
  var sql = false

  func validate() throws {
    if offline, out != nil { throw ValidationError("a plan made --offline rests on nothing and cannot be saved") }
    if offline, !inference.reinfer.isEmpty {
      throw ValidationError("--offline looks at no source: leave out --reinfer")
    }
    if sql, offline { throw ValidationError("--sql looks at the databases: leave out --offline") }
    if sql, output.format != .human { throw ValidationError("--sql prints SQL: leave out --output") }
    if sql, out != nil { throw ValidationError("--sql prints a script and saves no plan: leave out --out") }
  }

  func run() async throws {
    let workspace = Workspace(project)
    let speaker = Speaker(output, workspace)
    let plan: Plan
    do {
      var wanted = selection.selection(flows: flows)
      wanted.reinfer = inference.reinfer
      let planner = Planner(workspace: workspace, selection: wanted)
      let store = workspace.store(environment: workspace.environmentName)
      async let reading = store.read()
      let loaded = try planner.manifests()
      let state = try await reading
      if sql { return try await printScript(loaded, state, planner, speaker) }
      if offline {
        plan = try planner.offlinePlan(loaded, state: state)
      } else {
        let result = try await planner.plan(loaded, state: state)
        Memory.keepToTheEnd((result, state))
        plan = result.plan
        if let out { try PlanFile(out).write(planner.saved(result)) }
      }
      speaker.document(planDocument(plan))
      speaker.review(plan)
      speaker.show(plan.diagnostics)
      await speaker.page(PlanView(style: speaker.terminal.output).text(plan))
      if let out { speaker.note("Saved; to apply just this, once:\n  \(workspace.commandLine("apply --plan \(out)"))") }
    } catch let failure as Failure {
      throw speaker.stop(failure) { planDocument(Plan(failed: $0)) }
    }
    if plan.isBlocked || (strict && plan.actions.contains(.degraded)) { throw ExitStatus.failed }
    if detailedExitcode, plan.hasChanges { throw ExitStatus.changes }
  }

  private func printScript(
    _ loaded: LoadedProject, _ state: AppliedState?, _ planner: Planner, _ speaker: Speaker
  ) async throws {
    let script = try await planner.script(loaded, state: state)
    speaker.show(script.diagnostics)
    speaker.result(OwnerScriptText(project: loaded.project.name).text(script))
    if !script.diagnostics.isEmpty || !script.leftOut.isEmpty { throw ExitStatus.failed }
  }
}

extension Plan {
  /// A plan that could not be made, for the JSON of a command that fails.
  init(failed diagnostics: [Diagnostic]) {
    self.init(lineage: "", serial: 0, steps: [], diagnostics: diagnostics, authorizers: [])
  }
}
