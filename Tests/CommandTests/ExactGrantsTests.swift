import JSON
import TestSupport
import Testing

/// What `plan` asks for is enough: a role that has just that can apply, and load twice.
@Suite("Exact grants", .freshDatabase, .timeLimit(.minutes(15)))
struct ExactGrantsTests {
  struct Need: CustomTestStringConvertible {
    var mode: String
    /// Each alone: without any one of them the plan is blocked.
    var grants: [String]
    var stages = false
    /// A line of the flow besides.
    var also = ""
    /// What the first load brings.
    var counts: String
    var testDescription: String { "\(mode): \(grants.joined(separator: ", "))" }
  }

  static let needs = [
    Need(mode: "insert", grants: ["INSERT (id)", "INSERT (total)"], counts: "read 2, inserted 2"),
    Need(
      mode: "insert_ignore", grants: ["SELECT (id)", "INSERT (id)", "INSERT (total)"], stages: true,
      counts: "read 2, inserted 1, rejected 1"),
    Need(
      mode: "truncate_insert", grants: ["INSERT (id)", "INSERT (total)", "TRUNCATE"], counts: "read 2, inserted 2"),
    Need(
      mode: "truncate_insert", grants: ["INSERT (id)", "INSERT (total)", "DELETE"],
      counts: "read 2, inserted 2, deleted 1"),
    Need(
      mode: "truncate_insert", grants: ["INSERT (id)", "INSERT (total)", "DELETE"], also: "readers: keep",
      counts: "read 2, inserted 2, deleted 1"),
    Need(
      mode: "upsert",
      grants: ["SELECT (id)", "SELECT (total)", "INSERT (id)", "INSERT (total)", "UPDATE (total)"], stages: true,
      counts: "read 2, inserted 1, updated 1"),
    Need(
      mode: "upsert",
      grants: ["SELECT (id)", "SELECT (total)", "INSERT (id)", "INSERT (total)", "UPDATE (total)", "DELETE"],
      stages: true, also: "deleteMissing: true", counts: "read 2, inserted 1, updated 1"),
    Need(mode: "delete", grants: ["SELECT (id)", "DELETE"], stages: true, counts: "read 2, deleted 1, unchanged 2"),
  ]

  @Test("are enough to plan, apply and run", arguments: needs)
  func enough(_ need: Need) async throws {
    let database = TestDatabase.current
    let role = try await database.createRole()
    let key = ["upsert", "delete"].contains(need.mode) ? ", key: [id]" : ""
    // The other modes' rows must not meet the one that is there.
    let start = need.mode == "insert" || need.mode == "truncate_insert" ? 100 : 2
    let world = try World(
      """
      t: {source: {path: t.csv}, destination: wh, table: s.t, writeMode: \(need.mode)\(key)\(need.also.isEmpty ? "" : ", \(need.also)"), \
      columns: {id: bigint, total: numeric}}
      """, files: ["t.csv": "id,total\n1,2.5\n2,3\n"], role: role)
    try await database.execute(
      """
      CREATE SCHEMA s;
      CREATE TABLE s.t (id bigint PRIMARY KEY, total numeric, note text DEFAULT 'none');
      INSERT INTO s.t (id, total) VALUES (\(start), 0);
      REVOKE ALL ON DATABASE \(database.name) FROM PUBLIC;
      GRANT CONNECT \(need.stages ? ", TEMPORARY" : "") ON DATABASE \(database.name) TO \(role);
      GRANT USAGE ON SCHEMA s TO \(role);
      GRANT \(need.grants.joined(separator: ", ")) ON s.t TO \(role);
      """)
    try await makeLedger(of: world)
    try await database.execute("GRANT SELECT, INSERT ON s._sluice_loads TO \(role)")

    let plan = try await world.document("plan")
    #expect(plan.status == 0, "\(plan.json)")
    #expect(plan.diagnostics() == [])
    for grant in need.grants { try await expectBlocked(without: grant, of: need, in: world) }
    let apply = try await world.sluice("apply", "--yes")
    #expect(apply.status == 0, "\(apply.error)")
    let load = try await world.stream("run")
    #expect(load.status == 0, "\(load.events)")
    #expect(load.counts("t") == need.counts)
    #expect(try await world.document("plan", "--detailed-exitcode").status == 0)
  }

  /// Takes one privilege away, and gives back what the plan says is missing: just that.
  private func expectBlocked(without grant: String, of need: Need, in world: World) async throws {
    try await world.database.execute("REVOKE \(grant) ON s.t FROM \(world.role)")
    let plan = try await world.document("plan")
    #expect(plan.checks("failed", of: "flow/t") == ["table-privileges"], "\(grant)")
    let help = plan.diagnostics("table-privileges").first?["help"]?.strings ?? []
    // Single columns where the role has others already; where it may be TRUNCATE or DELETE, the one that readers wait for.
    let worksByColumns = need.grants.contains { $0 != grant && $0.contains("(") }
    var missing = worksByColumns ? grant : grant.prefix { $0 != " " }.description
    if need.mode == "truncate_insert", need.also.isEmpty, grant == "DELETE" { missing = "TRUNCATE" }
    #expect(help.last == "GRANT \(missing) ON s.t TO \(world.role);")
    try await world.database.execute("GRANT \(grant) ON s.t TO \(world.role)")
  }

  /// Makes the ledger as its step in a superuser's plan says.
  private func makeLedger(of world: World) async throws {
    var superuser = world
    superuser.role = world.database.owner
    let plan = try await superuser.document("plan")
    let statements = plan.step("ledger/wh.s")?["statements"]?.strings ?? []
    #expect(statements.count == 4)
    try await world.database.execute(statements.joined(separator: "\n"))
  }
}
