import JSON
import SystemPackage
import TestSupport
import Testing

/// `run` loads what was applied, counts every row, and writes all of a load or nothing.
@Suite("run", .freshDatabase, .timeLimit(.minutes(15)))
struct RunTests {
  @Test("loads the smallest project")
  func smallest() async throws {
    let project = try TemporaryProject([
      "project.yaml": """
      authorizers:
        wh: {url: {env: DATABASE_URL}}
      destinations:
        wh: {authorizer: wh, defaultSchema: public}
      flows:
        orders: {source: {path: data/orders.csv}, destination: wh, writeMode: truncate_insert}
      """,
      "data/orders.csv": "order_id,total,when\n007,2.50,2024-02-29\n008,,2024-03-01\n",
    ])
    let database = TestDatabase.current
    let url = "postgresql://\(database.owner)@/\(database.name)?host=\(database.host)"
    for _ in 1...2 {
      let outcome = try await runTool(
        ["run", "--apply", "--yes"], in: project.path, environment: ["DATABASE_URL": url])
      #expect(outcome.status == 0, "\(outcome.error)")
      #expect(try await database.text("TABLE orders") == "007|2.50|2024-02-29\n008||2024-03-01")
    }
  }

  @Test(
    "loads in every mode, with exact counts",
    arguments: [
      ("insert", "read 3, inserted 3", "1|a\n1|a\n2|b\n9|z"),
      ("insert_ignore", "read 3, inserted 1, rejected 2", "1|old\n2|b\n9|z"),
      ("truncate_insert", "read 3, inserted 3, deleted 2", "1|a\n1|a\n2|b"),
      ("upsert", "read 3, inserted 1, updated 1, superseded 1", "1|a\n2|b\n9|z"),
      ("delete", "read 3, deleted 1, unchanged 2, superseded 1", "9|z"),
    ])
  func modes(_ mode: String, _ counts: String, _ rows: String) async throws {
    let hasKey = ["insert_ignore", "upsert", "delete"].contains(mode)
    let key = mode == "upsert" || mode == "delete" ? ", key: [id]" : ""
    let world = try World(
      "t: {source: {path: t.csv}, destination: wh, writeMode: \(mode)\(key)}", files: ["t.csv": "id,v\n1,a\n2,b\n1,a\n"]
    )
    try await world.database.execute(
      "CREATE TABLE t (id bigint \(hasKey ? "PRIMARY KEY" : ""), v text); INSERT INTO t VALUES (9, 'z')")
    if mode != "insert" { try await world.database.execute("INSERT INTO t VALUES (1, 'old')") }
    let load = try await world.stream("run", "--apply", "--yes")
    #expect(load.status == 0, "\(load.events)")
    #expect(load.outcome("t")?["status"] == "loaded")
    #expect(load.outcome("t")?["mode"]?.stringValue == mode)
    #expect(load.counts("t") == counts)
    #expect(try await world.database.text("SELECT id, v FROM t ORDER BY 1, 2") == rows)
  }

  @Test("an upsert's delta is counted exactly; the same file again changes nothing")
  func delta() async throws {
    let world = try World(
      "t: {source: {path: t.csv}, destination: wh, writeMode: upsert, key: [id]}",
      files: ["t.csv": "id,v\n1,a\n2,b\n3,\n4,d\n"])
    #expect(try await world.stream("run", "--apply", "--yes").counts("t") == "read 4, inserted 4")
    let before = try await world.database.text("SELECT ctid, xmin, * FROM t")
    #expect(try await world.stream("run").counts("t") == "read 4, unchanged 4")
    #expect(try await world.database.text("SELECT ctid, xmin, * FROM t") == before, "equal rows are not rewritten")
    // 5 and 6 are new, 2 and 3 changed, 1 and 4 equal; 6 and 1 come twice.
    try world.project.write("id,v\n5,e\n6,x\n6,f\n2,B\n3,c\n1,q\n1,a\n4,d\n", to: "t.csv")
    let load = try await world.stream("run")
    #expect(load.counts("t") == "read 8, inserted 2, updated 2, unchanged 2, superseded 2")
    #expect(try await world.database.text("SELECT id, v FROM t ORDER BY 1") == "1|a\n2|B\n3|c\n4|d\n5|e\n6|f")
    let ledger = try await world.database.text(
      "SELECT status, rows_read, rows_inserted, rows_updated, rows_unchanged, rows_superseded FROM _sluice_loads ORDER BY started DESC LIMIT 1"
    )
    #expect(ledger == "loaded|8|2|2|2|2")
  }

