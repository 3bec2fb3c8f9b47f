import Foundation
import JSON
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// Names and values that would be statements, options, paths or markup, were they ever more than names and values.
@Suite("Injection", .freshDatabase, .timeLimit(.minutes(15)))
struct InjectionTests {
  /// Names that are meant to end a quoted one, and to run what follows.
  static let hostile = [
    #"x"; DROP TABLE victim; --"#, #"x'; DROP TABLE victim; --"#, "line\nbreak; DROP TABLE victim; --", #"back\slash\"#,
    "$$; DROP TABLE victim; $$", "\u{1b}[2J\u{202e}příliš 表 🦆", "%s%n{table}${x}", "--", "/*", "a.b", "$(touch ran)",
  ]

  private func quoted(_ name: String) -> String { "\"" + name.replacing("\"", with: "\"\"") + "\"" }

  /// As YAML writes it between double quotes.
  private func yaml(_ text: String) -> String { JSONValue.string(text).text(.line).replacing("$", with: "\\u0024") }

  private func expectUnharmed(_ world: World, _ outcomes: [ToolOutcome]) async throws {
    #expect(try await world.database.text("SELECT count(*) FROM victim") == "1")
    #expect(!world.project.contains("ran"))
    for outcome in outcomes {
      let text = outcome.output + outcome.error
      #expect(!text.unicodeScalars.contains { $0 == "\u{1b}" || $0 == "\u{202e}" }, "\(text.prefix(3000))")
    }
  }

