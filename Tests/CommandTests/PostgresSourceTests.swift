import JSON
import TestSupport
import Testing

/// What a plan says of sources in databases. They cannot be loaded from yet, so that every flow here is blocked for that,
/// too.
@Suite("PostgreSQL sources", .freshDatabase, .timeLimit(.minutes(15)))
struct PostgresSourceTests {
  /// A flow of one source, read by a role that may use the schema `shop` and read `shop.orders`; loaded by a superuser.
  private func world(_ source: String, flow: String = "", sql: String = "") async throws -> World {
    let database = TestDatabase.current
    let reader = try await database.createRole("reader")
    try await database.execute(
      """
      CREATE SCHEMA shop; GRANT USAGE ON SCHEMA shop TO \(reader);
      CREATE TYPE shop.mood AS ENUM ('good', 'bad');
      CREATE DOMAIN shop.amount AS numeric(9,2);
      CREATE TABLE shop.orders (id bigint PRIMARY KEY, total shop.amount, note text, mood shop.mood, extra json,
        updated_at timestamptz);
      GRANT SELECT ON shop.orders TO \(reader);
      """ + sql.replacing("READER", with: reader))
    var world = try World(
      """
      orders:
        source: {authorizer: crm, \(source)}
        destination: wh
        writeMode: insert
      """ + flow.split(separator: "\n").map { "\n  \($0)" }.joined(),
      connection: """
        authorizers:
          wh: {url: {env: DATABASE_URL}}
          crm: {url: {env: CRM_URL}}
        destinations:
          wh: {authorizer: wh, defaultSchema: public}

        """)
    world.environment["CRM_URL"] = world.url.replacing("//\(world.role)@", with: "//\(reader)@")
    world.environment["READER"] = reader
    return world
  }

  /// The checks of the flow that failed.
  private func failed(_ plan: Document) -> [String] {
    (plan.step("flow/orders")?["checks"]?.arrayValue ?? []).filter {
      $0["status"] == "failed"
    }.compactMap { $0["id"]?.stringValue }
  }

  /// The definitions of the columns of the table that would be made.
  private func columns(_ plan: Document) -> [String] {
    let statement = plan.step("flow/orders")?["statements"]?.strings.first ?? ""
    return statement.split(separator: "\n").filter { $0.hasPrefix("  ") }
      .map { String($0.drop { $0 == " " }).replacing(/,$/, with: "") }
  }

  private func expect(
    _ code: String, _ message: String, help: [String] = [], at part: String, in world: World
  ) async throws {
    let plan = try await world.document("plan")
    #expect(plan.status == 1)
    #expect(plan.action("flow/orders") == "blocked")
    #expect(failed(plan) == [code], "\(plan.json)")
    let reader = world.environment["READER"] ?? ""
    func named(_ text: String) -> String {
      text.replacing("READER", with: reader).replacing("DBNAME", with: world.database.name)
    }
    let found = plan.diagnostics(code)
    #expect(found.count == 1, "\(found)")
    #expect(plan.diagnostics().allSatisfy { $0["code"]?.stringValue == code })
    let diagnostic = try #require(found.first)
    #expect(diagnostic["message"]?.stringValue == named(message))
    let lines = diagnostic["help"]?.strings ?? []
    for line in help.map(named) { #expect(lines.contains(line), "\(lines)") }
    let text = try world.project.read("flows.yaml").split(separator: "\n", omittingEmptySubsequences: false)
    let line = try #require(text.firstIndex { $0.contains(part) })
    let column = try #require(text[line].ranges(of: part).first).lowerBound
    #expect(
      diagnostic.place == "flows.yaml:\(line + 1):\(text[line].distance(from: text[line].startIndex, to: column) + 1)")
  }

