import JSON
import Postgres
import TestSupport
import Testing

/// Rules count what SQL written by hand counts, and do with the load what their action says.
@Suite("Quality rules", .freshDatabase, .timeLimit(.minutes(15)))
struct QualityTests {
  /// Rows with NULLs, zeros, outliers, duplicates, unicode; `q` is where they come from, `known` what they refer to.
  static let tables = """
    CREATE TABLE q (id bigint, n numeric, d date, t text, at timestamptz);
    INSERT INTO q SELECT i, 100 + i % 7, date '2024-01-01' + (i % 10)::int, 'name ' || i % 5, now() - i * interval '1 min'
    FROM generate_series(1, 200) i;
    INSERT INTO q VALUES (201, NULL, NULL, NULL, NULL), (202, 0, '0001-01-01', '', '0001-01-01 00:00+00'),
      (203, 100000, '2094-01-01', repeat('ž', 300), NULL), (203, -5, NULL, 'Ž 東京', NULL), (NULL, 3, NULL, 'x@y', NULL);
    CREATE TABLE known (code text, id bigint);
    INSERT INTO known SELECT 'name ' || i, i FROM generate_series(0, 3) i;
    INSERT INTO known VALUES (NULL, NULL), ('name 1', 1);
    """

  /// A rule, and the number of rows that break it in SQL.
  static let rules: [(rule: String, sql: String)] = [
    ("{column: n, rule: not_null}", "SELECT count(*) FROM q WHERE n IS NULL"),
    ("{column: n, rule: not_zero}", "SELECT count(*) FROM q WHERE n = 0"),
    ("{column: t, rule: not_zero}", "SELECT count(*) FROM q WHERE t = ''"),
    ("{column: d, rule: not_zero}", "SELECT count(*) FROM q WHERE d = '0001-01-01'"),
    ("{column: at, rule: not_zero}", "SELECT count(*) FROM q WHERE at = '0001-01-01 00:00+00'"),
    ("{column: t, rule: matches, pattern: \"^name [0-9]$\"}", "SELECT count(*) FROM q WHERE t !~ '^name [0-9]$'"),
    ("{column: n, rule: between, min: 1, max: 1000.5}", "SELECT count(*) FROM q WHERE n < 1 OR n > 1000.5"),
    ("{column: d, rule: between, min: 2024-01-03}", "SELECT count(*) FROM q WHERE d < '2024-01-03'"),
    (
      "{column: t, rule: in, values: [name 1, \"Ž 東京\", \"\"]}",
      "SELECT count(*) FROM q WHERE t NOT IN ('name 1', 'Ž 東京', '')"
    ),
    ("{column: id, rule: unique}", "SELECT count(id) - count(DISTINCT id) FROM q"),
    ("{column: t, rule: unique}", "SELECT count(t) - count(DISTINCT t) FROM q"),
    (
      "{column: t, rule: exists_in, table: public.known, key: code}",
      "SELECT count(*) FROM q WHERE t IS NOT NULL AND NOT EXISTS (SELECT FROM known k WHERE k.code = q.t)"
    ),
    (
      "{column: id, rule: exists_in, table: known}",
      "SELECT count(*) FROM q WHERE id IS NOT NULL AND NOT EXISTS (SELECT FROM known k WHERE k.id = q.id)"
    ),
    (
      "{column: n, rule: anomaly, sensitivity: 1.5}",
      """
      WITH b AS (SELECT percentile_cont(0.25) WITHIN GROUP (ORDER BY n) l, percentile_cont(0.75) WITHIN GROUP (ORDER BY n) h
        FROM q)
      SELECT count(*) FROM q, b WHERE n < l - 1.5 * (h - l) OR n > h + 1.5 * (h - l)
      """
    ),
    (
      "{column: d, rule: anomaly, sensitivity: 3}",
      """
      WITH v AS (SELECT extract(epoch FROM d)::float8 e FROM q),
      b AS (SELECT percentile_cont(0.25) WITHIN GROUP (ORDER BY e) l, percentile_cont(0.75) WITHIN GROUP (ORDER BY e) h FROM v)
      SELECT count(*) FROM v, b WHERE e < l - 3 * (h - l) OR e > h + 3 * (h - l)
      """
    ),
    (
      "{column: t, rule: anomaly}",
      """
      WITH v AS (SELECT length(t)::float8 e FROM q),
      b AS (SELECT percentile_cont(0.25) WITHIN GROUP (ORDER BY e) l, percentile_cont(0.75) WITHIN GROUP (ORDER BY e) h FROM v)
      SELECT count(*) FROM v, b WHERE e < l - 1.5 * (h - l) OR e > h + 1.5 * (h - l)
      """
    ),
    ("{column: at, rule: fresh, within: 1h}", "SELECT 0"),
    ("{column: at, rule: fresh, within: 30s}", "SELECT 1"),
    ("{column: d, rule: fresh, within: 9999d}", "SELECT 0"),
    ("{rule: row_count, min: 205, max: 205}", "SELECT 0"),
    ("{rule: row_count, min: 206}", "SELECT 1"),
    ("{rule: row_count, max: 204}", "SELECT 1"),
    (
      "{rule: sql, name: odd, query: \"SELECT * FROM rows WHERE n * 2 > 1000 OR t = 'Ž 東京'\"}",
      "SELECT count(*) FROM q WHERE n * 2 > 1000 OR t = 'Ž 東京'"
    ),
  ]

