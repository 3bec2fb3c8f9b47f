import JSON
import TestSupport
import Testing

/// Privileges count however a role comes by them.
@Suite("Privileges", .freshDatabase, .timeLimit(.minutes(15)))
struct PrivilegeWaysTests {
  /// How the role of the authorizer comes by its privileges. ROLE is that role, GROUP another one that may not log in.
  struct Way: CustomTestStringConvertible {
    var testDescription: String
    var sql: String
    /// Whether the authorizer says `role: GROUP`.
    var setsRole = false
    /// Whom new tables belong to: ROLE or GROUP.
    var owner = "ROLE"
    /// The checks of flow/upsert that fail; with none all flows load.
    var failed: [String] = []
  }

  /// All that the flows need, for WHO.
  private static let all = """
    GRANT USAGE, CREATE ON SCHEMA s TO WHO; GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA s TO WHO;
    GRANT TEMPORARY ON DATABASE DBNAME TO WHO;
    """
  private static let ownership = """
    GRANT USAGE, CREATE ON SCHEMA s TO WHO; GRANT TEMPORARY ON DATABASE DBNAME TO WHO; ALTER TABLE s.insert OWNER TO WHO;
    ALTER TABLE s.insert_ignore OWNER TO WHO; ALTER TABLE s.truncate_insert OWNER TO WHO; ALTER TABLE s.upsert OWNER TO WHO;
    ALTER TABLE s.delete OWNER TO WHO; DROP INDEX s.upsert_index; ALTER TABLE s.upsert_all OWNER TO WHO;
    """

  static let ways = [
    Way(testDescription: "granted to the role itself", sql: all.replacing("WHO", with: "ROLE")),
    Way(testDescription: "inherited from a role", sql: all.replacing("WHO", with: "GROUP") + "GRANT GROUP TO ROLE;"),
    Way(
      testDescription: "of a role that it is in without inheriting",
      sql: all.replacing("WHO", with: "GROUP") + "GRANT GROUP TO ROLE; ALTER ROLE ROLE NOINHERIT;",
      failed: ["schema-usage", "schema-create", "database-temp", "table-privileges"]),
    Way(
      testDescription: "of the authorizer's role, without inheriting",
      sql: all.replacing("WHO", with: "GROUP") + "GRANT GROUP TO ROLE; ALTER ROLE ROLE NOINHERIT;", setsRole: true,
      owner: "GROUP"),
    Way(
      testDescription: "of the role alone, and not of the authorizer's role",
      sql: all.replacing("WHO", with: "ROLE") + "GRANT GROUP TO ROLE;", setsRole: true,
      failed: ["schema-usage", "schema-create", "database-temp", "table-privileges"]),
    Way(testDescription: "granted to PUBLIC", sql: all.replacing("WHO", with: "PUBLIC")),
    Way(testDescription: "a superuser's", sql: "ALTER ROLE ROLE SUPERUSER;"),
    Way(testDescription: "the owner's", sql: ownership.replacing("WHO", with: "ROLE")),
    Way(
      testDescription: "of an owner whose rights are inherited",
      sql: ownership.replacing("WHO", with: "GROUP") + "GRANT GROUP TO ROLE;"),
    Way(
      testDescription: "of the authorizer's role, who is the owner",
      sql: ownership.replacing("WHO", with: "GROUP") + "GRANT GROUP TO ROLE; ALTER ROLE ROLE NOINHERIT;",
      setsRole: true,
      owner: "GROUP"),
  ]

  static let modes = ["insert", "insert_ignore", "truncate_insert", "upsert", "delete"]

