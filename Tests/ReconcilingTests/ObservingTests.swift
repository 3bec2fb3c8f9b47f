import Catalog
import Manifests
import Planning
import TestSupport
import Testing

@testable import Reconciling

/// Observing is cheap, and leaves no trace.
@Suite("Observing", .freshDatabase, .timeLimit(.minutes(15)))
struct ObservingTests {
  private let types = ["bigint", "numeric(12,2)", "varchar(20)", "timestamptz", "int[]"]

  /// Questions about `count` flows of the same column types, each with a key that an index is wished for.
  private func questions(_ count: Int) -> Questions {
    var questions = Questions()
    let ledger = QualifiedName(schema: "public", name: "_sluice_loads")
    questions.tables.insert(ledger)
    questions.ledgers.insert(ledger)
    questions.types = Set(types)
    for number in 1...count {
      let table = QualifiedName(schema: "public", name: Identifier("t\(number)"))
      questions.tables.insert(table)
      questions.keys.insert(KeyQuestion(table: table, key: ["id"]))
      questions.readers.insert(ReaderQuestion(table: table, role: "public"))
    }
    return questions
  }

  private func observe(_ questions: Questions, as role: String? = nil) async throws -> LiveDatabase {
    let observer = DatabaseObserver(authorizer: Authorizer(), project: "default", questions: questions)
    return try await TestDatabase.current.perform(as: role) { try observer.observe($0) }
  }

  @Test("takes as many round trips for 500 flows as for one")
  func roundTrips() async throws {
    try await TestDatabase.current.execute(
      (1...500).map { "CREATE TABLE t\($0) (id bigint); INSERT INTO t\($0) VALUES (1), (2);" }.joined())
    let one = try await observe(questions(1)), many = try await observe(questions(500))
    #expect(many.tables.count == 500)
    #expect(many.duplicates.count == 500)
    #expect(many.duplicates.values.allSatisfy { $0 == .none })
    #expect(one.roundTrips == many.roundTrips)
    #expect(one.roundTrips == 2)
  }

  @Test("asks which day it is in many time zones in the same round trips; one that is unknown spoils no other")
  func days() async throws {
    func zones(_ names: Set<String>) -> Questions {
      var questions = questions(1)
      questions.zones = names
      return questions
    }
    let none = try await observe(zones([]))
    let many = try await observe(
      zones(["UTC", "Europe/Prague", "Mars/Olympus", "Pacific/Kiritimati", "Pacific/Pago_Pago"]))
    #expect(many.roundTrips == none.roundTrips)
    #expect(Set(many.today.keys) == ["UTC", "Europe/Prague", "Pacific/Kiritimati", "Pacific/Pago_Pago"])
    let east = try #require(many.today["Pacific/Kiritimati"]), west = try #require(many.today["Pacific/Pago_Pago"])
    // They are 25 hours apart.
    #expect([1, 2].contains(east.day - west.day))
    #expect(many.tables.count == none.tables.count)
  }

  @Test("takes as many round trips for 200 sources as for one, and one that fails spoils no other")
  func sources() async throws {
    try await TestDatabase.current.execute((1...200).map { "CREATE TABLE t\($0) (id bigint, note json);" }.joined())
    func sources(_ count: Int) -> Questions {
      var questions = Questions()
      for number in 1...count {
        let query = "SELECT id, \(number) AS \"N\" FROM public.t\(number)"
        questions.sources.queries.formUnion([query, query + " WHERE broken", query + " OFFSET 1 / 0"])
        let table = QualifiedName(schema: "public", name: Identifier("t\(number)"))
        questions.tables.insert(table)
        questions.sources.tables.insert(table)
        questions.sources.cursors.insert(CursorQuestion(object: .table(table), column: "note"))
        questions.sources.cursors.insert(CursorQuestion(object: .query(query), column: "id"))
      }
      return questions
    }
    let one = try await observe(sources(1)), many = try await observe(sources(200))
    #expect(one.roundTrips == 2)
    #expect(many.roundTrips == 2)
    let columns = [
      QueryObservation.Column(name: "id", type: "bigint"), QueryObservation.Column(name: "N", type: "integer"),
    ]
    func states(_ ending: String) -> Set<String> {
      Set(
        many.sources.queries.filter { $0.key.hasSuffix(ending) }.map { _, query in
          if case .refused(let refusal) = query.problem { refusal.sqlState } else { "none" }
        })
    }
    #expect(many.sources.queries.count == 600)
    #expect(many.sources.queries.values.count { $0.problem == nil && $0.columns == columns } == 200)
    #expect(states(" WHERE broken") == ["42703"])
    #expect(states(" OFFSET 1 / 0") == ["22012"])
    #expect(many.sources.unorderable.count == 200)
    #expect(many.sources.unorderable.keys.allSatisfy { $0.column == "note" })
  }

