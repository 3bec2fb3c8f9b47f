import ArgumentParser
import Diagnostics
import JSON
import State
import Views

/// `sluice state`: what was applied.
struct StateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "state", abstract: "Look at what was applied.", subcommands: [List.self, Show.self])

  /// `sluice state list`.
  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List the addresses of all that was applied.")
    @OptionGroup var project: ProjectOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
      try withState(project, output) { state, speaker in
        let addresses = state.resources.keys.sorted()
        speaker.document(["formatVersion": 1, "resources": .array(addresses.map { .string($0) })])
        if !addresses.isEmpty { speaker.result(addresses.joined(separator: "\n")) }
      }
    }
  }

  /// `sluice state show`.
  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Show one resource as it was applied, as JSON.")
    @OptionGroup var project: ProjectOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "An address, as in flow/orders.") var address: String

    func run() async throws {
      try withState(project, output) { state, _ in
        guard let resource = state.resources[address] else {
          throw Failure(
            Diagnostic(
              .error, "unknown-address", "the state holds no \(address)",
              help: suggestions(for: address, in: state.resources.keys.sorted(), called: "it holds")))
        }
        Console.result(resource.json.text(.sorted))
      }
    }
  }
}

/// Reads the state, and does something with it.
private func withState(
  _ project: ProjectOptions, _ output: OutputOptions, _ body: (AppliedState, Speaker) throws -> Void
) throws {
  let workspace = Workspace(project)
  let speaker = Speaker(output, workspace)
  do {
    let environment = project.environment ?? workspace.environment["SLUICE_ENV"]
    try body(try workspace.store(environment: environment).read() ?? AppliedState(lineage: ""), speaker)
  } catch let failure as Failure { throw speaker.stop(failure) }
}