  private func world(_ quality: String, mode: String = "insert", more: String = "") throws -> World {
    try World(
      """
      t:
        source: {authorizer: wh, table: public.q}
        destination: wh
        writeMode: \(mode)
        columns: {id: bigint, n: numeric, d: date, t: text, at: timestamptz}
        quality: \(quality)
      """ + more)
  }

  @Test("count what SQL written by hand counts, all in one load")
  func counts() async throws {
    try await TestDatabase.current.execute(Self.tables)
    let rules = Self.rules.enumerated().map { index, rule in
      var text = rule.rule.dropLast() + ", action: warn"
      if !rule.rule.contains("name:") { text += ", name: rule \(index)" }
      return text + "}"
    }
    let world = try world("[\(rules.joined(separator: ",\n      "))]")
    let run = try await world.stream("run", "--apply", "--yes")
    #expect(run.status == 0, "\(run.error)")
    let found = run.outcome("t")?["quality"]?.arrayValue ?? []
    #expect(found.count == Self.rules.count)
    for (result, rule) in zip(found, Self.rules) {
      let wanted = try await world.database.value(SQL(raw: rule.sql))
      #expect(result["broken"]?.intValue.map(String.init) == wanted, "\(rule.rule)")
      #expect(result["rows"] == 205)
    }
    #expect(run.counts("t") == "read 205, inserted 205")
    let recorded = try await world.database.value("SELECT jsonb_array_length(quality) FROM _sluice_loads")
    #expect(recorded == "\(Self.rules.count)")
    #expect(try await world.database.value("SELECT quality::text ~ 'Ž' FROM _sluice_loads") == "f", "no values there")
  }

