import JSON
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// `plan --sql`: a script that somebody with more rights runs, after which there is nothing left to make.
@Suite("SQL scripts", .freshDatabase, .timeLimit(.minutes(15)))
struct SQLScriptTests {
  @Test("after it a role without CREATE adopts all of it, and loads", arguments: 21...26)
  func adopted(seed: UInt64) async throws {
    let world = try await World.random(seed: seed, schemas: seed.isMultiple(of: 2) ? ["s"] : ["s", "S 2", "books"])
    let database = world.database
    try await database.execute("GRANT CONNECT ON DATABASE \(database.name) TO \(world.role)")
    #expect(try await world.sluice("plan").status == 1)
    let script = try await world.sluice("plan", "--sql")
    #expect(script.status == 0, "\(script.error)")
    #expect(script.error == "")
    try await run(script.output, twice: true)

    let plan = try await world.document("plan")
    #expect(plan.status == 0, "\(plan.json)")
    #expect(Set(plan.actions.values) == ["adopt"], "\(plan.actions)")
    let rights = try await database.text(
      "SELECT bool_or(has_schema_privilege('\(world.role)', oid, 'CREATE')) FROM pg_namespace")
    #expect(rights == "f")
    let load = try await world.sluice("run", "--apply", "--yes")
    #expect(load.status == 0, "\(load.error)")
    #expect(try await world.document("plan", "--detailed-exitcode").status == 0)
    let again = try await world.sluice("plan", "--sql")
    #expect(again.output.hasSuffix("-- Nothing is to be done.\n"))
    // What it grants is what `grants` would: nothing is missing, and nothing is too much.
    #expect(try await world.document("grants", "--missing").statements == [])
  }

  @Test("names and defaults are nothing to psql but names and defaults")
  func oddNames() async throws {
    let database = TestDatabase.current
    let role = try await database.createRole()
    let reader = "Odd \\! touch broken; -- $sluice$ :x\n\\q \(TestDatabase.uniqueName("reader"))"
    func yaml(_ text: String) -> String {
      "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n") + "\""
    }
    let schema = "S :x\n\\q \"q\"", table = "T'\n\\! touch broken\n:'x'", column = "c \\! touch broken $sluice$ :\"x\""
    func quoted(_ name: String) -> String { "\"" + name.replacing("\"", with: "\"\"") + "\"" }
    let world = try World(
      """
      t:
        source: {path: t.csv}
        destination: wh
        table: \(yaml("\(quoted(schema)).\(quoted(table))"))
        writeMode: upsert
        key: [\(yaml(column))]
        grantSelect: [\(yaml(reader))]
        columns:
          \(yaml(column)): {type: text, from: id}
          v: {type: text, default: {sql: \(yaml("concat('a:x', E'\\\\b', $sluice$:x$sluice$)"))}}
          w: {type: date, default: 2024-02-03, from: $file}
          "a'b": {type: text, default: \(yaml("it's \\ :x"))}
      """.replacing(", from: $file", with: ""),
      files: ["t.csv": "id,v,w,a'b\n1,a,2024-01-01,b\n"], role: role)
    let script = try await world.sluice("plan", "--sql")
    #expect(script.status == 0, "\(script.error)")
    try await run(script.output, twice: true, in: world.project.path)
    #expect(world.project.files.allSatisfy { !$0.contains("broken") })

