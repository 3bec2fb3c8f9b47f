import JSON
import TestSupport
import Testing

/// What `grants` prints is enough, and none of it is too much.
@Suite("Grants", .freshDatabase, .timeLimit(.minutes(15)))
struct GrantsTests {
  @Test(
    "for tables to come: all of it lets plan, apply and run pass; without any one of it plan is blocked",
    arguments: 1...6)
  func tablesToCome(seed: UInt64) async throws {
    let world = try await World.random(seed: seed, schemas: ["s", "S 2", "books"])
    let printed = try await world.document("grants")
    #expect(printed.json["authorizers"]?.arrayValue?.first?["observed"] == false)
    let statements = printed.statements
    try await expectExact(statements, in: world)
    #expect(try await world.document("grants").statements == statements)
    #expect(try await world.document("grants", "--missing").statements == [])
    let run = try await world.sluice("run", "--apply", "--yes")
    #expect(run.status == 0, "\(run.error)")
    #expect(try await world.document("plan", "--detailed-exitcode").status == 0)
  }

  @Test("for tables of another role: the same, by grants on the tables and on the ledger", arguments: 7...12)
  func tablesThatExist(seed: UInt64) async throws {
    var world = try await World.random(seed: seed, schemas: ["s", "S 2", "books"])
    let role = world.role
    world.role = world.database.owner
    let made = try await world.sluice("apply", "--yes")
    #expect(made.status == 0, "\(made.error)")
    try world.project.remove("sluice.state.json")
    world.role = role
    try await world.database.execute("GRANT CONNECT ON DATABASE \(world.database.name) TO \(role)")

    let statements = try await world.document("grants").statements
    #expect(!statements.contains { $0.contains("CREATE") })
    try await expectExact(statements, in: world)
    #expect(try await world.document("grants", "--missing").statements == [])
    let plan = try await world.document("plan")
    #expect(Set(plan.actions.values) == ["adopt"])
    let run = try await world.sluice("run", "--apply", "--yes")
    #expect(run.status == 0, "\(run.error)")
    #expect(try await world.document("plan", "--detailed-exitcode").status == 0)
  }

