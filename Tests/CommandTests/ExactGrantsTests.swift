import JSON
import TestSupport
import Testing

/// What `plan` asks for is enough: a role that has just that can apply, and load twice.
@Suite("Exact grants", .freshDatabase, .timeLimit(.minutes(15)))
struct ExactGrantsTests {
  struct Need: CustomTestStringConvertible {
    var mode: String
    var grants: String
    var stages = false
    /// What the first load brings.
    var counts: String
    var testDescription: String { "\(mode): \(grants)" }
  }

  static let needs = [
    Need(mode: "insert", grants: "INSERT (id, total)", counts: "read 2, inserted 2"),
    Need(
      mode: "insert_ignore", grants: "INSERT (id, total), SELECT (id)", stages: true,
      counts: "read 2, inserted 1, rejected 1"),
    Need(mode: "truncate_insert", grants: "INSERT (id, total), TRUNCATE", counts: "read 2, inserted 2"),
    Need(mode: "truncate_insert", grants: "INSERT (id, total), DELETE", counts: "read 2, inserted 2, deleted 1"),
    Need(
      mode: "upsert", grants: "SELECT (id, total), INSERT (id, total), UPDATE (total)", stages: true,
      counts: "read 2, inserted 1, updated 1"),
    Need(mode: "delete", grants: "SELECT (id), DELETE", stages: true, counts: "read 2, deleted 1, unchanged 2"),
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
      t: {source: {path: t.csv}, destination: wh, table: s.t, writeMode: \(need.mode)\(key), \
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
      GRANT \(need.grants) ON s.t TO \(role);
      """)
    try await makeLedger(of: world)
    try await database.execute("GRANT SELECT, INSERT ON s._sluice_loads TO \(role)")

    let plan = try await world.document("plan")
    #expect(plan.status == 0, "\(plan.json)")
    #expect(plan.diagnostics() == [])
    let apply = try await world.sluice("apply", "--yes")
    #expect(apply.status == 0, "\(apply.error)")
    let load = try await world.stream("run")
    #expect(load.status == 0, "\(load.events)")
    #expect(load.counts("t") == need.counts)
    #expect(try await world.document("plan", "--detailed-exitcode").status == 0)
  }

  /// Makes the ledger as its step in a superuser's plan says.
  private func makeLedger(of world: World) async throws {
    var superuser = world
    superuser.role = world.database.owner
    let plan = try await superuser.document("plan")
    let statements = plan.step("ledger/wh.s")?["statements"]?.strings ?? []
    #expect(statements.count == 3)
    try await world.database.execute(statements.joined(separator: "\n"))
  }
}
