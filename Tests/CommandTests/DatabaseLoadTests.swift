import JSON
import Postgres
import TestSupport
import Testing

/// Loads from tables and queries of PostgreSQL by the built tool: a role reads in one database, another writes in the
/// other, and neither may do what the other does.
@Suite("Loads from a database", .freshDatabase)
struct DatabaseLoadTests {
  /// The project of flow `orders`, with `source` and `flow` added to it, and the database that is read, as its owner.
  private func with(
    _ source: String, flow: String = "", isSameDatabase: Bool = false, sql: String = "",
    _ body: (World, TestDatabase) async throws -> Void
  ) async throws {
    func run(_ database: TestDatabase) async throws {
      let reader = try await database.createRole("reader"), writer = try await TestDatabase.current.createRole("writer")
      try await database.execute(
        """
        CREATE SCHEMA shop; GRANT USAGE ON SCHEMA shop TO \(reader);
        CREATE TYPE shop.mood AS ENUM ('good', 'bad');
        CREATE TABLE shop.orders (id bigint PRIMARY KEY, total numeric(9,2), mood shop.mood, updated_at timestamptz);
        INSERT INTO shop.orders VALUES (1, 1.50, 'good', '2024-01-01Z'), (2, NULL, 'bad', '2024-01-02Z');
        GRANT SELECT ON shop.orders TO \(reader);
        """ + sql)
      try await TestDatabase.current.execute(
        "CREATE SCHEMA out AUTHORIZATION \(writer); GRANT TEMPORARY ON DATABASE \(TestDatabase.current.name) TO \(writer)"
      )
      var world = try World(
        """
        orders:
          source: {authorizer: crm, \(source)}
          destination: wh
        """ + flow.split(separator: "\n").map { "\n  \($0)" }.joined(),
        connection: """
          authorizers:
            wh: {url: {env: DATABASE_URL}}
            crm: {url: {env: CRM_URL}}
          destinations:
            wh: {authorizer: wh, defaultSchema: out}

          """, role: writer)
      world.environment["CRM_URL"] =
        "postgresql://\(reader)@/\(database.name)?host=\(database.host)&port=\(database.port)"
      try await body(world, database)
    }
    if isSameDatabase { try await run(TestDatabase.current) } else { try await withDatabase(run) }
  }

  private func rows() async throws -> String {
    try await TestDatabase.current.text("SELECT id, total, mood FROM out.orders ORDER BY 1").replacing("\n", with: ";")
  }

