import Diagnostics
import Loading
import Planning
import Views

/// Pauses or resumes flows, and says what became of each.
struct FlowSwitching {
  private let options: PauseOptions

  init(_ options: PauseOptions) { self.options = options }

  /// - Parameters:
  ///   - change: does it.
  ///   - words: half a sentence for people about a flow: `is paused`.
  /// - Throws: `ExitStatus`; `CancellationError`.
  func run(
    _ change: (FlowSwitch) async throws -> [FlowSwitch.Change], words: (FlowSwitch.Change) -> String
  ) async throws {
    let workspace = Workspace(options.project)
    let speaker = Speaker(options.output, workspace)
    do {
      let applied = try await AppliedProject.read(workspace, speaker, applying: nil)
      let names = try applied.selected(options.selection.selection(flows: options.flows))
      let reader = try LedgerReader(
        applied.project, applied.state, names: names, connector: try await workspace.connector(for: applied.project))
      let changes = try await StatusLine.during("Writing to the ledgers") {
        try await change(FlowSwitch(reader, by: Workspace.who, version: Sluice.version))
      }
      for change in changes {
        speaker.result("flow/\(change.before.flow) \(words(change)).")
      }
      guard !speaker.isHuman else { return }
      let (statuses, diagnostics) = try await reader.statuses()
      speaker.document(statusDocument(statuses, diagnostics: diagnostics))
    } catch let failure as Failure {
      throw speaker.stop(failure) { statusDocument([], diagnostics: $0) }
    }
  }
}