    let plan = try await world.document("plan")
    #expect(plan.status == 0, "\(plan.json)")
    #expect(Set(plan.actions.values) == ["adopt"], "\(plan.actions)")
    #expect(plan.diagnostics() == [])
    #expect(try await world.sluice("run", "--apply", "--yes").status == 0)
    let defaults = try await database.text(
      "SELECT count(*) FROM pg_attrdef WHERE pg_get_expr(adbin, adrelid) LIKE '%:x%'")
    #expect(defaults == "2")
    try await database.execute("DROP OWNED BY \(quoted(reader)); DROP ROLE \(quoted(reader))")
  }

  @Test("what is lacking of another role's table is added; on rows the index is built outside a transaction")
  func existing() async throws {
    let database = TestDatabase.current
    let role = try await database.createRole()
    let world = try World(
      """
      t: {source: {path: t.csv}, destination: wh, table: s.t, writeMode: upsert, key: [id], tableChanges: none}
      u: {source: {path: t.csv}, destination: wh, table: s.u, writeMode: upsert, key: [id], columns: {id: bigint, v: text}}
      """, files: ["t.csv": "id,v\n1,a\n"], role: role)
    // What a build that broke off has left: IF NOT EXISTS alone would take it for done.
    try await database.execute(
      """
      CREATE SCHEMA s;
      CREATE TABLE s.t (id bigint, v text); INSERT INTO s.t VALUES (1, 'x'), (2, 'y');
      CREATE UNIQUE INDEX t_id_sluice_key ON s.t (id);
      UPDATE pg_index SET indisvalid = false WHERE indexrelid = 's.t_id_sluice_key'::regclass;
      CREATE TABLE s.u (id bigint);
      """)
    let script = try await world.sluice("plan", "--sql")
    #expect(script.status == 0, "\(script.error)")
    #expect(script.output.contains("ALTER TABLE s.u ADD COLUMN IF NOT EXISTS v text;"))
    #expect(script.output.contains("CREATE UNIQUE INDEX IF NOT EXISTS u_id_sluice_key ON s.u (id);"))
    try await run(script.output, twice: true)
    #expect(
      try await database.text("SELECT indisvalid FROM pg_index WHERE indexrelid = 's.t_id_sluice_key'::regclass") == "t"
    )
    let plan = try await world.document("plan")
    #expect(Set(plan.actions.values) == ["adopt"], "\(plan.json)")
    #expect(try await world.sluice("run", "--apply", "--yes").status == 0)
  }

  @Test("what no SQL mends is an error, and is left out")
  func notMended() async throws {
    let database = TestDatabase.current
    let role = try await database.createRole()
    let world = try World(
      """
      good: {source: {path: t.csv}, destination: wh, table: s.good}
      wrong: {source: {path: t.csv}, destination: wh, table: s.wrong, columns: {id: date, v: text}}
      far: {source: {path: t.csv}, destination: far, table: s.far}
      """, files: ["t.csv": "id,v\n1,a\n"],
      connection: World.connection.replacing(
        "destinations:",
        with: "  away: {host: /nowhere, database: x, username: y}\ndestinations:\n  far: {authorizer: away}"),
      role: role)
    try await database.execute("CREATE SCHEMA s; CREATE TABLE s.wrong (id bigint, v text)")
    let script = try await world.sluice("plan", "--sql")
    #expect(script.status == 1)
    #expect(script.error.contains("error[table-columns]: column s.wrong.id is bigint in the database"))
    #expect(script.error.contains("error[connection]: "))
    #expect(!script.error.contains("schema-create"))
    #expect(script.output.contains("-- flow/wrong is left out, as no SQL helps it:\n--   column s.wrong.id"))
    try await run(script.output)
    #expect(try await world.document("plan").action("flow/good") == "adopt")
    #expect(try await world.sluice("plan", "--sql", "--output", "json").status == 64)
  }

  @Test("one script for two databases does in each what is for it; in another one nothing is done")
  func databases() async throws {
    let database = TestDatabase.current
    let role = try await database.createRole()
    try await withDatabase { other in
      var world = try World(
        """
        a: {source: {path: t.csv}, destination: wh, table: s.a}
        b: {source: {path: t.csv}, destination: far, table: s.b}
        """, files: ["t.csv": "id,v\n1,a\n"],
        connection: World.connection.replacing(
          "destinations:", with: "  other: {url: {env: OTHER_URL}}\ndestinations:\n  far: {authorizer: other}"),
        role: role)
      world.environment["OTHER_URL"] = world.url.replacing("/\(database.name)?", with: "/\(other.name)?")
      let script = try await world.sluice("plan", "--sql")
      #expect(script.status == 0, "\(script.error)")
      for each in [database, other] { try await run(script.output, on: each) }
      #expect(try await database.text("SELECT to_regclass('s.a'), to_regclass('s.b')") == "s.a|")
      #expect(try await other.text("SELECT to_regclass('s.a'), to_regclass('s.b')") == "|s.b")
      let plan = try await world.document("plan")
      #expect(Set(plan.actions.values) == ["adopt"], "\(plan.json)")

      let one = try await world.sluice("plan", "--sql", "a")
      #expect(one.output.hasSuffix("-- Nothing is to be done.\n"))
      try world.setFlows("c: {source: {path: t.csv}, destination: wh, table: s.c}")
      let only = try await world.sluice("plan", "--sql")
      let wrong = try await psql(only.output, on: other)
      #expect(wrong.status == 3)
      #expect(wrong.error.contains("this script is for another database than \(other.name)"))
      #expect(try await other.text("SELECT to_regclass('s.c')") == "")
    }
  }

  // MARK: -

  private func run(
    _ script: String, twice: Bool = false, on database: TestDatabase = .current, in folder: FilePath? = nil
  ) async throws {
    for _ in 0..<(twice ? 2 : 1) {
      let outcome = try await psql(script, on: database, in: folder)
      #expect(outcome.status == 0, "\(outcome.error)\n\(script)")
      #expect(outcome.error == "")
    }
  }

  /// Runs a script as a superuser, with a variable set that none of it may mean.
  private func psql(
    _ script: String, on database: TestDatabase, in folder: FilePath? = nil
  ) async throws -> (status: Int, error: String) {
    let result = try await Subprocess.run(
      .name("psql"),
      arguments: [
        "-X", "-q", "-v", "x=replaced", "-h", database.host, "-p", "\(database.port)", "-U", database.owner, "-d",
        database.name, "-f", "-",
      ], workingDirectory: folder, input: .string(script), output: .string(limit: 1 << 20),
      error: .string(limit: 1 << 20))
    guard case .exited(let status) = result.terminationStatus else { return (-1, "psql was killed") }
    return (Int(status), result.standardError)
  }
}
