internal import Catalog
internal import Diagnostics
internal import Manifests

/// What a project's authorizers and flows need to find in a server: roles, databases, schemas. A pure function.
struct SandboxContents: Equatable {
  /// What one database holds.
  struct Database: Equatable {
    /// The roles that log in to it.
    var users: Set<String> = []
    /// The roles that may make tables in a schema, by the schema's name. The first, by name, owns it.
    var schemas: [String: Set<String>] = [:]
    /// The `init` files that run in it, in the order listed.
    var files: [String] = []
  }

  /// An authorizer's way in.
  struct Login: Equatable {
    var user: String
    var database: String
    /// The role that its statements run as.
    var role: String
  }

  /// By the authorizers' names.
  var logins: [String: Login] = [:]
  /// The roles that must be there but never log in: authorizers' `role`, and those that flows let read.
  var groups: Set<String> = []
  /// By name.
  var databases: [String: Database] = [:]

  /// - Throws: `Failure` where a name is one of the sandbox's own, or of PostgreSQL's.
  init(of project: Project) throws {
    for (name, authorizer) in project.authorizers {
      let login = Self.login(authorizer)
      try Self.check(login, authorizer)
      logins[name] = login
      databases[login.database, default: Database()].users.insert(login.user)
      if login.role != login.user { groups.insert(login.role) }
    }
    for flow in project.flows.values { addSchemas(of: flow, in: project) }
    for flow in project.flows.values { groups.formUnion(flow.spec.grantSelect) }
    groups.subtract(logins.values.map(\.user))
    groups.remove("public")
    for role in groups where Self.isReserved(role) {
      throw Self.reserved("role", role, at: nil)
    }
    for file in project.sandboxInit { add(file) }
  }

  /// An authorizer that gives neither name (it has a `url` or a `service`) lends its own.
  static func login(_ authorizer: Resource<Authorizer>) -> Login {
    let user = authorizer.spec.username ?? authorizer.name
    return Login(
      user: user, database: authorizer.spec.database ?? authorizer.name, role: authorizer.spec.role ?? user)
  }

  /// A file named after an authorizer (`crm.sql`) runs in its database alone, any other in each one.
  private mutating func add(_ file: String) {
    let name = file.split(separator: "/").last.map(String.init) ?? file
    let stem = name.hasSuffix(".sql") ? String(name.dropLast(4)) : name
    let targets = logins[stem].map { [$0.database] } ?? Array(databases.keys)
    for database in targets { databases[database]?.files.append(file) }
  }

  /// Adds the schemas that a flow and its destination write; one that comes from the unwritten default alone is left
  /// out, so that its check fails as it would elsewhere.
  private mutating func addSchemas(of flow: Resource<Flow>, in project: Project) {
    guard let destination = project.destinations[flow.spec.destination],
      let login = logins[destination.spec.authorizer]
    else { return }
    let written = WrittenName(flow.spec.table ?? flow.name)?.schema?.name
    let isDefaultWritten =
      destination.places.fields["defaultSchema"] != nil || destination.spec.defaultSchema != Destination().defaultSchema
    let target = written ?? (isDefaultWritten ? destination.spec.defaultSchema : nil)
    for schema in [target, destination.spec.ledgerSchema].compactMap({ $0 }) {
      if schema.hasPrefix("pg_") || schema == "information_schema" { continue }
      databases[login.database]?.schemas[schema, default: []].insert(login.role)
    }
  }

  /// Refuses names that would hand out more than a plain role's rights.
  private static func check(_ login: Login, _ authorizer: Resource<Authorizer>) throws {
    let places = authorizer.places
    if isReserved(login.user) { throw reserved("role", login.user, at: places.place(of: "username")) }
    if isReserved(login.role) { throw reserved("role", login.role, at: places.place(of: "role")) }
    if ["template0", "template1", Sandbox.maintenance].contains(login.database) {
      throw reserved("database", login.database, at: places.place(of: "database"))
    }
  }

  /// Whether it is the sandbox's own role, or one of PostgreSQL's, some of which may read and run files.
  private static func isReserved(_ role: String) -> Bool {
    role.hasPrefix("pg_") || ["public", "none", Sandbox.superuser, Sandbox.owner].contains(role)
  }

  private static func reserved(_ what: String, _ name: String, at place: Place?) -> Failure {
    Failure(
      Diagnostic(
        .error, "sandbox-reserved-name", "the sandbox has no \(what) \"\(name)\" to give: the name is reserved",
        at: place, help: ["use another name in the environment that runs in the sandbox"]))
  }
}
