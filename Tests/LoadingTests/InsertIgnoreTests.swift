import Catalog
import Diagnostics
import JSON
import Loading
import Manifests
import Planning
import Postgres
import SystemPackage
import TestSupport
import Testing

@Suite("insert_ignore", .freshDatabase, .timeLimit(.minutes(15)))
struct InsertIgnoreTests {
  static let columns = [("id", "integer"), ("n", "integer"), ("s", "text")]
  static let table = """
    CREATE TABLE parent (id int PRIMARY KEY); INSERT INTO parent VALUES (1), (2);
    CREATE TABLE t (id int PRIMARY KEY, n int NOT NULL CHECK (n > 0), s text, p int DEFAULT 1 REFERENCES parent);
    INSERT INTO t VALUES (1, 1, 'there');
    """

  @Test("rows that do not fit are kept out and written down, the others go in")
  func keepsOut() async throws {
    let world = try await LoadingWorld(
      Self.table,
      files: [
        "in.csv":
          "id,n,s,x\n1,1,dup,\n2,1,ok,\n2,2,dup,\n3,,null,\n4,-1,check,\n5,abc,type,\"q\"\"\n\"\n6, 6 ,ok,\n7,7\n8,8,ok,\n"
      ])
    let request = world.request(.insertIgnore, Self.columns)
    let outcome = try await world.load(request)
    #expect(outcome.error == nil)
    #expect(outcome.counts.words == "read 9, inserted 3, rejected 6")
    #expect(outcome.warnings.map(\.code) == ["rows-rejected"])
    #expect(
      try await world.rows("id, n, s") == [
        ["1", "1", "there"], ["2", "1", "ok"], ["6", "6", "ok"], ["8", "8", "ok"],
      ])
    let lines = try world.project.read(".sluice/rejects/flow/\(request.load).jsonl").split(separator: "\n")
    let rejects = try lines.map { try JSONValue(parsing: String($0)) }
    let states = rejects.map { "\($0["line"]?.intValue ?? 0) \($0["sqlState"]?.stringValue ?? "")" }
    #expect(Set(states) == ["2 23505", "4 23505", "5 23502", "6 23514", "7 22P02", "10 22P04"])
    let wrongType = try #require(rejects.first { $0["line"] == 7 })
    #expect(wrongType["file"] == "in.csv")
    #expect(wrongType["row"] == ["id": "5", "n": "abc", "s": "type", "x": "q\"\n"])
    #expect(rejects.first { $0["line"] == 10 }?["text"] == "7,7")
  }

  @Test("many bad rows among many good ones")
  func many() async throws {
    var csv = "id,n,s\n"
    var good = 0
    for id in 1...20_000 {
      let isBad = id % 50 == 0
      if !isBad { good += 1 }
      csv += id % 100 == 0 ? "\(id),x,wrong\n" : isBad ? "\(id - 1),1,dup\n" : "\(id + 1_000_000 * 0),1,\n"
    }
    let world = try await LoadingWorld("CREATE TABLE t (id int PRIMARY KEY, n int, s text)", files: ["in.csv": csv])
    let outcome = try await world.load(world.request(.insertIgnore, Self.columns))
    #expect(outcome.error == nil)
    #expect(outcome.counts.words == "read 20000, inserted \(good), rejected \(20_000 - good)")
    #expect(try await world.database.value("SELECT count(*) FROM t") == "\(good)")
  }

  @Test("a foreign key, whose error names no row, is found by halving")
  func foreignKey() async throws {
    let rows = (10...60).map { "\($0),1,\($0 == 33 ? 9 : 2)\n" }.joined()
    let world = try await LoadingWorld(Self.table, files: ["in.csv": "id,n,p\n" + rows])
    let outcome = try await world.load(
      world.request(.insertIgnore, [("id", "integer"), ("n", "integer"), ("p", "integer")]))
    #expect(outcome.error == nil)
    #expect(outcome.counts.words == "read 51, inserted 50, rejected 1")
    #expect(try await world.database.value("SELECT count(*) FROM t WHERE id = 33") == "0")
  }

  @Test(
    "beyond maxRejects nothing is written",
    arguments: [(Bound.count(1), false), (.count(2), true), (.percent(19), false), (.percent(20), true)])
  func maxRejects(bound: Bound, loads: Bool) async throws {
    let rows = (2...9).map { "\($0),1,\n" }.joined()
    let world = try await LoadingWorld(Self.table, files: ["in.csv": "id,n,s\n" + rows + "x,1,\n1,1,\n"])
    var request = world.request(.insertIgnore, Self.columns)
    request.maxRejects = bound
    let outcome = try await world.load(request)
    #expect(outcome.error?.code == (loads ? nil : "too-many-rejects"))
    #expect(try await world.rows().count == (loads ? 9 : 1))
  }

  @Test("an error that is not about a row fails the load")
  func otherErrors() async throws {
    let world = try await LoadingWorld(
      "CREATE TABLE t (id int, n int, s text)", files: ["in.csv": "id,n,s\n1,1,\n"])
    let role = try await world.database.createRole()
    try await world.database.execute("GRANT SELECT, INSERT ON _sluice_loads TO \(role)")
    let outcome = try await world.load(world.request(.insertIgnore, Self.columns), as: role)
    #expect(outcome.error?.code == "permission-denied")
  }
}
