import Diagnostics
import Manifests
import Planning
import SystemPackage
import Views

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Gathers what a scheduler is to start, from the state: flows run as they were applied.
struct Exporter {
  let options: ExportOptions
  let workspace: Workspace
  let speaker: Speaker

  init(_ options: ExportOptions) {
    self.options = options
    workspace = Workspace(options.project)
    speaker = Speaker(options.output, workspace)
  }

  /// - Parameters:
  ///   - program: nothing: the one that runs now.
  ///   - folder: where the project is for the scheduler; nothing: where it is now.
  /// - Throws: `Failure`; `no-schedule` where no flow has one.
  func runs(program: String?, folder: String? = nil) async throws -> ScheduledRuns {
    let applied = try await AppliedProject.read(workspace, speaker, applying: nil)
    let names = try applied.selected(options.selection.selection(flows: options.flows))
    let runs = ScheduledRuns(
      applied.project, names: names, program: program.map(Self.absolute) ?? Self.ownProgram,
      options: ["-C", folder ?? workspace.folder.string] + workspace.options.arguments)
    guard runs.flows.isEmpty else { return runs }
    throw Failure(
      Diagnostic(
        .error, "no-schedule", "no flow that is enabled has a schedule, as applied",
        help: ["write `schedule: day`, or five cron fields, on a flow, and apply"]))
  }

  /// A path or program that the command line names, as another folder's command needs it; a bare name stays one.
  static func absolute(_ name: String) -> String {
    name.contains("/") ? NamedFile(name).path.string : name
  }

  private static var ownProgram: String {
    let own = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    return own ?? absolute(CommandLine.arguments.first ?? "sluice")
  }
}

extension ProjectOptions {
  /// The options that say which environment and state it is, as they are written.
  fileprivate var arguments: [String] {
    (environment.map { ["--env", $0] } ?? []) + (state.map { ["--state", $0] } ?? [])
      + variables.flatMap { ["--var", $0] } + (sandbox ? ["--sandbox"] : []) + (untrusted ? ["--untrusted"] : [])
  }
}
