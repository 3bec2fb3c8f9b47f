import JSON
import Postgres
import SystemPackage
import TestSupport
import Testing

/// Flows that `import` writes of tables: the next plan takes them for what the catalog has.
@Suite("import of tables", .freshDatabase, .timeLimit(.minutes(15)))
struct ImportTests {
  static let connection = """
    authorizers:
      wh: {url: {env: DATABASE_URL}}
      crm: {url: {env: CRM_URL}}
    destinations:
      wh: {authorizer: wh, defaultSchema: public}

    """

  /// A project that has `flows`, and an authorizer of another database with what `sql` makes.
  private func with(
    _ sql: String, flows: String = "", connection: String = connection,
    _ body: (World, TestDatabase) async throws -> Void
  ) async throws {
    try await withDatabase { source in
      try await source.execute(sql)
      var world = try World(flows.isEmpty ? "{}" : flows, connection: connection)
      world.environment["CRM_URL"] =
        "postgresql://\(source.owner)@/\(source.name)?host=\(source.host)&port=\(source.port)"
      try await body(world, source)
    }
  }

  private static func quoted(_ name: String) -> String { "\"" + name.replacing("\"", with: "\"\"") + "\"" }

  /// The columns of all tables of a schema: type, NOT NULL, and whether they are of the primary key.
  private static func columns(_ schema: String) -> String {
    """
    SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
      EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisunique AND a.attnum = ANY (i.indkey))
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = '\(schema)' AND c.relkind = 'r' AND c.relname !~ 'sluice' AND a.attnum > 0
    ORDER BY c.relname COLLATE "C", a.attnum
    """
  }

  @Test("has columns with types, NOT NULL and keys, ready to use")
  func golden() async throws {
    try await with(
      """
      CREATE SCHEMA sales; CREATE DOMAIN sales.email AS text;
      CREATE TABLE sales.orders (order_id bigint PRIMARY KEY, total numeric(12,2) NOT NULL, note text, tags text[],
        at timestamptz(3) DEFAULT now(), code varchar(20), mail sales.email);
      CREATE TABLE sales.lines (order_id bigint, line int, "Unit Price" money, PRIMARY KEY (line, order_id));
      CREATE TABLE sales.log (at timestamp, what jsonb);
      CREATE TABLE other (id int); CREATE VIEW sales.v AS SELECT 1 AS id;
      """
    ) { world, _ in
      let outcome = try await world.sluice("import", "crm", "--tables", "sales.*", "--tables", "sales.v")
      #expect(outcome.status == 0, "\(outcome.error)")
      #expect(outcome.error.isEmpty)
      try expectGolden(outcome.output, "import-tables.yaml")
    }
  }

