import ArgumentParser
import Diagnostics
import JSON
import Manifests
import Planning
import Reconciling
import Views

/// `sluice check`: connects to every authorizer, and opens every tunnel.
struct CheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Connect to every authorizer and tunnel, and say what answers.",
    discussion: """
      Step by step, with times: the host's name, its port, the tunnel, TLS, the role, the database, the server's version, \
      and whether it takes writes. The steps are shown of what failed; --verbose shows all. To a flow, a source or a \
      destination belong the authorizers that it uses.

      Examples:
        sluice check
        sluice check authorizer/warehouse --verbose
      """)

  @OptionGroup var project: ProjectOptions
  @OptionGroup var output: OutputOptions
  @Argument(
    help: "Addresses, as in authorizer/warehouse or flow/orders; default: all authorizers and tunnels.",
    completion: .addresses)
  var addresses: [String] = []

  func run() async throws {
    let workspace = Workspace(project)
    let speaker = Speaker(output, workspace)
    do {
      let loaded = try Planner(workspace: workspace).manifests()
      let targets = try CheckTargets(addresses, in: loaded.project)
      let connector = try await workspace.connector(for: loaded.project)
      // In the sandbox no tunnel leads anywhere.
      let tunnelled = project.sandbox ? [] : targets.tunnels
      let servers = StatusLine.list(targets.names, called: "server")
      var (tunnels, checks) = try await StatusLine.during("Connecting to \(servers)") {
        (
          try await TunnelCheck.all(tunnelled, by: workspace.tunnels(of: loaded.project)),
          try await AuthorizerCheck.all(targets.authorizers, writers: targets.writers, through: connector)
        )
      }
      if project.sandbox {
        for index in checks.indices { checks[index].host = "the sandbox" }
      }
      speaker.document(checkDocument(checks, tunnels: tunnels))
      let view = CheckView(style: speaker.terminal.output, isVerbose: speaker.isVerbose)
      speaker.result(view.text(checks, tunnels: tunnels))
      // What keeps a tunnel from opening fails each authorizer behind it, too: it is told once.
      speaker.show(Array(Set(tunnels.flatMap(\.diagnostics) + checks.flatMap(\.diagnostics))))
      if (checks.map(\.status) + tunnels.map(\.status)).contains(.failed) { throw ExitStatus.failed }
    } catch let failure as Failure {
      throw speaker.stop(failure) {
        ["formatVersion": 1, "authorizers": [], "tunnels": [], "diagnostics": .array($0.map(diagnosticJSON))]
      }
    }
  }
}
