import JSON
import Postgres
import TestSupport
import Testing

@Suite("Many tables of one database", .freshDatabase)
struct ManyTablesTests {
  /// A project whose flow `crm` reads the tables of another database that `tables` names.
  private func with(
    _ tables: String, flow: String = "table: crm_{table}", _ body: (World, TestDatabase) async throws -> Void
  ) async throws {
    try await withDatabase { source in
      try await source.execute(
        """
        CREATE TABLE orders (id int PRIMARY KEY, at int); INSERT INTO orders VALUES (1, 1), (2, 2);
        CREATE TABLE "Audit Log" (id int PRIMARY KEY); INSERT INTO "Audit Log" VALUES (1);
        CREATE TABLE parts (id int PRIMARY KEY) PARTITION BY RANGE (id);
        CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (0) TO (10); INSERT INTO parts VALUES (5);
        CREATE VIEW v AS SELECT 1 AS id; CREATE SCHEMA other; CREATE TABLE other.things (id int PRIMARY KEY);
        """)
      var world = try World(
        """
        crm:
          source:
            authorizer: crm
            tables: \(tables)
          destination: wh
          writeMode: upsert
          \(flow)
        """,
        connection: """
          authorizers:
            wh: {url: {env: DATABASE_URL}}
            crm: {url: {env: CRM_URL}}
          destinations:
            wh: {authorizer: wh, defaultSchema: public}

          """)
      world.environment["CRM_URL"] =
        "postgresql://\(source.owner)@/\(source.name)?host=\(source.host)&port=\(source.port)"
      try await body(world, source)
    }
  }

  private func flows(_ plan: Document) -> [String: String] {
    plan.actions.filter { $0.key.hasPrefix("flow/") }
  }

  @Test("are a flow each: new ones are created, those that are gone are deletions, and a run loads what was applied")
  func expands() async throws {
    try await with("{\"public.*\": {}, public.orders: {cursor: at}, public.parts: skip}") { world, source in
      #expect(try await world.sluice("validate").status == 0)
      let plan = try await world.document("plan")
      #expect(flows(plan) == ["flow/crm.orders": "create", "flow/crm.audit_log": "create"], "\(plan.json)")
      let run = try await world.stream("run", "--apply", "--yes")
      #expect(run.status == 0, "\(run.error)")
      #expect(run.counts("crm.orders") == "read 2, inserted 2")
      #expect(run.outcome("crm.orders")?["cursor"]?["to"] == "2")
      #expect(run.counts("crm.audit_log") == "read 1, inserted 1")
      #expect(try await TestDatabase.current.text("SELECT count(*) FROM \"crm_Audit Log\"") == "1")
      #expect(flows(try await world.document("plan")) == [:])
      #expect(flows(try await world.document("plan", "--offline")) == [:])
      try await source.execute("CREATE TABLE extra (id int PRIMARY KEY); DROP TABLE \"Audit Log\"")
      let moved = try await world.document("plan")
      #expect(flows(moved) == ["flow/crm.extra": "create", "flow/crm.audit_log": "delete"], "\(moved.json)")
      #expect(try await world.document("plan", "--offline").actions == [:])
      // A run expands nothing.
      #expect(try await world.stream("run", "crm.orders").status == 0)
      #expect(try await world.stream("run", "crm.extra").status == 1)
      // What cannot be looked at is not gone.
      var away = world
      away.environment["CRM_URL"] = "postgresql://nobody@/nowhere?host=\(source.host)&port=1"
      #expect(!flows(try await away.document("plan")).values.contains("delete"))
      #expect(try await world.sluice("apply", "--yes").status == 1)
      #expect(try await world.sluice("apply", "--yes", "--allow-delete", "1").status == 0)
      #expect(flows(try await world.document("plan")) == [:])
    }
  }

  @Test("views are read where they are named; a schema has a place in the table's name; keys may differ")
  func names() async throws {
    try await with(
      "{v: {key: [id]}, \"other.*\": {}, \"o*\": {}}", flow: "table: \"{schema}_{table}\""
    ) { world, _ in
      let plan = try await world.document("plan")
      #expect(
        flows(plan) == ["flow/crm.v": "create", "flow/crm.things": "create", "flow/crm.orders": "create"],
        "\(plan.json)")
      #expect(plan.step("flow/crm.things")?["table"] ?? "public.other_things" == "public.other_things")
      #expect(plan.step("flow/crm.v")?["statements"]?.strings.first?.contains("public_v") == true)
      let preview = try await world.document("preview", "crm.v")
      #expect(preview.status == 0, "\(preview.json)")
    }
  }

  @Test("two that would be one flow are shown")
  func clash() async throws {
    try await with("{\"*.*\": {}}") { world, source in
      try await source.execute("CREATE TABLE \"ORDERS\" (id int PRIMARY KEY)")
      let plan = try await world.document("plan")
      #expect(plan.status == 1)
      let clash = try #require(plan.diagnostics("name-clash").first)
      #expect(
        clash["message"] == "tables public.\"ORDERS\" and public.orders of flow/crm would both be flow/crm.orders")
    }
  }
}
