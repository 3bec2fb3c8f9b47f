import Catalog
import Diagnostics
import Loading
import Manifests
import Planning
import Postgres
import TestSupport
import Testing

@Suite("upsert and delete", .freshDatabase, .timeLimit(.minutes(15)))
struct UpsertTests {
  static let columns = [("id", "integer"), ("s", "text"), ("n", "numeric(8,2)")]
  static let table = "CREATE TABLE t (id int PRIMARY KEY, s text, n numeric(8,2));"

  @Test("new rows are inserted, changed ones updated, equal ones left alone, the last of a key wins")
  func delta() async throws {
    let world = try await LoadingWorld(
      Self.table + "INSERT INTO t VALUES (1, 'same', 1), (2, 'old', 2), (3, NULL, 3), (4, 'kept', 4), (5, '', NULL)",
      files: [
        "1.csv": "id,s,n\n1,same,1.000\n2,new,2\n3,,3\n6,first,6\n5,,\n",
        "2.csv": "n,id,s\n6.6,6,last\n7,7,\n,2,x\n2,2,newer\n",
      ])
    let before = try await world.rows("id, xmin", order: "1")
    let outcome = try await world.load(world.request("*.csv", .upsert, Self.columns, key: ["id"]))
    #expect(outcome.error == nil)
    #expect(outcome.counts.words == "read 9, inserted 2, updated 2, unchanged 2, superseded 3")
    #expect(
      try await world.rows() == [
        ["1", "same", "1.00"], ["2", "newer", "2.00"], ["3", nil, "3.00"], ["4", "kept", "4.00"], ["5", nil, nil],
        ["6", "last", "6.60"], ["7", nil, "7.00"],
      ])
    let after = try await world.rows("id, xmin", order: "1")
    #expect(before.filter { ["1", "3", "4"].contains($0[0]) } == after.filter { ["1", "3", "4"].contains($0[0]) })
  }

  @Test("the same file twice changes nothing the second time")
  func twice() async throws {
    let csv = "id,s,n\n" + (1...5000).map { "\($0),\($0 % 7 == 0 ? "" : "v\($0)"),\($0).5\n" }.joined()
    let world = try await LoadingWorld(Self.table, files: ["in.csv": csv])
    #expect(
      try await world.load(world.request(.upsert, Self.columns, key: ["id"])).counts.words == "read 5000, inserted 5000"
    )
    #expect(
      try await world.load(world.request(.upsert, Self.columns, key: ["id"])).counts.words
        == "read 5000, unchanged 5000")
  }

  @Test("$ columns change only where the row does")
  func metadata() async throws {
    let world = try await LoadingWorld(
      "CREATE TABLE t (id int PRIMARY KEY, s text, load text)", files: ["in.csv": "id,s\n1,a\n2,b\n"])
    func run() async throws -> LoadRequest {
      var request = world.request(.upsert, [("id", "integer"), ("s", "text")], key: ["id"])
      request.columns.append(TargetColumn(name: "load", type: "text", from: .loadID))
      #expect(try await world.load(request).error == nil)
      return request
    }
    let first = try await run()
    try world.project.write("id,s\n1,a\n2,c\n", to: "in.csv")
    let second = try await run()
    #expect(try await world.rows() == [["1", "a", first.load], ["2", "c", second.load]])
  }

  @Test("a key of several columns, of any types, and nothing beside it")
  func keyOnly() async throws {
    let world = try await LoadingWorld(
      "CREATE TABLE t (a text, b date, UNIQUE (b, a)); INSERT INTO t VALUES ('x', '2024-01-01')",
      files: ["in.csv": "a,b\nx,2024-01-01\nx,2024-01-02\nx,2024-01-02\n"])
    let outcome = try await world.load(world.request(.upsert, [("a", "text"), ("b", "date")], key: ["a", "b"]))
    #expect(outcome.counts.words == "read 3, inserted 1, unchanged 1, superseded 1")
  }

  @Test("types without equality are compared as text")
  func noEquality() async throws {
    let world = try await LoadingWorld(
      "CREATE TABLE t (id int PRIMARY KEY, j json, p point)", files: ["in.csv": "id,j,p\n1,{},\"(1,2)\"\n2,[],\n"])
    let columns = [("id", "integer"), ("j", "json"), ("p", "point")]
    #expect(try await world.load(world.request(.upsert, columns, key: ["id"])).counts.words == "read 2, inserted 2")
    try world.project.write("id,j,p\n1,{ },\"(1,2)\"\n2,[],\n", to: "in.csv")
    #expect(
      try await world.load(world.request(.upsert, columns, key: ["id"])).counts.words
        == "read 2, updated 1, unchanged 1")
  }

  @Test(
    "what cannot be merged is placed in the source",
    arguments: [
      ("1,,\n,x,\n", "not-null-violation", 3, 1), ("1,a,\n2,,\n", "not-null-violation", 3, 3),
      ("1,a,1\n2,b,-1\n", "check-violation", 3, 1), ("1,a,1\n2,b,x\n", "bad-value", 3, 5),
    ])
  func placed(rows: String, code: String, line: Int, column: Int) async throws {
    let world = try await LoadingWorld(
      "CREATE TABLE t (id int PRIMARY KEY, s text NOT NULL, n numeric(8,2) CHECK (n > 0)); INSERT INTO t VALUES (7, 'x', 1)",
      files: ["in.csv": "id,s,n\n" + rows.replacing("1,,\n", with: "1,y,\n")])
    let outcome = try await world.load(world.request(.upsert, Self.columns, key: ["id"]))
    #expect(outcome.error?.code == code)
    #expect(outcome.error?.place == Place(file: "in.csv", line: line, column: column))
    if line == 3, column == 1, code == "not-null-violation" {
      #expect(outcome.error?.message == "column id of the key is NULL")
    }
    #expect(try await world.rows() == [["7", "x", "1.00"]])
  }

  @Test("keys of text are the same where their bytes are")
  func textKey() async throws {
    let world = try await LoadingWorld(
      "CREATE TABLE t (id text PRIMARY KEY, s text); INSERT INTO t VALUES ('B', 'old')",
      files: ["in.csv": "id,s\nb,1\nB,2\n\u{e9},3\ne\u{301},4\nb,5\n"])
    let outcome = try await world.load(world.request(.upsert, [("id", "text"), ("s", "text")], key: ["id"]))
    #expect(outcome.counts.words == "read 5, inserted 3, updated 1, superseded 1")
    #expect(
      try await world.rows(order: "id COLLATE \"C\"") == [
        ["B", "2"], ["b", "5"], ["e\u{301}", "4"], ["\u{e9}", "3"],
      ])
  }

  @Test("another writer of the same key does not break it")
  func concurrentWriter() async throws {
    let world = try await LoadingWorld(Self.table, files: ["in.csv": "id,s,n\n1,ours,1\n2,b,2\n"])
    let outcome = try await world.load(
      world.request(.upsert, Self.columns, key: ["id"]), besides: "INSERT INTO t VALUES (1, 'theirs', 0)")
    #expect(outcome.error == nil)
    #expect(try await world.rows() == [["1", "ours", "1.00"], ["2", "b", "2.00"]])
  }

  @Test("delete takes the rows whose key is in the source, and looks at nothing else")
  func deletes() async throws {
    let world = try await LoadingWorld(
      Self.table + "INSERT INTO t VALUES (1, 'a', 1), (2, 'b', 2), (3, 'c', 3)",
      files: ["in.csv": "id,s,n\n1,,not looked at\n3,,\n3,,\n8,,\n"])
    let outcome = try await world.load(world.request(.delete, Self.columns, key: ["id"]))
    #expect(outcome.error == nil)
    #expect(outcome.counts.words == "read 4, deleted 2, unchanged 3, superseded 1")
    #expect(try await world.rows("id") == [["2"]])
  }
}
