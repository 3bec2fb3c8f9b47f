import JSON
import TestSupport
import Testing

/// `grantSelect`: who may read a table is a part of the plan, compared with what the catalog says.
@Suite("grantSelect", .freshDatabase, .timeLimit(.minutes(15)))
struct GrantSelectTests {
  private static let csv = ["t.csv": "id,v\n1,a\n"]

  /// A project of one flow into s.t, by a role that owns the schema `s`.
  private func world(_ readers: [String], role: String) async throws -> World {
    try await TestDatabase.current.execute("CREATE SCHEMA s AUTHORIZATION \(role)")
    return try World(Self.flow(readers), files: Self.csv, role: role)
  }

  private static func flow(_ readers: [String], fields: String = "") -> String {
    "t: {source: {path: t.csv}, destination: wh, table: s.t, grantSelect: [\(readers.joined(separator: ", "))]\(fields)}"
  }

  @Test("lets roles read, finds a grant that was taken back, and takes none back itself")
  func cycle() async throws {
    let database = TestDatabase.current
    let loader = try await database.createRole(), analyst = try await database.createRole("analyst")
    let world = try await world([analyst, "\"Ody \\\"x\\\"; --\"", "public"], role: loader)
    let odd = "Ody \"x\"; --"
    try await database.execute("DROP ROLE IF EXISTS \"Ody \"\"x\"\"; --\"; CREATE ROLE \"Ody \"\"x\"\"; --\"")
    try await database.execute("GRANT USAGE ON SCHEMA s TO \(analyst)")
    let plan = try await world.document("plan")
    let statements = plan.step("flow/t")?["statements"]?.strings ?? []
    #expect(statements.last == "GRANT SELECT ON s.t TO \"Ody \"\"x\"\"; --\", \(analyst), public;")
    let warned = plan.diagnostics("table-privileges").compactMap { $0["help"]?.strings.last }
    #expect(Set(warned) == ["GRANT USAGE ON SCHEMA s TO \"Ody \"\"x\"\"; --\";", "GRANT USAGE ON SCHEMA s TO public;"])
    #expect(plan.diagnostics().allSatisfy { $0["severity"] == "warning" })

    #expect(try await world.sluice("run", "--apply", "--yes").status == 0)
    #expect(try await database.text("SELECT id FROM s.t", as: analyst) == "1")
    #expect(try await world.document("plan", "--detailed-exitcode").status == 0)

    try await database.execute("REVOKE SELECT ON s.t FROM public")
    let drift = try await world.document("plan", "--detailed-exitcode")
    #expect(drift.status == 2)
    #expect(drift.actions == ["flow/t": "repair"])
    #expect(drift.step("flow/t")?["reason"] == "public may not read table s.t any more")
    #expect(drift.step("flow/t")?["statements"]?.strings == ["GRANT SELECT ON s.t TO public;"])
    #expect(try await world.sluice("apply", "--yes").status == 0)
    #expect(try await world.document("plan", "--detailed-exitcode").status == 0)

    try world.setFlows(Self.flow(["\"Ody \\\"x\\\"; --\"", "public"]))
    let fewer = try await world.document("plan")
    #expect(fewer.actions == ["flow/t": "update"])
    #expect(fewer.step("flow/t")?["statements"] == [])
    let note = fewer.diagnostics("table-privileges").first { $0["help"]?.strings.last?.contains("REVOKE") ?? false }
    #expect(note?["severity"] == "warning")
    #expect(note?["help"]?.strings.last == "REVOKE SELECT ON s.t FROM \(analyst);")
    #expect(try await world.sluice("apply", "--yes").status == 0)
    let readers = try await database.text(
      "SELECT DISTINCT grantee FROM information_schema.role_table_grants WHERE table_name = 't' AND grantor <> grantee ORDER BY 1"
    )
    #expect(Set(readers.split(separator: "\n").map(String.init)) == [analyst, odd, "PUBLIC"])
    #expect(try await world.document("plan", "--detailed-exitcode").status == 0)
  }

