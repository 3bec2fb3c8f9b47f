import JSON
import Postgres
import TestSupport
import Testing

/// What steps make of sources is what SQL written by hand makes of the same rows.
@Suite("Transformations", .freshDatabase, .timeLimit(.minutes(15)))
struct TransformTests {
  /// Rows with NULLs, duplicates, empty texts, letters of many scripts; and a source without rows.
  static let tables = """
    CREATE SCHEMA h;
    CREATE TABLE h.eu (id bigint, customer_id bigint, amount numeric, note text);
    INSERT INTO h.eu VALUES (1, 1, 10.50, 'ž'), (2, 2, 5, ''), (2, 2, 5, ''), (3, NULL, 20, NULL), (4, 9, NULL, '東京 😀'),
      (NULL, 1, 0, 'a''b"c');
    CREATE TABLE h.us (id bigint, amount numeric, customer_id bigint, state text);
    INSERT INTO h.us VALUES (5, 100, 2, 'CA'), (6, 50.25, 1, NULL), (1, 10.50, 1, 'NY');
    CREATE TABLE h.customers (id bigint, name text, country text);
    INSERT INTO h.customers VALUES (1, 'Ana Šípová', 'CZ'), (2, 'Bob', 'DE'), (2, 'Bob''s twin', 'DE'), (7, NULL, NULL);
    CREATE TABLE h.none (id bigint, customer_id bigint, amount numeric, note text);
    """

  static let sources = """
    eu: {authorizer: wh, table: h.eu}
    us: {authorizer: wh, table: h.us}
    customers: {authorizer: wh, table: h.customers}
    none: {authorizer: wh, table: h.none, allowEmpty: true}
    """

  /// Steps, and the same in SQL.
  static let operations: [(steps: String, sql: String)] = [
    (
      "[{name: all, union: [eu, us, none]}]",
      """
      SELECT id, customer_id, amount, note, NULL::text AS state FROM h.eu
      UNION ALL SELECT id, customer_id, amount, NULL, state FROM h.us
      """
    ),
    ("[{name: all, union: [none, none]}]", "SELECT * FROM h.none"),
    ("[{name: all, union: [eu, eu]}]", "SELECT * FROM h.eu UNION ALL SELECT * FROM h.eu"),
    (
      "[{name: j, join: {left: eu, right: customers, type: left, on: {customer_id: id}, take: {customer: name, country: country}}}]",
      "SELECT e.*, c.name AS customer, c.country FROM h.eu e LEFT JOIN h.customers c ON c.id = e.customer_id"
    ),
    (
      "[{name: j, join: {left: eu, right: customers, on: {customer_id: id}}}]",
      "SELECT e.*, c.name, c.country FROM h.eu e JOIN h.customers c ON c.id = e.customer_id"
    ),
    (
      "[{name: j, join: {left: eu, right: us, on: {id: id, amount: amount}, take: [state]}}]",
      "SELECT e.*, u.state FROM h.eu e JOIN h.us u ON u.id = e.id AND u.amount = e.amount"
    ),
    (
      "[{name: j, join: {left: none, right: customers, type: left, on: {customer_id: id}}}]",
      "SELECT n.*, NULL::text, NULL::text FROM h.none n"
    ),
    (
      "[{name: f, filter: {from: eu, where: [{column: amount, is: \">=\", value: 10}]}}]",
      "SELECT * FROM h.eu WHERE amount >= 10"
    ),
    (
      "[{name: f, filter: {from: eu, where: [{column: amount, is: \"!=\", value: 5}, {column: note, is: is not null}]}}]",
      "SELECT * FROM h.eu WHERE amount <> 5 AND note IS NOT NULL"
    ),
    (
      "[{name: f, filter: {from: eu, where: [{column: note, is: in, value: [\"\", \"東京 😀\", \"a'b\\\"c\"]}]}}]",
      "SELECT * FROM h.eu WHERE note IN ('', '東京 😀', 'a''b\"c')"
    ),
    (
      "[{name: f, filter: {from: eu, where: [{column: note, is: matches, value: \"^[[:alpha:]]$\"}]}}]",
      "SELECT * FROM h.eu WHERE note ~ '^[[:alpha:]]$'"
    ),
    (
      "[{name: f, filter: {from: eu, where: [{column: note, is: is null}, {column: id, is: \"<\", value: 4}]}}]",
      "SELECT * FROM h.eu WHERE note IS NULL AND id < 4"
    ),
    (
      "[{name: f, filter: {from: us, where: [{column: state, is: \"==\", value: \"'; DROP TABLE h.us; --\"}]}}]",
      "SELECT * FROM h.us WHERE false"
    ),
    ("[{name: s, select: {from: eu, keep: [note, id]}}]", "SELECT note, id FROM h.eu"),
    ("[{name: s, select: {from: eu, discard: [note, id]}}]", "SELECT customer_id, amount FROM h.eu"),
    (
      "[{name: s, sql: \"SELECT customer_id, sum(amount) AS amount, count(*) AS n FROM eu GROUP BY customer_id;\"}]",
      "SELECT customer_id, sum(amount) AS amount, count(*) AS n FROM h.eu GROUP BY customer_id"
    ),
    (
      """
      [{name: all, union: [eu, us]},
       {name: named, join: {left: all, right: customers, type: left, on: {customer_id: id}, take: {customer: name}}},
       {name: paid, filter: {from: named, where: [{column: amount, is: ">", value: 5}]}},
       {name: totals, sql: "SELECT customer, sum(amount) AS total FROM paid GROUP BY customer"},
       {name: big, filter: {from: totals, where: [{column: total, is: ">=", value: "20"}]}},
       {name: both, join: {left: big, right: paid, on: {customer: customer}, take: {id: id}}}]
      """,
      """
      WITH paid AS (
        SELECT a.*, c.name AS customer FROM (
          SELECT id, customer_id, amount FROM h.eu UNION ALL SELECT id, customer_id, amount FROM h.us) a
        LEFT JOIN h.customers c ON c.id = a.customer_id WHERE amount > 5),
      big AS (SELECT customer, sum(amount) AS total FROM paid GROUP BY customer HAVING sum(amount) >= 20)
      SELECT b.*, p.id FROM big b JOIN paid p USING (customer)
      """
    ),
  ]

