import ArgumentParser
import Diagnostics
import Loading
import Manifests
import Planning
import State
import Views
import SystemPackage

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// `sluice run`: moves the data of the applied flows.
struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Load flows, as they were applied.",
    discussion: """
      Without names: every enabled flow, each after those that it names in `after:`.
      Flows run as they were applied, whatever the manifests say by now; --apply plans and applies first.
      """)

  @OptionGroup var project: ProjectOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var confirmation: ConfirmationOptions
  @OptionGroup var selection: SelectionOptions
  @Argument(help: "Flows' names, or patterns of them.") var flows: [String] = []
  @Flag(help: "Plan and apply first.") var apply = false
  @Flag(help: "Load files once more that were loaded already.") var again = false
  @Option(help: ArgumentHelp("How many flows load side by side; default: the number of cores.", valueName: "n"))
  var parallel: Int?

  func validate() throws {
    if let parallel, parallel < 1 { throw ValidationError("--parallel wants a number from 1 on") }
  }

  func run() async throws {
    let workspace = Workspace(project)
    let speaker = Speaker(output, workspace)
    do {
      let flowRun = FlowRun(
        folder: workspace.folder, rejects: workspace.folder.appending(".sluice").appending("rejects"),
        host: ProcessInfo.processInfo.hostName, version: Sluice.version,
        parallel: parallel ?? ProcessInfo.processInfo.activeProcessorCount, again: again)
      let selection = selection.selection(flows: flows)
      var application = confirmation.application(workspace, speaker)
      application.selection = selection
      let applied = try await AppliedProject.read(workspace, speaker, applying: apply ? application : nil)
      let names = try applied.names(selection)
      let progress = LoadReporter(speaker, flows: names)
      let connector = try await workspace.connector(for: applied.project)
      let runner = try FlowRunner(
        project: applied.project, state: applied.state, connector: connector, run: flowRun
      ) { progress.report($0) }
      let outcomes = try await runner.load(names)
      progress.finish(outcomes)
      let failed = outcomes.filter { $0.status == .failed || $0.error != nil }.map(\.flow)
      if !failed.isEmpty {
        if failed.count < outcomes.count || outcomes.count > 1 {
          speaker.note("To run again what failed:\n  \(workspace.commandLine("run " + failed.joined(separator: " ")))")
        }
        throw ExitStatus.failed
      }
    } catch let failure as Failure { throw speaker.stop(failure) }
  }
}