  @Test("names of tables, schemas, columns and roles are quoted, by every write mode", arguments: hostile)
  func names(_ name: String) async throws {
    let database = TestDatabase.current
    let role = TestDatabase.uniqueName(String(name.prefix(20)))
    try await database.execute(
      """
      CREATE TABLE victim AS SELECT 1;
      CREATE SCHEMA \(quoted(name)); CREATE ROLE \(quoted(role)); GRANT ALL ON SCHEMA \(quoted(name)) TO \(quoted(role));
      GRANT ALL ON DATABASE \(database.name) TO \(quoted(role));
      """)
    let modes = ["insert", "insert_ignore", "truncate_insert", "upsert\n  key: [KEY]", "delete\n  key: [KEY]"]
    let flows = modes.enumerated().map { index, mode in
      """
      f\(index):
        source: {path: t.csv}
        destination: wh
        table: \(yaml("\(quoted(name)).\(quoted("\(index)\(name)"))"))
        writeMode: \(mode.replacing("KEY", with: yaml(name)))
        columns: {\(yaml(name)): {type: bigint, nullable: false}, other: {type: text, from: \(yaml("from \(name)"))}}
        grantSelect: [\(yaml(role))]
      """
    }
    let header = [name, "from \(name)"].map { quoted($0) }.joined(separator: ",")
    let world = try World(
      flows.joined(separator: "\n"), files: ["t.csv": "\(header)\n1,\(quoted(name))\n2,\n"],
      connection: """
        authorizers:
          wh: {host: \(database.host), database: \(database.name), username: \(database.owner), role: \(yaml(role))}
        destinations:
          wh: {authorizer: wh, defaultSchema: \(yaml(name))}

        """)
    var outcomes = [try await world.sluice("plan", "--verbose"), try await world.sluice("plan", "--sql")]
    // The script names the same things, and nothing else happens.
    let psql = try await run(
      .name("psql"), arguments: ["-X", "-q", "-h", database.host, "-U", database.owner, "-d", database.name],
      input: .string(outcomes[1].output), output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
    #expect(
      psql.terminationStatus.isSuccess && psql.standardError.isEmpty, "\(psql.standardError) \(outcomes[1].output)")
    outcomes += [try await world.sluice("grants"), try await world.sluice("apply", "--yes")]
    #expect(outcomes.last?.status == 0, "\(outcomes.map(\.error))")
    #expect(try await world.sluice("plan", "--detailed-exitcode").status == 0)
    outcomes.append(try await world.sluice("run"))
    #expect(outcomes.last?.status == 0, "\(outcomes.last?.error ?? "")")
    outcomes.append(try await world.sluice("preview", "f0"))
    for index in 0...3 {
      let table = "\(quoted(name)).\(quoted("\(index)\(name)"))"
      #expect(
        try await database.text("SELECT \(quoted(name)), other FROM \(table) ORDER BY 1") == "1|\(name)\n2|",
        "f\(index)")
    }
    // A row that does not fit: the names are in messages, of the tool and of the server.
    try world.project.write("\(header)\nbad,\n,\n", to: "t.csv")
    outcomes += [try await world.sluice("run"), try await world.sluice("plan")]
    #expect(outcomes.dropLast().last?.status == 1)
    try await expectUnharmed(world, outcomes)
  }

  @Test(
    "values and ways of writing CSV are values, wherever they go",
    arguments: ["insert", "insert_ignore", "upsert\n  key: [id]"])
  func values(_ mode: String) async throws {
    let world = try World(
      """
      t:
        source:
          path: t.csv
          csv: {delimiter: "'", quote: "\\\\", null: "x'; DROP TABLE victim; --", encoding: utf-8}
        destination: wh
        writeMode: \(mode)
        columns: {id: bigint, v: text, day: date, n: numeric}
      """,
      files: [
        // The day is doubtful, and goes by text.
        "t.csv": """
        id'v'day'n
        1'"; DROP TABLE victim; --'Jan 5 2024'1
        2'\\x'; DROP TABLE victim; --\\'2024-01-05'1e3
        3'x" \u{1b}[2J'2024-01-05'2
        4'\\\\\\.\\'2024-01-05'3

        """
      ])
    try await world.database.execute("CREATE TABLE victim AS SELECT 1")
    let run = try await world.sluice("run", "--apply", "--yes")
    #expect(run.status == 0, "\(run.error)")
    let rows = try await world.database.text("SELECT id, replace(v, E'\\x1b', 'ESC'), day, n FROM t ORDER BY id")
    #expect(
      rows == """
        1|"; DROP TABLE victim; --|2024-01-05|1
        2|x'; DROP TABLE victim; --|2024-01-05|1000
        3|x" ESC[2J|2024-01-05|2
        4|\\.|2024-01-05|3
        """)
    let preview = try await world.sluice("preview", "t")
    try world.project.write("id'v'day'n\nz\u{1b}[2J'; DROP TABLE victim; --'2024-01-05'1\n", to: "t.csv")
    try await expectUnharmed(world, [run, preview, try await world.sluice("run", "--again")])
  }

  @Test("names of files are names: in patterns, in the ledger, in messages") func files() async throws {
    let odd = ["a'; DROP TABLE victim; --.csv", "b\u{1b}[2J\n::error::x.csv", "c\"{}\\.csv", "-d.csv", "[e].csv"]
    let world = try World(
      "t: {source: {path: 'in/*.csv'}, destination: wh, writeMode: insert, columns: {id: bigint, f: {type: text, from: $file}}}",
      files: Dictionary(uniqueKeysWithValues: odd.map { ("in/\($0)", "id\n1\n") }))
    try await world.database.execute("CREATE TABLE victim AS SELECT 1")
    var outcomes = [try await world.sluice("run", "--apply", "--yes")]
    #expect(outcomes[0].status == 0, "\(outcomes[0].error)")
    let sorted = odd.map { "in/\($0)" }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    #expect(try await world.database.text("SELECT f FROM t ORDER BY f COLLATE \"C\"") == sorted.joined(separator: "\n"))
    outcomes.append(try await world.sluice("run"))
    #expect(
      try await world.database.text("SELECT count(*) FROM t") == "5", "all are in the ledger, and none is loaded again")
    for name in odd { try world.project.write("id\nbad\n", to: "in/\(name)") }
    outcomes += [
      try await world.sluice("run", "--again"), try await world.sluice("preview", "t"), try await world.sluice("plan"),
    ]
    try await expectUnharmed(world, outcomes)
    for outcome in outcomes { #expect(!outcome.error.contains("\n::error::")) }
    // What stands in brackets is a set, unless the manifest says otherwise.
    try world.setFlows("u: {source: {path: 'in/[[]e].csv'}, destination: wh, writeMode: insert, columns: {id: text}}")
    #expect(
      try await world.stream("run", "--apply", "--yes", "--allow-delete", "1").counts("u") == "read 1, inserted 1")
  }

  @Test("tables of a source that are called like paths and statements become flows, files and tables of their own")
  func upstreamTables() async throws {
    let names = ["../../x", "..", "a\"b", "a'; DROP TABLE victim; --", "$(touch ran)", "UPPER", "-rf", "\u{1b}[2J"]
    try await withDatabase { source in
      for name in names {
        try await source.execute(
          "CREATE TABLE \(quoted(name)) (id bigint PRIMARY KEY, \(quoted(name)) text); INSERT INTO \(quoted(name)) VALUES (1, 'v')"
        )
      }
      let target = TestDatabase.current
      try await target.execute("CREATE TABLE victim AS SELECT 1; CREATE SCHEMA crm")
      var world = try World(
        """
        crm:
          source: {authorizer: crm, tables: {"public.*": {}}}
          destination: wh
          table: crm.{table}
          writeMode: insert_ignore
        """,
        connection: World.connection + "---\nauthorizers: {crm: {url: {env: CRM_URL}}}\n")
      world.environment["CRM_URL"] =
        "postgresql://\(source.owner)@/\(source.name)?host=\(source.host)&port=\(source.port)"
      let plan = try await world.document("plan")
      let flows = (plan.json["steps"]?.arrayValue ?? []).compactMap { $0["address"]?.stringValue }
        .filter { $0.hasPrefix("flow/") }
      #expect(flows.allSatisfy { $0.wholeMatch(of: /flow\/crm\.[a-z0-9_.-]+/) != nil }, "\(flows)")
      var outcomes = [try await world.sluice("apply", "--yes"), try await world.sluice("run")]
      #expect(
        plan.status == 0 && outcomes.allSatisfy { $0.status == 0 }, "\(plan.diagnostics()) \(outcomes.map(\.error))")
      #expect(flows.count == names.count, "\(plan.diagnostics()) \(flows)")
      for name in names {
        #expect(try await target.text("SELECT id, \(quoted(name)) FROM crm.\(quoted(name))") == "1|v")
        try await target.execute("ALTER TABLE crm.\(quoted(name)) ADD CONSTRAINT \(quoted("c\(name)")) CHECK (id < 2)")
        try await source.execute("INSERT INTO \(quoted(name)) VALUES (5, 'w')")
      }
      outcomes.append(try await world.sluice("run", "--again"))
      outcomes.append(try await world.sluice("run", "--again", "--output", "json"))
      try await expectUnharmed(world, Array(outcomes.dropLast()))
      let outside = world.project.files.filter { !$0.hasPrefix(".sluice/rejects/") && $0.contains("x") }
      #expect(outside == [], "\(world.project.files)")
    }
  }
}