  @Test("are planned, applied and loaded with, in every write mode", arguments: ways)
  func load(_ way: Way) async throws {
    let database = TestDatabase.current
    let role = try await database.createRole(), group = try await database.createRole("group")
    func named(_ sql: String) -> String {
      sql.replacing("ROLE ROLE ", with: "\u{1} \(role) ").replacing("ROLE", with: role)
        .replacing("\u{1}", with: "ROLE").replacing("GROUP", with: group).replacing("DBNAME", with: database.name)
    }
    try await database.execute("CREATE SCHEMA s; REVOKE ALL ON DATABASE \(database.name) FROM PUBLIC;")
    try await database.execute("GRANT CONNECT ON DATABASE \(database.name) TO \(role)")
    for mode in Self.modes {
      // No privilege is ever needed on a partition, but for the owner's, to build an index.
      try await database.execute(
        """
        CREATE TABLE s.\(mode) (id bigint NOT NULL, v text) PARTITION BY HASH (id);
        CREATE TABLE s.\(mode)_all PARTITION OF s.\(mode) FOR VALUES WITH (MODULUS 1, REMAINDER 0);
        CREATE UNIQUE INDEX \(mode)_index ON s.\(mode) (id);
        INSERT INTO s.\(mode) VALUES (2, 'old'), (9, 'old');
        """)
    }
    try await database.execute(named(way.sql))
    let flows = Self.modes.map { mode in
      let key = ["upsert", "delete"].contains(mode) ? ", key: [id]" : ""
      let file = mode == "insert" ? "new.csv" : "t.csv"
      return "\(mode): {source: {path: \(file)}, destination: wh, writeMode: \(mode)\(key)}"
    }
    let option = way.setsRole ? ", role: \(group)" : ""
    let world = try World(
      (flows + ["made: {source: {path: t.csv}, destination: wh, writeMode: insert}"]).joined(separator: "\n"),
      files: ["t.csv": "id,v\n1,a\n2,b\n", "new.csv": "id,v\n1,a\n3,b\n"],
      connection: """
        authorizers:
          wh: {url: {env: DATABASE_URL}\(option)}
        destinations:
          wh: {authorizer: wh, defaultSchema: s}

        """, role: role)

    let plan = try await world.document("plan")
    #expect(plan.checks("failed", of: "flow/upsert").sorted() == way.failed.sorted(), "\(plan.json)")
    let grantee = way.setsRole ? group : role
    guard way.failed.isEmpty else {
      let remedies = plan.diagnostics().flatMap { $0["help"]?.strings ?? [] }.filter { $0.hasSuffix(";") }
      #expect(remedies.count > 3)
      #expect(remedies.allSatisfy { $0.hasSuffix(" TO \(grantee);") })
      return
    }
    #expect(plan.status == 0, "\(plan.json)")
    let run = try await world.stream("run", "--apply", "--yes")
    #expect(run.status == 0, "\(run.events)")
    #expect(run.counts("insert") == "read 2, inserted 2")
    #expect(run.counts("insert_ignore") == "read 2, inserted 1, rejected 1")
    #expect(run.counts("truncate_insert") == "read 2, inserted 2, deleted 2")
    #expect(run.counts("upsert") == "read 2, inserted 1, updated 1")
    #expect(run.counts("delete") == "read 2, deleted 1, unchanged 2")
    #expect(run.counts("made") == "read 2, inserted 2")
    let owners = "SELECT DISTINCT tableowner FROM pg_tables WHERE tablename IN ('made', '_sluice_loads')"
    #expect(try await database.text(owners) == named(way.owner))
    #expect(try await world.document("plan", "--detailed-exitcode").status == 0)
  }

  @Test("a role that the login role may not set is named, with what grants it")
  func foreignRole() async throws {
    let database = TestDatabase.current
    let role = try await database.createRole(), group = try await database.createRole("group")
    let world = try World(
      "t: {source: {path: t.csv}, destination: wh, writeMode: insert}", files: ["t.csv": "id\n1\n"],
      connection: """
        authorizers:
          wh:
            host: \(database.host)
            port: \(database.port)
            database: \(database.name)
            username: \(role)
            role: \(group)
        destinations:
          wh: {authorizer: wh, defaultSchema: public}

        """, role: role)
    let plan = try await world.document("plan")
    #expect(plan.status == 1)
    let diagnostic = try #require(plan.diagnostics("connection").first, "\(plan.json)")
    #expect(diagnostic["message"]?.stringValue?.contains("permission denied to set role \"\(group)\"") == true)
    #expect(diagnostic["help"]?.strings.contains("GRANT \(group) TO \(role);") == true)
    #expect(diagnostic.place == "connection.yaml:7:11")
  }

