import JSON
import TestSupport
import Testing

/// Columns of types that a user has made.
@Suite("Types of one's own", .freshDatabase, .timeLimit(.minutes(15)))
struct OwnTypeTests {
  static let types = #"""
    CREATE SCHEMA types; CREATE SCHEMA "Odd Types"; CREATE SCHEMA s;
    CREATE DOMAIN types.money2 AS numeric(12,2) CHECK (VALUE >= 0);
    CREATE DOMAIN types.pair AS int[] CHECK (cardinality(VALUE) = 2);
    CREATE TYPE "Odd Types"."My Type" AS ENUM ('a', 'b');
    CREATE TYPE types.point AS (x int, y text);
    CREATE TYPE types.span AS RANGE (subtype = int);
    """#
  static let csv = """
    id,m,p,e,es,c,r,ms,n
    1,1.5,"{1,2}",a,"{a,b}","(1,x)","[1,4)","{1,2.5}",7
    2,,,,,,,,

    """
  static let flow = """
    t:
      source: {path: t.csv}
      destination: wh
      table: s.t
      writeMode: upsert
      key: [id]
      columns:
        id: int8
        m: TYPES.Money2
        p: types.pair
        e: '"Odd Types"."My Type"'
        es: '"Odd Types"."My Type"[]'
        c: types.point
        r: types.span
        ms: types.money2[]
        n: decimal(5)
    """

  @Test("are normalised, made, loaded, and no drift afterwards, whatever becomes of their labels")
  func all() async throws {
    let world = try World(Self.flow, files: ["t.csv": Self.csv])
    try await world.database.execute(Self.types)
    let plan = try await world.document("plan")
    #expect(plan.status == 0, "\(plan.json)")
    let made = plan.step("flow/t")?["statements"]?.strings.first ?? ""
    for line in [
      "m types.money2", "p types.pair", "e \"Odd Types\".\"My Type\"", "es \"Odd Types\".\"My Type\"[]",
      "c types.point", "r types.span", "ms types.money2[]", "n numeric(5,0)",
    ] { #expect(made.contains("  \(line),\n"), "\(line) in \(made)") }
    #expect(try await world.stream("run", "--apply", "--yes").counts("t") == "read 2, inserted 2")
    #expect(try await world.stream("run").counts("t") == "read 2, unchanged 2")
    #expect(
      try await world.database.text("SELECT * FROM s.t WHERE id = 1")
        == "1|1.50|{1,2}|a|{a,b}|(1,x)|[1,4)|{1.00,2.50}|7")
    #expect(try await world.document("plan", "--detailed-exitcode").status == 0)
    try await world.database.execute(
      """
      ALTER TYPE "Odd Types"."My Type" ADD VALUE 'c'; ALTER TYPE "Odd Types"."My Type" RENAME VALUE 'a' TO 'z';
      ALTER DOMAIN types.money2 DROP CONSTRAINT money2_check; ALTER TYPE types.point ADD ATTRIBUTE z int;
      """)
    #expect(try await world.document("plan", "--detailed-exitcode").status == 0)
    // The table's columns, with nothing declared.
    try world.setFlows("t: {source: {path: t.csv}, destination: wh, table: s.t, writeMode: upsert}")
    try world.project.write(Self.csv.replacing(",a,\"{a,b}\",\"(1,x)\"", with: ",z,\"{z,b}\",\"(1,x,2)\""), to: "t.csv")
    #expect(try await world.stream("run", "--apply", "--yes").counts("t") == "read 2, updated 1, unchanged 1")
    #expect(try await world.document("plan", "--detailed-exitcode").status == 0)
  }

  @Test("in a schema that the role may not use are explained, with the GRANT; so where rows are staged")
  func closed() async throws {
    let database = TestDatabase.current
    let role = try await database.createRole()
    let world = try World(Self.flow, files: ["t.csv": Self.csv], role: role)
    try await database.execute(Self.types)
    try await database.execute("GRANT USAGE, CREATE ON SCHEMA s TO \(role)")
    let expected = ["GRANT USAGE ON SCHEMA \"Odd Types\" TO \(role);", "GRANT USAGE ON SCHEMA types TO \(role);"]
    let plan = try await world.document("plan")
    #expect(plan.action("flow/t") == "blocked")
    #expect(plan.checks("failed", of: "flow/t") == ["schema-usage", "schema-usage"])
    let help = plan.diagnostics("schema-usage").flatMap { $0["help"]?.strings ?? [] }
    #expect(help.filter { $0.hasSuffix(";") }.sorted() == expected)
    #expect(help.contains("the server says: permission denied for schema types"))
    #expect(plan.diagnostics().count == 2)
    #expect(plan.diagnostics("schema-usage").map(\.place) == ["flows.yaml:10:10", "flows.yaml:12:10"])

    // The columns of a table that exists: COPY does without, staging does not.
    try await database.execute(
      """
      CREATE TABLE s.t (id bigint PRIMARY KEY, m types.money2, e "Odd Types"."My Type");
      GRANT SELECT, INSERT, UPDATE ON s.t TO \(role)
      """)
    let open = "t: {source: {path: t.csv}, destination: wh, table: s.t, writeMode: insert}"
    try world.setFlows(open)
    #expect(try await world.stream("run", "--apply", "--yes").counts("t") == "read 2, inserted 2")
    try world.setFlows(open.replacing("insert", with: "upsert"))
    let staged = try await world.document("plan")
    let remedies = staged.diagnostics("schema-usage").flatMap { $0["help"]?.strings ?? [] }
    #expect(remedies.sorted() == expected)
    try await database.execute(remedies.joined())
    #expect(try await world.stream("run", "--apply", "--yes").counts("t") == "read 2, unchanged 2")
    #expect(try await world.document("plan", "--detailed-exitcode").status == 0)
  }

  @Test("are written with their schema, unless the database's own search path has it")
  func searchPath() async throws {
    let world = try World(
      "t: {source: {path: t.csv}, destination: wh, table: s.t, writeMode: insert, columns: {id: money2}}",
      files: ["t.csv": Self.csv])
    try await world.database.execute(Self.types)
    let plan = try await world.document("plan")
    let help = plan.diagnostics("table-columns").first?["help"]?.strings ?? []
    #expect(help == ["a type that is not PostgreSQL's own is written with its schema: `schema.type`"])
    try await world.database.execute("ALTER DATABASE \(world.database.name) SET search_path = types, public")
    #expect(try await world.stream("run", "--apply", "--yes").counts("t") == "read 2, inserted 2")
    #expect(try await world.document("plan", "--detailed-exitcode").status == 0)
  }

  @Test("are looked up by the authorizer's role, whatever the one that connects may use")
  func role() async throws {
    let database = TestDatabase.current
    let role = try await database.createRole(), group = try await database.createRole("group")
    let world = try World(
      Self.flow, files: ["t.csv": Self.csv],
      connection: """
        authorizers:
          wh: {url: {env: DATABASE_URL}, role: \(group)}
        destinations:
          wh: {authorizer: wh, defaultSchema: public}

        """, role: role)
    try await database.execute(Self.types)
    try await database.execute(
      """
      ALTER ROLE \(role) NOINHERIT; GRANT \(group) TO \(role);
      GRANT USAGE, CREATE ON SCHEMA s TO \(group); GRANT USAGE ON SCHEMA types, "Odd Types" TO \(role);
      """)
    #expect(try await world.document("plan").checks("failed", of: "flow/t") == ["schema-usage", "schema-usage"])
    try await database.execute(
      """
      REVOKE USAGE ON SCHEMA types, "Odd Types" FROM \(role); GRANT USAGE ON SCHEMA types, "Odd Types" TO \(group)
      """)
    #expect(try await world.stream("run", "--apply", "--yes").counts("t") == "read 2, inserted 2")
  }
}