  @Test(
    "gives its fields to the columns; in another database, types that are not PostgreSQL's own become text",
    arguments: [
      ("table: shop.orders", "shop.mood", "shop.amount"),
      ("query: \"SELECT * FROM shop.orders;\"", "shop.mood", "numeric(9,2)"),
    ])
  func fields(_ source: String, _ mood: String, _ amount: String) async throws {
    var world = try await world(source)
    func expected(_ mood: String, _ amount: String) -> [String] {
      [
        "id bigint", "total \(amount)", "note text", "mood \(mood)", "extra json",
        "updated_at timestamp with time zone",
      ]
    }
    let same = try await world.document("plan")
    #expect(failed(same) == [], "\(same.json)")
    #expect(columns(same) == expected(mood, amount))
    let url = world.url
    try await withDatabase { other in
      world.environment["DATABASE_URL"] = url.replacing(world.database.name, with: other.name)
      let plan = try await world.document("plan")
      #expect(failed(plan) == [], "\(plan.json)")
      #expect(columns(plan) == expected("text", amount.contains("shop") ? "text" : amount))
    }
  }

  @Test(
    "reads views, materialized views, partitioned and foreign tables; a sequence is none",
    arguments: ["v", "m", "p", "f"])
  func kinds(_ name: String) async throws {
    let world = try await world(
      "table: shop.\(name)",
      sql: """
        CREATE VIEW shop.v AS SELECT id FROM shop.orders;
        CREATE MATERIALIZED VIEW shop.m AS SELECT id FROM shop.orders;
        CREATE TABLE shop.p (id bigint) PARTITION BY LIST (id);
        CREATE FOREIGN DATA WRAPPER nowhere; CREATE SERVER nowhere FOREIGN DATA WRAPPER nowhere;
        CREATE FOREIGN TABLE shop.f (id bigint) SERVER nowhere;
        CREATE SEQUENCE shop.s;
        GRANT SELECT ON ALL TABLES IN SCHEMA shop TO READER;
        """)
    let plan = try await world.document("plan")
    #expect(failed(plan) == [], "\(plan.json)")
    #expect(columns(plan) == ["id bigint"])
    try world.setFlows(
      "orders: {source: {authorizer: crm, table: shop.s}, destination: wh, columns: {id: {type: bigint, from: last_value}}}"
    )
    #expect(failed(try await world.document("plan")) == ["source-readable"])
  }

  @Test("names the table that is near to one that does not exist")
  func missingTable() async throws {
    try await expect(
      "source-readable", "table shop.ordrs does not exist in database \"DBNAME\" of authorizer crm",
      help: ["did you mean `shop.orders`?"], at: "shop.ordrs", in: try await world("table: shop.ordrs"))
  }

  @Test("says where a table is whose schema is not written")
  func unwrittenSchema() async throws {
    try await expect(
      "source-readable", "table public.orders does not exist in database \"DBNAME\" of authorizer crm",
      help: ["did you mean `shop.orders`?"], at: "\"orders\"", in: try await world("table: \"orders\""))
  }

  @Test(
    "gives the server's words for a query that fails, and points at the place in it",
    arguments: [
      (
        "SELECT id FROM shop.ordrs", "shop.ordrs", "relation \"shop.ordrs\" does not exist",
        "did you mean `shop.orders`?"
      ),
      (
        "SELECT id FROM orders", "orders\"", "relation \"orders\" does not exist",
        "write the table's schema, as in `shop.orders`: Sluice's sessions have `search_path = pg_catalog`"
      ),
      (
        "SELECT ido FROM shop.orders", "ido", "column \"ido\" does not exist",
        "SQLSTATE 42703, as role READER in database \"DBNAME\""
      ),
      (
        "SELEC 1", "SELEC", "syntax error at or near \"SELEC\"", "SQLSTATE 42601, as role READER in database \"DBNAME\""
      ),
      (
        "SELECT 1; SELECT 2", "query", "cannot insert multiple commands into a prepared statement",
        "SQLSTATE 42601, as role READER in database \"DBNAME\""
      ),
    ])
  func failingQuery(_ query: String, _ part: String, _ words: String, _ help: String) async throws {
    let world = try await world("query: \"\(query)\"")
    let isWhole = part == "query"
    try await expect(
      "source-readable", "the source's query fails on authorizer crm: \(words)", help: [help],
      at: isWhole ? "\"\(query)\"" : part, in: world)
  }

