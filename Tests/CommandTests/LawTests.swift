import JSON
import TestSupport
import Testing

/// What must hold of every project: after an apply there is nothing to do, and the same inputs give the same bytes.
@Suite("Laws", .freshDatabase, .timeLimit(.minutes(15)))
struct LawTests {
  @Test("after an apply the plan is empty; a plan is the same twice, and writes nothing", arguments: 1...12)
  func applyThenPlan(seed: UInt64) async throws {
    var random = SeededGenerator(seed: seed)
    let flows = (1...4).map { RandomFlow(number: $0, using: &random) }
    let world = try World(flows.map(\.yaml).joined(separator: "\n"))
    for flow in flows { try world.project.write(flow.csv, to: flow.file) }
    for flow in flows where flow.existsBefore { try await world.database.execute(flow.table) }

    let before = try await world.dump(), files = world.project.files
    let first = try await world.sluice("plan", "--output", "json"),
      second = try await world.sluice("plan", "--output", "json")
    #expect(first.status == 0, "\(first.output)")
    #expect(withoutLineage(first.output) == withoutLineage(second.output))
    #expect(try await world.dump() == before)
    #expect(world.project.files == files)

    let apply = try await world.sluice("apply", "--yes")
    #expect(apply.status == 0, "\(apply.error)")
    let made = try await world.dump()
    let plans = [
      try await world.sluice("plan", "--detailed-exitcode", "--output", "json"),
      try await world.sluice("plan", "--output", "json"),
    ]
    #expect(plans[0].status == 0, "\(plans[0].output)")
    #expect(plans[0].output == plans[1].output)
    let document = Document(json: try JSONValue(parsing: plans[0].output), status: 0, error: "")
    #expect(document.actions == [:])
    #expect(try await world.dump() == made)
    let run = try await world.sluice("run")
    #expect(run.status == 0, "\(run.error)")
    #expect(try await world.document("plan", "--detailed-exitcode").status == 0)
  }

  @Test("stopped after any step and begun again, an apply reaches the same end", arguments: 1...3)
  func stopAnywhere(seed: UInt64) async throws {
    var random = SeededGenerator(seed: 100 + seed)
    let flows = (1...3).map { RandomFlow(number: $0, using: &random) }
    let yaml = flows.map(\.yaml).joined(separator: "\n")
    func world() throws -> World {
      let world = try World(yaml)
      for flow in flows { try world.project.write(flow.csv, to: flow.file) }
      return world
    }
    let whole = try world()
    #expect(try await whole.sluice("apply", "--yes").status == 0)
    let end = try await whole.dump()
    let steps = try await whole.sluice("state", "list").output.split(separator: "\n").count + 1
    try await whole.database.execute(
      """
      DO $$ DECLARE name text; BEGIN
        FOR name IN SELECT c.oid::regclass FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
        LOOP EXECUTE 'DROP TABLE ' || name; END LOOP;
      END $$
      """)

    var stopped = try world()
    // Each time, a step or a few more are done before the power goes.
    var crashes = 0
    while crashes <= steps {
      stopped.environment = ["SLUICE_CRASH_AT": "after the journal line:1"]
      let status = try await stopped.sluice("apply", "--yes").status
      stopped.environment = [:]
      if status == 0 { break }
      crashes += 1
      #expect(stopped.project.files.contains("sluice.state.json.journal"))
      #expect(try await stopped.document("plan").status == 0)
    }
    #expect((1...steps).contains(crashes))
    #expect(try await stopped.sluice("apply", "--yes").status == 0)
    #expect(try await stopped.document("plan", "--detailed-exitcode").status == 0)
    #expect(try await stopped.dump() == end)
    #expect(try stopped.state() == whole.state())
  }

  /// A first plan makes up its lineage.
  private func withoutLineage(_ text: String) -> String {
    text.split(separator: "\n").filter { !$0.contains("\"lineage\"") }.joined(separator: "\n")
  }
}

/// A flow of random columns, types, key, defaults and write mode, with a source that fits.
struct RandomFlow {
  private struct RandomColumn {
    var name: String
    var type: String
    var value: String
    var isNullable: Bool
    var defaultYAML: String?
  }

