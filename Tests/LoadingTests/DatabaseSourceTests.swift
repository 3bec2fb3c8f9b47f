import Catalog
import Diagnostics
import Loading
import Manifests
import Planning
import TestSupport
import Testing

@Suite("A database as a source", .freshDatabase)
struct DatabaseSourceTests {
  private static let columns = [("id", "bigint"), ("name", "text")]

  @Test(
    "is loaded by every write mode, alike by each way",
    arguments: Way.allCases,
    [
      (Flow.WriteMode.insert, "read 4, inserted 4", "1|a;2|b;3|;4|d;9|old"),
      (.insertIgnore, "read 4, inserted 4", "1|a;2|b;3|;4|d;9|old"),
      (.truncateInsert, "read 4, inserted 4, deleted 1", "1|a;2|b;3|;4|d"),
      (.upsert, "read 4, inserted 4", "1|a;2|b;3|;4|d;9|old"),
      (.delete, "read 4, unchanged 4", "9|old"),
    ])
  func modes(_ way: Way, _ mode: (Flow.WriteMode, String, String)) async throws {
    try await SourceWorld.with(
      way, "CREATE TABLE src.t AS SELECT * FROM (VALUES (1::bigint, 'a'), (2, 'b'), (3, NULL), (4, 'd')) v (id, name)",
      target: "CREATE TABLE t (id bigint PRIMARY KEY, name text); INSERT INTO t VALUES (9, 'old')"
    ) { world in
      let key: [Identifier] = mode.0.needsKey ? ["id"] : []
      let outcome = try await world.world.load(world.request(world.table(), mode.0, Self.columns, key: key))
      #expect(outcome.error == nil, "\(outcome)")
      #expect(outcome.counts.words == mode.1)
      #expect(
        try await TestDatabase.current.text("SELECT id, name FROM t ORDER BY 1").replacing("\n", with: ";") == mode.2)
      #expect(try await world.world.ledgerRows().map { $0[0] } == ["loaded"])
    }
  }

  /// A column of each awkward type, and values of it.
  private static let awkward = [
    ("integer[]", "'{1,NULL,3}'"), ("text[]", "'{\"a\\\\b\",\"x,y\",NULL}'"), ("numeric", "'NaN'"),
    ("numeric(9,2)", "1.005"), ("timestamp with time zone", "'infinity'"),
    ("timestamp without time zone", "'-infinity'"), ("date", "'4713-01-01 BC'"), ("interval", "'1 mon -2 days 03:04'"),
    ("bytea", "'\\x00ff5c'"), ("text", "E'tab\\there\\nand \\\\N \\r'"), ("jsonb", "'{\"a\": [1, 2.50]}'"),
    ("json", "'{\"a\" :1}'"), ("double precision", "'0.1'::float8 + '0.2'::float8"), ("real", "'-0'"),
    ("boolean", "true"), ("character(5)", "'ab'"), ("bit(3)", "'101'"), ("inet", "'::1/64'"), ("tsvector", "'a b:1'"),
    ("regclass", "'pg_catalog.pg_class'"), ("src.mood", "'good'"), ("src.mood[]", "'{good,bad}'"),
    ("src.amount", "12.34"), ("src.pair", "'(1,\"x y\")'"), ("int4range", "'[1,5)'"), ("uuid", "gen_random_uuid()"),
    ("money", "12.5"), ("name", "'n'"), ("xid", "'5'"),
  ]

  private static let types = """
    CREATE TYPE src.mood AS ENUM ('good', 'bad'); CREATE DOMAIN src.amount AS numeric(9,2) CHECK (VALUE > 0);
    CREATE TYPE src.pair AS (a int, b text);
    """

  @Test("hands awkward values on as they are: to the very type, to text, to a domain", arguments: Way.allCases)
  func values(_ way: Way) async throws {
    for columns in [Self.awkward, Array(Self.awkward.filter { !$0.0.contains("src.") && $0.0 != "regclass" })] {
      let definitions = columns.enumerated().map { "c\($0) \($1.0)" }.joined(separator: ", ")
      let values = columns.map(\.1).joined(separator: ", ")
      try await SourceWorld.with(
        way,
        """
        \(Self.types) CREATE TABLE src.t (\(definitions)); INSERT INTO src.t VALUES (\(values)); INSERT INTO src.t DEFAULT VALUES;
        """,
        target: (way == .relay ? "CREATE SCHEMA src; \(Self.types)" : "") + "CREATE TABLE t (\(definitions))"
      ) { world in
        let filled = columns.enumerated().map { ("c\($0)", $1.0) }
        let outcome = try await world.world.load(world.request(world.table(), .insert, filled))
        #expect(outcome.error == nil, "\(outcome)")
        let all = "SELECT * FROM TABLE ORDER BY c0"
        #expect(
          try await TestDatabase.current.text(all.replacing("TABLE", with: "t"))
            == world.source.text(all.replacing("TABLE", with: "src.t")))
        // As text, each is what COPY writes.
        try await TestDatabase.current.execute(
          "DROP TABLE t; CREATE TABLE t (\(filled.map { "\($0.0) text" }.joined(separator: ", ")))")
        let texts = filled.map { ($0.0, "text") }
        #expect(try await world.world.load(world.request(world.table(), .insert, texts)).error == nil)
        #expect(
          try await TestDatabase.current.text("SELECT * FROM t ORDER BY c0")
            == world.source.text("SELECT * FROM src.t ORDER BY c0"))
        try await world.source.execute("DROP SCHEMA src CASCADE")
        try await TestDatabase.current.execute(
          "DROP TABLE t, _sluice_loads; DROP SCHEMA IF EXISTS src CASCADE")
      }
    }
  }

  @Test("a value that does not fit is refused, never cut; the table stays as it was", arguments: Way.allCases)
  func misfits(_ way: Way) async throws {
    for (type, target, value, state) in [
      ("text", "integer", "'12x'", "22P02"), ("text", "character varying(3)", "'abcd'", "22001"),
      ("numeric", "integer", "1.5", "22P02"), ("bigint", "integer", "5000000000", "22003"),
      ("character varying(9)", "character varying(3)", "'abcd'", "22001"),
      ("text", "small", "'abcd'", "22001"), ("integer", "integer NOT NULL", "NULL", "23502"),
    ] {
      try await SourceWorld.with(
        way, "CREATE TABLE src.t (id int, v \(type)); INSERT INTO src.t VALUES (1, \(value))",
        target: "CREATE DOMAIN small AS varchar(3); CREATE TABLE t (id int, v \(target))"
      ) { world in
        let plain = target == "small" ? "public.small" : target.replacing(" NOT NULL", with: "")
        for mode in [Flow.WriteMode.insert, .insertIgnore] {
          let outcome = try await world.world.load(
            world.request(world.table(), mode, [("id", "integer"), ("v", plain)]))
          if mode == .insert {
            #expect(outcome.status == .failed, "\(type) \(target)")
            #expect(
              outcome.error?.help.last == "SQLSTATE \(state)", "\(type) \(target) \(String(describing: outcome.error))")
          } else {
            #expect(outcome.counts.words == "read 1, rejected 1", "\(type) \(target) \(outcome)")
          }
          #expect(try await TestDatabase.current.text("SELECT * FROM t") == "")
        }
        try await world.source.execute("DROP SCHEMA src CASCADE")
        try await TestDatabase.current.execute("DROP TABLE t, _sluice_loads; DROP DOMAIN small")
      }
    }
  }

  @Test("a megabyte of text, a hundred thousand rows, and columns that take no field", arguments: Way.allCases)
  func large(_ way: Way) async throws {
    try await SourceWorld.with(
      way,
      "CREATE TABLE src.t AS SELECT g AS id, CASE WHEN g % 50000 = 0 THEN repeat('é', 600000) ELSE g::text END AS v FROM generate_series(1, 100000) g",
      target: "CREATE TABLE t (id integer, v text, loaded timestamptz, load uuid, file text, line bigint)"
    ) { world in
      var request = world.request(world.table(), .insert, [("id", "integer"), ("v", "text")])
      request.columns += [
        TargetColumn(name: "loaded", type: "timestamp with time zone", from: .loadedAt),
        TargetColumn(name: "load", type: "uuid", from: .loadID), TargetColumn(name: "file", type: "text", from: .file),
        TargetColumn(name: "line", type: "bigint", from: .line),
      ]
      let outcome = try await world.world.load(request)
      #expect(outcome.counts.words == "read 100000, inserted 100000", "\(outcome)")
      #expect(
        try await TestDatabase.current.text(
          "SELECT count(*), sum(id), max(length(v)), count(DISTINCT loaded), count(file), count(line) FROM t")
          == "100000|5000050000|600000|1|0|0")
      #expect(try await TestDatabase.current.text("SELECT DISTINCT load FROM t") == outcome.load)
      // None of its fields is wanted.
      try await TestDatabase.current.execute("TRUNCATE t")
      request.columns.removeFirst(2)
      request.load = LoadRequest.newLoad()
      #expect(try await world.world.load(request).counts.inserted == 100_000)
    }
  }

  @Test(
    "a key that comes twice in an upsert is an error, as nothing says which row is the last", arguments: Way.allCases)
  func duplicates(_ way: Way) async throws {
    try await SourceWorld.with(
      way,
      "CREATE TABLE src.t (id bigint, name text, at int); INSERT INTO src.t VALUES (1, 'new', 2), (1, 'old', 1), (2, 'x', 1)",
      target: "CREATE TABLE t (id bigint PRIMARY KEY, name text)"
    ) { world in
      let outcome = try await world.world.load(world.request(world.table(), .upsert, Self.columns, key: ["id"]))
      #expect(outcome.error?.code == "duplicate-key-in-source")
      #expect(outcome.error?.message == "the key id = 1 comes 2 times in \(world.way == .here ? "wh" : "crm").src.t")
      let ordered = world.request(world.table { $0.cursor = Cursor(column: "at") }, .upsert, Self.columns, key: ["id"])
      let loaded = try await world.world.load(ordered)
      #expect(loaded.counts.words == "read 3, inserted 2, superseded 1", "\(loaded)")
      #expect(try await TestDatabase.current.text("SELECT * FROM t ORDER BY 1") == "1|new\n2|x")
    }
  }

  @Test("an empty source is an error, unless that is allowed", arguments: Way.allCases)
  func empty(_ way: Way) async throws {
    try await SourceWorld.with(
      way, "CREATE TABLE src.t (id bigint, name text)", target: "CREATE TABLE t (id bigint, name text)"
    ) { world in
      let outcome = try await world.world.load(world.request(world.table(), .truncateInsert, Self.columns))
      #expect(outcome.error?.code == "source-empty")
      let allowed = world.request(world.table { $0.allowEmpty = true }, .truncateInsert, Self.columns)
      #expect(try await world.world.load(allowed).status == .empty)
    }
  }

  @Test("a field that is gone is named; one that is new is left out, or refused", arguments: Way.allCases)
  func fields(_ way: Way) async throws {
    try await SourceWorld.with(
      way, "CREATE TABLE src.t (id bigint, nam text, extra int); INSERT INTO src.t VALUES (1, 'a', 1)",
      target: "CREATE TABLE t (id bigint, name text)"
    ) { world in
      let gone = try await world.world.load(world.request(world.table(), .insert, Self.columns))
      #expect(gone.error?.code == "source-field-missing")
      #expect(gone.error?.help == ["did you mean \"nam\"?"] || gone.error?.help.first?.contains("nam") == true)
      var request = world.request(world.table(), .insert, [("id", "bigint")])
      request.knownFields = ["id", "nam"]
      #expect(try await world.world.load(request).counts.inserted == 1)
      #expect(
        try await TestDatabase.current.text("SELECT new_fields FROM _sluice_loads WHERE status = 'loaded'") == "1")
      request.sourceChanges = .fail
      request.load = LoadRequest.newLoad()
      #expect(try await world.world.load(request).error?.code == "source-changed")
    }
  }

  @Test("files and databases are united by name, one after the other", arguments: Way.allCases)
  func union(_ way: Way) async throws {
    try await SourceWorld.with(
      way, "CREATE TABLE src.t (id bigint, place text); INSERT INTO src.t VALUES (2, 'here'), (3, 'there')",
      target: "CREATE TABLE t (id bigint PRIMARY KEY, name text, place text)"
    ) { world in
      try world.world.project.write("id,name\n1,a\n2,b\n", to: "one.csv")
      try world.world.project.write("id,name\n3,c\n4,d\n", to: "two.csv")
      func file(_ path: String) -> Source {
        var files = FileSource()
        files.path = path
        return .files(files)
      }
      var request = world.request(
        world.table(), .upsert, [("id", "bigint"), ("name", "text"), ("place", "text")], key: ["id"])
      request.sources = [("a", file("one.csv")), ("b", .postgres(world.table())), ("c", file("two.csv"))]
      let outcome = try await world.world.load(request)
      #expect(outcome.counts.words == "read 6, inserted 4, superseded 2", "\(outcome)")
      #expect(try await TestDatabase.current.text("SELECT * FROM t ORDER BY 1") == "1|a|\n2||here\n3|c|\n4|d|")
    }
  }
}
