import Foundation
import JSON
import SystemPackage
import TestSupport
import Testing

/// Sources that are no plain CSV files, from the manifest to the table.
@Suite("Sources", .freshDatabase, .timeLimit(.minutes(15)))
struct SourceTests {
  @Test("a program is run by a plan for its columns alone, and by nothing where they are known")
  func program() async throws {
    let world = try World(
      "t: {source: {command: [sh, count.sh], format: jsonl}, destination: wh, writeMode: truncate_insert}",
      files: ["count.sh": "echo x >> runs\necho '{\"id\":1,\"day\":\"2024-01-31\",\"j\":{\"a\":1}}'\n"])
    func runs() throws -> Int { world.project.contains("runs") ? try world.project.read("runs").count / 2 : 0 }
    #expect(try await world.sluice("validate").status == 0)
    #expect(try runs() == 0)
    let plan = try await world.sluice("plan")
    #expect(plan.status == 0, "\(plan.error)")
    #expect(plan.output.contains("day  date    1 row of output of sh"), "\(plan.output)")
    #expect(try runs() == 1)
    #expect(try await world.sluice("apply", "--yes").status == 0)
    let before = try runs()
    #expect(try await world.sluice("plan").status == 0)
    #expect(try runs() == before, "the state says which columns there are")
    #expect(try await world.stream("run").counts("t") == "read 1, inserted 1")
    #expect(try runs() == before + 1)
    #expect(try await world.database.text("TABLE t") == "1|2024-01-31|{\"a\": 1}")
    #expect(try await world.database.text("SELECT files FROM _sluice_loads WHERE files <> '[]'") == "")
    // Declared columns need no look either.
    try world.setFlows(
      "u: {source: {command: [sh, count.sh], format: jsonl}, destination: wh, writeMode: insert, columns: {id: bigint}}"
    )
    #expect(try await world.sluice("apply", "--yes", "--allow-delete", "1").status == 0)
    #expect(try runs() == before + 1)
    #expect(try await world.stream("run").counts("u") == "read 1, inserted 1")
  }

  @Test("a program that fails blocks the plan that needs its columns, and fails a run")
  func failingProgram() async throws {
    let world = try World(
      "t: {source: {command: [sh, -c, 'echo id; echo 1; echo no bucket >&2; exit 4'], format: csv}, destination: wh, writeMode: insert}"
    )
    let plan = try await world.document("plan")
    #expect(plan.action("flow/t") == "blocked")
    let found = try #require(plan.diagnostics("source-program").first)
    #expect(found["message"] == "`sh` ended with status 4")
    #expect(found["help"]?.strings == ["it says: no bucket"])
    #expect(found.place == "flows.yaml:2:25")
    try world.setFlows(
      "t: {source: {command: [sh, -c, 'echo id; echo 1; exit 4'], format: csv}, destination: wh, writeMode: insert, columns: {id: bigint}}"
    )
    let run = try await world.stream("run", "--apply", "--yes")
    #expect(run.status == 1)
    #expect(run.outcome("t")?["error"]?["code"] == "source-program")
    #expect(try await world.database.text("SELECT count(*) FROM t") == "0")
  }

  @Test("a run that is stopped ends its program", arguments: [SIGINT, SIGTERM])
  func stopped(signal: Int32) async throws {
    let world = try World(
      """
      t: {source: {command: [sh, -c, 'echo $$ > new; mv new pid; echo id; echo 1; exec sleep 1000'], format: csv},
        destination: wh, writeMode: insert, columns: {id: bigint}}
      """)
    #expect(try await world.sluice("apply", "--yes").status == 0)
    let status = try await interruptTool(
      ["-C", world.project.path.string, "run"], environment: world.variables, with: signal
    ) { while !world.project.contains("pid") { await Task.yield() } }
    #expect(status == 130)
    let process = try #require(Int32(try world.project.read("pid").split(separator: "\n").first ?? ""))
    #expect(kill(process, 0) == -1)
    #expect(try await world.database.text("SELECT count(*) FROM t") == "0")
  }