  private static let types: [(type: String, value: String, defaults: [String])] = [
    ("int", "7", ["0", "-1", "{sql: 1 + 1}"]), ("bigint", "12345678901", ["0"]), ("smallint", "3", []),
    ("numeric(12,2)", "2.50", ["0", "{sql: 'round(1.5)'}"]), ("decimal", "0.10", ["1.10"]), ("real", "1.5", []),
    ("float8", "0.25", []),
    ("varchar(20)", "x", ["\"it's\"", "'a \"b\"'"]), ("char(3)", "abc", []),
    ("text", "Žluťoučký", ["''", "{sql: current_user}"]),
    ("bool", "true", ["false"]), ("date", "2024-02-29", ["2024-01-01", "{sql: current_date}"]),
    ("timestamptz(3)", "2024-01-02 03:04:05Z", ["{sql: now()}"]), ("timestamp", "2024-01-02 03:04:05", []),
    ("time", "03:04:05", []), ("interval day to second(3)", "1 day", []),
    ("uuid", "1b4e28ba-2fa1-11d2-883f-0016d3cca427", ["{sql: gen_random_uuid()}"]),
    ("jsonb", "{}", ["'{}'"]), ("int[]", "{1}", ["'{}'"]), ("text[][]", "{{a}}", []), ("bytea", "\\x00", []),
    ("inet", "::1", []),
    ("bit varying(8)", "101", []), ("numrange", "empty", []),
  ]

  private static let names = [
    "id", "Total", "order", "a b", "say \"hi\"", "ž", "x'; DROP TABLE y; --", "user", "naïve.dot", "1st",
  ]

  var number: Int
  var existsBefore: Bool
  private var columns: [RandomColumn]
  private var key: [String]
  private var mode: String

  init(number: Int, using random: inout SeededGenerator) {
    self.number = number
    var names = Self.names.shuffled(using: &random)
    columns = (0..<Int.random(in: 1...6, using: &random)).map { _ in
      let type = Self.types.randomElement(using: &random) ?? Self.types[0]
      return RandomColumn(
        name: names.removeLast(), type: type.type, value: type.value, isNullable: .random(using: &random),
        defaultYAML: Bool.random(using: &random) ? type.defaults.randomElement(using: &random) : nil)
    }
    mode = ["insert", "insert_ignore", "truncate_insert", "upsert", "delete"].randomElement(using: &random) ?? "insert"
    // What is deleted by a key must have its columns.
    existsBefore = mode != "delete" && .random(using: &random)
    let count = Int.random(in: 1...columns.count, using: &random)
    key = mode == "upsert" || mode == "delete" ? columns.shuffled(using: &random).prefix(count).map(\.name) : []
    // A key's columns are compared by an index.
    for index in columns.indices where key.contains(columns[index].name) {
      (columns[index].type, columns[index].value, columns[index].defaultYAML) = ("text", "k", nil)
    }
  }

  var file: String { "flow\(number).csv" }
  var csv: String {
    columns.map { Self.quoted($0.name) }.joined(separator: ",") + "\n"
      + columns.map { Self.quoted($0.value) }.joined(separator: ",") + "\n"
  }

  var yaml: String {
    let lines = columns.map { column in
      let rest = (column.isNullable ? "" : ", nullable: false") + (column.defaultYAML.map { ", default: \($0)" } ?? "")
      return "    \(Self.yamlString(column.name)): {type: \(Self.yamlString(column.type))\(rest)}"
    }
    let key = key.isEmpty ? "" : "\n  key: [\(key.map(Self.yamlString).joined(separator: ", "))]"
    return """
      flow\(number):
        source: {path: \(file)}
        destination: wh
        table: 'public."Flow \(number) ""odd"" one"'
        writeMode: \(mode)\(key)
        columns:
      \(lines.joined(separator: "\n"))
      """
  }

  /// A table that has the first of the columns, and one more, so that something is left to add.
  var table: String {
    let column = columns[0]
    return """
      CREATE TABLE public."Flow \(number) ""odd"" one" (other int, \(Self.quoted(column.name)) \(column.type)\(column.isNullable ? "" : " NOT NULL"))
      """
  }

  private static func quoted(_ text: String) -> String { "\"" + text.replacing("\"", with: "\"\"") + "\"" }
  private static func yamlString(_ text: String) -> String { "'" + text.replacing("'", with: "''") + "'" }
}

extension World {
  /// The state, but for when and where each resource was applied, and by which apply.
  fileprivate func state() throws -> [Substring] {
    let passing = ["\"appliedAt\"", "\"oid\"", "\"lineage\"", "\"serial\""]
    return try project.read("sluice.state.json").split(separator: "\n").filter { line in
      !passing.contains { line.contains($0) }
    }
  }
}
