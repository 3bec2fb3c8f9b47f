import ArgumentParser
import Diagnostics
import Views

/// `sluice apply`: makes the plan so.
struct ApplyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "apply", abstract: "Make the databases as the manifests say, step by step.",
    discussion: "Plans afresh, shows the plan and asks. Nothing is applied when a step is blocked.")

  @OptionGroup var project: ProjectOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var confirmation: ConfirmationOptions
  @OptionGroup var selection: SelectionOptions
  @Argument(help: "Flows' names, or patterns of them.") var flows: [String] = []

  func run() async throws {
    let workspace = Workspace(project)
    let speaker = Speaker(output, workspace)
    do {
      var application = confirmation.application(workspace, speaker)
      application.selection = selection.selection(flows: flows)
      _ = try await application.run("sluice apply")
    } catch let failure as Failure { throw speaker.stop(failure) }
  }
}

/// What a command may do without asking.
struct ConfirmationOptions: ParsableArguments {
  @Flag(help: "Apply without asking. Deletes are not covered: see --allow-delete.")
  var yes = false
  @Option(help: ArgumentHelp("How many resources may be deleted without a question.", valueName: "n"))
  var allowDelete = 0

  func application(_ workspace: Workspace, _ speaker: Speaker) -> Application {
    Application(workspace: workspace, speaker: speaker, isConfirmed: yes, allowedDeletes: allowDelete)
  }
}
