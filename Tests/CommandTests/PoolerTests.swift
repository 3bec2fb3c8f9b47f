import JSON
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// Everything works through a pooler that lends a connection for one transaction.
@Suite("Through PgBouncer in transaction mode", .freshDatabase, .timeLimit(.minutes(15)))
struct PoolerTests {
  /// The world behind a pooler, which must be held as long as it is used.
  private func pooledWorld(_ flows: String, files: [String: String], size: Int) throws -> (world: World, pooler: Pooler)
  {
    let database = TestDatabase.current
    let pooler = try Pooler(to: database.cluster, size: size)
    var world = try World(flows, files: files)
    world.environment["DATABASE_URL"] =
      "postgresql://\(database.owner)@/\(database.name)?host=\(pooler.folder)&port=\(database.port)"
    return (world, pooler)
  }

  @Test(
    "every mode is planned, applied and run, with exact counts",
    arguments: [
      ("insert", "read 4, inserted 4", "1|a\n1|a\n1|old\n2|b\n3|\n9|z"),
      ("insert_ignore", "read 4, inserted 2, rejected 2", "1|old\n2|b\n3|\n9|z"),
      ("truncate_insert", "read 4, inserted 4, deleted 2", "1|a\n1|a\n2|b\n3|"),
      ("upsert", "read 4, inserted 2, updated 1, superseded 1", "1|a\n2|b\n3|\n9|z"),
      ("delete", "read 4, deleted 1, unchanged 3, superseded 1", "9|z"),
    ])
  func modes(_ mode: String, _ counts: String, _ rows: String) async throws {
    let key = mode == "upsert" || mode == "delete" ? ", key: [id]" : ""
    let (world, pooler) = try pooledWorld(
      "t: {source: {path: t.csv}, destination: wh, writeMode: \(mode)\(key)}",
      // The 3 is doubtful, and goes by text.
      files: ["t.csv": "id,v\n1,a\n2,b\n1,a\n\" 3\",\n"], size: 1)
    try await world.database.execute(
      """
      CREATE TABLE t (id bigint \(mode.hasSuffix("insert") ? "" : "PRIMARY KEY"), v text);
      INSERT INTO t VALUES (9, 'z'), (1, 'old');
      """)
    let plan = try await world.document("plan", "--detailed-exitcode")
    #expect(plan.status == 2, "\(plan.diagnostics()) \(plan.error)")
    let apply = try await world.sluice("apply", "--yes")
    #expect(apply.status == 0, "\(apply.error)")
    #expect(try await world.document("plan", "--detailed-exitcode").status == 0)
    let load = try await world.stream("run")
    #expect(load.status == 0, "\(load.events)")
    #expect(load.counts("t") == counts)
    #expect(try await world.database.text("SELECT id, v FROM t ORDER BY 1, 2") == rows)
    try await expectClean(world, pooler)
  }

  @Test("what a pooler does not allow, an index built CONCURRENTLY, is told and not begun")
  func concurrently() async throws {
    let (world, pooler) = try pooledWorld(
      "t: {source: {path: t.csv}, destination: wh, writeMode: upsert, key: [id]}", files: ["t.csv": "id\n1\n"], size: 1)
    try await world.database.execute("CREATE TABLE t (id bigint); INSERT INTO t VALUES (1)")
    let apply = try await world.sluice("apply", "--yes")
    #expect(apply.status == 1)
    #expect(apply.error.contains("error[pooled-connection]"))
    #expect(try await world.database.text("SELECT count(*) FROM pg_index WHERE indrelid = 't'::regclass") == "0")
    try await expectClean(world, pooler)
  }

