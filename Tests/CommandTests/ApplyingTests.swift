import JSON
import TestSupport
import Testing

/// What apply does where others work on the same tables, and where something stops it.
@Suite("Applying", .freshDatabase, .timeLimit(.minutes(15)))
struct ApplyingTests {
  /// A flow that upserts into a table which exists, has rows and lacks the index.
  static let indexed =
    "t: {source: {path: t.csv}, destination: wh, writeMode: upsert, key: [id], columns: {id: bigint, v: text}}"
  static let name = "t_id_sluice_key"

  /// However busy the machine is, applies wait at a gate until it is opened.
  static let patient = World.connection.replacing("DATABASE_URL}", with: "DATABASE_URL}, lockTimeout: 10m")

  private func indexedWorld(_ table: String = "CREATE TABLE t (id bigint, v text)", rows: Int = 100) async throws
    -> World
  {
    let world = try World(Self.indexed, files: ["t.csv": "id,v\n1,a\n"])
    try await world.database.execute(
      "\(table); INSERT INTO t SELECT i, 'v' FROM generate_series(1, \(rows)) AS i")
    return world
  }

  private func validity(_ world: World) async throws -> String {
    try await world.database.text(
      "SELECT c.relname, i.indisvalid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE c.relname LIKE '%sluice_key' ORDER BY 1"
    )
  }