  @Test("a ledger of somebody else, for another project, needs SELECT and INSERT and nothing more")
  func otherLedger() async throws {
    let database = TestDatabase.current
    let first = try await database.createRole(), second = try await database.createRole()
    try await database.execute(
      """
      CREATE SCHEMA s; GRANT USAGE, CREATE ON SCHEMA s TO \(first); GRANT USAGE ON SCHEMA s TO \(second);
      CREATE TABLE s.t (id bigint); GRANT INSERT ON s.t TO \(first), \(second);
      """)
    func world(_ role: String, project: String) throws -> World {
      try World(
        "t: {source: {path: t.csv}, destination: wh, table: s.t, writeMode: insert}",
        files: ["t.csv": "id\n1\n2\n", "sluice.yaml": "project: \(project)\n"], role: role)
    }
    #expect(try await world(first, project: "one").sluice("run", "--apply", "--yes").status == 0)
    let other = try world(second, project: "two")
    let plan = try await other.document("plan")
    #expect(
      plan.diagnostics("ledger").first?["help"]?.strings == ["GRANT SELECT, INSERT ON s._sluice_loads TO \(second);"])
    try await database.execute("GRANT SELECT, INSERT ON s._sluice_loads TO \(second)")
    #expect(try await other.stream("run", "--apply", "--yes").counts("t") == "read 2, inserted 2")
    try other.project.write("id\nx\n", to: "t.csv")
    #expect(try await other.sluice("run", "--again").status == 1)
    #expect(
      try await database.text("SELECT project, status, rows_inserted FROM s._sluice_loads ORDER BY finished")
        == "one|loaded|2\ntwo|loaded|2\ntwo|failed|0")
    #expect(try await other.document("plan", "--detailed-exitcode").status == 0)
  }

  @Test("row-level security is a warning that says what loads do instead, and they do")
  func rowSecurity() async throws {
    let database = TestDatabase.current
    let role = try await database.createRole()
    let world = try World(
      """
      t: {source: {path: t.csv}, destination: wh, table: s.t, writeMode: truncate_insert}
      i: {source: {path: t.csv}, destination: wh, table: s.i, writeMode: insert}
      """, files: ["t.csv": "id,who\n1,me\n2,me\n"], role: role)
    try await database.execute(
      """
      CREATE SCHEMA s; GRANT USAGE, CREATE ON SCHEMA s TO \(role);
      CREATE TABLE s.t (id bigint PRIMARY KEY, who text); INSERT INTO s.t VALUES (1, 'me'), (9, 'you');
      CREATE TABLE s.i (id bigint, who text);
      ALTER TABLE s.t ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON s.t USING (who = 'me');
      ALTER TABLE s.i ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON s.i USING (who = 'me');
      GRANT INSERT, TRUNCATE ON s.t TO \(role); GRANT INSERT ON s.i TO \(role);
      REVOKE TEMPORARY ON DATABASE \(database.name) FROM PUBLIC;
      """)
    let blocked = try await world.document("plan")
    // TRUNCATE does not ask policies, so DELETE it must be; and rows are staged.
    #expect(blocked.checks("failed", of: "flow/t") == ["database-temp", "table-privileges"])
    #expect(blocked.checks("failed", of: "flow/i") == ["database-temp"])
    let remedies = blocked.diagnostics().flatMap { $0["help"]?.strings ?? [] }.filter { $0.hasSuffix(";") }
    #expect(
      remedies.sorted() == [
        "GRANT DELETE ON s.t TO \(role);", "GRANT TEMPORARY ON DATABASE \(database.name) TO \(role);",
      ])
    try await database.execute(remedies.joined())
    let plan = try await world.document("plan")
    #expect(plan.status == 0, "\(plan.json)")
    #expect(plan.checks("passed", of: "flow/t").contains("row-security"))
    let warnings = plan.diagnostics("row-security")
    #expect(warnings.map { $0["severity"] } == ["warning", "warning"])
    #expect(warnings.map(\.place).sorted { $0 ?? "" < $1 ?? "" } == ["flows.yaml:2:54", "flows.yaml:3:54"])
    let messages = warnings.map { $0["message"]?.stringValue }
    #expect(messages.contains("policies of table s.t apply to role \(role): they may hide or refuse rows"))
    let help = warnings.flatMap { $0["help"]?.strings ?? [] }
    #expect(help.contains("rows are deleted, not truncated: those that policies hide stay"))
    let run = try await world.stream("run", "--apply", "--yes")
    #expect(run.counts("t") == "read 2, inserted 2, deleted 1")
    #expect(run.counts("i") == "read 2, inserted 2")
    #expect(try await database.text("SELECT id FROM s.t ORDER BY 1") == "1\n2\n9")
    #expect(try await world.document("plan", "--detailed-exitcode").status == 0)
    // Policies may come after the plan.
    try await database.execute("ALTER TABLE s.i DISABLE ROW LEVEL SECURITY")
    #expect(try await world.stream("run", "i", "--again").counts("i") == "read 2, inserted 2")
  }
}
