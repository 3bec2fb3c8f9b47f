import ArgumentParser
import Diagnostics
import JSON
import Loading
import Manifests
import Planning
import Views

/// `sluice status`: how flows stand, by their ledgers.
struct StatusCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Show how flows stand, by the ledgers: the same on every machine.",
    discussion: """
      live: nothing failed since the last load. retrying: the last load failed. waiting: the file that it is due for is \
      not there yet. broken: as many loads in a row failed as `retry.attempts` says. running: somebody loads it now. \
      inactive: `enabled: false`, or paused.

      For one flow: its last loads, the newest first.

      Examples:
        sluice status
        sluice status orders
      """)

  @OptionGroup var project: ProjectOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var selection: SelectionOptions
  @Argument(help: "Flows' names, or patterns of them; default: all that were applied.", completion: .flows)
  var flows: [String] = []
  @Option(help: ArgumentHelp("How many loads of a flow's history.", valueName: "n")) var limit = 10

  func validate() throws {
    if limit < 1 { throw ValidationError("--limit wants a number from 1 on") }
  }

  func run() async throws {
    let workspace = Workspace(project)
    let speaker = Speaker(output, workspace)
    do {
      let applied = try await AppliedProject.read(workspace, speaker, applying: nil)
      let names = try applied.selected(selection.selection(flows: flows))
      let reader = try LedgerReader(
        applied.project, applied.state, names: names, connector: try await workspace.connector(for: applied.project))
      let (statuses, diagnostics, history) = try await StatusLine.during("Reading the ledgers") {
        let (statuses, diagnostics) = try await reader.statuses()
        let history = flows.count == 1 && statuses.count == 1 ? try await reader.history(limit: limit) : [:]
        return (statuses, diagnostics, history)
      }
      speaker.document(statusDocument(statuses, history: history, diagnostics: diagnostics))
      let view = StatusView(style: speaker.terminal.output)
      if let status = statuses.first, flows.count == 1, statuses.count == 1 {
        await speaker.page(view.text(status, history: history[status.flow] ?? []))
      } else if !statuses.isEmpty || diagnostics.isEmpty {
        await speaker.page(view.text(statuses))
      }
      speaker.show(diagnostics)
      if !diagnostics.isEmpty { throw ExitStatus.failed }
    } catch let failure as Failure {
      throw speaker.stop(failure) { statusDocument([], diagnostics: $0) }
    }
  }
}
