import ArgumentParser
import Catalog
import Connecting
import Diagnostics
import JSON
import Loading
import Manifests
import Planning
import Reconciling
import State
import Views

/// `sluice grants`: what a DBA runs so that the flows have just what they need.
struct GrantsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "grants", abstract: "Print the SQL that gives the flows just the privileges they need.",
    discussion: """
      For a superuser, or for the owners of what is granted on, to run: once, and again after flows were added. Each \
      statement is needed; without one, `sluice plan` is blocked. Tables and the ledger belong to the role that apply \
      makes them with, so that nothing is granted on those.

      Where an authorizer cannot be connected to (the role may not connect yet), the grants are those for a database \
      that has the schemas and no tables.

      Examples:
        sluice grants
        sluice grants warehouse --missing
      """)

  @OptionGroup var project: ProjectOptions
  @OptionGroup var output: OutputOptions
  @Argument(
    help: "An authorizer, as in authorizer/warehouse; default: all that flows write through.", completion: .authorizers)
  var authorizer: String?
  @Flag(help: "Leave out what the roles have already, by whatever way they have it.")
  var missing = false

  func run() async throws {
    let workspace = Workspace(project)
    let speaker = Speaker(output, workspace)
    do {
      let loaded = try Planner(workspace: workspace).manifests()
      let name = try authorizer.map { text throws(Failure) in try loaded.project.authorizer(named: text).name }
      let (all, diagnostics) = try await grants(in: loaded, workspace)
      let grants = all.filter { name == nil || $0.authorizer == name }
      let shown = diagnostics.filter { name == nil || $0.authorizer == name }.map(\.diagnostic)
      speaker.document(grantsDocument(grants, diagnostics: shown))
      speaker.show(shown)
      speaker.result(GrantsScript(project: loaded.project.name, onlyMissing: missing).text(grants))
      if shown.contains(where: { $0.severity == .error }) { throw ExitStatus.failed }
    } catch let failure as Failure {
      throw speaker.stop(failure) { grantsDocument([], diagnostics: $0) }
    }
  }

  private func grants(
    in manifests: LoadedProject, _ workspace: Workspace
  ) async throws -> ([AuthorizerGrants], [(authorizer: String, diagnostic: Diagnostic)]) {
    let planner = Planner(workspace: workspace)
    let state = try workspace.store(environment: manifests.project.environment).read()
    let project = try await planner.expanded(manifests, state: state).project
    let scope = try Scope(Selection(), of: project, state: state)
    let connector = try await workspace.connector(for: project)
    var observation = try await planner.observe(scope, state: state, through: connector)
    var diagnostics: [(authorizer: String, diagnostic: Diagnostic)] = []
    var assumed: Set<String> = []
    let used = Set(project.designs().flatMap(\.authorizers))
    for (name, database) in observation.databases.sorted(by: { $0.key < $1.key }) where used.contains(name) {
      guard case .unreachable(var diagnostic) = database, let authorizer = project.authorizers[name] else { continue }
      if let login = await connector.login(of: authorizer) {
        observation.databases[name] = .reached(
          LiveDatabase(
            assumedFor: name, of: project, login: login.role, role: authorizer.spec.role, database: login.database,
            host: login.host ?? ""))
        assumed.insert(name)
        diagnostic.severity = .warning
        diagnostic.help.append("its grants are printed as for a database that has the schemas and no tables")
      }
      diagnostics.append((name, diagnostic))
    }
    let (_, needs) = Plan.withNeeds(
      scope: scope, state: state, observation: observation, newLineage: Workspace.newLineage())
    let grants = AuthorizerGrants.of(
      project, needs: needs, in: observation, assumed: assumed, onlyMissing: missing)
    for entry in grants {
      diagnostics += entry.missingSchemas.map { (entry.authorizer, .missingSchema($0.name, entry.database.name)) }
    }
    return (grants, diagnostics)
  }
}

extension Project {
  /// The authorizer of this name or address.
  ///
  /// - Throws: `unknown-address`, with the name that is near.
  func authorizer(named text: String) throws(Failure) -> Resource<Authorizer> {
    let name = Address(text).flatMap { $0.kind == .authorizer ? $0.name : nil } ?? text
    if let authorizer = authorizers[name] { return authorizer }
    throw Failure(
      Diagnostic(
        .error, "unknown-address", "there is no authorizer \"\(name)\"",
        help: suggestions(for: name, in: authorizers.keys.sorted(), called: "authorizers")))
  }
}

extension Diagnostic {
  fileprivate static func missingSchema(_ schema: String, _ database: String) -> Diagnostic {
    Diagnostic(
      .error, "schema-exists",
      "schema \"\(schema)\" does not exist in database \"\(database)\", so nothing can be granted on it",
      help: ["`sluice plan` says where its name comes from, and the statement that makes it"])
  }
}
