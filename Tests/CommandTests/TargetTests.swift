import JSON
import TestSupport
import Testing

/// Targets that are not a plain new table.
@Suite("Targets", .freshDatabase, .timeLimit(.minutes(15)))
struct TargetTests {
  private static let csv = ["t.csv": "id,region,v\n1,eu,a\n2,us,b\n"]

  @Test(
    "names that SQL would take for something else are quoted everywhere",
    arguments: [
      #"'"Orders.2024"'"#, #"'"x""; DROP TABLE y; --"'"#, "'Žluťoučký 🐘'", "select", #""\"new\nline\"""#,
      String(repeating: "ž", count: 31) + "x", #"'"O''Reilly $1 \1 ${x}"'"#.replacing("${", with: "$${"),
    ])
  func names(_ name: String) async throws {
    let world = try World(
      """
      t:
        source: {path: t.csv}
        destination: wh
        table: \(name)
        writeMode: upsert
        key: ['x"; DROP TABLE y; --']
        columns: {'x"; DROP TABLE y; --': {type: text, from: id}, "tab\\tand\\nline": {type: text, from: v, default: "a'b\\\\c\\nd"}}
      """, files: Self.csv)
    try await world.database.execute("CREATE TABLE y ()")
    let plan = try await world.document("plan")
    #expect(plan.status == 0, "\(plan.json)")
    #expect(try await world.stream("run", "--apply", "--yes").counts("t") == "read 2, inserted 2")
    #expect(try await world.stream("run").counts("t") == "read 2, unchanged 2")
    #expect(try await world.document("plan", "--detailed-exitcode").status == 0)
    let tables = try await world.database.text("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
    #expect(tables == "3")
  }

  @Test("a partitioned table, by a key of several columns in another order than the index")
  func partitioned() async throws {
    let world = try World(
      "t: {source: {path: t.csv}, destination: wh, writeMode: upsert, key: [region, id]}", files: Self.csv)
    try await world.database.execute(
      """
      CREATE TABLE t (id bigint, region text, v text, PRIMARY KEY (id, region)) PARTITION BY LIST (region);
      CREATE TABLE t_eu PARTITION OF t FOR VALUES IN ('eu');
      CREATE TABLE t_us PARTITION OF t FOR VALUES IN ('us');
      INSERT INTO t VALUES (1, 'eu', 'old');
      """)
    let plan = try await world.document("plan")
    #expect(plan.action("flow/t") == "adopt")
    #expect(try await world.stream("run", "--apply", "--yes").counts("t") == "read 2, inserted 1, updated 1")
    #expect(try await world.stream("run").counts("t") == "read 2, unchanged 2")
  }

  @Test("a partitioned table that lacks the unique index")
  func partitionedIndex() async throws {
    let world = try World(
      "t: {source: {path: t.csv}, destination: wh, writeMode: upsert, key: [region, id]}", files: Self.csv)
    try await world.database.execute(
      """
      CREATE TABLE t (id bigint, region text, v text) PARTITION BY LIST (region);
      CREATE TABLE t_all PARTITION OF t DEFAULT;
      INSERT INTO t VALUES (1, 'eu', 'old');
      """)
    #expect(try await world.stream("run", "--apply", "--yes").counts("t") == "read 2, inserted 1, updated 1")
    #expect(try await world.document("plan", "--detailed-exitcode").status == 0)
  }

  @Test("a ledger in a schema of its own, and two destinations and authorizers of one database")
  func ledgers() async throws {
    let world = try World(
      """
      a: {source: {path: t.csv}, destination: wh, writeMode: insert}
      b: {source: {path: t.csv}, destination: apart, writeMode: insert}
      c: {source: {path: t.csv}, destination: other, writeMode: insert}
      d: {source: {path: t.csv}, destination: other, table: a, writeMode: insert}
      """, files: Self.csv,
      connection: """
        authorizers:
          wh: {url: {env: DATABASE_URL}}
          too: {url: {env: DATABASE_URL}}
        destinations:
          wh: {authorizer: wh, defaultSchema: public}
          apart: {authorizer: wh, defaultSchema: public, ledgerSchema: books}
          other: {authorizer: too, defaultSchema: public}

        """)
    try await world.database.execute("CREATE SCHEMA books")
    let run = try await world.stream("run", "--apply", "--yes")
    #expect(run.status == 0, "\(run.events)")
    #expect(try await world.database.text("SELECT flow FROM _sluice_loads ORDER BY 1") == "a\nc\nd")
    #expect(try await world.database.text("SELECT flow FROM books._sluice_loads") == "b")
    #expect(try await world.document("plan", "--detailed-exitcode").status == 0)
  }

  @Test("a change of the default schema makes the table anew, and leaves the old one")
  func defaultSchema() async throws {
    let world = try World("t: {source: {path: t.csv}, destination: wh, writeMode: insert}", files: Self.csv)
    #expect(try await world.sluice("run", "--apply", "--yes").status == 0)
    try await world.database.execute("CREATE SCHEMA next")
    try world.project.write(World.connection.replacing("Schema: public", with: "Schema: next"), to: "connection.yaml")
    let plan = try await world.document("plan")
    #expect(plan.actions == ["destination/wh": "update", "ledger/wh.next": "create", "flow/t": "update"])
    #expect(try await world.sluice("apply", "--yes").status == 0)
    #expect(try await world.database.text("SELECT count(*) FROM t") == "2")
    #expect(try await world.stream("run").counts("t") == "read 2, inserted 2")
    #expect(try await world.document("plan", "--detailed-exitcode").status == 0)
  }

  @Test("a column that leaves the manifest stays in the table; one that changes its type is the owner's to change")
  func columns() async throws {
    let flow = "t: {source: {path: t.csv}, destination: wh, writeMode: truncate_insert, columns: {id: bigint, v: text}}"
    let world = try World(flow, files: Self.csv)
    #expect(try await world.sluice("run", "--apply", "--yes").status == 0)
    try world.setFlows(flow.replacing(", v: text", with: ""))
    let plan = try await world.document("plan")
    #expect(plan.actions == ["flow/t": "update"])
    #expect(plan.step("flow/t")?["statements"] == [])
    #expect(try await world.sluice("run", "--apply", "--yes").status == 0)
    #expect(try await world.database.text("TABLE t") == "1|\n2|")

    try world.setFlows(flow.replacing("v: text", with: "v: 'varchar(9)'"))
    let changed = try await world.document("plan")
    #expect(changed.action("flow/t") == "blocked")
    let statement = "ALTER TABLE public.t ALTER COLUMN v TYPE character varying(9) USING v::character varying(9);"
    #expect(changed.diagnostics("table-columns").first?["help"]?.strings.contains(statement) == true)
    try await world.database.execute(statement)
    #expect(try await world.sluice("run", "--apply", "--yes").status == 0)
    #expect(try await world.database.text("TABLE t") == "1|a\n2|b")
  }

  @Test("a table of 1,600 columns")
  func wide() async throws {
    let names = (1...1600).map { "c\($0)" }
    let world = try World(
      "t: {source: {path: t.csv}, destination: wh, writeMode: insert}",
      files: ["t.csv": names.joined(separator: ",") + "\n" + names.map { _ in "true" }.joined(separator: ",") + "\n"])
    #expect(try await world.stream("run", "--apply", "--yes").counts("t") == "read 1, inserted 1")
    try world.project.write(
      (names + ["more"]).joined(separator: ",") + "\n" + (names + [""]).map { _ in "true" }.joined(separator: ",")
        + "\n",
      to: "t.csv")
    #expect(try await world.document("plan", "--detailed-exitcode").status == 0)
  }
}