  /// The sources that steps name; all others would be unused.
  private static func used(in steps: String) -> String {
    let words = Set(steps.split { !$0.isLetter })
    return sources.split(separator: "\n").filter { words.contains($0.prefix { $0 != ":" }) }
      .map { "      \($0)" }.joined(separator: "\n")
  }

  @Test(
    "give what SQL written by hand gives: NULLs, no rows, duplicates, unicode",
    arguments: TransformTests.operations.indices)
  func give(index: Int) async throws {
    let (steps, sql) = Self.operations[index]
    let database = TestDatabase.current
    try await database.execute("DROP SCHEMA IF EXISTS h CASCADE; \(Self.tables)")
    let world = try World(
      """
      made:
        sources:
      \(Self.used(in: steps))
        destination: wh
        table: made_\(index)
        writeMode: truncate_insert
        transform: \(steps.split(separator: "\n").joined(separator: "\n    "))
      """)
    let run = try await world.stream("run", "--apply", "--yes")
    #expect(run.status == 0, "\(run.error)")
    let made = try await database.rows("SELECT m::text FROM made_\(raw: "\(index)") m ORDER BY 1")
    let wanted = try await database.rows("SELECT q::text FROM (\(raw: sql)) q ORDER BY 1")
    #expect(made == wanted)
    #expect(run.outcome("made")?["read"]?.intValue == wanted.count)
    let again = try await world.document("plan")
    #expect(again.actions == [:], "\(again.actions)")
  }

