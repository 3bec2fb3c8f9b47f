import Catalog
import Diagnostics
import Loading
import Manifests
import Planning
import TestSupport
import Testing

@Suite("deleteMissing", .freshDatabase, .timeLimit(.minutes(15)))
struct DeleteMissingTests {
  static let columns = [("id", "integer"), ("s", "text")]
  static let table = "CREATE TABLE t (id int PRIMARY KEY, s text);"

  /// A table of so many rows, and a source that has all of them but those of `missing`.
  private func world(_ rows: Int, missing: [Int], also: String = "") async throws -> LoadingWorld {
    let ids = (1...rows).filter { !missing.contains($0) }
    return try await LoadingWorld(
      "\(Self.table) INSERT INTO t SELECT n, 'old' FROM generate_series(1, \(rows)) n; \(also)",
      files: ["in.csv": "id,s\n" + ids.map { "\($0),old\n" }.joined()])
  }

  private func request(
    _ world: LoadingWorld, most: Bound? = nil, allowed: Int = 0, change: (inout FileSource) -> Void = { _ in }
  ) -> LoadRequest {
    var request = world.request(.upsert, Self.columns, key: ["id"], change: change)
    request.deleteMissing = true
    if let most { request.maxDeletes = most }
    request.allowedDeletes = allowed
    return request
  }

  @Test("rows that the source no longer has go, with those that are new and changed, in one transaction")
  func delta() async throws {
    let world = try await LoadingWorld(
      Self.table + "INSERT INTO t VALUES (1, 'same'), (2, 'old'), (3, 'gone'), (4, 'gone too')",
      files: ["in.csv": "id,s\n1,same\n2,first\n2,new\n5,more\n"])
    let outcome = try await world.load(request(world, most: .percent(50)))
    #expect(outcome.error == nil)
    #expect(outcome.counts.words == "read 4, inserted 1, updated 1, deleted 2, unchanged 1, superseded 1")
    #expect(try await world.rows() == [["1", "same"], ["2", "new"], ["5", "more"]])
    #expect(
      try await world.ledgerRows().map { $0.prefix(7).map { $0 ?? "" } } == [["loaded", "4", "1", "1", "2", "1", "1"]])
  }

  @Test(
    "no more may go than a share of the rows that the table had, ten in a hundred where nothing is said",
    arguments: [
      (10, [7], nil, true), (10, [7, 8], nil, false), (19, [1, 2], nil, false), (20, [1, 2], nil, true),
      (4, [1, 2], Bound.percent(50), true), (4, [1, 2, 3], .percent(50), false), (4, [1, 2], .count(2), true),
      (4, [1, 2], .count(1), false), (4, [1], .count(0), false), (4, [], .count(0), true),
    ])
  func bounds(rows: Int, missing: [Int], most: Bound?, isAllowed: Bool) async throws {
    let world = try await world(rows, missing: missing)
    // What is new has no part in the share.
    try world.project.write(try world.project.read("in.csv") + "1000,new\n1001,new\n", to: "in.csv")
    let outcome = try await world.load(request(world, most: most))
    #expect(outcome.error?.code == (isAllowed ? nil : "too-many-deletes"))
    #expect(outcome.counts.deleted == (isAllowed ? missing.count : 0))
    #expect(try await world.rows().count == (isAllowed ? rows - missing.count + 2 : rows))
    #expect(try await world.ledgerRows().map { $0[9] } == [isAllowed ? nil : "too-many-deletes"])
  }

  @Test("the error counts, and says what lets it happen once; so it does")
  func words() async throws {
    let world = try await world(10, missing: [1, 2, 3])
    let error = try #require(try await world.load(request(world)).error)
    #expect(
      error.message
        == "3 of 10 rows of public.t are no longer in the source, and `maxDeletes` allows 10%: nothing was written")
    #expect(error.help.contains("sluice run flow --allow-delete 3"))
    #expect(try await world.load(request(world, allowed: 2)).error?.code == "too-many-deletes")
    #expect(try await world.load(request(world, allowed: 3)).counts.words == "read 7, deleted 3, unchanged 7")
  }

  @Test("an empty source deletes nothing, unless so many rows are allowed to go", arguments: [true, false])
  func emptySource(allowsEmpty: Bool) async throws {
    let world = try await LoadingWorld(
      Self.table + "INSERT INTO t VALUES (1, 'a'), (2, 'b')", files: ["in.csv": "id,s\n"])
    let first = try await world.load(request(world, most: .percent(100)) { $0.allowEmpty = allowsEmpty })
    #expect(first.status == (allowsEmpty ? .empty : .failed))
    #expect(first.error?.code == (allowsEmpty ? nil : "source-empty"))
    if allowsEmpty {
      #expect(first.warnings.map(\.code) == ["source-empty"])
      #expect(first.warnings.first?.help.contains("sluice run flow --allow-delete 2") == true)
    }
    let few = try await world.load(request(world, most: .percent(100), allowed: 1) { $0.allowEmpty = allowsEmpty })
    #expect(few.error?.code == "too-many-deletes")
    #expect(try await world.rows().count == 2)
    let enough = try await world.load(request(world, allowed: 2) { $0.allowEmpty = allowsEmpty })
    #expect(enough.error == nil)
    #expect(enough.status == .loaded)
    #expect(enough.counts.words == "deleted 2")
    #expect(try await world.rows().isEmpty)
  }

  @Test("rows with NULL in their key were never the source's, and stay")
  func nullKeys() async throws {
    let world = try await LoadingWorld(
      "CREATE TABLE t (id int UNIQUE, s text); INSERT INTO t VALUES (1, 'a'), (2, 'b'), (NULL, 'theirs')",
      files: ["in.csv": "id,s\n1,a\n"])
    let outcome = try await world.load(request(world, most: .count(1)))
    #expect(outcome.counts.words == "read 1, deleted 1, unchanged 1")
    #expect(try await world.rows() == [["1", "a"], [nil, "theirs"]])
  }

  @Test("keys of several columns, of a partitioned table")
  func partitions() async throws {
    let world = try await LoadingWorld(
      """
      CREATE TABLE t (id int, s text, PRIMARY KEY (id, s)) PARTITION BY LIST (s);
      CREATE TABLE t_a PARTITION OF t FOR VALUES IN ('a');
      CREATE TABLE t_b PARTITION OF t FOR VALUES IN ('b');
      INSERT INTO t VALUES (1, 'a'), (1, 'b'), (2, 'b');
      """, files: ["in.csv": "id,s\n1,b\n2,a\n"])
    var request = request(world, most: .count(2))
    request.key = ["id", "s"]
    #expect(try await world.load(request).counts.words == "read 2, inserted 1, deleted 2, unchanged 1")
    #expect(try await world.rows(order: "1, 2") == [["1", "b"], ["2", "a"]])
  }

  @Test("rows that others refer to fail the load: nothing of it is written")
  func referenced() async throws {
    let world = try await world(
      20, missing: [3], also: "CREATE TABLE r (t int REFERENCES t (id)); INSERT INTO r VALUES (3)")
    try world.project.write(try world.project.read("in.csv") + "1000,new\n", to: "in.csv")
    let outcome = try await world.load(request(world))
    #expect(outcome.error?.code == "foreign-key-violation")
    #expect(try await world.rows().count == 20)
    #expect(try await world.ledgerRows().map { $0[8] } == ["23503"])
  }
}
