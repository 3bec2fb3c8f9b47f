import Catalog
import Diagnostics
import JSON
import Loading
import Manifests
import Planning
import Postgres
import TestSupport
import Testing

/// Columns of types that are not PostgreSQL's own, as `format_type` names them.
@Suite("Types of other schemas", .freshDatabase, .timeLimit(.minutes(15)))
struct TypeTests {
  static let types = #"""
    CREATE SCHEMA "Own Types";
    CREATE DOMAIN "Own Types".money2 AS numeric(12,2) CHECK (VALUE >= 0);
    CREATE DOMAIN "Own Types".price AS "Own Types".money2 NOT NULL;
    CREATE DOMAIN "Own Types".day AS date;
    CREATE DOMAIN "Own Types".pair AS int[] CHECK (cardinality(VALUE) = 2);
    CREATE TYPE "Own Types"."My ""Type""" AS ENUM ('a', 'b c');
    CREATE TYPE "Own Types".point AS (x int, y text);
    CREATE TABLE t (
      id int PRIMARY KEY, m "Own Types".money2, p "Own Types".price, d "Own Types".day, r "Own Types".pair,
      e "Own Types"."My ""Type""", ea "Own Types"."My ""Type"""[], c "Own Types".point, ma "Own Types".money2[],
      i int4range);
    """#
  static let columns = [
    ("id", "integer"), ("m", #""Own Types".money2"#), ("p", #""Own Types".price"#), ("d", #""Own Types".day"#),
    ("r", #""Own Types".pair"#), ("e", #""Own Types"."My ""Type""""#), ("ea", #""Own Types"."My ""Type"""[]"#),
    ("c", #""Own Types".point"#), ("ma", #""Own Types".money2[]"#), ("i", "int4range"),
  ]
  static let header = "id,m,p,d,r,e,ea,c,ma,i\n"