  @Test("many flows side by side share two connections; one that fails leaves nothing behind")
  func sideBySide() async throws {
    let names = (1...8).map { "t\($0)" }
    let modes = ["insert", "upsert, key: [id]", "truncate_insert", "insert_ignore"]
    let flows = names.enumerated().map { index, name in
      "\(name): {source: {path: \(name).csv}, destination: wh, columns: {id: bigint, v: text}, writeMode: \(modes[index % 4])}"
    }
    let csv = "id,v\n" + (1...2000).map { "\($0),text \($0)\n" }.joined()
    var files = Dictionary(uniqueKeysWithValues: names.map { ("\($0).csv", csv) })
    files["t1.csv"] = csv + "x,\n"
    let (world, pooler) = try pooledWorld(flows.joined(separator: "\n"), files: files, size: 2)
    #expect(try await world.sluice("apply", "--yes").status == 0)
    let run = try await world.stream("run", "--parallel", "6")
    #expect(run.status == 1)
    for name in names {
      #expect(run.outcome(name)?["status"] == (name == "t1" ? "failed" : "loaded"), "\(run.events)")
      #expect(try await world.database.text("SELECT count(*) FROM \(name)") == (name == "t1" ? "0" : "2000"))
    }
    #expect(
      try await world.database.text("SELECT status, count(*) FROM _sluice_loads GROUP BY 1 ORDER BY 1")
        == "failed|1\nloaded|7")
    try await expectClean(world, pooler)
  }

  @Test("what only looks works too: check, grants, preview, plan --sql, and what failed is known from the ledger")
  func looking() async throws {
    let (world, pooler) = try pooledWorld(
      """
      good: {source: {path: good.csv}, destination: wh, writeMode: upsert, key: [id]}
      bad: {source: {path: bad.csv}, destination: wh, writeMode: insert, columns: {id: bigint}}
      """, files: ["good.csv": "id\n1\n", "bad.csv": "id\nx\n"], size: 1)
    for command in [["check"], ["plan", "--sql"], ["grants"], ["grants", "--missing"], ["preview", "good"]] {
      let outcome = try await world.sluice(command)
      #expect(outcome.status == 0, "\(command) \(outcome.error)")
    }
    #expect(try await world.sluice("run", "--apply", "--yes").status == 1)
    let failed = try await world.stream("run", "--failed")
    #expect(failed.events("finished").map { $0["flow"] } == ["bad"], "\(failed.events)")
    try world.project.write("id\n1\n", to: "bad.csv")
    #expect(try await world.stream("run", "--failed").counts("bad") == "read 1, inserted 1")
    #expect(try await world.sluice("run", "--failed").error.contains("No flow's last load has failed."))
    for command in [["plan", "--detailed-exitcode"], ["check"], ["grants", "--missing"], ["preview", "good"]] {
      let outcome = try await world.sluice(command)
      #expect(outcome.status == 0, "\(command) \(outcome.error)")
    }
    try await expectClean(world, pooler)
  }

  @Test(
    "tables of a database behind a pooler are loaded, by cursor and all of them",
    arguments: ["upsert", "truncate_insert"])
  func sources(_ mode: String) async throws {
    try await withDatabase { source in
      let upstream = try Pooler(to: source.cluster, size: 1)
      try await source.execute(
        """
        CREATE TABLE a (id bigint PRIMARY KEY, at timestamptz); INSERT INTO a VALUES (1, '2024-01-01'), (2, '2024-01-02');
        CREATE TABLE b (id bigint PRIMARY KEY); INSERT INTO b VALUES (1);
        """)
      let cursor = mode == "upsert" ? "{cursor: at}" : "{}"
      var (world, pooler) = try pooledWorld(
        """
        crm:
          source: {authorizer: crm, tables: {"public.*": {}, public.a: \(cursor)}}
          destination: wh
          table: public.{table}
          writeMode: \(mode)
        """, files: ["crm.yaml": "authorizers: {crm: {url: {env: CRM_URL}}}"], size: 1)
      world.environment["CRM_URL"] =
        "postgresql://\(source.owner)@/\(source.name)?host=\(upstream.folder)&port=\(source.port)"
      let run = try await world.stream("run", "--apply", "--yes")
      #expect(run.status == 0, "\(run.events) \(run.error)")
      #expect(run.counts("crm.a") == "read 2, inserted 2")
      try await source.execute("INSERT INTO a VALUES (3, '2024-01-03')")
      #expect(try await world.sluice("run").status == 0)
      #expect(try await world.database.text("SELECT (SELECT count(*) FROM a), (SELECT count(*) FROM b)") == "3|1")
      try await expectClean(world, pooler)
    }
  }

  /// Expects that the connections that the pooler lent are as new: no settings, locks, statements or tables.
  private func expectClean(_ world: World, _ pooler: Pooler) async throws {
    let query = """
      SELECT (SELECT string_agg(name || '=' || setting, ',' ORDER BY name) FROM pg_settings
          WHERE source = 'session' AND name NOT IN ('application_name', 'client_encoding')),
        (SELECT count(*) FROM pg_prepared_statements), (SELECT count(*) FROM pg_cursors),
        (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()),
        (SELECT count(*) FROM pg_class WHERE relpersistence = 't'), current_user = session_user
      """
    let database = world.database
    let psql = try await run(
      .name("psql"),
      arguments: [
        "-X", "-At", "-h", pooler.folder, "-p", "\(database.port)", "-U", database.owner, "-c", query, database.name,
      ], output: .string(limit: 1 << 16), error: .string(limit: 1 << 16))
    #expect(psql.standardOutput == "|0|0|0|0|t\n", "\(psql.standardError)")
  }
}