  @Test("takes a right for granted by whatever way the role has it")
  func ways() async throws {
    let database = TestDatabase.current
    let loader = try await database.createRole(), group = try await database.createRole("readers")
    let member = try await database.createRole("member"), superuser = try await database.createRole("boss")
    let outsider = try await database.createRole("outsider")
    let world = try await world([group, member, superuser, loader, outsider], role: loader)
    try await database.execute(
      """
      GRANT \(group) TO \(member), \(outsider); ALTER ROLE \(superuser) SUPERUSER; ALTER ROLE \(outsider) NOINHERIT;
      CREATE TABLE s.t (id bigint, v text); ALTER TABLE s.t OWNER TO \(loader);
      GRANT SELECT ON s.t TO \(group); GRANT USAGE ON SCHEMA s TO public;
      """)
    let plan = try await world.document("plan")
    #expect(plan.step("flow/t")?["statements"]?.strings == ["GRANT SELECT ON s.t TO \(outsider);"])
    #expect(plan.diagnostics() == [])
    #expect(try await world.sluice("apply", "--yes").status == 0)
    #expect(try await world.document("plan", "--detailed-exitcode").status == 0)
  }

  @Test("is blocked by a role that does not exist, with the name that is near")
  func missing() async throws {
    let database = TestDatabase.current
    let loader = try await database.createRole(), analyst = try await database.createRole("analyst")
    let world = try await world(["\(analyst)s"], role: loader)
    let plan = try await world.document("plan")
    #expect(plan.status == 1)
    #expect(plan.checks("failed", of: "flow/t") == ["table-privileges"])
    let help = plan.diagnostics("table-privileges").first?["help"]?.strings ?? []
    #expect(help.first?.hasPrefix("did you mean `analyst_") == true)
    #expect(help.last == "CREATE ROLE \(analyst)s;")
    try await database.execute("CREATE ROLE \(analyst)s; GRANT USAGE ON SCHEMA s TO \(analyst)s")
    #expect(try await world.sluice("apply", "--yes").status == 0)
    try await database.execute("DROP OWNED BY \(analyst)s; DROP ROLE \(analyst)s")
  }

  @Test("is for the owner where this role may not grant; a grant option is enough")
  func owner() async throws {
    let database = TestDatabase.current
    let loader = try await database.createRole(), analyst = try await database.createRole("analyst")
    let world = try await world([analyst], role: loader)
    try await database.execute(
      """
      CREATE TABLE s.t (id bigint, v text); GRANT INSERT ON s.t TO \(loader); GRANT USAGE ON SCHEMA s TO \(analyst);
      """)
    let plan = try await world.document("plan")
    #expect(plan.checks("failed", of: "flow/t") == ["table-privileges"])
    #expect(plan.diagnostics().first?["help"]?.strings == ["GRANT SELECT ON s.t TO \(analyst);"])
    #expect(plan.diagnostics().first?.place == "flows.yaml:2:\(Self.flow([]).count + 1)")
    try await database.execute("GRANT SELECT ON s.t TO \(loader) WITH GRANT OPTION")
    #expect(try await world.sluice("apply", "--yes").status == 0)
    #expect(try await world.document("plan", "--detailed-exitcode").status == 0)
    #expect(try await database.text("SELECT count(*) FROM s.t", as: analyst) == "0")
  }

  @Test("is asked for all flows and all roles at once")
  func roundTrips() async throws {
    let database = TestDatabase.current
    let loader = try await database.createRole()
    var names: [String] = []
    for _ in 0..<3 { names.append(try await database.createRole("reader")) }
    try await database.execute("CREATE SCHEMA s AUTHORIZATION \(loader)")
    let flows = (1...20).map { number in
      "t\(number): {source: {path: t.csv}, destination: wh, table: s.t\(number), grantSelect: [\(names.joined(separator: ", "))]}"
    }
    let world = try World(flows.joined(separator: "\n"), files: Self.csv, role: loader)
    #expect(try await world.sluice("apply", "--yes").status == 0)
    #expect(try await world.document("plan", "--detailed-exitcode").status == 0)
    let grants = try await database.text(
      "SELECT count(*) FROM pg_class c, aclexplode(relacl) a WHERE relname ~ '^t' AND a.grantee = '\(names[0])'::regrole"
    )
    #expect(grants == "20")
  }
}
