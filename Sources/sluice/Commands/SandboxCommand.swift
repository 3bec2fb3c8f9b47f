import ArgumentParser
import Diagnostics
import JSON
import Manifests
import Sandbox
import SystemPackage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// `sluice sandbox`: a private cluster for the project.
struct SandboxCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sandbox",
    abstract: "A private PostgreSQL cluster for the project: no server, no password, no TCP.",
    subcommands: [Start.self, Stop.self, Status.self, Psql.self, Reset.self])

  /// `sluice sandbox start`.
  struct Start: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Start it, and make what the project's manifests name.",
      discussion: """
        Example:
          sluice sandbox start
        """)
    @OptionGroup var project: ProjectOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
      try await withSandbox(project, output) { sandbox, workspace, speaker in
        let loaded = try Planner(workspace: workspace).manifests()
        let isNew = try await sandbox.start(for: loaded.project)
        let status = try await sandbox.status()
        speaker.document(status.json)
        let what = isNew ? "started" : "is running already"
        speaker.result("The sandbox \(what): PostgreSQL \(status.serverVersion ?? "") in \(status.socketFolder)")
      }
    }
  }

  /// `sluice sandbox stop`.
  struct Stop: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Stop it; its data stay.",
      discussion: """
        Example:
          sluice sandbox stop
        """)
    @OptionGroup var project: ProjectOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
      try await withSandbox(project, output) { sandbox, _, speaker in
        let wasRunning = try await StatusLine.during("Stopping the sandbox") { try await sandbox.stop() }
        speaker.document(["formatVersion": 1, "stopped": .bool(wasRunning)])
        speaker.result(wasRunning ? "The sandbox is stopped." : "The sandbox was not running.")
      }
    }
  }

  /// `sluice sandbox status`.
  struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Say whether it runs, and where.",
      discussion: """
        Example:
          sluice sandbox status
        """)
    @OptionGroup var project: ProjectOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
      try await withSandbox(project, output) { sandbox, _, speaker in
        let status = try await sandbox.status()
        speaker.document(status.json)
        speaker.result(status.text)
      }
    }
  }

  /// `sluice sandbox psql`.
  struct Psql: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Open psql on the database of an authorizer.",
      discussion: """
        What stands behind the authorizer's name and `--` is handed to psql.

        Examples:
          sluice sandbox psql
          sluice sandbox psql wh -- -c 'TABLE sales.orders'
        """)
    @OptionGroup var project: ProjectOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "An authorizer's name; not needed where the project has one.", completion: .authorizers)
    var authorizer: String?
    @Argument(parsing: .postTerminator, help: "psql's own arguments.") var arguments: [String] = []

    func run() async throws {
      try await withSandbox(project, output) { sandbox, workspace, _ in
        let loaded = try Planner(workspace: workspace).manifests()
        let chosen = try choose(from: loaded.project.authorizers)
        try await sandbox.start(for: loaded.project)
        try replaceProcess(sandbox.psqlArguments(for: chosen) + arguments)
      }
    }

    private func choose(from authorizers: [String: Resource<Authorizer>]) throws(Failure) -> Resource<Authorizer> {
      let known = authorizers.keys.sorted()
      if let authorizer {
        let name = Address(authorizer)?.name ?? authorizer
        if let found = authorizers[name] { return found }
        throw Failure(
          Diagnostic(
            .error, "unknown-address", "there is no authorizer \"\(name)\"",
            help: suggestions(for: name, in: known, called: "authorizers")))
      }
      if known.count == 1, let only = authorizers.values.first { return only }
      throw Failure(
        Diagnostic(
          .error, "authorizer-required",
          "the project has \(count(known.count, "authorizer")): name the one to connect to",
          help: known.isEmpty ? [] : ["authorizers: \(known.joined(separator: ", "))"]))
    }
  }

  /// `sluice sandbox reset`.
  struct Reset: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Stop it, and wipe its data and its state.",
      discussion: """
        Example:
          sluice sandbox reset
        """)
    @OptionGroup var project: ProjectOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
      try await withSandbox(project, output) { sandbox, workspace, speaker in
        try await sandbox.reset()
        try workspace.removeSandboxStates()
        speaker.document(["formatVersion": 1, "reset": true])
        speaker.result("The sandbox is wiped.")
      }
    }
  }
}

/// Hands the project's sandbox to `body`, and says what goes wrong.
private func withSandbox(
  _ project: ProjectOptions, _ output: OutputOptions,
  _ body: (Sandbox, Workspace, Speaker) async throws -> Void
) async throws {
  let workspace = Workspace(project)
  let speaker = Speaker(output, workspace)
  do {
    try await body(workspace.sandbox(), workspace, speaker)
  } catch let failure as Failure { throw speaker.stop(failure) }
}

/// Goes on as another program: psql gets the terminal, the signals and the exit status for itself.
private func replaceProcess(_ arguments: [String]) throws(Failure) {
  var pointers = unsafe arguments.map { unsafe strdup($0) }
  unsafe pointers.append(nil)
  if let program = unsafe pointers.first ?? nil { unsafe execv(program, pointers) }
  let reason = Errno(rawValue: errno)
  throw Failure(Diagnostic(.error, "sandbox", "\(arguments.first ?? "psql") could not be started: \(reason)"))
}

extension Sandbox.Status {
  fileprivate var json: JSONValue {
    [
      "formatVersion": 1, "state": .string(state.rawValue), "socketFolder": .string(socketFolder.string),
      "dataFolder": .string(dataFolder?.string), "serverVersion": .string(serverVersion),
    ]
  }

  fileprivate var text: String {
    var lines = ["sandbox: \(state.rawValue)", "socket:  \(socketFolder)"]
    if let dataFolder { lines.append("data:    \(dataFolder)") }
    if let serverVersion { lines.append("server:  PostgreSQL \(serverVersion)") }
    return lines.joined(separator: "\n")
  }
}