  @Test("Hostile names: what is written loads again, and its tables are made as those that were read")
  func law() async throws {
    let names = [
      "no", "1e5", "0123", "null", "it's", "a: b", "a #c", "say \"hi\"", "back\\slash", "tab\tnew\nline",
      "žluťoučký kůň",
      "表", "a${x}", "b$${y}", "<<", "-", "?", "{a}", "[b]", "a,b", " lead", "trail ", "\u{202e}rtl", "\u{85}\u{2028}",
      "~",
      "true", "2024-01-01", "=", "&a", "!t", "%", "@", "`", "|", ">", "e\u{301}", "x.y", "Upper",
    ]
    let columns = names.enumerated().map { index, name in
      "\(Self.quoted(name)) \(["int NOT NULL", "numeric(7,3)", "\"char\"", "timestamptz", "varchar(3)[]"][index % 5])"
    }
    let tables = ["*", "a*b", "we ird", "quo\"te", "x.y", "1", "žluť", "no", "$${t}"]
    try await with(
      "CREATE SCHEMA sales;"
        + tables.map {
          "CREATE TABLE sales.\(Self.quoted($0)) (\(columns.joined(separator: ", ")), PRIMARY KEY (\"no\", \"a: b\"));"
        }.joined()
    ) { world, source in
      try await TestDatabase.current.execute("CREATE SCHEMA sales")
      let out = world.project.file("sales.yaml").string
      let outcome = try await world.sluice("import", "crm", "--tables", "sales.*", "--out", out)
      #expect(outcome.status == 0, "\(outcome.error)")
      let applied = try await world.sluice("apply", "--yes")
      #expect(applied.status == 0, "\(applied.error)")
      let made = try await TestDatabase.current.text(Self.columns("sales"))
      #expect(made == (try await source.text(Self.columns("sales"))))
      #expect(made.split(separator: "\n").count >= names.count * tables.count)
      #expect(try await world.document("plan").actions == [:])
    }
  }

  @Test("What no manifest can name is written otherwise, or left out and said")
  func unnameable() async throws {
    try await with(#"CREATE TABLE t ("*" int PRIMARY KEY, star text, "$x" int, "$file" int); CREATE TABLE nothing ()"#)
    {
      world, _ in
      let outcome = try await world.document("import", "crm", "--tables", "*")
      #expect(outcome.status == 0)
      #expect(outcome.json["flows"]?.strings == ["public.t"])
      #expect(outcome.json["file"] == .null)
      let text = outcome.json["manifest"]?.stringValue ?? ""
      #expect(text.contains(#"star_2: {type: integer, from: "*", nullable: false}"#), "\(text)")
      #expect(text.contains("key: [star_2]"))
      #expect(
        outcome.diagnostics("import-left-out").compactMap { $0["message"]?.stringValue } == [
          "flow/public.nothing is left out: it would have no column",
          "field `$x` of flow/public.t is left out: what begins with `$` is something that the load itself knows",
          "field `$file` of flow/public.t is left out: what begins with `$` is something that the load itself knows",
        ])
      try world.project.write(text, to: "t.yaml")
      #expect(try await world.document("plan").actions["flow/public.t"] == "create")
    }
  }

  @Test("Flows that the project has are left out, also where tables: stands for them")
  func known() async throws {
    try await with(
      "CREATE TABLE a (id int); CREATE TABLE b (id int); CREATE TABLE c (id int)",
      flows: """
        public.a: {source: {rows: [{id: 1}]}, destination: wh, writeMode: truncate_insert}
        public:
          source: {authorizer: crm, tables: {b: {}}}
          destination: wh
          writeMode: truncate_insert
        """
    ) { world, _ in
      let some = try await world.document("import", "crm", "--tables", "*")
      #expect(some.json["flows"]?.strings == ["public.c"])
      #expect(
        some.diagnostics("import-known").compactMap { $0["message"]?.stringValue } == [
          "table public.a is left out: the project has flow/public.a already",
          "table public.b is left out: the project has flow/public.b already",
        ])
      let out = world.project.file("new.yaml").string
      let none = try await world.sluice("import", "crm", "--tables", "a", "--out", out)
      #expect(none.status == 0)
      #expect(none.error.contains("warning[import-known]"))
      #expect(!world.project.contains("new.yaml"))
    }
  }

  @Test("What is wrong is said, with what to write")
  func errors() async throws {
    try await with(
      "CREATE SCHEMA sales; CREATE TABLE sales.orders (id int); CREATE TABLE \"a-b\"(i int); CREATE TABLE \"A-B\"(i int)"
    ) {
      world, source in
      try await TestDatabase.current.execute("CREATE TABLE own (id int)")
      func expect(_ code: String, _ part: String, _ arguments: String...) async throws {
        let outcome = try await world.sluice(["import"] + arguments)
        #expect(outcome.status == 1)
        #expect(outcome.error.contains("error[\(code)]"), "\(outcome.error)")
        #expect(outcome.error.contains(part), "\(outcome.error)")
        #expect(outcome.output.isEmpty)
      }
      try await expect("import-no-table", "did you mean `sales.*`?", "crm", "--tables", "sale.*")
      try await expect("import-no-table", "did you mean `sales.orders`?", "crm", "--tables", "sales.order")
      try await expect("unknown-address", "did you mean `crm`?", "crn", "--tables", "sales.*")
      try await expect("unknown-reference", "did you mean `wh`?", "crm", "--tables", "sales.*", "--to", "hw")
      try await expect("name-clash", "public.\"A-B\"", "crm", "--tables", "*")
      try await expect("import-onto-itself", "--to", "wh", "--tables", "own")
      var away = world
      away.environment["CRM_URL"] = "postgresql://nobody@/nowhere?host=\(source.host)&port=1"
      let unreachable = try await away.sluice("import", "crm", "--tables", "sales.*")
      #expect(unreachable.status == 1)
      #expect(unreachable.error.contains("error[connection"), "\(unreachable.error)")
      // Where only the destination is away, the source's catalog is enough.
      var homeless = world
      homeless.environment["DATABASE_URL"] = "postgresql://nobody@/nowhere?host=\(source.host)&port=1"
      let written = try await homeless.sluice("import", "crm", "--tables", "sales.*")
      #expect(written.status == 0)
      #expect(written.error.contains("warning[connection"), "\(written.error)")
      #expect(written.output.contains("id: integer"))
    }
    let several = Self.connection + "  other: {authorizer: wh, defaultSchema: public}\n"
    try await with("CREATE TABLE t (id int)", connection: several) { world, _ in
      let outcome = try await world.sluice("import", "crm", "--tables", "t")
      #expect(outcome.error.contains("error[destination-required]: the project has 2 destinations"), "\(outcome.error)")
      #expect(outcome.error.contains("destinations: other, wh"))
      #expect(try await world.sluice("import", "crm", "--tables", "t", "--to", "destination/other").status == 0)
    }
  }
}
