import Catalog
import Diagnostics
import JSON
import Manifests
import Planning
import Postgres
import TestSupport
import Testing

@testable import Loading

@Suite("What insert_ignore keeps out, and in which order", .freshDatabase, .timeLimit(.minutes(15)))
struct IgnoreOrderTests {
  static let columns = [("id", "integer"), ("s", "text")]

  private func rejects(_ world: LoadingWorld, _ request: LoadRequest) throws -> [JSONValue] {
    try world.project.read(".sluice/rejects/flow/\(request.load).jsonl").split(separator: "\n")
      .map { try JSONValue(parsing: String($0)) }
  }

  @Test("the first row of a key wins, also where it is spelled in a way that only the server can read")
  func firstWins() async throws {
    let world = try await LoadingWorld(
      "CREATE TABLE t (id int PRIMARY KEY, s text)",
      files: ["in.csv": "id,s\n 7 ,first\n7,second\n8,first\n 8 ,second\n"])
    let request = world.request(.insertIgnore, Self.columns)
    let outcome = try await world.load(request)
    #expect(outcome.counts.words == "read 4, inserted 2, rejected 2")
    #expect(try await world.rows() == [["7", "first"], ["8", "first"]])
    #expect(try rejects(world, request).map { $0["line"]?.intValue } == [3, 5])
    let message = try rejects(world, request)[0]["message"]
    #expect(
      message == "duplicate key value violates unique constraint \"t_pkey\" (Key (id)=(7) already exists.)")
  }

  @Test("a row whose earlier twin is rejected for another reason goes in")
  func twin() async throws {
    let world = try await LoadingWorld(
      "CREATE TABLE t (id int PRIMARY KEY, s text CHECK (s <> 'bad'))",
      files: ["in.csv": "id,s\n1,bad\n1,good\n1,late\n"])
    let outcome = try await world.load(world.request(.insertIgnore, Self.columns))
    #expect(outcome.counts.words == "read 3, inserted 1, rejected 2")
    #expect(try await world.rows() == [["1", "good"]])
  }

  @Test("rejects of all kinds stand in the source's order")
  func order() async throws {
    let csv = "id,s\n1,a\nx,b\n1,c\n2\n2,\u{1}\n,d\n 3 ,e\n3,f\n4,g,h\n9999999999,i\n"
    let world = try await LoadingWorld("CREATE TABLE t (id int PRIMARY KEY, s text)", files: ["in.csv": csv])
    let request = world.request(.insertIgnore, Self.columns)
    let outcome = try await world.load(request)
    #expect(outcome.counts.words == "read 10, inserted 3, rejected 7")
    #expect(
      try rejects(world, request).map { "\($0["line"]?.intValue ?? 0) \($0["sqlState"]?.stringValue ?? "")" }
        == ["3 22P02", "4 23505", "5 22P04", "7 23502", "9 23505", "10 22P04", "11 22003"])
  }

  @Test("the rejects of a load that fails for too many are in the file, as many as decided")
  func tooMany() async throws {
    let csv = "id,s\n" + (1...3000).map { "\($0 % 3 == 0 ? "x" : "\($0)"),\n" }.joined()
    let world = try await LoadingWorld("CREATE TABLE t (id int PRIMARY KEY, s text)", files: ["in.csv": csv])
    var request = world.request(.insertIgnore, Self.columns)
    request.maxRejects = .count(500)
    request.batchRows = 1000
    let outcome = try await world.load(request)
    #expect(outcome.error?.code == "too-many-rejects")
    #expect(try rejects(world, request).count == 501)
    #expect(try await world.rows().isEmpty)
  }

  @Test("a file that is loaded again is rejected row by row, in the server's words")
  func again() async throws {
    let csv = "id,s\n" + (1...1000).map { "\($0),A\($0 % 400 == 0 ? "" : "\($0)")\n" }.joined()
    let world = try await LoadingWorld(
      "CREATE TABLE t (id int CHECK (id <> 999), s text, n serial); CREATE UNIQUE INDEX one ON t (lower(s), id)",
      files: ["in.csv": csv])
    var request = world.request(.insertIgnore, Self.columns) { $0.files = .all }
    request.batchRows = 600
    #expect(try await world.load(request).counts.words == "read 1000, inserted 999, rejected 1")
    request.load = LoadRequest.newLoad()
    #expect(try await world.load(request).counts.words == "read 1000, rejected 1000")
    let rejects = try rejects(world, request)
    for (index, reject) in rejects.enumerated() where index != 998 {
      let key = "a\((index + 1) % 400 == 0 ? "" : "\(index + 1)"), \(index + 1)"
      #expect(
        reject["message"]?.stringValue
          == "duplicate key value violates unique constraint \"one\" (Key (lower(s), id)=(\(key)) already exists.)")
    }
    #expect(rejects[998]["sqlState"] == "23514")
  }

  @Test("doubtful values are read as their part says")
  func reading() async throws {
    let world = try await LoadingWorld(
      "CREATE TABLE t (id int PRIMARY KEY, d date, z timestamptz)",
      files: [
        "in.csv":
          "id,d,z\n1,31/12/2024,2024-07-01 12:00\n2,12/31/2024,2024-01-01 12:00\n3,2024-01-01,2024-01-01 12:00\n"
      ])
    let request = world.request(
      .insertIgnore, [("id", "integer"), ("d", "date"), ("z", "timestamp with time zone")]
    ) {
      $0.csv.dateOrder = .dmy
      $0.csv.timezone = "Europe/Prague"
    }
    let outcome = try await world.load(request)
    #expect(outcome.counts.words == "read 3, inserted 2, rejected 1")
    #expect(
      try await world.rows("id, d, z AT TIME ZONE 'UTC'") == [
        ["1", "2024-12-31", "2024-07-01 10:00:00"], ["3", "2024-01-01", "2024-01-01 11:00:00"],
      ])
    #expect(try rejects(world, request).map { $0["sqlState"] } == ["22008"])
  }

  @Test(
    "nothing is cut or rounded in silence",
    arguments: [
      ("character varying(3)", "abcd", "22001"), ("numeric(5,2)", "1234.5", "22003"), ("bit(3)", "1111", "22026"),
      ("smallint", " 70000 ", "22003"), ("character(2)", "abc", "22001"),
    ])
  func exact(type: String, value: String, state: String) async throws {
    let world = try await LoadingWorld(
      "CREATE TABLE t (id int PRIMARY KEY, v \(type))", files: ["in.csv": "id,v\n1,\(value)\n2,\n1,\n"])
    let request = world.request(.insertIgnore, [("id", "integer"), ("v", type)])
    let outcome = try await world.load(request)
    #expect(outcome.counts.words == "read 3, inserted 2, rejected 1")
    #expect(try rejects(world, request).map { $0["sqlState"] } == [.string(state)])
  }

  @Test("an interval with a precision is read by its own input function")
  func interval() async throws {
    let world = try await LoadingWorld(
      "CREATE TABLE t (id int PRIMARY KEY, v interval year)", files: ["in.csv": "id,v\n1,5\n2,x\n1,6\n"])
    let request = world.request(.insertIgnore, [("id", "integer"), ("v", "interval year")])
    let outcome = try await world.load(request)
    #expect(outcome.counts.words == "read 3, inserted 1, rejected 2")
    #expect(try await world.rows() == [["1", "5 years"]])
  }

  @Test("identity, generated and serial columns are as COPY has them")
  func identity() async throws {
    let world = try await LoadingWorld(
      """
      CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, s text UNIQUE,
        g text GENERATED ALWAYS AS (upper(s)) STORED UNIQUE, n serial)
      """, files: ["in.csv": "id,s\n5,a\n5,b\n6,A\n7,c\n"])
    let outcome = try await world.load(world.request(.insertIgnore, Self.columns))
    #expect(outcome.counts.words == "read 4, inserted 2, rejected 2")
    #expect(try await world.rows("id, s, g") == [["5", "a", "A"], ["7", "c", "C"]])
  }

  @Test("a column that is not loaded and refuses NULL rejects every row")
  func missing() async throws {
    let world = try await LoadingWorld(
      "CREATE TABLE t (id int PRIMARY KEY, s text, must int NOT NULL)", files: ["in.csv": "id,s\n1,a\n2,b\n"])
    let request = world.request(.insertIgnore, Self.columns)
    let outcome = try await world.load(request)
    #expect(outcome.counts.words == "read 2, rejected 2")
    #expect(try rejects(world, request).map { $0["sqlState"] } == ["23502", "23502"])
  }

  @Test("nothing of a load is left in its session")
  func nothingLeft() async throws {
    let world = try await LoadingWorld(
      "CREATE TABLE t (id int PRIMARY KEY, s text)", files: ["in.csv": "id,s\n1,a\nx,b\n1,c\n"])
    let connection = try await world.database.connect()
    let query: SQL = """
      SELECT (SELECT count(*) FROM pg_class WHERE relname LIKE '\\_sluice%' AND relpersistence = 't')::text
        || ' ' || (SELECT count(*) FROM pg_proc WHERE proname LIKE '%sluice%') || ' ' || current_setting('work_mem')
      """
    let before = try await connection.perform { try $0.rows(query) { $0.text(0) } }
    _ = try await Loading.load(world.request(.insertIgnore, Self.columns), on: connection)
    #expect(try await connection.perform { try $0.rows(query) { $0.text(0) } } == before)
    await connection.close()
  }
}
