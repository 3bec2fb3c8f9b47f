import JSON
import TestSupport
import Testing

/// `apply` does what the plan says, records it, and nothing else.
@Suite("apply", .freshDatabase, .timeLimit(.minutes(15)))
struct ApplyTests {
  static let upsert = """
    t: {source: {path: t.csv}, destination: wh, writeMode: upsert, key: [id, region]}
    """

  @Test("makes the table with its key, and the ledger; then there is nothing to do")
  func creates() async throws {
    let world = try World(Self.upsert, files: ["t.csv": "region,id,total\neu,1,2.5\n"])
    let stream = try await world.stream("apply", "--yes")
    #expect(stream.status == 0)
    let steps = stream.events("step").map { "\($0["address"]?.stringValue ?? "") \($0["status"]?.stringValue ?? "")" }
    let addresses = ["authorizer/wh", "destination/wh", "ledger/wh.public", "flow/t"]
    #expect(steps == addresses.map { "\($0) done" })
    #expect(stream.events.last?["event"] == "finished")
    #expect(stream.events.last?["summary"]?["create"] == 4)
    let columns =
      "SELECT attname, atttypid::regtype, attnotnull FROM pg_attribute WHERE attrelid = 't'::regclass AND attnum > 0"
    #expect(try await world.database.text(columns) == "region|text|t\nid|bigint|t\ntotal|numeric|f")
    #expect(
      try await world.database.text(
        "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 't'::regclass")
        == "PRIMARY KEY (id, region)")
    #expect(try await world.database.text("SELECT count(*) FROM _sluice_loads") == "0")

