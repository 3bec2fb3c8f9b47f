internal import Catalog
internal import Postgres

/// An `init` file that ran in a database.
struct InitRun: Hashable, Sendable {
  var database: String
  var file: String
}

extension Database {
  /// Makes the roles and databases that are missing, in as many round trips as there are missing ones, and two.
  ///
  /// - Returns: the `init` files that have run.
  func makeRolesAndDatabases(_ contents: SandboxContents) throws -> Set<InitRun> {
    let users = Set(contents.logins.values.map(\.user))
    let answers = try pipeline([
      .query(
        """
        CREATE TABLE IF NOT EXISTS init_run (database text, file text, PRIMARY KEY (database, file))
        """, sync: true),
      .query("SELECT rolname, rolcanlogin FROM pg_roles"),
      .query("SELECT datname, pg_get_userbyid(datdba) FROM pg_database"),
      .query("SELECT database, file FROM init_run"),
      .query(
        """
        SELECT r.rolname, m.rolname FROM pg_auth_members a JOIN pg_roles r ON r.oid = a.roleid
        JOIN pg_roles m ON m.oid = a.member
        """),
    ])
    let roles = Dictionary(
      try answers[1].rows().map { ($0.text(0) ?? "", $0.bool(1) ?? false) }, uniquingKeysWith: { $1 })
    let owners = Dictionary(
      try answers[2].rows().map { ($0.text(0) ?? "", $0.text(1) ?? "") }, uniquingKeysWith: { $1 })
    let runs = try answers[3].rows().map { InitRun(database: $0.text(0) ?? "", file: $0.text(1) ?? "") }
    let members = Set(try answers[4].rows().map { Membership(role: $0.text(0) ?? "", member: $0.text(1) ?? "") })

    var changes: [SQL] = []
    for role in users.sorted() where roles[role] != true {
      changes.append("\(raw: roles[role] == nil ? "CREATE" : "ALTER") ROLE \(identifier: Identifier(role)) LOGIN")
    }
    for role in contents.groups.sorted() where roles[role] == nil {
      changes.append("CREATE ROLE \(identifier: Identifier(role)) NOLOGIN")
    }
    for wanted in Membership.wanted(contents).subtracting(members).sorted() {
      changes.append("GRANT \(identifier: Identifier(wanted.role)) TO \(identifier: Identifier(wanted.member))")
    }
    try runAll(changes)
    for name in contents.databases.keys.sorted() { try makeDatabase(name, owner: owners[name]) }
    return Set(runs)
  }

  private func makeDatabase(_ name: String, owner: String?) throws {
    let owned: SQL = "OWNER \(identifier: Identifier(Sandbox.owner))"
    if owner == nil {
      // Neither runs in a transaction with others.
      try run("CREATE DATABASE \(identifier: Identifier(name)) \(sql: owned)")
    } else if owner != Sandbox.owner {
      try run("ALTER DATABASE \(identifier: Identifier(name)) OWNER TO \(identifier: Identifier(Sandbox.owner))")
    }
  }

  /// Makes the schemas that are missing, and lets the database's roles use them, and what `init` files will make.
  func makeSchemas(_ wanted: SandboxContents.Database) throws {
    let live = try pipeline([
      .query("SELECT nspname FROM pg_namespace"),
      .query(
        """
        SELECT n.nspname, r.rolname FROM pg_namespace n CROSS JOIN pg_roles r
        WHERE n.nspname = ANY (\(value: Array(wanted.schemas.keys)))
          AND r.rolname = ANY (\(value: Array(Set(wanted.schemas.values.joined()))))
          AND has_schema_privilege(r.oid, n.oid, 'CREATE') AND has_schema_privilege(r.oid, n.oid, 'USAGE')
        """),
      .query(
        """
        SELECT pg_get_userbyid((aclexplode(defaclacl)).grantee) FROM pg_default_acl
        WHERE defaclrole = \(value: Sandbox.owner)::regrole AND defaclobjtype = 'r'
        """),
    ])
    let schemas = Set(try live[0].rows().map { $0.text(0) ?? "" })
    let mayCreate = Set(try live[1].rows().map { SchemaUser(schema: $0.text(0) ?? "", role: $0.text(1) ?? "") })
    let served = Set(try live[2].rows().map { $0.text(0) ?? "" })

    var changes: [SQL] = []
    for (schema, roles) in wanted.schemas.sorted(by: { $0.key < $1.key }) {
      let name = Identifier(schema)
      let isNew = !schemas.contains(schema)
      if isNew, let owner = roles.min() {
        changes.append("CREATE SCHEMA \(identifier: name) AUTHORIZATION \(identifier: Identifier(owner))")
      }
      for role in roles.sorted() where !mayCreate.contains(SchemaUser(schema: schema, role: role)) {
        changes.append("GRANT CREATE, USAGE ON SCHEMA \(identifier: name) TO \(identifier: Identifier(role))")
      }
    }
    for user in wanted.users.subtracting(served).sorted() { changes += Self.serve(Identifier(user)) }
    try runAll(changes)
  }

  /// Lets `user` use what the `init` files make.
  private static func serve(_ user: Identifier) -> [SQL] {
    let start: SQL = "ALTER DEFAULT PRIVILEGES FOR ROLE \(identifier: Identifier(Sandbox.owner)) GRANT"
    return [
      ("SELECT, INSERT, UPDATE, DELETE, TRUNCATE", "TABLES"), ("USAGE, SELECT", "SEQUENCES"), ("USAGE", "SCHEMAS"),
    ].map { "\(sql: start) \(raw: $0.0) ON \(raw: $0.1) TO \(identifier: user)" }
  }

  /// All of `changes` in one transaction and one round trip.
  private func runAll(_ changes: [SQL]) throws {
    if changes.isEmpty { return }
    try transaction(prelude: changes) { _ in }
  }
}

/// A role that may make tables in a schema.
private struct SchemaUser: Hashable {
  var schema: String
  var role: String
}

/// A role, and one that is in it.
private struct Membership: Hashable, Comparable {
  var role: String
  var member: String

  /// A login role is in the role that it turns into; the owner is in all that own schemas, to make tables in them.
  static func wanted(_ contents: SandboxContents) -> Set<Membership> {
    var wanted: Set<Membership> = []
    for login in contents.logins.values {
      if login.role != login.user { wanted.insert(Membership(role: login.role, member: login.user)) }
      wanted.insert(Membership(role: login.role, member: Sandbox.owner))
    }
    return wanted
  }

  static func < (left: Membership, right: Membership) -> Bool {
    (left.role, left.member) < (right.role, right.member)
  }
}
