import JSON
import TestSupport
import Testing

/// Renames and deletions through the tool, on a real server.
@Suite("Renamed and removed flows", .freshDatabase, .timeLimit(.minutes(15)))
struct RenamedFlowTests {
  @Test("keep their loads under the former name: a file that was loaded is not loaded again")
  func files() async throws {
    let flow = "source: {path: t.csv}, destination: wh, table: t, writeMode: insert, columns: {id: bigint}"
    let world = try World("old: {\(flow)}", files: ["t.csv": "id\n1\n2\n"])
    #expect(try await world.stream("run", "--apply", "--yes").counts("old") == "read 2, inserted 2")
    try world.setFlows("new: {\(flow), renamedFrom: old}")
    let plan = try await world.document("plan")
    #expect(plan.actions == ["flow/new": "rename"])
    #expect(plan.step("flow/new")?["changes"] == [])
    #expect(try await world.sluice("apply", "--yes").status == 0)
    #expect(try await world.document("plan", "--detailed-exitcode").status == 0)
    #expect(try await world.stream("run").outcome("new")?["status"] == "skipped")
    #expect(try await world.sluice("state", "list").output == "authorizer/wh\ndestination/wh\nflow/new\n")
    // The line may stay, or go.
    try world.setFlows("new: {\(flow)}")
    #expect(try await world.document("plan", "--detailed-exitcode").status == 0)
  }

  @Test("that are removed leave their tables, and the plan says how many rows stay")
  func rowsStay() async throws {
    let flow = "source: {path: t.csv}, destination: wh, columns: {id: bigint}"
    let world = try World("t: {\(flow)}\nu: {\(flow)}", files: ["t.csv": "id\n1\n2\n"])
    #expect(try await world.sluice("run", "--apply", "--yes").status == 0)
    try world.setFlows("u: {\(flow)}")
    let plan = try await world.document("plan")
    #expect(plan.actions == ["flow/t": "delete"])
    #expect(
      plan.step("flow/t")?["reason"] == "no longer in the manifests; table public.t stays, with its 2 rows")
    #expect(try await world.sluice("apply", "--yes").status == 1)
    let refused = try await world.sluice("apply", "--yes", "--allow-delete", "0")
    #expect(refused.error.contains("--allow-delete 1"))
    #expect(try await world.sluice("apply", "--yes", "--allow-delete", "1").status == 0)
    #expect(try await world.database.text("SELECT count(*) FROM t") == "2")
    #expect(try await world.document("plan", "--detailed-exitcode").status == 0)
  }
}

/// Drift through the tool, on a real server.
@Suite("Tables that others changed", .freshDatabase, .timeLimit(.minutes(15)))
struct DriftedTableTests {
  @Test("A table that was dropped and made anew is a repair, once")
  func madeAnew() async throws {
    let world = try World(
      "t: {source: {path: t.csv}, destination: wh, columns: {id: bigint}}", files: ["t.csv": "id\n1\n"])
    #expect(try await world.sluice("apply", "--yes").status == 0)
    #expect(try await world.document("plan", "--detailed-exitcode").status == 0)
    try await world.database.execute("DROP TABLE t; CREATE TABLE t (id bigint)")
    let plan = try await world.document("plan")
    #expect(plan.actions == ["flow/t": "repair"])
    #expect(try await world.sluice("apply", "--yes").status == 0)
    #expect(try await world.document("plan", "--detailed-exitcode").status == 0)
  }

  @Test("A declared default is set where it changes or was dropped, compared as the server writes it")
  func defaults() async throws {
    func flow(_ value: String) -> String {
      "t: {source: {path: t.csv}, destination: wh, columns: {id: bigint, total: {type: \"numeric(12,2)\", default: \(value)}}}"
    }
    let world = try World(flow("0"), files: ["t.csv": "id,total\n1,2\n"])
    func live() async throws -> String {
      try await world.database.text(
        "SELECT coalesce(string_agg(pg_get_expr(adbin, adrelid), ','), '') FROM pg_attrdef WHERE adrelid = 't'::regclass"
      )
    }
    func settle(_ action: String, _ value: String) async throws {
      #expect(try await world.document("plan").actions == ["flow/t": action])
      #expect(try await world.sluice("apply", "--yes").status == 0)
      #expect(try await live() == value)
      #expect(try await world.document("plan", "--detailed-exitcode").status == 0)
    }
    #expect(try await world.sluice("apply", "--yes").status == 0)
    #expect(try await live() == "'0'::numeric")
    #expect(try await world.document("plan", "--detailed-exitcode").status == 0)
    try world.setFlows(flow("{sql: 1 + 1}"))
    try await settle("update", "(1 + 1)")
    try await world.database.execute("ALTER TABLE t ALTER total DROP DEFAULT")
    let plan = try await world.document("plan")
    #expect(
      plan.step("flow/t")?["changes"] == [
        ["path": "columns.total.default", "before": "(1 + 1)", "after": nil, "side": "database"]
      ])
    try await settle("repair", "(1 + 1)")
  }
}