  @Test("builds a unique index on rows while others write, and shows just these statements")
  func concurrently() async throws {
    let world = try await indexedWorld()
    let plan = try await world.document("plan")
    #expect(
      plan.step("flow/t")?["statements"]?.strings == [
        "CREATE UNIQUE INDEX CONCURRENTLY t_id_sluice_key ON public.t (id);"
      ])
    #expect(plan.step("flow/t")?["hazards"]?.strings == ["buildsIndex", "scansTable"])
    // Somebody writes, and goes on: CREATE INDEX without CONCURRENTLY would wait until its lock times out.
    let apply = try await world.sluice("apply", "--yes")
    #expect(apply.status == 0, "\(apply.error)")
    #expect(try await validity(world) == "t_id_sluice_key|t")
    #expect(try await world.document("plan", "--detailed-exitcode").status == 0)
    #expect(
      try await world.database.text(
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
      ) == "0")
  }

  @Test("drops what a build that was stopped has left, and shows that before")
  func leftOver() async throws {
    let world = try await indexedWorld()
    try await world.database.execute(
      """
      CREATE UNIQUE INDEX t_id_sluice_key ON t (id);
      UPDATE pg_index SET indisvalid = false WHERE indexrelid = 't_id_sluice_key'::regclass;
      """)
    let plan = try await world.document("plan")
    #expect(
      plan.step("flow/t")?["statements"]?.strings == [
        "DROP INDEX CONCURRENTLY public.t_id_sluice_key;",
        "CREATE UNIQUE INDEX CONCURRENTLY t_id_sluice_key ON public.t (id);",
      ])
    #expect(try await world.sluice("apply", "--yes").status == 0)
    #expect(try await validity(world) == "t_id_sluice_key|t")
    #expect(try await world.document("plan", "--detailed-exitcode").status == 0)
  }

  @Test("names the rows where the key turns out not to be one, and leaves no index behind")
  func duplicates() async throws {
    let world = try await indexedWorld()
    // The plan's look is stopped by a policy-free trick: the rows come between plan and build.
    let gate = try await world.database.session()
    try await gate.execute("BEGIN; INSERT INTO t VALUES (7, 'again')")
    async let apply = world.stream("apply", "--yes")
    try await world.database.wait(forLockIn: "CREATE UNIQUE INDEX CONCURRENTLY%")
    try await gate.execute("COMMIT")
    let stream = try await apply
    await gate.close()
    #expect(stream.status == 1)
    let diagnostic = stream.events.last?["diagnostics"]?.arrayValue?.first
    #expect(diagnostic?["code"] == "step-failed")
    #expect(diagnostic?["help"]?.strings.contains("detail: Key (id)=(7) is duplicated.") == true, "\(stream.events)")
    #expect(diagnostic?["help"]?.strings.contains("the index that was begun is dropped again") == true)
    #expect(try await validity(world) == "")
    #expect(try await world.document("plan").checks("failed", of: "flow/t") == ["unique-key"])
  }

  @Test("builds on a partitioned table, partition by partition, nested ones too; and takes up what is left")
  func partitions() async throws {
    let world = try await indexedWorld(
      """
      CREATE SCHEMA "part s";
      CREATE TABLE t (id bigint, v text) PARTITION BY RANGE (id);
      CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (50);
      CREATE TABLE "part s".t2 PARTITION OF t FOR VALUES FROM (50) TO (1000) PARTITION BY RANGE (id);
      CREATE TABLE "part s"."t2 a" PARTITION OF "part s".t2 FOR VALUES FROM (50) TO (80);
      CREATE TABLE t2b PARTITION OF "part s".t2 FOR VALUES FROM (80) TO (1000)
      """)
    let plan = try await world.document("plan")
    let statements = plan.step("flow/t")?["statements"]?.strings
    #expect(
      statements == [
        "CREATE UNIQUE INDEX t_id_sluice_key ON ONLY public.t (id);",
        "CREATE UNIQUE INDEX t2_id_sluice_key ON ONLY \"part s\".t2 (id);",
        "CREATE UNIQUE INDEX CONCURRENTLY \"t2 a_id_sluice_key\" ON \"part s\".\"t2 a\" (id);",
        "ALTER INDEX \"part s\".t2_id_sluice_key ATTACH PARTITION \"part s\".\"t2 a_id_sluice_key\";",
        "CREATE UNIQUE INDEX CONCURRENTLY t2b_id_sluice_key ON public.t2b (id);",
        "ALTER INDEX \"part s\".t2_id_sluice_key ATTACH PARTITION public.t2b_id_sluice_key;",
        "ALTER INDEX public.t_id_sluice_key ATTACH PARTITION \"part s\".t2_id_sluice_key;",
        "CREATE UNIQUE INDEX CONCURRENTLY t1_id_sluice_key ON public.t1 (id);",
        "ALTER INDEX public.t_id_sluice_key ATTACH PARTITION public.t1_id_sluice_key;",
      ], "\(statements ?? [])")
    // As an apply leaves it that dies after any number of statements, the one under way half done.
    for count in [1, 3, 4, 6] {
      try await world.database.execute(
        "DROP INDEX IF EXISTS t_id_sluice_key, \"part s\".t2_id_sluice_key, \"part s\".\"t2 a_id_sluice_key\", t2b_id_sluice_key"
      )
      for statement in (statements ?? []).prefix(count) { try await world.database.execute(statement) }
      try await world.database.execute(
        "CREATE UNIQUE INDEX t1_id_sluice_key ON t1 (id); UPDATE pg_index SET indisvalid = false WHERE indexrelid = 't1_id_sluice_key'::regclass"
      )
      let rest = try await world.document("plan").step("flow/t")?["statements"]?.strings
      #expect(
        rest == Array((statements ?? []).dropFirst(count).prefix(7 - count)) + [
          "DROP INDEX CONCURRENTLY public.t1_id_sluice_key;"
        ]
          + (statements ?? []).suffix(2), "\(rest ?? [])")
      if count < 6 { try await world.database.execute("DROP INDEX t1_id_sluice_key") }
    }
    let apply = try await world.sluice("apply", "--yes")
    #expect(apply.status == 0, "\(apply.error)")
    #expect(
      try await validity(world)
        == "t1_id_sluice_key|t\nt2 a_id_sluice_key|t\nt2_id_sluice_key|t\nt2b_id_sluice_key|t\nt_id_sluice_key|t")
    #expect(try await world.document("plan", "--detailed-exitcode").status == 0)
    #expect(try await world.sluice("run").status == 0)
  }

  @Test("does not wait for another apply that builds on the table")
  func builtByAnother() async throws {
    let world = try await indexedWorld()
    let other = try World(
      Self.indexed, files: ["t.csv": "id,v\n1,a\n", "sluice.yaml": "project: other\n"])
    let gate = try await world.database.session()
    try await gate.execute("BEGIN; INSERT INTO t VALUES (1000, 'not there yet')")
    async let first = world.sluice("apply", "--yes")
    try await world.database.wait(forLockIn: "CREATE UNIQUE INDEX CONCURRENTLY%")
    let second = try await other.stream("apply", "--yes")
    #expect(second.status == 1)
    #expect(second.events.last?["diagnostics"]?.arrayValue?.first?["code"] == "index-being-built", "\(second.events)")
    try await gate.execute("COMMIT")
    await gate.close()
    #expect(try await first.status == 0)
    #expect(try await validity(world) == "t_id_sluice_key|t")
    #expect(try await other.sluice("apply", "--yes").status == 0)
  }

  @Test("says who holds the lock that it does not get, and how to go on", arguments: ["postgres", "another role"])
  func lockTimeout(_ holder: String) async throws {
    let world = try World(
      "t: {source: {path: t.csv}, destination: wh, writeMode: insert, columns: {id: bigint, v: text}}",
      files: ["t.csv": "id,v\n1,a\n"],
      connection: World.connection.replacing("DATABASE_URL}", with: "DATABASE_URL}, lockTimeout: 1s"))
    try await world.database.execute("CREATE TABLE t (id bigint)")
    let role = holder == "postgres" ? nil : try await world.database.createRole()
    if let role { try await world.database.execute("GRANT SELECT ON t TO \(role)") }
    let gate = try await world.database.session(as: role)
    try await gate.execute("SET application_name = 'the gate'; BEGIN; SELECT * FROM t /* the culprit */")
    let stream = try await world.stream("apply", "--yes")
    #expect(stream.status == 1)
    #expect(stream.events("waiting").count == 3, "\(stream.events)")
    let diagnostic = try #require(stream.events.last?["diagnostics"]?.arrayValue?.first)
    #expect(diagnostic["code"] == "lock-timeout")
    let help = diagnostic["help"]?.strings.joined(separator: "\n") ?? ""
    #expect(help.contains("the gate"), "\(help)")
    #expect(help.contains("/* the culprit */"))
    #expect(help.contains("SELECT pg_terminate_backend("))
    await gate.close()
    #expect(try await world.sluice("apply", "--yes").status == 0)
  }

  @Test("goes on as soon as whoever holds the lock is gone")
  func lockRetried() async throws {
    let world = try World(
      "t: {source: {path: t.csv}, destination: wh, writeMode: insert, columns: {id: bigint, v: text}}",
      files: ["t.csv": "id,v\n1,a\n"],
      connection: Self.patient)
    try await world.database.execute("CREATE TABLE t (id bigint)")
    let gate = try await world.database.session()
    try await gate.execute("BEGIN; SELECT * FROM t")
    async let apply = world.sluice("apply", "--yes")
    try await world.database.wait(forLockIn: "ALTER TABLE%")
    await gate.close()
    #expect(try await apply.status == 0)
  }

  @Test("two applies of one table and ledger at once: one makes it, the other says that it is there")
  func sideBySide() async throws {
    let flows = (1...6).map {
      "t\($0): {source: {rows: [{id: 1, c\($0): x}]}, destination: wh, table: t, writeMode: insert, columns: {id: bigint, c\($0): text}}"
    }.joined(separator: "\n")
    let worlds = try ["one", "two"].map {
      try World(flows, files: ["sluice.yaml": "project: \($0)\n"], connection: Self.patient)
    }
    // Both have planned, and wait to make the ledger, before either does.
    let gate = try await worlds[0].database.session()
    try await gate.execute("BEGIN; CREATE TABLE _sluice_loads ()")
    async let first = worlds[0].stream("apply", "--yes")
    async let second = worlds[1].stream("apply", "--yes")
    try await worlds[0].database.wait(forLockIn: "%", count: 2)
    try await gate.execute("ROLLBACK")
    await gate.close()
    let streams = [try await first, try await second]
    #expect(streams.map(\.status).sorted() == [0, 1], "\(streams)")
    let failed = streams.first { $0.status == 1 }
    let diagnostics = failed?.events.last?["diagnostics"]?.arrayValue ?? []
    #expect(!diagnostics.isEmpty && diagnostics.allSatisfy { $0["code"] == "changed-since-plan" }, "\(diagnostics)")
    for world in worlds {
      let again = try await world.sluice("apply", "--yes")
      #expect(again.status == 0, "\(again.error)")
      #expect(try await world.document("plan", "--detailed-exitcode").status == 0)
    }
  }

  @Test("with --partial, does what needs nothing that is blocked, and exits with 1 all the same")
  func partial() async throws {
    let world = try World(
      """
      good: {source: {rows: [{id: 1}]}, destination: wh, writeMode: insert}
      bad: {source: {rows: [{id: 1}]}, destination: wh, table: nowhere.t, writeMode: insert}
      worse: {source: {rows: [{id: 1}]}, destination: lost, writeMode: insert}
      """,
      connection: World.connection.replacing(
        "destinations:",
        with:
          "  lost: {host: /nowhere, database: x, username: y}\ndestinations:\n  lost: {authorizer: lost, defaultSchema: public}"
      ))
    #expect(try await world.stream("apply", "--yes").status == 1)
    #expect(!world.project.contains("sluice.state.json"))
    let stream = try await world.stream("apply", "--yes", "--partial")
    #expect(stream.status == 1)
    let done = stream.events("step").filter { $0["status"] == "done" }.compactMap { $0["address"]?.stringValue }
    #expect(Set(done).isSuperset(of: ["authorizer/wh", "destination/wh", "ledger/wh.public", "flow/good"]), "\(done)")
    #expect(!done.contains { ["flow/bad", "flow/worse", "authorizer/lost"].contains($0) })
    #expect(stream.events.first?["event"] == "blocked")
    let text = try await world.sluice("apply", "--yes", "--partial")
    #expect(text.status == 1)
    #expect(try await world.database.text("SELECT count(*) FROM good") == "0")
  }

  @Test("records the table's OID and the defaults as the server wrote them back")
  func readsBack() async throws {
    let world = try World(
      "t: {source: {rows: [{id: 1, v: x, w: 2}]}, destination: wh, writeMode: insert, columns: {id: {type: numeric, default: 0}, v: {type: text, default: {sql: current_user}}, w: int}}"
    )
    #expect(try await world.sluice("apply", "--yes").status == 0)
    let state = try JSONValue(parsing: try world.project.read("sluice.state.json"))
    let resource = state["resources"]?["flow/t"]
    #expect(
      resource?["oid"]?.intValue.map(String.init)
        == (try await world.database.text("SELECT 't'::regclass::oid")))
    #expect(
      resource?["columns"]?.arrayValue?.map { $0["default"]?.stringValue ?? "-" } == [
        "'0'::numeric", "CURRENT_USER", "-",
      ])
  }

  @Test(
    "a connection that is lost in the middle of a step: it says so, others finish, and the next plan finds the truth")
  func connectionLost() async throws {
    let world = try World(
      """
      a: {source: {rows: [{id: 1, v: x}]}, destination: wh, writeMode: insert, columns: {id: bigint, v: text}}
      b: {source: {rows: [{id: 1, v: x}]}, destination: wh, writeMode: insert, columns: {id: bigint, v: text}}
      """,
      connection: Self.patient)
    try await world.database.execute("CREATE TABLE a (id bigint); CREATE TABLE b (id bigint)")
    let gates = [try await world.database.session(), try await world.database.session()]
    for (gate, table) in zip(gates, ["a", "b"]) { try await gate.execute("BEGIN; SELECT * FROM \(table)") }
    async let apply = world.stream("apply", "--yes")
    for table in ["a", "b"] {
      try await world.database.wait(forLockIn: "ALTER TABLE public.\(table) %")
    }
    try await world.database.execute(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'ALTER TABLE public.a %' AND datname = current_database()"
    )
    try await world.database.wait(
      until:
        "SELECT count(*) = 0 FROM pg_stat_activity WHERE query LIKE 'ALTER TABLE public.a %' AND datname = current_database()"
    )
    for gate in gates { await gate.close() }
    let stream = try await apply
    #expect(stream.status == 1)
    let steps = stream.events("step").map { "\($0["address"]?.stringValue ?? "") \($0["status"]?.stringValue ?? "")" }
    #expect(steps.contains("flow/a failed") && steps.contains("flow/b done"), "\(steps)")
    let diagnostic = stream.events.last?["diagnostics"]?.arrayValue?.first
    #expect(diagnostic?["code"] == "connection-lost")
    #expect(diagnostic?["message"]?.stringValue?.contains("rolled the step back") == true)
    #expect(try await world.document("plan").actions == ["flow/a": "create"])
    #expect(try await world.sluice("apply", "--yes").status == 0)
    #expect(try await world.document("plan", "--detailed-exitcode").status == 0)
  }

  @Test("makes do with the connections that the server has for the role")
  func fewConnections() async throws {
    let role = try await TestDatabase.current.createRole()
    let flows = (1...12).map { "t\($0): {source: {rows: [{id: 1}]}, destination: wh, writeMode: insert}" }
    let world = try World(flows.joined(separator: "\n"), role: role)
    try await world.database.execute("GRANT CREATE ON SCHEMA public TO \(role); ALTER ROLE \(role) CONNECTION LIMIT 2")
    let apply = try await world.sluice("apply", "--yes")
    #expect(apply.status == 0, "\(apply.error)")
    #expect(
      try await world.database.text("SELECT count(*) FROM pg_class WHERE relname ~ '^t[0-9]+$'") == "12")
  }
}
