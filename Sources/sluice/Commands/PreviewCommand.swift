import ArgumentParser
import Diagnostics
import Loading
import Planning
import Reconciling
import State
import Views
import JSON
import Manifests

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// `sluice preview`: the first rows as the table would hold them.
struct PreviewCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "preview", abstract: "Show a flow's first rows as its table would hold them; reads only.",
    discussion: """
      Examples:
        sluice preview orders
        sluice preview orders --rows 100 --output json
      """)

  @OptionGroup var project: ProjectOptions
  @OptionGroup var output: OutputOptions
  @Argument(help: "A flow's name.", completion: .flows) var flow: String
  @Option(help: ArgumentHelp("How many rows.", valueName: "n")) var rows = 20
  @Flag(
    help: """
      Ask the flow's quality rules of all rows of its sources, as a load would; exits with 1 where a load would be blocked.
      """)
  var quality = false

  func validate() throws {
    if rows < 1 { throw ValidationError("--rows wants a number from 1 on") }
  }

  func run() async throws {
    let workspace = Workspace(project)
    let speaker = Speaker(output, workspace)
    do {
      let preview = try await preview(workspace)
      speaker.document(previewDocument(preview))
      speaker.result(PreviewView(style: speaker.terminal.output).text(preview))
      speaker.show(preview.rejected)
      if preview.isBlocked { throw ExitStatus.failed }
    } catch let failure as Failure {
      throw speaker.stop(failure) { ["formatVersion": 1, "diagnostics": .array($0.map(diagnosticJSON))] }
    }
  }

  /// The flow is shown as the manifests have it now, applied or not: a plan works out its columns.
  private func preview(_ workspace: Workspace) async throws -> Preview {
    var planner = Planner(workspace: workspace)
    let manifests = try planner.manifests()
    let state = try workspace.store(environment: manifests.project.environment).read()
    let loaded = try await planner.expanded(manifests, state: state)
    let name = Address(flow).flatMap { $0.kind == .flow ? $0.name : nil } ?? flow
    guard loaded.project.flows[name] != nil else {
      let known = loaded.project.flows.keys.sorted()
      throw Failure(
        Diagnostic(
          .error, "unknown-reference", "there is no flow \"\(name)\"",
          help: suggestions(for: name, in: known, called: "flows")))
    }
    planner.selection = Selection(flows: [name])
    let result = try await planner.plan(loaded, state: state)
    var planned = AppliedState(lineage: result.plan.lineage)
    for step in result.plan.steps { planned.resources[step.address] = step.record }
    var run = FlowRun(
      folder: workspace.folder, rejects: workspace.folder, host: ProcessInfo.processInfo.hostName,
      version: Sluice.version, parallel: 1)
    run.again = true
    let runner = try FlowRunner(
      project: result.scope.project, state: planned, connector: result.connector, run: run
    ) { _ in }
    return try await StatusLine.during("Reading the rows of flow/\(name)") {
      try await runner.preview(name, rows: rows, asksRules: quality)
    }
  }
}