  @Test("read files by the types that were inferred, and a value of another one is told with its place")
  func files() async throws {
    let world = try World(
      """
      orders:
        sources: {orders: {path: "orders*.csv"}, names: {path: names.jsonl}}
        destination: wh
        writeMode: upsert
        key: [id]
        transform:
          - {name: named, join: {left: orders, right: names, type: left, on: {who: id}, take: [name]}}
      """,
      files: ["orders1.csv": "id,who,on\n1,7,2024-02-29\n2,8,\n", "names.jsonl": "{\"id\": 7, \"name\": \"Å\"}\n"])
    #expect(try await world.sluice("apply", "--yes").status == 0)
    #expect(try await world.stream("run").counts("orders") == "read 2, inserted 2")
    #expect(
      try await world.database.rows("SELECT id, who, \"on\", name FROM orders ORDER BY 1")
        == [["1", "7", "2024-02-29", "Å"], ["2", "8", nil, nil]])
    try world.project.write("id,who,on\n3,x,\n", to: "orders2.csv")
    let run = try await world.stream("run")
    let error = try #require(run.outcome("orders")?["error"])
    #expect(error["code"] == "bad-value")
    #expect(error.place == "orders2.csv:2:3")
    #expect(try await world.database.value("SELECT count(*) FROM orders") == "2")
  }

  @Test("with insert_ignore reject rows that an input cannot hold, and rows that the table does not take")
  func rejects() async throws {
    try await TestDatabase.current.execute("CREATE TABLE t (id bigint PRIMARY KEY, n int CHECK (n > 0))")
    let world = try World(
      """
      t:
        source: {path: in.csv}
        destination: wh
        writeMode: insert_ignore
        transform: [{name: some, filter: {from: source, where: [{column: n, is: "<", value: 100}]}}]
      """, files: ["in.csv": "id,n\n1,1\n2,2\n2,3\n4,-1\n5,500\n"])
    #expect(try await world.sluice("apply", "--yes").status == 0)
    try world.project.write("id,n\n1,1\n2,2\n2,3\nx,1\n4,-1\n5,500\n", to: "in.csv")
    let run = try await world.stream("run")
    #expect(run.status == 0, "\(run.error)")
    #expect(run.counts("t") == "read 5, inserted 2, rejected 3")
    #expect(try await world.database.rows("SELECT id FROM t ORDER BY 1") == [["1"], ["2"]])
  }

  @Test("a key that steps give twice is an error that says what to do, with nothing written")
  func duplicateKeys() async throws {
    let world = try World(
      """
      t:
        source: {path: in.csv}
        destination: wh
        writeMode: upsert
        key: [id]
        transform: [{name: all, select: {from: source, keep: [id, n]}}]
      """, files: ["in.csv": "id,n\n1,1\n1,2\n"])
    let run = try await world.stream("run", "--apply", "--yes")
    let error = try #require(run.outcome("t")?["error"])
    #expect(error["code"] == "duplicate-key-in-source")
    #expect(error["help"]?.strings.contains { $0.contains("DISTINCT ON") } == true, "\(error)")
    #expect(try await world.database.value("SELECT count(*) FROM t") == "0")
  }

  @Test("of a preview that the server refuses are told as they are by a load")
  func preview() async throws {
    let flow = "t: {source: {path: in.csv}, destination: wh, writeMode: insert, transform: [{name: s, sql: \"SELECT"
    let world = try World("\(flow) 10 / n AS q FROM source\"}]}", files: ["in.csv": "n\n5\n0\n"])
    let shown = try await world.document("preview", "t")
    #expect(shown.status == 1)
    #expect(shown.diagnostics().first?["message"]?.stringValue == "division by zero", "\(shown.json)")
    try world.setFlows("\(flow) nope AS q FROM source\"}]}")
    let refused = try await world.document("preview", "t")
    #expect(refused.diagnostics().map { $0["code"] } == ["transform-step"], "\(refused.json) \(refused.error)")
  }

  @Test("are shown as SQL, with values as constants")
  func script() async throws {
    let world = try World(
      """
      t:
        source: {path: in.csv}
        destination: wh
        writeMode: insert
        transform: [{name: some, filter: {from: source, where: [{column: who, is: in, value: ["O'Neil", 7]}]}}]
      """, files: ["in.csv": "id,who\n1,x\n"])
    let script = try await world.sluice("plan", "t", "--sql")
    #expect(
      script.output.contains("--   WHERE who IN ('O''Neil', '7')")
        || script.output.contains("WHERE who IN ('O''Neil', '7')"), "\(script.output)")
    let plan = try await world.document("plan")
    #expect(plan.step("flow/t")?["transform"]?.stringValue?.contains("WHERE who IN ('O''Neil', '7')") == true)
  }

  @Test("keep reading by a cursor, from where the last load ended")
  func cursor() async throws {
    try await TestDatabase.current.execute(
      "CREATE TABLE c (id bigint PRIMARY KEY, at timestamptz); INSERT INTO c SELECT i, now() - i * interval '1 day' FROM generate_series(1, 5) i"
    )
    let world = try World(
      """
      t:
        source: {authorizer: wh, table: public.c, cursor: {column: at, lag: 0s}}
        destination: wh
        writeMode: upsert
        key: [id]
        transform: [{name: even, sql: "SELECT id, at FROM source WHERE id % 2 = 0"}]
      """)
    #expect(try await world.stream("run", "--apply", "--yes").counts("t") == "read 2, inserted 2")
    try await world.database.execute("INSERT INTO c VALUES (6, now()), (7, now())")
    let second = try await world.stream("run")
    #expect(second.counts("t") == "read 1, inserted 1", "\(second.error)")
    #expect(second.outcome("t")?["cursor"]?["from"]?.stringValue != nil)
    #expect(try await world.stream("run").outcome("t")?["status"] == "empty")
  }

  @Test("statements after a load run in its transaction: one that fails undoes all of it")
  func afterLoad() async throws {
    try await TestDatabase.current.execute(
      "CREATE TABLE t (id bigint); CREATE MATERIALIZED VIEW sums AS SELECT count(*) FROM t; CREATE TABLE log (n bigint)"
    )
    let world = try World(
      """
      t:
        source: {path: in.csv}
        destination: wh
        writeMode: insert
        afterLoad: ["REFRESH MATERIALIZED VIEW public.sums", "INSERT INTO public.log SELECT count(*) FROM public.t"]
      """, files: ["in.csv": "id\n1\n2\n"])
    #expect(try await world.stream("run", "--apply", "--yes").status == 0)
    #expect(try await world.database.rows("SELECT * FROM sums, log") == [["2", "2"]])
    try await world.database.execute("ALTER TABLE log ADD CHECK (n < 3)")
    try world.project.write("id\n3\n", to: "more.csv")
    try world.setFlows(
      """
      t:
        source: {path: more.csv}
        destination: wh
        writeMode: insert
        afterLoad: ["INSERT INTO public.log SELECT count(*) FROM public.t"]
      """)
    let run = try await world.stream("run", "--apply", "--yes")
    #expect(run.outcome("t")?["error"]?["code"] == "after-load")
    #expect(try await world.database.value("SELECT count(*) FROM t") == "2")
    for statement in ["COMMIT", "ROLLBACK;", "/* */ commit", "SELECT 1; SELECT 2", ""] {
      try world.setFlows(
        "t: {source: {path: more.csv}, destination: wh, writeMode: insert, afterLoad: [\"\(statement)\"]}")
      #expect(try await world.document("validate").status == 1, "\(statement)")
    }
  }
}