  @Test("reads in READ ONLY transactions: what would write, cannot")
  func readOnly() async throws {
    let database = TestDatabase.current
    let role = try await database.createRole()
    try await database.execute(
      """
      CREATE TABLE seen (at text);
      CREATE TABLE t1 (id bigint);
      INSERT INTO t1 VALUES (1), (1);
      CREATE FUNCTION spy() RETURNS boolean LANGUAGE sql SECURITY DEFINER AS 'INSERT INTO public.seen VALUES (now()) RETURNING true';
      CREATE POLICY spy ON t1 USING (spy());
      ALTER TABLE t1 ENABLE ROW LEVEL SECURITY;
      GRANT SELECT ON t1 TO \(role);
      """)
    let live = try await observe(questions(1), as: role)
    let answer = try #require(live.duplicates.values.first)
    #expect(answer == .unknown("cannot execute INSERT in a read-only transaction"))
    #expect(try await database.text("SELECT count(*) FROM seen") == "0")
  }

  @Test(
    "spells types as the server does",
    arguments: [
      ("int", "integer"), ("numeric(12,2)", "numeric(12,2)"), ("varchar(20)", "character varying(20)"),
      ("timestamptz(3)", "timestamp(3) with time zone"), ("int[]", "integer[]"), ("text[][]", "text[]"),
      ("numeric(5,1)[]", "numeric(5,1)[]"), ("bigint[3]", "bigint[]"), ("public.positive", "public.positive"),
      ("public.positive[]", "public.positive[]"), ("public.\"Odd, type\"", "public.\"Odd, type\""), ("bit", "bit(1)"),
      ("interval day to second(3)", "interval day to second(3)"), ("\"char\"", "\"char\""), ("char", "character(1)"),
    ])
  func types(_ declared: String, _ spelled: String) async throws {
    try await TestDatabase.current.execute(
      "CREATE DOMAIN positive AS int CHECK (VALUE > 0); CREATE TYPE \"Odd, type\" AS ENUM ('a')")
    var questions = Questions()
    questions.types = [declared]
    #expect(try await observe(questions).types[declared] == .known(spelled))
  }

  @Test(
    "knows no type where the server knows none", arguments: ["bigmint", "nosuch.type", "numeric(2000)", "varchar(x)"])
  func unknownTypes(_ declared: String) async throws {
    var questions = Questions()
    questions.types = [declared, "bigint"]
    let types = try await observe(questions).types
    #expect(types["bigint"] == .known("bigint"))
    guard case .unknown(let words) = types[declared] else {
      Issue.record("\(declared) is \(types[declared].debugDescription)")
      return
    }
    #expect(!words.isEmpty)
  }

