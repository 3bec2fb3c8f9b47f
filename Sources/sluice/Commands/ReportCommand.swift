import ArgumentParser
import Catalog
import Diagnostics
import JSON
import Loading
import Manifests
import Planning
import State
import SystemPackage
import Views

/// `sluice report`: the project in a picture, or on one page.
struct ReportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Write one HTML page about the project, or draw its graph.",
    discussion: """
      html: the graph, how each flow stands, its columns, its last loads, failed checks; it plans, and reads the ledgers. \
      mermaid, svg: the graph alone, from the manifests; nothing is connected to.
      """)

  /// What is written.
  enum Format: String, ExpressibleByArgument, CaseIterable { case html, mermaid, svg }

  @OptionGroup var project: ProjectOptions
  @OptionGroup var output: OutputOptions
  @Option(help: "What to write.") var format: Format = .html
  @Option(
    help: ArgumentHelp("Where to write it; default: standard output.", valueName: "file"), completion: .file())
  var out: String?

  func validate() throws {
    if output.format == .json { throw ValidationError("a report is no JSON: see `sluice status` and `sluice plan`") }
  }

  func run() async throws {
    let workspace = Workspace(project)
    let speaker = Speaker(output, workspace)
    do {
      let planner = Planner(workspace: workspace)
      let manifests = try planner.manifests()
      let text: String
      switch format {
      case .mermaid: text = ProjectGraph(manifests.project).mermaid()
      case .svg: text = ProjectGraph(manifests.project).svg()
      case .html: text = try await report(manifests, planner, workspace).page()
      }
      if let out {
        try ReportFile(out).write(text)
        speaker.note("Written to \(out).")
      } else {
        speaker.result(text)
      }
    } catch let failure as Failure { throw speaker.stop(failure) }
  }

  private func report(
    _ manifests: LoadedProject, _ planner: Planner, _ workspace: Workspace
  ) async throws -> ProjectReport {
    let state = try workspace.store(environment: manifests.project.environment).read()
    let result = try await planner.plan(manifests, state: state)
    var statuses: [String: FlowStatus] = [:]
    var history: [String: [RecordedLoad]] = [:]
    var diagnostics = result.plan.diagnostics
    if let state {
      let applied = try Project(applied: state, name: manifests.project.name)
      let reader = LedgerReader(
        try AppliedFlow.all(of: applied, in: state).values.sorted { $0.name < $1.name },
        project: applied.name, lineage: state.lineage, connector: result.connector)
      let found = try await reader.statuses()
      for status in found.statuses { statuses[status.flow] = status }
      // The plan has said already what cannot be reached.
      diagnostics += found.diagnostics.filter { !diagnostics.contains($0) }
      if found.diagnostics.isEmpty { history = try await reader.history(limit: 30) }
    }
    let steps = Dictionary(result.plan.steps.map { ($0.address, $0) }) { first, _ in first }
    let flows = result.scope.designs.map { design in
      let step = steps[design.address.description]
      return ProjectReport.FlowReport(
        name: design.flow.name, description: design.flow.metadata.description,
        mode: design.flow.spec.writeMode.rawValue, table: design.table.sql,
        columns: (step?.columns ?? []).map { ($0.name.name, $0.type) }, status: statuses[design.flow.name],
        history: history[design.flow.name] ?? [],
        failedChecks: (step?.checks ?? []).filter { $0.status == .failed }.map(\.message))
    }
    return ProjectReport(
      project: manifests.project.name, environment: manifests.project.environment, made: Workspace.now(),
      graph: ProjectGraph(result.loaded.project), flows: flows, diagnostics: diagnostics)
  }
}