  @Test(
    "upsert by the source's primary key; a cursor reads on, and says from where to where", arguments: [false, true])
  func upsert(_ isSameDatabase: Bool) async throws {
    try await with(
      "table: shop.orders, cursor: updated_at", flow: "writeMode: upsert", isSameDatabase: isSameDatabase,
      sql: isSameDatabase ? "GRANT USAGE ON SCHEMA shop TO PUBLIC;" : ""
    ) { world, source in
      let plan = try await world.document("plan")
      #expect(plan.action("flow/orders") == "create", "\(plan.json) \(plan.error)")
      #expect(
        plan.step("flow/orders")?["reason"]?.stringValue?.hasSuffix("; the cursor updated_at starts at the beginning")
          == true)
      #expect(plan.step("flow/orders")?["statements"]?.strings.first?.contains("PRIMARY KEY (id)") == true)
      let first = try await world.stream("run", "--apply", "--yes")
      #expect(first.status == 0, "\(first.error)")
      #expect(first.counts("orders") == "read 2, inserted 2")
      #expect(first.outcome("orders")?["cursor"] == ["from": .null, "to": "2024-01-02 00:00:00+00"])
      #expect(try await rows() == "1|1.50|good;2||bad")
      #expect(try await world.document("plan").actions == [:])
      let nothing = try await world.stream("run")
      #expect(nothing.status == 0)
      #expect(nothing.outcome("orders")?["status"] == "empty")
      try await source.execute("UPDATE shop.orders SET total = 3, updated_at = '2024-01-03Z' WHERE id = 1")
      let second = try await world.stream("run", "orders")
      #expect(second.counts("orders") == "read 2, updated 1, unchanged 1")
      #expect(
        second.outcome("orders")?["cursor"] == ["from": "2024-01-02 00:00:00+00", "to": "2024-01-03 00:00:00+00"])
      #expect(try await rows() == "1|3.00|good;2||bad")
    }
  }

  @Test("a query of its own; a preview shows its first rows, and writes nothing", arguments: [false, true])
  func query(_ isSameDatabase: Bool) async throws {
    try await with(
      "query: \"SELECT id, total, mood::text AS mood FROM shop.orders WHERE total > 1 -- some\"",
      flow: "writeMode: truncate_insert",
      isSameDatabase: isSameDatabase
    ) { world, _ in
      let before = try await world.dump()
      let preview = try await world.document("preview", "orders")
      #expect(preview.status == 0, "\(preview.json) \(preview.error)")
      #expect(
        preview.json["rows"] == [["id": 1, "total": .number("1.50"), "mood": "good"]]
          || preview.json["rows"] == [[1, .number("1.50"), "good"]], "\(preview.json)")
      #expect(try await world.dump() == before)
      #expect(try await world.stream("run", "--apply", "--yes").counts("orders") == "read 1, inserted 1")
      #expect(try await rows() == "1|1.50|good")
    }
  }

  @Test("what moved in the source since: a new field, another type, a field that is gone")
  func moves() async throws {
    try await with("table: shop.orders", flow: "writeMode: truncate_insert") { world, source in
      #expect(try await world.stream("run", "--apply", "--yes").status == 0)
      try await source.execute("ALTER TABLE shop.orders ADD extra text, ALTER total TYPE text")
      let moved = try await world.stream("run")
      #expect(moved.status == 0, "\(moved.error)")
      #expect(try await rows() == "1|1.50|good;2||bad")
      #expect(try await TestDatabase.current.text("SELECT max(new_fields) FROM out._sluice_loads") == "1")
      let words = "field \"total\" of crm.shop.orders was numeric(9,2) when the flow was applied, and is text"
      #expect(
        moved.outcome("orders")?["warnings"]?.arrayValue?.compactMap { $0["message"]?.stringValue }
          == ["flow/orders: " + words])
      try await source.execute("UPDATE shop.orders SET total = 'much' WHERE id = 1")
      let failed = try await world.stream("run")
      #expect(failed.status == 1)
      #expect(failed.outcome("orders")?["error"]?["message"]?.stringValue?.contains(words) == true)
      #expect(try await rows() == "1|1.50|good;2||bad")
      try await source.execute("ALTER TABLE shop.orders DROP total")
      let gone = try await world.stream("run")
      #expect(gone.outcome("orders")?["error"]?["code"] == "source-field-missing")
    }
  }

  @Test("`sourceChanges: fail` makes each of them an error")
  func fails() async throws {
    try await with("table: shop.orders", flow: "writeMode: truncate_insert\nsourceChanges: fail") { world, source in
      #expect(try await world.stream("run", "--apply", "--yes").status == 0)
      try await source.execute("ALTER TABLE shop.orders ADD extra text")
      #expect(try await world.stream("run").outcome("orders")?["error"]?["code"] == "source-changed")
      try await source.execute("ALTER TABLE shop.orders DROP extra, ALTER total TYPE text")
      #expect(try await world.stream("run").outcome("orders")?["error"]?["code"] == "source-changed")
    }
  }

  @Test("insert with a cursor wants a key, or says what that costs; a cursor is not for truncate_insert")
  func cursorModes() async throws {
    try await with("table: shop.orders, cursor: updated_at") { world, _ in
      let plan = try await world.document("plan")
      #expect(plan.status == 2 || plan.status == 0, "\(plan.json)")
      #expect(plan.diagnostics("source-readable").first?["severity"] == "warning", "\(plan.json)")
      let text = try world.project.read("flows.yaml")
      try world.project.write(text + "    key: [id]\n", to: "flows.yaml")
      #expect(try await world.document("plan").diagnostics().isEmpty)
      try world.project.write(text + "    writeMode: truncate_insert\n", to: "flows.yaml")
      #expect(try await world.document("plan").action("flow/orders") == "blocked")
      try world.project.write(
        text.replacing("cursor: updated_at", with: "cursor: {column: id, lag: 5m}"), to: "flows.yaml")
      #expect(try await world.document("plan").action("flow/orders") == "blocked")
    }
  }
}