  @Test("with a `role`, the login role gets CONNECT and membership, and nothing else")
  func ownRole() async throws {
    let database = TestDatabase.current
    let login = try await database.createRole("login"), owner = try await database.createRole("owner")
    try await database.execute(World.closing(database) + "CREATE SCHEMA s;")
    let world = try World(
      "t: {source: {path: t.csv}, destination: wh, table: s.t, writeMode: upsert, key: [id]}",
      files: ["t.csv": "id,v\n1,a\n"],
      connection: """
        authorizers:
          wh: {url: {env: DATABASE_URL}, role: \(owner)}
        destinations:
          wh: {authorizer: wh}

        """, role: login)
    let statements = try await world.document("grants").statements
    #expect(
      statements == [
        "GRANT \(owner) TO \(login);", "GRANT CONNECT ON DATABASE \(database.name) TO \(login);",
        "GRANT TEMPORARY ON DATABASE \(database.name) TO \(owner);", "GRANT USAGE, CREATE ON SCHEMA s TO \(owner);",
      ])
    try await expectExact(statements, in: world)
    #expect(try await world.sluice("run", "--apply", "--yes").status == 0)
    #expect(try await database.text("SELECT pg_get_userbyid(relowner) FROM pg_class WHERE relname = 't'") == owner)
  }

  @Test("two roles of one database: what one makes and the other uses goes by default privileges")
  func twoRoles() async throws {
    let database = TestDatabase.current
    let first = try await database.createRole("first"), second = try await database.createRole("second")
    try await database.execute(World.closing(database) + "CREATE SCHEMA s;")
    var world = try World(
      """
      one: {source: {path: t.csv}, destination: wh, table: s.shared, writeMode: insert}
      two: {source: {path: t.csv}, destination: other, table: s.shared, writeMode: truncate_insert, after: [one]}
      """, files: ["t.csv": "id,v\n1,a\n"],
      connection: """
        authorizers:
          wh: {url: {env: DATABASE_URL}}
          wh2: {url: {env: SECOND_URL}}
        destinations:
          wh: {authorizer: wh}
          other: {authorizer: wh2}

        """, role: first)
    world.environment["SECOND_URL"] = world.url.replacing(first, with: second)
    let role = world.role
    // Nothing can be connected to yet, so nothing tells that both are one database but their names.
    try await database.execute("GRANT CONNECT ON DATABASE \(database.name) TO \(role), \(second)")
    let statements = try await world.document("grants").statements
    #expect(
      statements == [
        "GRANT CONNECT ON DATABASE \(database.name) TO \(first);", "GRANT USAGE, CREATE ON SCHEMA s TO \(first);",
        "GRANT CONNECT ON DATABASE \(database.name) TO \(second);", "GRANT USAGE ON SCHEMA s TO \(second);",
        "ALTER DEFAULT PRIVILEGES FOR ROLE \(first) IN SCHEMA s GRANT SELECT, INSERT, TRUNCATE ON TABLES TO \(second);",
      ])
    try await expectExact(statements, in: world, isAlone: false)
    let run = try await world.sluice("run", "--apply", "--yes")
    #expect(run.status == 0, "\(run.error)")
    #expect(try await world.document("plan", "--detailed-exitcode").status == 0)
    #expect(try await world.document("grants", "--missing").statements == [])
  }

  @Test("privileges by PUBLIC, by membership, by ownership and of superusers are not missing")
  func otherWays() async throws {
    let database = TestDatabase.current
    let role = try await database.createRole(), group = try await database.createRole("group")
    var world = try World(
      "t: {source: {path: t.csv}, destination: wh, table: s.t, writeMode: upsert, key: [id]}",
      files: ["t.csv": "id,v\n1,a\n"], role: role)
    try await database.execute(
      """
      CREATE SCHEMA s; GRANT USAGE ON SCHEMA s TO PUBLIC; GRANT CREATE ON SCHEMA s TO \(group); GRANT \(group) TO \(role);
      CREATE TABLE s.t (id bigint PRIMARY KEY, v text); GRANT SELECT ON s.t TO PUBLIC; GRANT INSERT ON s.t TO \(group);
      GRANT UPDATE (v) ON s.t TO \(role);
      """)
    #expect(try await world.document("grants", "--missing").statements == [])
    let all = try await world.document("grants").statements
    #expect(all.contains("GRANT SELECT, INSERT, UPDATE (v) ON s.t TO \(role);"))
    try await database.execute("REVOKE UPDATE (v) ON s.t FROM \(role); REVOKE INSERT ON s.t FROM \(group)")
    #expect(
      try await world.document("grants", "--missing").statements == ["GRANT INSERT, UPDATE ON s.t TO \(role);"])
    world.role = database.owner
    #expect(try await world.document("grants", "--missing").statements == [])
    #expect(try await world.sluice("grants").output.contains("-- The role is a superuser, who needs none of this."))
  }

  @Test("a reader whom the role may not let read is granted by the owner")
  func readers() async throws {
    let database = TestDatabase.current
    let role = try await database.createRole(), reader = try await database.createRole("reader")
    try await database.execute(
      """
      CREATE SCHEMA s; CREATE TABLE s.t (id bigint, v text);
      GRANT USAGE ON SCHEMA s TO \(reader); \(World.closing(database))
      GRANT CONNECT ON DATABASE \(database.name) TO \(role);
      """)
    let world = try World(
      "t: {source: {path: t.csv}, destination: wh, table: s.t, writeMode: insert, grantSelect: [\(reader)]}",
      files: ["t.csv": "id,v\n1,a\n"], role: role)
    let statements = try await world.document("grants").statements
    #expect(statements.contains("GRANT SELECT ON s.t TO \(reader);"))
    try await expectExact(statements, in: world)
  }

  @Test("as SQL for people: comments name the flows; what cannot be granted is an error")
  func human() async throws {
    let database = TestDatabase.current
    let role = try await database.createRole("Ro\"le; --\n")
    let world = try World(
      """
      a: {source: {path: t.csv}, destination: wh, table: s.a, writeMode: insert}
      b: {source: {path: t.csv}, destination: wh, table: nowhere.b, writeMode: insert}
      """, files: ["t.csv": "id,v\n1,a\n"],
      connection: """
        authorizers:
          wh: {host: \(database.host), port: \(database.port), database: \(database.name), username: "\(role.replacing("\"", with: "\\\"").replacing("\n", with: "\\n"))"}
          unused: {host: nowhere.invalid, database: x, username: y}
        destinations:
          wh: {authorizer: wh}

        """)
    try await database.execute("CREATE SCHEMA s")
    let outcome = try await world.sluice("grants")
    #expect(outcome.status == 1)
    #expect(outcome.error.contains("error[schema-exists]: schema \"nowhere\" does not exist"))
    #expect(outcome.output.contains("-- flow/a, flow/b\nGRANT CONNECT ON DATABASE"))
    try await database.execute(outcome.output)
    try await database.execute("CREATE SCHEMA nowhere")
    try await database.execute(try await world.sluice("grants", "authorizer/wh", "--missing").output)
    #expect(!outcome.error.contains("unused"))
    let plan = try await world.document("plan")
    #expect([plan.action("flow/a"), plan.action("flow/b")] == ["create", "create"])
    let unknown = try await world.sluice("grants", "hw")
    #expect(unknown.status == 1)
    #expect(unknown.error.contains("did you mean `wh`?"))
  }

  // MARK: -

  /// Runs `statements` as a superuser, twice, and expects a plan to pass; then takes away what they grant, one privilege
  /// at a time, and expects the plan to be blocked by just the check of that privilege.
  ///
  /// - Parameter isAlone: whether nothing else fails for want of it.
  private func expectExact(_ statements: [String], in world: World, isAlone: Bool = true) async throws {
    for _ in 1...2 { try await world.database.execute(statements.joined(separator: "\n")) }
    let plan = try await world.document("plan")
    #expect(plan.status == 0, "\(statements)\n\(plan.json)")
    for grant in try statements.flatMap(SingleGrant.all) {
      try await world.database.execute(grant.revoke)
      let blocked = try await world.document("plan")
      #expect(blocked.status == 1, "without \(grant.grant)")
      let failed = blocked.failedChecks
      #expect(isAlone ? failed == [grant.check] : failed.contains(grant.check), "without \(grant.grant): \(failed)")
      try await world.database.execute(grant.grant)
    }
    #expect(try await world.document("plan").status == 0)
  }
}