  @Test(
    "a run that is killed leaves no program, whether that prints or not", arguments: ["exec yes 1", "exec sleep 1000"])
  func killed(program: String) async throws {
    let world = try World(
      """
      t: {source: {command: [sh, -c, 'echo $$ > new; mv new pid; echo id; \(program)'], format: csv},
        destination: wh, writeMode: insert, columns: {id: bigint}}
      """)
    #expect(try await world.sluice("apply", "--yes").status == 0)
    let status = try await interruptTool(
      ["-C", world.project.path.string, "run"], environment: world.variables, with: SIGKILL
    ) { while !world.project.contains("pid") { await Task.yield() } }
    #expect(status == 128 + Int(SIGKILL))
    let process = try #require(Int32(try world.project.read("pid").split(separator: "\n").first ?? ""))
    // Whoever takes orphans in waits for it in their own time.
    while kill(process, 0) == 0,
      try String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8).contains(") Z ") == false
    { await Task.yield() }
  }

  @Test("a delimiter, an encoding that is none, are told by the plan at the manifest or the file, with what to write")
  func planned() async throws {
    let world = try World(
      """
      one: {source: {path: one.csv}, destination: wh, writeMode: insert}
      two:
        source:
          path: two.csv
          csv: {encoding: utf-99}
        destination: wh
        writeMode: insert
        columns: {id: bigint}
      """, files: ["one.csv": "id;name;total\n1;a;2\n", "two.csv": "id\n1\n"])
    let plan = try await world.document("plan")
    let found = plan.diagnostics("source-readable")
    #expect(found.map(\.place) == ["flows.yaml:6:23", "one.csv:1:1"])
    #expect(found.first?["message"] == "the encoding \"utf-99\" is not known here")
    #expect(found.last?["help"]?.strings == ["write `csv: {delimiter: \";\"}` on the source"])
    #expect(plan.action("flow/two") == "blocked")

    // The file is there, and will not be another one: declared columns make no difference.
    try world.setFlows(
      "one: {source: {path: one.csv}, destination: wh, writeMode: insert, columns: {id: bigint, name: text}}")
    let declared = try await world.document("plan")
    #expect(declared.action("flow/one") == "blocked")
    #expect(declared.diagnostics("source-readable").map(\.place) == ["one.csv:1:1"])
  }

  @Test("JSON is previewed as its table would hold it; a declared field that no object has yet is a warning")
  func json() async throws {
    let world = try World(
      "t: {source: {path: t.jsonl}, destination: wh, writeMode: insert, columns: {id: bigint, j: jsonb, later: text}}",
      files: ["t.jsonl": "{\"id\":1,\"j\":[1.10]}\n{\"id\":\"x\"}\n{\"id\":2\n"])
    let preview = try await world.document("preview", "t")
    #expect(preview.json["rows"]?.arrayValue?.first?.arrayValue?.count == 3, "\(preview.error)")
    #expect(Set(preview.json["rejected"]?.arrayValue?.map(\.place) ?? []) == ["t.jsonl:2:1", "t.jsonl:3:1"])
    try world.project.write("{\"id\":1,\"j\":[1.10]}\n", to: "t.jsonl")
    let plan = try await world.document("plan")
    #expect(plan.action("flow/t") == "create")
    #expect(plan.diagnostics("source-readable").map { $0["severity"] } == ["warning"])
  }

  @Test("files of a union whose values look like different types are told at plan time; without values none is meant")
  func clashingFiles() async throws {
    let flow = "t: {sources: {eu: {path: eu.csv}, us: {path: us.csv}}, destination: wh, writeMode: insert"
    let world = try World(
      flow + "}", files: ["eu.csv": "id,zip,note\n1,11000,\n", "us.csv": "zip,note,id\n01234,5,2\n"])
    let plan = try await world.document("plan")
    #expect(plan.action("flow/t") == "blocked")
    let found = plan.diagnostics("source-readable")
    #expect(
      found.map { $0["message"] } == [
        "field \"zip\" looks like bigint by the header and 1 row of eu.csv, and like text by the header and 1 row of us.csv"
      ])
    #expect(
      found.first?["help"]?.strings
        == ["say which type the column is to have: `columns: {zip: text, \"*\": inferred}`"])
    try world.setFlows(flow + ", columns: {zip: text, \"*\": inferred}}")
    let run = try await world.stream("run", "--apply", "--yes")
    #expect(run.counts("t") == "read 2, inserted 2", "\(run.error)")
    #expect(try await world.database.text("SELECT id, zip, note FROM t ORDER BY 1") == "1|11000|\n2|01234|5")
    #expect(
      try await world.database.text(
        "SELECT format_type(atttypid, -1) FROM pg_attribute WHERE attrelid = 't'::regclass AND attname = 'note'")
        == "bigint")
  }

  @Test("an error in a compressed file shows the line as it is read, not its bytes", arguments: ["gzip", "zstd"])
  func compressedLine(program: String) async throws {
    let ending = program == "gzip" ? "gz" : "zst"
    let world = try World(
      "t: {source: {path: in.csv.\(ending)}, destination: wh, writeMode: insert, columns: {id: bigint, s: text}}")
    try world.project.write("id,s\n1,a\nwrong,b\n", to: "in.csv")
    let compress = Process()
    compress.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    compress.arguments = [program, "-q", world.project.file("in.csv").string]
    try compress.run()
    compress.waitUntilExit()
    let run = try await world.sluice("run", "--apply", "--yes")
    #expect(run.status == 1)
    #expect(run.error.contains("in.csv.\(ending):3:1\n3 │ wrong,b\n  │ ^^^^^"), "\(run.error)")
  }

  @Test("JSON, compressed, is planned and loaded without a word about its columns")
  func inferred() async throws {
    let world = try World("t: {source: {path: 'in/*.json.gz'}, destination: wh, writeMode: upsert, key: [id]}")
    let json = world.project.file("in/a.json").string
    try world.project.write(#"[{"id":7,"n":1.50,"code":"007"},{"id":8,"tags":["x"]}]"#, to: "in/a.json")
    let gzip = Process()
    gzip.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    gzip.arguments = ["gzip", json]
    try gzip.run()
    gzip.waitUntilExit()
    let run = try await world.stream("run", "--apply", "--yes")
    #expect(run.counts("t") == "read 2, inserted 2", "\(run.error) \(run.events)")
    #expect(try await world.database.text("SELECT id, n, code, tags FROM t ORDER BY 1") == "7|1.50|007|\n8|||[\"x\"]")
    let types = try await world.database.text(
      "SELECT string_agg(format_type(atttypid, atttypmod), ' ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = 't'::regclass AND attnum > 0"
    )
    #expect(types == "bigint numeric text jsonb")
  }
}