  @Test("one bad row of an insert: nothing is written, and its place and value are told")
  func badRow() async throws {
    let world = try World(
      "t: {source: {path: data/t.csv}, destination: wh, writeMode: insert, columns: {id: bigint, total: numeric}}",
      files: ["data/t.csv": "id,note,total\n1,\"two\nlines\",2.5\n2,x,twelve\n3,,4\n"])
    let load = try await world.stream("run", "--apply", "--yes")
    #expect(load.status == 1)
    let outcome = try #require(load.outcome("t"))
    #expect(outcome["status"] == "failed")
    let error = try #require(outcome["error"])
    #expect(error["severity"] == "error")
    #expect(error["place"]?["file"] == "data/t.csv")
    #expect(error["place"]?["line"] == 4)
    #expect(error["place"]?["column"] == 5)
    #expect(error["message"]?.stringValue?.contains("twelve") == true)
    #expect(error["message"]?.stringValue?.contains("total") == true)
    #expect(try await world.database.text("SELECT count(*) FROM t") == "0")
    #expect(
      try await world.database.text(
        "SELECT status, rows_inserted, sql_state, message LIKE '%twelve%' FROM _sluice_loads") == "failed|0|22P02|f")
    let human = try await world.sluice("run")
    #expect(human.status == 1)
    #expect(human.error.contains("data/t.csv:4:5"))
    #expect(human.error.contains("2,x,twelve"))
  }

  @Test("a file that was inserted is skipped; --again loads it once more; a changed one is an error")
  func files() async throws {
    let world = try World(
      "t: {source: {path: 'in/*.csv'}, destination: wh, writeMode: insert}", files: ["in/a.csv": "id\n1\n"])
    #expect(try await world.stream("run", "--apply", "--yes").counts("t") == "read 1, inserted 1")
    let second = try await world.stream("run")
    #expect(second.status == 0)
    #expect(second.outcome("t")?["status"] == "skipped")
    try world.project.write("id\n2\n3\n", to: "in/b.csv")
    let third = try await world.stream("run")
    #expect(third.counts("t") == "read 2, inserted 2")
    #expect(third.outcome("t")?["files"]?.strings == ["in/b.csv"])
    #expect(try await world.stream("run", "--again").counts("t") == "read 3, inserted 3")
    try world.project.write("id\n1\n99\n", to: "in/a.csv")
    let changed = try await world.stream("run")
    #expect(changed.status == 1)
    #expect(changed.outcome("t")?["error"]?["place"]?["file"] == "in/a.csv")
    #expect(try await world.database.text("SELECT count(*) FROM t") == "6")
  }

  @Test("a flow never applied is an error that names run --apply")
  func neverApplied() async throws {
    let world = try World("t: {source: {path: t.csv}, destination: wh, writeMode: insert}", files: ["t.csv": "id\n1\n"])
    let first = try await world.sluice("run")
    #expect(first.status == 1)
    #expect(first.error.contains("error[not-applied]"))
    #expect(first.error.contains("sluice run --apply"))
    #expect(try await world.sluice("apply", "--yes").status == 0)
    try world.setFlows(
      """
      t: {source: {path: t.csv}, destination: wh, writeMode: insert}
      u: {source: {path: t.csv}, destination: wh, writeMode: insert}
      """)
    let second = try await world.stream("run", "u")
    #expect(second.status == 1)
    let diagnostic = second.events("failed").first?["diagnostics"]?.arrayValue?.first
    #expect(diagnostic?["code"] == "not-applied")
    #expect(diagnostic?["help"]?.strings.contains { $0.hasPrefix("sluice run --apply u") } == true)
    #expect(try await world.database.text("SELECT to_regclass('u') IS NULL, count(*) FROM t") == "t|0")
  }

  @Test("half-edited manifests never move data: flows run as applied, with a warning")
  func halfEdited() async throws {
    let flow = "t: {source: {path: t.csv}, destination: wh, writeMode: truncate_insert}"
    let world = try World(flow, files: ["t.csv": "id\n1\n", "u.csv": "id\n2\n"])
    #expect(try await world.sluice("apply", "--yes").status == 0)
    for (edited, code) in [
      (flow.replacing("t.csv", with: "u.csv"), "changes-not-applied"),
      ("t: {source: {path: u.csv}, wri", "manifests-invalid"),
    ] {
      try world.setFlows(edited)
      let outcome = try await world.sluice("run")
      #expect(outcome.status == 0, "\(outcome.error)")
      #expect(outcome.error.contains("warning[\(code)]"))
      #expect(try await world.database.text("TABLE t") == "1")
    }
  }

  @Test("flows run after those that they name, and are skipped when one of them failed")
  func order() async throws {
    let world = try World(
      """
      a: {source: {path: ok.csv}, destination: wh, writeMode: insert, after: [z]}
      b: {source: {path: ok.csv}, destination: wh, writeMode: insert, after: [bad]}
      c: {source: {path: ok.csv}, destination: wh, writeMode: insert, after: [b, a]}
      bad: {source: {path: bad.csv}, destination: wh, writeMode: insert, columns: {id: bigint}}
      z: {source: {path: ok.csv}, destination: wh, writeMode: insert}
      off: {source: {path: ok.csv}, destination: wh, writeMode: insert, enabled: false}
      """, files: ["ok.csv": "id\n1\n", "bad.csv": "id\none\n"])
    let run = try await world.stream("run", "--apply", "--yes", "--parallel", "1")
    #expect(run.status == 1)
    let outcomes = run.events("finished").compactMap { event in
      event["flow"]?.stringValue.map { "\($0) \(event["status"]?.stringValue ?? "")" }
    }
    #expect(Set(outcomes) == ["bad failed", "b skipped", "c skipped", "z loaded", "a loaded"])
    #expect(outcomes.firstIndex(of: "z loaded")! < outcomes.firstIndex(of: "a loaded")!)
    #expect(run.outcome("b")?["error"]?["message"]?.stringValue?.contains("flow/bad") == true)
    let human = try await world.sluice("run")
    #expect(human.status == 1)
    #expect(human.error.contains("sluice run b bad c"))
  }

  @Test("every started load finishes, in the stream's order, with one id")
  func stream() async throws {
    let world = try World(
      """
      a: {source: {path: t.csv}, destination: wh, writeMode: insert}
      b: {source: {path: t.csv}, destination: wh, writeMode: insert}
      """, files: ["t.csv": "id\n1\n"])
    let run = try await world.stream("run", "--apply", "--yes")
    let started = run.events("started"), finished = run.events("finished").filter { $0["flow"] != nil }
    #expect(started.count == 2)
    #expect(Set(started.map { $0["load"] }) == Set(finished.map { $0["load"] }))
    let loads = try await world.database.text("SELECT load_id FROM _sluice_loads ORDER BY 1")
    #expect(started.compactMap { $0["load"]?.stringValue }.sorted().joined(separator: "\n") == loads)
    for event in finished {
      let counted = ["inserted", "updated", "unchanged", "superseded", "rejected"].reduce(0) {
        $0 + (event[$1]?.intValue ?? -99)
      }
      #expect(event["read"]?.intValue == counted)
      #expect(event["attempt"] == 1)
    }
  }
}