  @Test(
    "take loads of every mode",
    arguments: [
      (Flow.WriteMode.insert, "read 3, inserted 3"), (.insertIgnore, "read 3, inserted 3"),
      (.truncateInsert, "read 3, inserted 3, deleted 1"), (.upsert, "read 3, inserted 2, updated 1"),
      (.delete, "read 3, deleted 1, unchanged 3"),
    ])
  func modes(mode: Flow.WriteMode, counts: String) async throws {
    let world = try await LoadingWorld(
      Self.types,
      files: [
        "in.csv": Self.header
          + #"""
          1,1.005,2,2024-02-29,"{1,2}",a,"{a,""b c""}","(1,""x, y"")","{1,2.5}","[1,3)"
          2, 7 ,1e2,Feb 28 2024,"{ 3 , 4 }",b c,{},"(,)",{},empty
          3,,0,,,,,,,

          """#
      ])
    let start = mode == .insert || mode == .insertIgnore ? 100 : 1
    try await world.database.execute("INSERT INTO t (id, p) VALUES (\(start), 9)")
    let outcome = try await world.load(world.request(mode, Self.columns, key: ["id"]))
    #expect(outcome.error == nil)
    #expect(outcome.counts.words == counts)
    guard mode != .delete else { return }
    #expect(
      try await world.rows("*", order: "1").prefix(3) == [
        ["1", "1.01", "2.00", "2024-02-29", "{1,2}", "a", "{a,\"b c\"}", "(1,\"x, y\")", "{1.00,2.50}", "[1,3)"],
        ["2", "7.00", "100.00", "2024-02-28", "{3,4}", "b c", "{}", "(,)", "{}", "empty"],
        ["3", nil, "0.00", nil, nil, nil, nil, nil, nil, nil],
      ])
    if mode == .upsert {
      #expect(
        try await world.load(world.request(mode, Self.columns, key: ["id"])).counts.words == "read 3, unchanged 3")
    }
  }

  static let refused: [(row: String, code: String, column: Int)] = [
    ("1,-1,1,,,,,,,", "check-violation", 3), ("1,1,,,,,,,,", "not-null-violation", 5),
    ("1,1,1,,{1},,,,,", "check-violation", 8), ("1,1,1,,,z,,,,", "bad-value", 9),
    ("1,1,1,,,,,(1,,", "bad-value", 11), ("1,1,1,,,,,,{-1},", "check-violation", 12),
    ("1,1,1,01/02/03,,,,,,", "bad-value", 1),
  ]

  @Test("what a type refuses is placed in the source, and rejected by insert_ignore", arguments: refused)
  func refusedValues(row: String, code: String, column: Int) async throws {
    let world = try await LoadingWorld(Self.types, files: ["in.csv": Self.header + "7,1,1,,,,,,,\n\(row)\n"])
    for mode in [Flow.WriteMode.insert, .upsert] {
      let outcome = try await world.load(world.request(mode, Self.columns, key: ["id"]))
      #expect(outcome.error?.code == code)
      #expect(
        outcome.error?.place.map { [$0.line, $0.column] } == [3, column], "\(String(describing: outcome.error))")
    }
    let outcome = try await world.load(world.request(.insertIgnore, Self.columns))
    #expect(outcome.counts.words == "read 2, inserted 1, rejected 1")
  }

  @Test("values of a domain go in binary, and are the same as by text")
  func binaryDomain() async throws {
    let csv = "id,m\n" + (1...3000).map { "\($0),\($0)\(["", ".5", ".004", ".995", "e1"][$0 % 5])\n" }.joined()
    let world = try await LoadingWorld(
      "CREATE SCHEMA s; CREATE DOMAIN s.money2 AS numeric(12,2); CREATE TABLE t (id int, m s.money2, w numeric(12,2))",
      files: ["in.csv": csv])
    var request = world.request(.insert, [("id", "integer"), ("m", "s.money2")])
    request.columns.append(TargetColumn(name: "w", type: "numeric(12,2)", from: .field("m")))
    #expect(try await world.load(request).counts.words == "read 3000, inserted 3000")
    #expect(try await world.database.value("SELECT count(*) FROM t WHERE m::text = w::text") == "3000")
  }

  @Test("a key is compared as its type's indexes compare it")
  func citext() async throws {
    let world = try await LoadingWorld(
      """
      CREATE SCHEMA ext; CREATE EXTENSION citext SCHEMA ext; CREATE DOMAIN ext.name AS ext.citext;
      CREATE TABLE t (k ext.name, l ext.citext, v text, PRIMARY KEY (k, l));
      INSERT INTO t VALUES ('ABC', 'x', 'old'), ('Same', 'x', 'same'), ('kept', 'x', 'kept');
      """, files: ["in.csv": "k,l,v\nabc,X,new\nsame,x,same\nnew,y,first\nNEW,Y,last\n"])
    let columns = [("k", "ext.name"), ("l", "ext.citext"), ("v", "text")]
    let outcome = try await world.load(world.request(.upsert, columns, key: ["k", "l"]))
    #expect(outcome.error == nil)
    #expect(outcome.counts.words == "read 4, inserted 1, updated 1, unchanged 1, superseded 1")
    #expect(
      try await world.rows("*", order: "k::text COLLATE \"C\"") == [
        ["ABC", "x", "new"], ["NEW", "Y", "last"], ["Same", "x", "same"], ["kept", "x", "kept"],
      ])
    try world.project.write("k,l\nKEPT,X\nSAME,X\n", to: "in.csv")
    let deleted = try await world.load(world.request(.delete, Array(columns.prefix(2)), key: ["k", "l"]))
    #expect(deleted.counts.words == "read 2, deleted 2, unchanged 2")
  }

  @Test("COPY into such a column needs no privilege on the type's schema")
  func closedSchema() async throws {
    let world = try await LoadingWorld(Self.types, files: ["in.csv": "id,p,e\n1,2.50,b c\n"])
    let role = try await world.database.createRole()
    try await world.database.execute(
      "GRANT INSERT ON t TO \(role); GRANT SELECT, INSERT ON _sluice_loads TO \(role)")
    let columns = Self.columns.filter { ["id", "p", "e"].contains($0.0) }
    #expect(try await world.load(world.request(.insert, columns), as: role).counts.words == "read 1, inserted 1")
    let staged = try await world.load(world.request(.upsert, columns, key: ["id"]), as: role)
    #expect(staged.error?.code == "permission-denied")
  }
}
