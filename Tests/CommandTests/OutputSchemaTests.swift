import SystemPackage
import TestSupport
import Testing

/// What commands print with `--output json` is what the schemas of `schemas/` say.
@Suite("Schemas of output", .freshDatabase, .timeLimit(.minutes(15)))
struct OutputSchemaTests {
  @Test(
    "Commands that succeed, and that fail",
    .enabled("needs python3 with jsonschema") { await DocumentSchema.canBeChecked() })
  func outputs() async throws {
    let world = try World(
      """
      orders:
        source: {path: orders.csv}
        destination: wh
        writeMode: upsert
        key: [id]
        columns: {id: bigint, at: {type: timestamptz, default: {sql: now()}}, note: text}
      wrong: {source: {path: wrong.csv}, destination: wh, writeMode: insert, columns: {id: int}}
      ignore: {source: {path: wrong.csv}, destination: wh, writeMode: insert_ignore, columns: {id: int}}
      late: {source: {path: late.csv}, destination: wh, writeMode: insert, columns: {id: int}, schedule: day}
      """, files: ["orders.csv": "id,at,note\n1,2024-01-01,a\n", "wrong.csv": "id\nx\n", "more.csv": "id\n1\n"])
    try await expect("validate", of: world, "validate")
    try await expect("plan", of: world, "plan")
    try await expect("check", of: world, "check")
    try await expect("preview", of: world, "preview", "orders")
    try await expect("preview", of: world, "preview", "no", status: 1)
    try await expect("preview", of: world, "preview", "ignore")
    let more = world.project.file("more.csv").string
    try await expect("grants", of: world, "grants")
    try await expect("import", of: world, "import", more)
    try await expect(
      "import", of: world, "import", more, "--out", world.project.file("more.yaml").string)
    try await expect("import", of: world, "import", more + "x", status: 1)
    try world.project.remove("more.yaml")
    try await expect("state", of: world, "state", "show", "flow/orders", status: 1)
    try await expect("events", of: world, "apply", "--yes")
    try await expect("state", of: world, "state", "show", "flow/orders")
    try await expect("state", of: world, "state", "show", "authorizer/wh")
    try await expect("events", of: world, "run", "orders", "ignore")
    try await expect("events", of: world, "run", status: 1)
    try await expect("status", of: world, "status")
    try await expect("status", of: world, "status", "wrong")
    try await expect("events", of: world, "run", "--due")
    try await expect("status", of: world, "status", "late")
    try await expect("status", of: world, "pause", "orders", "--reason", "the source moves")
    try await expect("status", of: world, "status", "orders")
    try await expect("status", of: world, "resume", "orders")
    try await expect("status", of: world, "pause", "no", status: 1)
    try await world.database.execute(
      "ALTER TABLE orders DROP COLUMN note; DROP TABLE ignore; CREATE VIEW ignore AS SELECT 1")
    try await expect("plan", of: world, "plan", status: 1)
    try await expect("events", of: world, "apply", "--yes", status: 1)
    try world.setFlows("orders: {colums: 1}")
    try await expect("validate", of: world, "validate", status: 1)
    try await expect("plan", of: world, "plan", status: 1)
    try await expect("events", of: world, "run", "--apply", "--yes", status: 1)
    try await expect("check", of: world, "check", status: 1)
    try await expect("grants", of: world, "grants", status: 1)
  }

  private func expect(
    _ schema: String, of world: World, _ arguments: String..., status: Int = 0,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let outcome = try await world.sluice(arguments + ["--output", "json"])
    #expect(outcome.status == status, "\(arguments): \(outcome.output)\(outcome.error)", sourceLocation: sourceLocation)
    let name = schema == "events" ? "output.jsonl" : "output.json"
    try world.project.write(outcome.output, to: name)
    let problem = try await DocumentSchema(schema).problem(in: [world.project.file(name).string])
    #expect(problem == nil, "\(arguments)", sourceLocation: sourceLocation)
  }
}
