import ArgumentParser
import Diagnostics
import Manifests
import Views

/// `sluice report`: the project in a picture, or on one page.
struct ReportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Write one HTML page about the project, or draw its graph.",
    discussion: """
      html: the graph, how each flow stands, its columns, its last loads, failed checks; it plans, and reads the ledgers. \
      mermaid, svg: the graph alone, from the manifests; nothing is connected to.

      Examples:
        sluice report --out report.html
        sluice report --format mermaid
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
      let manifests = try Planner(workspace: workspace).manifests()
      let text: String
      switch format {
      case .mermaid: text = ProjectGraph(manifests.project).mermaid()
      case .svg: text = ProjectGraph(manifests.project).svg()
      case .html: text = try await Reporter(workspace: workspace).report(manifests).page()
      }
      if let out {
        try ReportFile(out).write(text)
        speaker.note("Written to \(out).")
      } else {
        speaker.result(text)
      }
    } catch let failure as Failure { throw speaker.stop(failure) }
  }
}