  @Test(
    "refuses what is no query that only reads",
    arguments: [
      ("INSERT INTO shop.orders VALUES (1)", "the source's query gives no columns"),
      ("INSERT INTO shop.orders VALUES (1) RETURNING id", "the source's query would change rows, or lock them"),
      (
        "WITH gone AS (DELETE FROM shop.orders RETURNING id) SELECT id FROM gone",
        "the source's query would change rows, or lock them"
      ),
      ("SELECT id FROM shop.orders FOR UPDATE", "the source's query would change rows, or lock them"),
      ("CREATE TABLE shop.made AS SELECT 1 AS one", "the source's query gives no columns"),
      ("SELECT 1 AS one INTO shop.made", "the source's query gives no columns"),
      (
        "SELECT id FROM shop.orders WHERE id = $1",
        "the source's query has parameters such as $1, for which there are no values"
      ),
      (
        "SELECT id, 1 AS id, 2 AS x, 3 AS x FROM shop.orders",
        "the source's query gives more than one column called \"id\", \"x\""
      ),
    ])
  func refusedQuery(_ query: String, _ message: String) async throws {
    let world = try await world(
      "query: \"\(query)\"", sql: "GRANT ALL ON shop.orders TO READER; GRANT CREATE ON SCHEMA shop TO READER;")
    let before = try await world.dump()
    try await expect("source-readable", message, at: "\"\(query)\"", in: world)
    #expect(try await world.dump() == before)
  }

  @Test("runs nothing of a query: what it calls is not called")
  func nothingRuns() async throws {
    let world = try await world(
      "query: \"SELECT nextval('shop.calls') AS call, shop.spy() AS spy\"",
      sql: """
        CREATE SEQUENCE shop.calls; GRANT USAGE ON SEQUENCE shop.calls TO READER;
        CREATE FUNCTION shop.spy() RETURNS bigint LANGUAGE sql AS $$ SELECT nextval('shop.calls') $$;
        """)
    #expect(failed(try await world.document("plan")) == [])
    #expect(try await world.database.text("SELECT is_called FROM shop.calls") == "f")
  }

  @Test(
    "names the privilege that is missing, and the GRANT that mends it",
    arguments: [
      (
        "table: shop.orders", "REVOKE SELECT ON shop.orders FROM READER;", "SELECT on table shop.orders",
        "GRANT SELECT ON shop.orders TO READER;"
      ),
      (
        "query: \"SELECT id FROM shop.orders\"", "REVOKE SELECT ON shop.orders FROM READER;",
        "SELECT on table shop.orders", "GRANT SELECT ON shop.orders TO READER;"
      ),
      (
        "table: shop.v", "CREATE VIEW shop.v AS SELECT 1 AS id;", "SELECT on view shop.v",
        "GRANT SELECT ON shop.v TO READER;"
      ),
      (
        "query: \"SELECT id FROM shop.v\"", "CREATE VIEW shop.v AS SELECT 1 AS id;", "SELECT on view shop.v",
        "GRANT SELECT ON shop.v TO READER;"
      ),
      (
        "table: shop.orders", "REVOKE USAGE ON SCHEMA shop FROM READER;", "USAGE on schema shop",
        "GRANT USAGE ON SCHEMA shop TO READER;"
      ),
      (
        "query: \"TABLE shop.orders\"", "REVOKE USAGE ON SCHEMA shop FROM READER;", "USAGE on schema shop",
        "GRANT USAGE ON SCHEMA shop TO READER;"
      ),
      (
        "table: shop.orders", "REVOKE SELECT ON shop.orders FROM READER; GRANT SELECT (id) ON shop.orders TO READER;",
        "SELECT (note) on table shop.orders", "GRANT SELECT (note) ON shop.orders TO READER;"
      ),
    ])
  func privileges(_ source: String, _ sql: String, _ missing: String, _ grant: String) async throws {
    let columns = sql.contains("(id)") ? "columns: {id: bigint, note: text}" : "columns: {id: bigint}"
    let world = try await world(source, flow: columns, sql: sql)
    try await expect(
      "source-privileges", "role READER has no \(missing) of authorizer crm", help: [grant],
      at: String(source.split(separator: ": ")[1]), in: world)
    let human = try await world.sluice("plan")
    #expect(human.output.contains(grant.replacing("READER", with: world.environment["READER"] ?? "")))
    try await world.database.execute(grant.replacing("READER", with: world.environment["READER"] ?? ""))
    let mended = try await world.document("plan")
    #expect(failed(mended) == [], "\(mended.json)")
    #expect(mended.checks("passed", of: "flow/orders").contains("source-privileges"))
  }

