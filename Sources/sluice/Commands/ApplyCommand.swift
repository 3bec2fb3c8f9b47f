import ArgumentParser
import Diagnostics
import Planning
import Views

/// `sluice apply`: makes the plan so.
struct ApplyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "apply", abstract: "Make the databases as the manifests say, step by step.",
    discussion: """
      Plans afresh, shows the plan and asks. Nothing is applied when a step is blocked, unless --partial is given: then
      all is applied that does not need a blocked step, and the exit status is 1 all the same.
      Steps that do not need one another run side by side; each is recorded as soon as it is done. The first interrupt
      rolls back what is under way, records what is done and exits with 130; a second one ends at once.

      Examples:
        sluice apply
        sluice apply orders --yes
        sluice apply --plan plan.json --yes
      """)

  @OptionGroup var project: ProjectOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var confirmation: ConfirmationOptions
  @OptionGroup var selection: SelectionOptions
  @OptionGroup var inference: InferenceOptions
  @Argument(help: "Flows' names, or patterns of them.", completion: .flows) var flows: [String] = []
  @Flag(help: "Apply what does not need a blocked step; the exit status is 1 where one is blocked.")
  var partial = false
  @Option(
    help: ArgumentHelp(
      "Apply just the plan that `plan --out` saved, or refuse, if what it rests on has moved.",
      valueName: "file"), completion: .file())
  var plan: String?

  func validate() throws {
    guard plan != nil else { return }
    if !selection.selection(flows: flows).isOfEverything || !inference.reinfer.isEmpty || project.environment != nil
      || !project.variables.isEmpty
    {
      throw ValidationError("--plan brings its own flows, --select, --exclude, --reinfer, --env and --var")
    }
  }

  func run() async throws {
    var workspace = Workspace(project)
    let speaker = Speaker(output, workspace)
    do {
      let saved = try plan.map { try PlanFile($0).read() }
      if let saved { workspace.options.take(saved) }
      var application = confirmation.application(workspace, speaker)
      application.isPartial = partial
      application.selection = saved?.selection ?? selection.selection(flows: flows)
      application.selection.reinfer += inference.reinfer
      application.saved = saved
      _ = try await application.run("sluice apply")
    } catch let failure as Failure { throw speaker.stop(failure) }
  }
}

/// What a command may do without asking.
struct ConfirmationOptions: ParsableArguments {
  @Flag(help: "Apply without asking. Deletes are not covered: see --allow-delete.")
  var yes = false
  @Option(
    help: ArgumentHelp(
      """
      How many resources may be deleted without a question; for run, how many rows each load with deleteMissing may delete, \
      whatever its maxDeletes, also where its source is empty.
      """, valueName: "n"))
  var allowDelete = 0
  @OptionGroup var lock: LockOptions

  func application(_ workspace: Workspace, _ speaker: Speaker) -> Application {
    Application(workspace: workspace, speaker: speaker, isConfirmed: yes, allowedDeletes: allowDelete, lock: lock)
  }
}
