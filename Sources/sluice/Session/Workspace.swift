import Connecting
import Diagnostics
import Manifests
import Postgres
import Loading
import Sandbox
import Secrets
import State
import SystemPackage
import Views

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// What a command works with: the project's folder, its state, its connections. Made once, at the edge.
struct Workspace {
  var options: ProjectOptions
  /// Absolute.
  let folder: FilePath
  let environment: [String: String]
  /// Shared by all connections of the command.
  private let secrets: SecretReader

  init(_ options: ProjectOptions) {
    self.options = options
    environment = Sluice.environment
    let current = FilePath(FileManager.default.currentDirectoryPath)
    folder = current.pushing(FilePath(options.location.directory)).lexicallyNormalized()
    secrets = SecretReader(folder: folder, environment: environment)
  }

  /// Reads the manifests.
  func load() throws(Failure) -> LoadedProject {
    var loaded = try Project.load(
      folder: folder,
      options: LoadOptions(
        environment: options.environment, variables: options.variableValues, processEnvironment: environment,
        isUntrusted: options.untrusted))
    if options.untrusted {
      loaded.diagnostics = (loaded.diagnostics + loaded.project.strayFiles(in: folder) + strayFolders).sorted()
    }
    return loaded
  }

  /// Refuses what a stranger may not bring to be run: the project may be one out of a state, which may be theirs too.
  ///
  /// - Throws: `Failure` with the code `untrusted`, only with --untrusted.
  func checkTrust(in project: Project) throws(Failure) {
    guard options.untrusted else { return }
    let found = project.untrusted(in: folder) + project.strayFiles(in: folder)
    if !found.isEmpty { throw Failure(found.sorted()) }
  }

  /// What is wrong with Sluice's own folder in the project, which it writes to: a stranger's may be a link.
  private var strayFolders: [Diagnostic] {
    let bounds = ProjectBounds(of: folder)
    let hidden = ".sluice"
    func refused(_ name: String) -> [Diagnostic] { [.untrusted(path: name, "`\(hidden)`", at: nil)] }
    if !bounds.contain(hidden) { return refused(hidden) }
    let inside = (try? FileManager.default.subpathsOfDirectory(atPath: folder.appending(hidden).string)) ?? []
    return inside.sorted().map { "\(hidden)/\($0)" }.first { !bounds.contain($0) }.map(refused) ?? []
  }

  /// The environment that was chosen: with `--env`, or by SLUICE_ENV. Whether there is such a one, the manifests say.
  var environmentName: String? {
    options.environment ?? environment["SLUICE_ENV"].flatMap { $0.isEmpty ? nil : $0 }
  }

  /// The state of `environment`: a file of its own, and another one for the sandbox.
  func store(environment name: String?) -> StateFile {
    let part = name.map { "\($0)." } ?? ""
    let path: FilePath =
      if let written = options.state {
        folder.pushing(FilePath(written))
      } else if options.sandbox {
        folder.appending(".sluice").appending("\(sandboxName).\(part)state.json")
      } else {
        folder.appending("sluice.\(part)state.json")
      }
    return StateFile(path) { command in
      LockHolder(
        pid: Int(ProcessInfo.processInfo.processIdentifier), host: ProcessInfo.processInfo.hostName, command: command,
        since: Self.now())
    }
  }

  /// Opens connections to the project's authorizers, or to the sandbox in their place.
  ///
  /// - Throws: `Failure` with a diagnostic for each authorizer with --untrusted and without --sandbox.
  func connector(for project: Project) async throws -> any Connector {
    ChildEnvironment.withhold(project.secretVariables)
    if options.untrusted, !options.sandbox {
      let refused =
        project.authorizers.values.map { Self.unconnected("authorizer \($0.name)", at: $0.places.resource) }
        + project.tunnels.values.map { Self.unconnected("tunnel \($0.name)", at: $0.places.resource) }
      if !refused.isEmpty { throw Failure(refused.sorted()) }
    }
    if options.sandbox {
      let sandbox = try sandbox()
      try await sandbox.start(for: project)
      return SandboxConnector(sandbox: sandbox, command: Sluice.command)
    }
    return DirectConnector(
      folder: folder.string, secrets: secrets, environment: Sluice.postgresEnvironment,
      isOnlyAuthorizer: project.authorizers.count == 1, tunnels: tunnels(of: project),
      command: Sluice.command)
  }

  /// What opens the project's tunnels; those of one command are the same, whoever asks for them.
  func tunnels(of project: Project) -> ProjectTunnels {
    ProjectTunnels(project.tunnels, folder: folder.string, secrets: secrets, opened: Sluice.tunnels)
  }

  private static func unconnected(_ what: String, at place: Place) -> Diagnostic {
    .untrusted(
      "\(what) would be connected to", at: place,
      help: ["add --sandbox, which puts a private cluster in the place of every server"])
  }

  /// A command line of this project, with the options that this one was given: to be shown, ready to copy.
  func commandLine(_ command: String) -> String {
    var line = "sluice \(command)"
    if options.location.directory != "." { line += " -C \(quoted(options.location.directory))" }
    if let name = options.environment { line += " --env \(quoted(name))" }
    if let state = options.state { line += " --state \(quoted(state))" }
    for variable in options.variables { line += " --var \(quoted(variable))" }
    if options.sandbox { line += " --sandbox" }
    return options.untrusted ? line + " --untrusted" : line
  }

  /// `text` as a shell takes it for one word.
  func quoted(_ text: String) -> String { ShellWord.quoted(text) }

  /// The project's private cluster.
  func sandbox() throws -> Sandbox {
    try Sandbox(project: folder, environment: environment, isUntrusted: options.untrusted)
  }

  /// What the files of the sandbox's state start with.
  private var sandboxName: String { options.untrusted ? "untrusted-sandbox" : "sandbox" }

  /// Removes the states of what was applied to the sandbox, of every environment.
  func removeSandboxStates() throws {
    let hidden = folder.appending(".sluice").string
    for name in (try? FileManager.default.contentsOfDirectory(atPath: hidden)) ?? []
    where name.hasPrefix("\(sandboxName).") && name.contains("state.json") {
      try FileManager.default.removeItem(atPath: "\(hidden)/\(name)")
    }
  }

  /// Who is at work, for the ledger: `anna@etl-1`.
  static var who: String { "\(userName)@\(ProcessInfo.processInfo.hostName)" }

  /// The system's name of the user.
  static var userName: String { ProcessInfo.processInfo.userName }

  /// The time, as RFC 3339 in UTC.
  @Sendable static func now() -> String { Date().ISO8601Format() }

  /// A new lineage.
  static func newLineage() -> String { UUID().uuidString.lowercased() }
}