  @Test(
    "that block leave no trace in the table, and say how many rows break them and which",
    arguments: ["insert", "upsert", "truncate_insert", "insert_ignore"])
  func block(mode: String) async throws {
    try await TestDatabase.current.execute("CREATE TABLE t (id bigint PRIMARY KEY, n int); INSERT INTO t VALUES (1, 1)")
    let world = try World(
      """
      t:
        source: {path: in.csv, files: all}
        destination: wh
        writeMode: \(mode)
        quality:
          - {column: n, rule: not_null}
          - {column: n, rule: between, min: 0, action: warn}
          - {rule: row_count, min: 1}
      """, files: ["in.csv": "id,n\n2,2\n3,\n4,-1\n5,\n"])
    #expect(try await world.sluice("apply", "--yes").status == 0)
    let before = try await world.database.rows("SELECT ctid, xmin, * FROM t")
    let run = try await world.stream("run")
    #expect(run.status == 1)
    #expect(try await world.database.rows("SELECT ctid, xmin, * FROM t") == before)
    let error = try #require(run.outcome("t")?["error"])
    #expect(error["code"] == "quality")
    #expect(error["message"] == "flow/t: 2 of 4 rows break the rule \"n not_null\": nothing was written")
    let help = error["help"]?.strings ?? []
    #expect(
      help.contains("in.csv:3: {\"n\":null,\"id\":3}") || help.contains("in.csv:3: {\"id\":3,\"n\":null}"), "\(help)")
    #expect(
      try await world.database.rows(
        "SELECT status, message, quality -> 0 ->> 'broken', quality -> 1 ->> 'broken' FROM _sluice_loads")
        == [["failed", "quality: n not_null", "2", "1"]])
    #expect(try await world.sluice("status", "t").output.contains("n not_null, n between"))

    let passed = try await world.stream("run", "--skip-quality")
    #expect(passed.status == 0, "\(passed.error)")
    #expect(passed.outcome("t")?["quality"] == nil)
    #expect(
      try await world.database.value("SELECT skip_quality FROM _sluice_loads ORDER BY finished DESC LIMIT 1") == "t")
  }

  @Test(
    "that reject keep those rows out, with their places, and `maxRejects` bounds them",
    arguments: ["insert", "upsert", "truncate_insert", "insert_ignore"])
  func reject(mode: String) async throws {
    try await TestDatabase.current.execute("CREATE TABLE t (id bigint PRIMARY KEY, n int, email text)")
    let flow = """
      t:
        source: {path: "in*.csv", files: all}
        destination: wh
        writeMode: \(mode)
        quality:
          - {column: n, rule: not_null, action: reject}
          - {column: email, rule: matches, pattern: "^[^@]+@[^@]+$", action: reject}
          - {column: n, rule: unique, action: reject}
      """
    let world = try World(
      flow,
      files: [
        "in1.csv": "id,n,email\n1,1,a@b\n2,,\"a\nb\"\n3,3,nobody\n", "in2.csv": "id,n,email\n4,4,a@b\n5,,c@d\n6,4,\n",
      ])
    #expect(try await world.sluice("apply", "--yes").status == 0)
    let run = try await world.stream("run")
    #expect(run.status == 0, "\(run.error)")
    #expect(run.counts("t") == "read 6, inserted 2, rejected 4")
    #expect(try await world.database.rows("SELECT * FROM t ORDER BY id") == [["1", "1", "a@b"], ["4", "4", "a@b"]])
    let load = try #require(run.outcome("t")?["load"]?.stringValue)
    let lines = try world.project.read(".sluice/rejects/t/\(load).jsonl").split(separator: "\n").map {
      try JSONValue(parsing: String($0))
    }
    #expect(
      lines.map { "\($0["file"]?.stringValue ?? ""):\($0["line"]?.intValue ?? 0) \($0["message"]?.stringValue ?? "")" }
        == [
          "in1.csv:3 it breaks the rule \"n not_null\"", "in1.csv:5 it breaks the rule \"email matches\"",
          "in2.csv:3 it breaks the rule \"n not_null\"", "in2.csv:4 it breaks the rule \"n unique\"",
        ])
    #expect(lines.first?["row"]?["email"] == "a\nb")

    try world.setFlows(flow + "\n  maxRejects: 3")
    let bounded = try await world.stream("run", "--apply", "--yes")
    #expect(bounded.outcome("t")?["error"]?["code"] == "too-many-rejects")
    try await world.database.execute("TRUNCATE t")
    try world.setFlows(flow + "\n  maxRejects: 60%")
    #expect(try await world.stream("run", "--apply", "--yes").outcome("t")?["error"]?["code"] == "too-many-rejects")
  }

  @Test("are exact at a million rows, rejecting and warning")
  func million() async throws {
    try await TestDatabase.current.execute("CREATE TABLE t (id bigint, n int)")
    let world = try World(
      """
      t:
        source: {authorizer: wh, query: "SELECT i AS id, nullif(i % 1000, 0)::int AS n FROM generate_series(1, 1000000) i"}
        destination: wh
        writeMode: insert
        quality:
          - {column: n, rule: not_null, action: reject}
          - {column: n, rule: between, max: 899, action: warn}
          - {column: id, rule: unique}
      """)
    let run = try await world.stream("run", "--apply", "--yes")
    #expect(run.counts("t") == "read 1000000, inserted 999000, rejected 1000", "\(run.error)")
    #expect(run.outcome("t")?["quality"]?.arrayValue?.map { $0["broken"]?.intValue } == [1000, 100_000, 0])
    #expect(try await world.database.rows("SELECT count(*), count(n) FROM t") == [["999000", "999000"]])
  }

  @Test("are asked by preview of all rows, without a trace, which fails where a load would be blocked")
  func preview() async throws {
    try await TestDatabase.current.execute(Self.tables)
    let world = try world(
      "[{column: n, rule: not_null}, {column: t, rule: not_null, action: warn}, {column: id, rule: between, min: 1}]")
    let document = try await world.document("preview", "t", "--quality", "--rows", "2")
    #expect(document.status == 1)
    #expect(document.json["rows"]?.arrayValue?.count == 2)
    #expect(document.json["quality"]?.arrayValue?.map { $0["broken"]?.intValue } == [1, 1, 0])
    let shown = try await world.sluice("preview", "t", "--quality", "--rows", "1")
    #expect(shown.output.contains("✗ 1 of 205 rows breaks the rule \"n not_null\": block"), "\(shown.output)")
    #expect(shown.output.contains("✓ id between"))
    #expect(try await world.sluice("preview", "t").status == 0)
    #expect(try await world.database.value("SELECT to_regclass('t') IS NULL") == "t")
  }

  @Test("see what steps make, and hold for an empty load")
  func steps() async throws {
    try await TestDatabase.current.execute(Self.tables)
    let world = try world(
      "[{column: n, rule: unique, action: warn}, {rule: row_count, min: 1, action: warn}, {column: at, rule: fresh, within: 1d}, {column: n, rule: anomaly}]",
      more: "\n  transform: [{name: none, filter: {from: source, where: [{column: id, is: \">\", value: 1000000}]}}]")
    let run = try await world.stream("run", "--apply", "--yes")
    #expect(run.outcome("t")?["quality"]?.arrayValue?.map { $0["broken"]?.intValue } == [0, 1, 0, 0], "\(run.error)")
    #expect(run.outcome("t")?["status"] == "empty")
  }

  @Test("need SELECT on the table that values are looked up in, which a plan says")
  func privileges() async throws {
    let database = TestDatabase.current
    let role = try await database.createRole("loader")
    try await database.execute(
      """
      CREATE TABLE known (id bigint); CREATE TABLE t (id bigint); GRANT ALL ON t TO \(role);
      GRANT CREATE, USAGE ON SCHEMA public TO \(role)
      """)
    let world = try World(
      "t: {source: {path: in.csv}, destination: wh, writeMode: insert, quality: [{column: id, rule: exists_in, table: known}]}",
      files: ["in.csv": "id\n1\n"], role: role)
    let plan = try await world.document("plan")
    #expect(plan.checks("failed", of: "flow/t") == ["table-privileges"])
    #expect(
      plan.diagnostics("table-privileges").first?["help"]?.strings == ["GRANT SELECT ON public.known TO \(role);"],
      "\(plan.diagnostics())")
    try await database.execute("GRANT SELECT ON known TO \(role)")
    let run = try await world.stream("run", "--apply", "--yes")
    #expect(run.outcome("t")?["error"]?["code"] == "quality", "\(run.error)")
  }
}