/// One privilege of a statement of `grants`.
private struct SingleGrant {
  var grant: String
  var revoke: String
  var check: String

  static func all(of statement: String) throws -> [SingleGrant] {
    let words = statement.dropLast().split(separator: " GRANT ", maxSplits: 1)
    let isDefault = statement.hasPrefix("ALTER DEFAULT PRIVILEGES")
    let prefix = isDefault ? "\(words[0]) " : ""
    let rest = isDefault ? words[1] : statement.dropLast().dropFirst("GRANT ".count)
    guard let on = rest.firstRange(of: " ON ") else {
      let to = try #require(rest.firstRange(of: " TO "))
      let role = rest[..<to.lowerBound], member = rest[to.upperBound...]
      return [SingleGrant(grant: statement, revoke: "REVOKE \(role) FROM \(member)", check: "connection")]
    }
    let to = try #require(rest.ranges(of: " TO ").last)
    let object = rest[on.upperBound..<to.lowerBound], role = rest[to.upperBound...]
    return rest[..<on.lowerBound].split(separator: ", ").map { privilege in
      SingleGrant(
        grant: "\(prefix)GRANT \(privilege) ON \(object) TO \(role)",
        revoke: "\(prefix)REVOKE \(privilege) ON \(object) FROM \(role)",
        check: check(String(privilege), String(object), isDefault: isDefault))
    }
  }

  private static func check(_ privilege: String, _ object: String, isDefault: Bool) -> String {
    switch privilege {
    case "CONNECT": "connection"
    case "TEMPORARY": "database-temp"
    case "USAGE": "schema-usage"
    case "CREATE": "schema-create"
    default:
      // The ledger's is the only default privilege SELECT of the project with two roles.
      object.hasSuffix("_sluice_loads") || (isDefault && privilege == "SELECT") ? "ledger" : "table-privileges"
    }
  }
}

extension Document {
  /// The statements of all authorizers, in order.
  var statements: [String] { (json["authorizers"]?.arrayValue ?? []).flatMap { $0["statements"]?.strings ?? [] } }

  /// The identifiers of all checks of a plan that failed.
  var failedChecks: Set<String> {
    Set((json["steps"]?.arrayValue ?? []).flatMap { checks("failed", of: $0["address"]?.stringValue ?? "") })
  }
}