    let again = try await world.document("plan", "--detailed-exitcode")
    #expect(again.status == 0)
    #expect(again.actions == [:])
    #expect(again.json["serial"] == 1)
  }

  @Test("a second apply leaves the state as it is, byte for byte")
  func idempotent() async throws {
    let world = try World(Self.upsert, files: ["t.csv": "region,id,total\neu,1,2.5\n"])
    #expect(try await world.sluice("apply", "--yes").status == 0)
    let state = try world.project.read("sluice.state.json"), database = try await world.dump()
    let second = try await world.stream("apply", "--yes")
    #expect(second.status == 0)
    #expect(second.events.map { $0["event"]?.stringValue } == ["finished"])
    #expect(try world.project.read("sluice.state.json") == state)
    #expect(try await world.dump() == database)
    #expect(!world.project.files.contains { $0.contains("journal") })
  }

  @Test("adds columns and a unique index to a table that exists, and keeps what is in it")
  func additive() async throws {
    let world = try World(
      "t: {source: {path: t.csv}, destination: wh, writeMode: insert, columns: {id: bigint}}",
      files: ["t.csv": "id,note\n1,a\n2,b\n"])
    #expect(try await world.sluice("run", "--apply", "--yes").status == 0)
    try world.setFlows(
      """
      t:
        source: {path: t.csv}
        destination: wh
        writeMode: upsert
        key: [id]
        columns: {id: bigint, note: {type: text, nullable: false, default: "it's"}, seen: {type: timestamptz, from: $loadedAt, default: {sql: now()}}}
      """)
    let plan = try await world.document("plan", "--detailed-exitcode")
    #expect(plan.status == 2)
    #expect(plan.actions == ["flow/t": "update"])
    #expect(
      plan.step("flow/t")?["statements"]?.strings == [
        "ALTER TABLE public.t ADD COLUMN note text DEFAULT 'it''s' NOT NULL;",
        "ALTER TABLE public.t ADD COLUMN seen timestamp with time zone DEFAULT now();",
        "CREATE UNIQUE INDEX CONCURRENTLY t_id_sluice_key ON public.t (id);",
      ])
    #expect(try await world.sluice("apply", "--yes").status == 0)
    #expect(try await world.database.text("SELECT id, note FROM t ORDER BY id") == "1|it's\n2|it's")
    let load = try await world.stream("run")
    #expect(load.counts("t") == "read 2, updated 2")
    #expect(try await world.document("plan", "--detailed-exitcode").status == 0)
  }

  @Test("does nothing at all where anything is blocked")
  func blocked() async throws {
    let world = try World(
      """
      good: {source: {path: t.csv}, destination: wh, writeMode: insert}
      bad: {source: {path: t.csv}, destination: wh, table: nowhere.t, writeMode: insert}
      """, files: ["t.csv": "id\n1\n"])
    let before = try await world.dump(), files = world.project.files
    for command in [["apply", "--yes"], ["run", "--apply", "--yes"]] {
      let outcome = try await world.sluice(command)
      #expect(outcome.status == 1)
      #expect(outcome.error.contains("Nothing was applied"))
      let stream = try await world.stream(command[0], "--yes", command.count == 3 ? "--apply" : "--quiet")
      #expect(stream.status == 1)
      #expect(stream.events.map { $0["event"]?.stringValue } == ["blocked"])
      #expect(stream.events[0]["plan"]?["summary"]?["blocked"] == 1)
    }
    #expect(try await world.dump() == before)
    #expect(world.project.files.filter { !$0.hasSuffix(".lock") } == files)
  }

  @Test("wants --yes where nobody can be asked, and --allow-delete for deletes")
  func confirmation() async throws {
    let world = try World(Self.upsert, files: ["t.csv": "region,id,total\neu,1,2.5\n"])
    let before = try await world.dump()
    let unasked = try await world.stream("apply")
    #expect(unasked.status == 1)
    #expect(unasked.events.last?["diagnostics"]?.arrayValue?.first?["code"] == "not-confirmed")
    #expect(try await world.dump() == before)
    #expect(!world.project.contains("sluice.state.json"))

    #expect(try await world.sluice("run", "--apply", "--yes").status == 0)
    try world.project.write("flows: {}\n", to: "flows.yaml")
    let plan = try await world.document("plan", "--detailed-exitcode")
    #expect(plan.status == 2)
    #expect(plan.actions == ["flow/t": "delete"])
    let stopped = try await world.stream("apply", "--yes")
    #expect(stopped.status == 1)
    #expect(stopped.events.last?["diagnostics"]?.arrayValue?.first?["code"] == "deletes-not-allowed")
    let data = try await world.dump()
    #expect(try await world.sluice("apply", "--yes", "--allow-delete", "1").status == 0)
    #expect(try await world.dump() == data, "a table outlives its flow")
    #expect(try await world.document("plan", "--detailed-exitcode").status == 0)
  }

  @Test("gives up on a lock in time, with nothing half done")
  func locked() async throws {
    let world = try World(
      """
      t: {source: {path: t.csv}, destination: wh, writeMode: upsert, key: [id], columns: {id: bigint, a: text, b: text}}
      """, files: ["t.csv": "id,a,b\n1,a,b\n"],
      connection: World.connection.replacing("DATABASE_URL}", with: "DATABASE_URL}, lockTimeout: 1s"))
    try await world.database.execute("CREATE TABLE t (id bigint); CREATE UNIQUE INDEX ON t (id)")
    let before = try await world.dump()
    let holder = try await world.database.session()
    try await holder.execute("BEGIN; LOCK TABLE t IN ACCESS SHARE MODE")
    let stream = try await world.stream("apply", "--yes")
    #expect(stream.status == 1)
    let failure = try #require(stream.events("failed").first?["diagnostics"]?.arrayValue?.first)
    #expect(failure["code"] == "lock-timeout")
    #expect(failure.place?.hasPrefix("flows.yaml:2:") == true)
    #expect(stream.events("step").last?["status"] == "failed")
    try await holder.execute("ROLLBACK")
    await holder.close()
    #expect(try await world.dump().contains("CREATE TABLE public.t (\n    id bigint\n);"))
    #expect(before.contains("CREATE TABLE public.t (\n    id bigint\n);"))
    let state = try JSONValue(parsing: world.project.read("sluice.state.json"))
    #expect(state["resources"]?["flow/t"] == nil)

    let rest = try await world.document("plan")
    #expect(rest.actions == ["flow/t": "create"], "what was done before is recorded")
    #expect(try await world.sluice("apply", "--yes").status == 0)
    #expect(try await world.document("plan", "--detailed-exitcode").status == 0)
  }

  @Test("two flows may fill one table, the second one's columns added")
  func sharedTable() async throws {
    let world = try World(
      """
      a: {source: {path: t.csv}, destination: wh, table: t, writeMode: insert, columns: {id: bigint}}
      b: {source: {path: t.csv}, destination: wh, table: t, writeMode: insert, columns: {id: bigint, note: text}}
      c: {source: {path: t.csv}, destination: wh, table: public.t, writeMode: insert, columns: {note: text}}
      """, files: ["t.csv": "id,note\n1,a\n"])
    let plan = try await world.document("plan")
    #expect(plan.step("flow/a")?["statements"]?.strings == ["CREATE TABLE public.t (\n  id bigint\n);"])
    #expect(plan.step("flow/b")?["statements"]?.strings == ["ALTER TABLE public.t ADD COLUMN note text;"])
    #expect(plan.step("flow/c")?["statements"]?.strings == [])
    #expect(plan.actions.values.allSatisfy { $0 == "create" })
    #expect(try await world.sluice("run", "--apply", "--yes").status == 0)
    #expect(
      try await world.database.text("SELECT id, note FROM t ORDER BY id NULLS LAST, note NULLS FIRST") == "1|\n1|a\n|a")
    #expect(try await world.document("plan", "--detailed-exitcode").status == 0)
  }

  @Test("two flows that want different types of one column are told before anything is done")
  func sharedTableConflict() async throws {
    let world = try World(
      """
      a: {source: {path: t.csv}, destination: wh, table: t, writeMode: insert, columns: {id: bigint}}
      b: {source: {path: t.csv}, destination: wh, table: t, writeMode: insert, columns: {id: text}}
      """, files: ["t.csv": "id,note\n1,a\n"])
    let plan = try await world.document("plan")
    #expect(plan.status == 1)
    #expect(plan.action("flow/b") == "blocked")
    #expect(plan.checks("failed", of: "flow/b") == ["table-columns"])
  }
}
