import ArgumentParser
import Diagnostics
import Manifests
import Planning
import Reconciling
import Views
import JSON

/// `sluice check`: connects to every authorizer.
struct CheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Connect to every authorizer, and say what answers.")

  @OptionGroup var project: ProjectOptions
  @OptionGroup var output: OutputOptions
  @Argument(help: "Addresses, as in authorizer/warehouse; default: all.") var addresses: [String] = []

  func run() async throws {
    let workspace = Workspace(project)
    let speaker = Speaker(output, workspace)
    do {
      let loaded = try Planner(workspace: workspace).manifests()
      let wanted = try wanted(in: loaded.project)
      let connector = try await workspace.connector(for: loaded.project)
      var checks = try await AuthorizerCheck.all(wanted, through: connector)
      if project.sandbox {
        for index in checks.indices { checks[index].host = "the sandbox" }
      }
      speaker.document(checkDocument(checks))
      speaker.result(CheckView(style: speaker.terminal.output).text(checks))
      speaker.show(checks.flatMap(\.diagnostics))
      if checks.contains(where: { $0.status == .failed }) { throw ExitStatus.failed }
    } catch let failure as Failure {
      throw speaker.stop(failure) {
        ["formatVersion": 1, "authorizers": [], "diagnostics": .array($0.map(diagnosticJSON))]
      }
    }
  }

  private func wanted(in project: Project) throws(Failure) -> [Resource<Authorizer>] {
    let known = project.authorizers
    guard !addresses.isEmpty else { return known.values.sorted { $0.name < $1.name } }
    var wanted: [Resource<Authorizer>] = []
    for text in addresses { wanted.append(try project.authorizer(named: text)) }
    return wanted
  }
}
