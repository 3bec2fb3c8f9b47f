import Catalog
import Diagnostics
import JSON
import Manifests
import Planning
import TestSupport
import Testing

@testable import Loading

@Suite("insert_ignore from databases", .freshDatabase, .timeLimit(.minutes(15)))
struct IgnoreDatabaseTests {
  private static let columns = [("id", "bigint"), ("name", "text"), ("at", "timestamp with time zone")]

  private func rejects(_ world: LoadingWorld, _ request: LoadRequest) throws -> [JSONValue] {
    try world.project.read(".sluice/rejects/flow/\(request.load).jsonl").split(separator: "\n")
      .map { try JSONValue(parsing: String($0)) }
  }

  @Test("rows of files in a union are rejected with their place, and read as their file says", arguments: Way.allCases)
  func union(_ way: Way) async throws {
    try await SourceWorld.with(
      way,
      """
      CREATE TABLE src.t (id bigint, name text);
      INSERT INTO src.t VALUES (2, 'here'), (3, 'there'), (NULL, 'nowhere')
      """,
      target: "CREATE TABLE t (id bigint PRIMARY KEY, name text, at timestamptz)"
    ) { world in
      try world.world.project.write("id,name,at\n1,a,2024-05-01 12:00:00\n3,b\n\"x\",c,\n", to: "one.csv")
      try world.world.project.write("id,name,at\n4,d,\n2,twice,\n5,e,f,g\n", to: "two.csv")
      func file(_ path: String) -> Source {
        var files = FileSource()
        files.path = path
        files.csv.timezone = "Europe/Prague"
        return .files(files)
      }
      var request = world.request(world.table(), .insertIgnore, Self.columns)
      request.sources = [("a", file("one.csv")), ("b", .postgres(world.table())), ("c", file("two.csv"))]
      let outcome = try await world.world.load(request)
      #expect(outcome.error == nil)
      #expect(outcome.counts.words == "read 9, inserted 4, rejected 5")
      #expect(
        try await TestDatabase.current.text("SELECT id, name, at AT TIME ZONE 'UTC' FROM t ORDER BY 1")
          == "1|a|2024-05-01 10:00:00\n2|here|\n3|there|\n4|d|")
      let found = try rejects(world.world, request).map { reject in
        "\(reject["file"]?.stringValue ?? reject["source"]?.stringValue ?? ""):\(reject["line"]?.intValue ?? 0) \(reject["sqlState"]?.stringValue ?? "")"
      }
      let table = way == .here ? "wh.src.t" : "crm.src.t"
      #expect(
        found == ["one.csv:3 22P04", "one.csv:4 22P02", "\(table):3 23502", "two.csv:3 23505", "two.csv:4 22P04"])
    }
  }

  @Test("a row that is rejected is told by its table and its key; of a key the first one wins", arguments: Way.allCases)
  func told(_ way: Way) async throws {
    try await SourceWorld.with(
      way,
      """
      CREATE TABLE src.t (id int, name text, at timestamptz);
      INSERT INTO src.t VALUES (1, 'second', '2024-01-02Z'), (1, 'first', '2024-01-01Z'), (2, 'x', '2024-01-03Z')
      """,
      target: "CREATE TABLE t (id bigint PRIMARY KEY, name text, at timestamptz)"
    ) { world in
      let request = world.request(
        world.table { $0.cursor = Cursor(column: "at") }, .insertIgnore, Self.columns)
      #expect(try await world.world.load(request).counts.words == "read 3, inserted 2, rejected 1")
      #expect(try await TestDatabase.current.text("SELECT id, name FROM t ORDER BY 1") == "1|first\n2|x")
      let reject = try #require(try rejects(world.world, request).first)
      #expect(reject["source"] == .string(way == .here ? "wh.src.t" : "crm.src.t"))
      #expect(reject["key"] == ["id": "1"])
      #expect(reject["row"]?["name"] == "second")
      #expect(
        reject["message"]
          == "duplicate key value violates unique constraint \"t_pkey\" (Key (id)=(1) already exists.)")
    }
  }

  @Test("what a cursor reads once more is no reject, whatever its type", arguments: Way.allCases)
  func again(_ way: Way) async throws {
    try await SourceWorld.with(
      way,
      """
      CREATE TABLE src.t (id int, name text, at timestamptz);
      INSERT INTO src.t VALUES (1, 'a', '2024-01-01Z'), (2, 'b', '2024-01-02Z')
      """,
      target: "CREATE TABLE t (id bigint PRIMARY KEY, name text CHECK (name <> 'bad'), at timestamptz)"
    ) { world in
      let source = world.table { $0.cursor = Cursor(column: "at") }
      let first = world.request(source, .insertIgnore, Self.columns, key: ["id"])
      #expect(try await world.world.load(first).counts.words == "read 2, inserted 2")
      try await world.source.execute(
        "INSERT INTO src.t VALUES (3, 'c', '2024-01-03Z'), (3, 'd', '2024-01-04Z'), (4, 'bad', '2024-01-05Z')")
      let second = world.request(source, .insertIgnore, Self.columns, key: ["id"])
      let outcome = try await world.world.load(second)
      #expect(outcome.counts.words == "read 4, inserted 1, unchanged 2, rejected 1", "\(outcome)")
      #expect(try rejects(world.world, second).map { $0["key"] } == [["id": "4"]])
      #expect(try await TestDatabase.current.text("SELECT id, name FROM t ORDER BY 1") == "1|a\n2|b\n3|c")
    }
  }

  @Test("a hundredth of twice a hundred thousand rows that are duplicates costs seconds", arguments: Way.allCases)
  func many(_ way: Way) async throws {
    try await SourceWorld.with(
      way,
      """
      CREATE TABLE src.t AS SELECT CASE WHEN n % 100 = 0 THEN n - 50 ELSE n END::bigint AS id, 'row ' || n AS name,
        timestamptz '2024-01-01Z' + n * interval '1 s' AS at FROM generate_series(1, 200000) n
      """,
      target: "CREATE TABLE t (id bigint PRIMARY KEY, name text, at timestamptz)"
    ) { world in
      let request = world.request(world.table(), .insertIgnore, Self.columns)
      let outcome = try await world.world.load(request)
      #expect(outcome.counts.words == "read 200000, inserted 198000, rejected 2000")
      #expect(
        try await TestDatabase.current.text("SELECT count(*) FROM t WHERE name <> 'row ' || id") == "0")
    }
  }
}
