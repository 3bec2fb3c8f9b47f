import JSON
import TestSupport
import Testing

/// Plans as people and programs see them, word for word.
@Suite("Golden plans", .freshDatabase, .timeLimit(.minutes(15)))
struct GoldenPlanTests {
  private static let orders = """
    orders:
      source: {path: orders.csv}
      destination: wh
      table: sales.orders
      writeMode: upsert
      key: [order_id]
      columns: {order_id: bigint, total: {type: "numeric(12,2)", nullable: false, default: 0}, placed: date}
    """
  private static let files = ["orders.csv": "order_id,total,placed,note\n1,2.50,2024-02-29,\n"]

  private func world(_ flows: String = orders) async throws -> World {
    try await TestDatabase.current.execute("CREATE SCHEMA sales")
    return try World(flows, files: Self.files)
  }

  private func expectPlan(_ name: String, in world: World) async throws {
    let human = try await world.sluice("plan"), json = try await world.sluice("plan", "--output", "json")
    #expect(human.status == json.status)
    let both = "exit \(human.status)\n\n\(human.output)\n--- standard error\n\(human.error)"
    try expectGolden(steady(both, world), "plan-\(name).txt")
    try expectGolden(steady(json.output, world), "plan-\(name).json")
  }

  /// The text without what differs from run to run.
  private func steady(_ text: String, _ world: World) -> String {
    text.replacing(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/, with: "LINEAGE")
      .replacing(/PostgreSQL [0-9.]+[0-9a-z]*/, with: "PostgreSQL VERSION")
      .replacing(world.database.host, with: "HOST").replacing(world.database.name, with: "DATABASE")
      .replacing(world.role, with: world.role == world.database.owner ? world.role : "ROLE")
  }

  @Test("a first plan") func first() async throws { try await expectPlan("first", in: world()) }

  @Test("nothing to do, and something that changed")
  func update() async throws {
    let world = try await world()
    #expect(try await world.sluice("apply", "--yes").status == 0)
    try await expectPlan("unchanged", in: world)
    try world.setFlows(
      Self.orders.replacing("placed: date", with: "placed: date, note: text").replacing("upsert", with: "insert_ignore")
        .replacing("key: [order_id]", with: "maxRejects: 1%"))
    try await expectPlan("update", in: world)
  }

  @Test("what is blocked, with what unblocks it")
  func blocked() async throws {
    let role = try await TestDatabase.current.createRole()
    var world = try await world(
      Self.orders + "\nrefunds: {source: {path: orders.csv}, destination: wh, table: dbo.refunds, writeMode: insert}")
    try await world.database.execute(
      "CREATE TABLE sales.orders (order_id bigint, total text); GRANT SELECT ON sales.orders TO \(role)")
    world.role = role
    try await expectPlan("blocked", in: world)
  }

  @Test("the default schema that is not there")
  func defaultSchema() async throws {
    let world = try await world(
      "orders:\n  source: {path: orders.csv}\n  destination: wh\n  table: orders\n  writeMode: insert")
    try world.project.write(
      "authorizers:\n  wh: {url: {env: DATABASE_URL}}\ndestinations:\n  warehouse: {authorizer: wh}\n",
      to: "connection.yaml")
    try world.setFlows(
      "orders:\n  source: {path: orders.csv}\n  destination: warehouse\n  table: orders\n  writeMode: insert")
    try await expectPlan("default-schema", in: world)
  }

  @Test("what exists already as wanted")
  func adopt() async throws {
    let world = try await world()
    #expect(try await world.sluice("run", "--apply", "--yes").status == 0)
    try world.project.remove("sluice.state.json")
    for file in world.project.files where file.hasPrefix("sluice.state.json") { try world.project.remove(file) }
    try await expectPlan("adopt", in: world)
  }

  @Test("what is in no manifest any more")
  func delete() async throws {
    let world = try await world()
    #expect(try await world.sluice("apply", "--yes").status == 0)
    try world.project.write("flows: {}\n", to: "flows.yaml")
    try await expectPlan("delete", in: world)
  }

  @Test("drift that apply repairs, and failing checks of what is applied")
  func drift() async throws {
    let world = try await world()
    #expect(try await world.sluice("apply", "--yes").status == 0)
    try await world.database.execute("ALTER TABLE sales.orders DROP COLUMN placed")
    try await expectPlan("repair", in: world)
    try await world.database.execute("ALTER TABLE sales.orders ADD COLUMN placed text")
    try await expectPlan("degraded", in: world)
    #expect(try await world.sluice("plan", "--strict").status == 1)
  }
}
