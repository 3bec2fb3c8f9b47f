import JSON
import TestSupport
import Testing

/// `notify:` tells programs what has happened to flows.
@Suite("notify", .freshDatabase, .timeLimit(.minutes(15)))
struct NotifyTests {
  private static let flow = """
    bad: {source: {path: t.csv}, destination: wh, writeMode: truncate_insert, columns: {id: bigint}, retry: {attempts: 2}}
    """

  /// A project whose flow fails; `notify` stands in sluice.yaml.
  private func world(_ notify: String, csv: String = "id\nsecret-value\n") async throws -> World {
    let world = try World(Self.flow, files: ["t.csv": csv, "sluice.yaml": "project: shop\nnotify:\n\(notify)\n"])
    #expect(try await world.sluice("apply", "--yes").status == 0)
    return world
  }

  /// What the program was told, in order.
  private func told(_ world: World) throws -> [JSONValue] {
    guard world.project.contains("told") else { return [] }
    return try world.project.read("told").split(separator: "\n").map { try JSONValue(parsing: String($0)) }
  }

  @Test("A program is told once that a flow is broken, and once that it has recovered, without values of rows")
  func events() async throws {
    let world = try await world(
      """
        - {on: [broken, recovered], command: [sh, -c, "cat >> told"]}
        - {on: [recovered], command: [sh, -c, "cat >> told"]}
      """)
    #expect(try await world.sluice("run").status == 1)
    #expect(try told(world).isEmpty)
    for _ in 1...2 { #expect(try await world.sluice("run").status == 1) }
    let broken = try #require(try told(world).first)
    #expect(try told(world).count == 1)
    #expect(broken["formatVersion"] == 1)
    #expect(broken["event"] == "broken")
    #expect(broken["status"] == "broken")
    #expect(broken["project"] == "shop")
    #expect(broken["flow"] == "bad")
    #expect(broken["sandbox"] == false)
    #expect(broken["error"]?["code"] == "bad-value")
    #expect(broken["error"]?["place"]?["line"] == 2)
    #expect(broken["host"]?.stringValue?.isEmpty == false)
    #expect(broken["time"]?.stringValue?.hasSuffix("Z") == true)
    let second = try await world.database.text("SELECT load_id FROM _sluice_loads ORDER BY finished OFFSET 1 LIMIT 1")
    #expect(broken["load"]?.stringValue == second)
    #expect(!(try world.project.read("told").contains("secret-value")))

    try world.project.write("id\n1\n", to: "t.csv")
    #expect(try await world.sluice("run").status == 0)
    #expect(try await world.sluice("run").status == 0)
    let all = try told(world)
    #expect(all.map { $0["event"] } == ["broken", "recovered", "recovered"])
    #expect(all.last?["error"] == .null)
    #expect(all.last?["status"] == "live")
  }

  @Test("A program is told of rules that do not hold, with their counts, whether the load is blocked or not")
  func quality() async throws {
    let world = try World(
      """
      t:
        source: {path: t.csv}
        destination: wh
        writeMode: truncate_insert
        quality: [{column: id, rule: between, max: 1, action: warn}, {column: note, rule: not_null}]
      """,
      files: [
        "t.csv": "id,note\n1,secret-value\n2,secret-value\n",
        "sluice.yaml": "notify: [{on: [quality], command: [sh, -c, \"cat >> told\"]}]\n",
      ])
    #expect(try await world.sluice("run", "--apply", "--yes").status == 0)
    try world.project.write("id,note\n1,\n", to: "t.csv")
    #expect(try await world.sluice("run").status == 1)
    try world.project.write("id,note\n1,secret-value\n", to: "t.csv")
    #expect(try await world.sluice("run").status == 0)
    let told = try told(world)
    #expect(told.map { $0["event"] } == ["quality", "quality"])
    #expect(told.map { $0["status"] } == ["live", "retrying"])
    #expect(told[0]["brokenRules"] == [["rule": "id between", "action": "warn", "broken": 1, "rows": 2]])
    #expect(told[1]["brokenRules"]?.arrayValue?.first?["rule"] == "note not_null")
    #expect(told[1]["error"]?["code"] == "quality")
    #expect(!(try world.project.read("told").contains("secret-value")))
  }

  @Test("A flow that somebody resumed recovers all the same, and one that only failed does not")
  func resumed() async throws {
    let world = try await world("  - {on: [broken, recovered], command: [sh, -c, \"cat >> told\"]}")
    for _ in 1...2 { #expect(try await world.sluice("run").status == 1) }
    #expect(try await world.sluice("resume", "bad").status == 0)
    #expect(try await world.sluice("run").status == 1)
    try world.project.write("id\n1\n", to: "t.csv")
    #expect(try await world.sluice("run").status == 0)
    #expect(try told(world).map { $0["event"] } == ["broken", "recovered"])
    try world.project.write("id\nx\n", to: "t.csv")
    #expect(try await world.sluice("run").status == 1)
    try world.project.write("id\n1\n", to: "t.csv")
    #expect(try await world.sluice("run").status == 0)
    #expect(try told(world).count == 2)
  }

  @Test("It has the environment of other programs, in the project's folder: no secret, nothing of libpq's")
  func environment() async throws {
    var world = try await world("  - {on: [broken], command: [sh, -c, \"env > seen\"]}")
    world.environment = ["PGPASSWORD": "hidden-1", "PAGER_KEY": "kept"]
    for _ in 1...2 { #expect(try await world.sluice("run").status == 1) }
    let seen = try world.project.read("seen")
    #expect(seen.contains("PAGER_KEY=kept"))
    #expect(!seen.contains("DATABASE_URL"))
    #expect(!seen.contains("PGPASSWORD"))
  }

  @Test(
    "One that fails is a warning at its line, and changes nothing of the run",
    arguments: [
      ("[sh, -c, 'echo no route >&2; exit 3']", "it ended with status 3: no route"),
      ("[there-is-no-such-program]", "there is no such program"),
      ("[sh, -c, 'kill -9 $$']", "it was ended by signal 9"),
    ])
  func failing(_ command: String, _ words: String) async throws {
    let world = try await world("  - {on: [broken, recovered], command: \(command)}")
    for _ in 1...2 { #expect(try await world.sluice("run").status == 1) }
    try world.project.write("id\n1\n", to: "t.csv")
    let run = try await world.stream("run")
    #expect(run.status == 0, "\(run.error)")
    let warning = try #require(run.outcome("bad")?["warnings"]?.arrayValue?.first)
    #expect(warning["code"] == "notify-failed")
    #expect(warning["severity"] == "warning")
    #expect(
      warning["message"]?.stringValue?.hasSuffix("was not told that flow/bad has recovered: \(words)") == true,
      "\(warning)")
    #expect(warning.place?.hasPrefix("sluice.yaml:3:") == true)
  }

  @Test("One that does not read what it is told is told all the same")
  func deaf() async throws {
    let world = try await world("  - {on: [broken, recovered], command: ['true']}")
    for _ in 1...2 { #expect(try await world.sluice("run").status == 1) }
    try world.project.write("id\n1\n", to: "t.csv")
    #expect(try await world.stream("run").outcome("bad")?["warnings"] == [])
  }

  @Test("A load that succeeds at another try is no news, and its tries count once")
  func tries() async throws {
    let world = try await world("  - {on: [broken, recovered], command: [sh, -c, \"cat >> told\"]}")
    #expect(try await world.sluice("run").status == 1)
    // What a load leaves that fails for a passing reason, twice.
    try await world.database.execute(
      """
      CREATE TEMP TABLE r AS SELECT * FROM _sluice_loads;
      UPDATE r SET load_id = gen_random_uuid(), finished = finished + interval '1 ms', attempt = 2;
      INSERT INTO _sluice_loads TABLE r;
      UPDATE r SET load_id = gen_random_uuid(), finished = finished + interval '1 ms', attempt = 3;
      INSERT INTO _sluice_loads TABLE r;
      """)
    let status = try await world.document("status", "bad").json["flows"]?.arrayValue?.first
    #expect(status?["status"] == "retrying")
    #expect(status?["failures"] == 1)
    try world.project.write("id\n1\n", to: "t.csv")
    #expect(try await world.sluice("run").status == 0)
    #expect(try told(world).isEmpty)
  }

  @Test("--untrusted refuses it")
  func untrusted() async throws {
    let world = try await world("  - {on: [broken], command: [sh, -c, \"cat >> told\"]}")
    for command in [["validate"], ["run", "--sandbox"], ["status", "--sandbox"]] {
      let outcome = try await world.sluice(command + ["--untrusted"])
      #expect(outcome.status == 1)
      #expect(outcome.error.contains("`notify` runs the program `sh`, which --untrusted refuses"), "\(outcome.error)")
    }
  }
}