  @Test("wants a cursor that is a field of the source, and whose values have an order")
  func cursors() async throws {
    let near = try await world("table: shop.orders, cursor: updated")
    try await expect(
      "source-readable", "the source has no field \"updated\" to be its cursor",
      help: ["fields: id, total, note, mood, extra, updated_at"], at: "updated", in: near)
    try near.setFlows(
      "orders:\n  source: {authorizer: crm, query: SELECT extra FROM shop.orders, cursor: extra}\n  destination: wh")
    try await expect(
      "source-readable", "the cursor \"extra\" is of type json, whose values have no order", at: "extra}", in: near)
    try near.setFlows(
      "orders:\n  source: {authorizer: crm, table: shop.orders, cursor: updated_at}\n  destination: wh")
    #expect(failed(try await near.document("plan")) == [])
  }

  @Test("a field that the source does not have is named")
  func missingField() async throws {
    try await expect(
      "source-readable", "the source has no field \"totl\" for column total", help: ["did you mean `total`?"],
      at: "totl",
      in: try await world("table: shop.orders", flow: "columns: {total: {type: numeric, from: totl}}"))
  }

  @Test("grants prints what the reader needs, apart from what the writer needs; no more is needed")
  func grants() async throws {
    let world = try await world(
      "query: \"SELECT o.id, v.x FROM shop.orders AS o, shop.v AS v -- shop.other\"",
      sql: """
        CREATE TABLE shop.other (x int); CREATE VIEW shop.v AS SELECT x FROM shop.other; GRANT SELECT ON shop.v TO READER;
        """)
    let reader = world.environment["READER"] ?? ""
    let printed = try await world.document("grants")
    let crm = printed.json["authorizers"]?.arrayValue?.first { $0["address"] == "authorizer/crm" }
    let statements = crm?["statements"]?.strings ?? []
    #expect(
      statements == [
        "GRANT CONNECT ON DATABASE \(world.database.name) TO \(reader);", "GRANT USAGE ON SCHEMA shop TO \(reader);",
        "GRANT SELECT ON shop.orders TO \(reader);", "GRANT SELECT ON shop.v TO \(reader);",
      ], "\(printed.json)")
    try await world.database.execute(
      "REVOKE ALL ON SCHEMA shop FROM \(reader); REVOKE ALL ON ALL TABLES IN SCHEMA shop FROM \(reader)")
    #expect(failed(try await world.document("plan")).allSatisfy { $0 == "source-privileges" })
    try await world.database.execute(statements.joined(separator: "\n"))
    #expect(failed(try await world.document("plan")) == [])
  }

  @Test("a source's authorizer that cannot be reached is said once")
  func unreachable() async throws {
    var world = try await world("table: shop.orders")
    world.environment["CRM_URL"] = "postgresql://nobody@/nowhere?host=\(world.database.host)&port=1"
    let plan = try await world.document("plan")
    #expect(plan.status == 1)
    #expect(failed(plan) == ["connection"])
    let diagnostics = plan.diagnostics("connection")
    #expect(diagnostics.count == 1)
    #expect(diagnostics.first?["help"]?.strings.contains("1 flow that uses it was not checked") == true)
  }
}