  @Test("sees each table's kind, owner, columns, indexes and emptiness")
  func catalog() async throws {
    try await TestDatabase.current.execute(
      #"""
      CREATE SCHEMA "S ""q""";
      CREATE TABLE "S ""q"""."T.1" (
        id bigint GENERATED ALWAYS AS IDENTITY, a int NOT NULL DEFAULT 1, b int GENERATED ALWAYS AS (a + 1) STORED,
        "c ""d" text, gone text, PRIMARY KEY ("c ""d", a), UNIQUE (id) DEFERRABLE);
      ALTER TABLE "S ""q"""."T.1" DROP COLUMN gone;
      CREATE UNIQUE INDEX part ON "S ""q"""."T.1" (a) WHERE a > 0;
      CREATE UNIQUE INDEX expr ON "S ""q"""."T.1" ((a + 1));
      CREATE UNIQUE INDEX incl ON "S ""q"""."T.1" (a) INCLUDE (b);
      """#)
    let name = QualifiedName(schema: Identifier("S \"q\""), name: Identifier("T.1"))
    var questions = Questions()
    questions.tables = [name]
    questions.keys = [KeyQuestion(table: name, key: ["a", "b", "id"])]
    let table = try #require(try await observe(questions).tables[name])
    #expect(table.kind == .table)
    #expect(table.isEmpty)
    #expect(table.isOwned)
    #expect(table.columns.map(\.name.name) == ["id", "a", "b", "c \"d"])
    #expect(table.columns.map(\.refusesValues) == [true, false, true, false])
    #expect(table.columns.map(\.mayBeLeftOut) == [true, true, true, false])
    #expect(table.primaryKey == [Identifier("c \"d"), "a"])
    #expect(table.uniqueIndexes.filter { $0.serves(key: ["a"]) }.map(\.name.name) == ["incl"])
    #expect(table.uniqueIndexes.contains { $0.serves(key: ["a", Identifier("c \"d")]) })
    #expect(!table.uniqueIndexes.contains { $0.serves(key: ["id"]) })
  }

  @Test(
    "knows which defaults and types write every row anew when a column is added, as the server does it",
    arguments: [
      "now()", "1 + 1", "'it''s'", "current_user", "NULL", "random()", "clock_timestamp()", "gen_random_uuid()",
      "nextval('public.numbers')", "public.volatile_one()", "public.immutable_one()", "ARRAY[1, 2]::text",
      "CASE WHEN random() < 2 THEN 1 END",
    ])
  func defaults(_ expression: String) async throws {
    let database = TestDatabase.current
    try await database.execute(
      """
      CREATE SEQUENCE numbers;
      CREATE FUNCTION volatile_one() RETURNS int LANGUAGE plpgsql VOLATILE AS 'BEGIN RETURN 1; END';
      CREATE FUNCTION immutable_one() RETURNS int LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN 1; END';
      CREATE TABLE t1 (id bigint);
      INSERT INTO t1 VALUES (1), (2);
      """)
    var questions = Questions()
    let name = QualifiedName(schema: "public", name: "t1")
    questions.tables = [name]
    questions.defaults = [DefaultQuestion(table: name, column: "c", expression: expression)]
    let nature = try await observe(questions).defaults[expression]
    let file = "SELECT relfilenode FROM pg_class WHERE relname = 't1'"
    let before = try await database.text(file)
    // What an expression gives as text, any column of type text takes.
    try await database.execute(
      "SET search_path = pg_catalog; ALTER TABLE public.t1 ADD COLUMN c text DEFAULT (\(expression))::text")
    #expect(nature == (try await database.text(file) == before ? .sameForAllRows : .differsByRow))
  }

  @Test(
    "takes for no default what is no expression",
    arguments: ["nosuch()", "1; SELECT 2", "0, DROP COLUMN id", "1) OR (true", "1 -- x"])
  func noDefaults(_ expression: String) async throws {
    var questions = Questions()
    questions.defaults = [
      DefaultQuestion(table: QualifiedName(schema: "public", name: "t1"), column: "c", expression: expression)
    ]
    let nature = try await observe(questions).defaults[expression]
    guard case .refused? = nature else {
      Issue.record("\(expression) is \(nature.debugDescription)")
      return
    }
  }

  @Test("knows the domains whose constraints write every row anew")
  func checkedTypes() async throws {
    try await TestDatabase.current.execute(
      """
      CREATE DOMAIN free AS int;
      CREATE DOMAIN positive AS int CHECK (VALUE > 0);
      CREATE DOMAIN nested AS positive;
      CREATE DOMAIN filled AS text NOT NULL;
      """)
    var questions = Questions()
    questions.types = ["public.free", "public.positive", "public.nested", "public.filled", "public.positive[]", "int"]
    #expect(try await observe(questions).checkedTypes == ["public.positive", "public.nested", "public.filled"])
  }
}
