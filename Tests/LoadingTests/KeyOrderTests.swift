import Catalog
import Diagnostics
import Loading
import Manifests
import Planning
import Postgres
import TestSupport
import Testing

/// Many rows, upserted into a table that lies in the key's order.
@Suite("An upsert of many rows", .freshDatabase, .timeLimit(.minutes(15)))
struct KeyOrderTests {
  @Test("walks the key's two indexes side by side where both tables lie in its order, and comes to the same where not")
  func orders() async throws {
    let rows = (1...60_000).map { "\($0),\($0 % 10 == 0 ? "new" : "v\($0)")" }
    let world = try await LoadingWorld(
      """
      CREATE TABLE t (id int PRIMARY KEY, s text);
      INSERT INTO t SELECT n, 'v' || n FROM generate_series(1, 55000) n;
      ANALYZE t;
      """,
      files: [
        "ordered.csv": "id,s\n" + rows.joined(separator: "\n") + "\n",
        "mixed.csv": "id,s\n" + rows.indices.map { rows[$0 * 7919 % rows.count] }.joined(separator: "\n") + "\n",
      ])
    let columns = [("id", "integer"), ("s", "text")]
    let before = Int(try await world.database.text(Self.read)) ?? 0
    let outcome = try await world.load(world.request("ordered.csv", .upsert, columns, key: ["id"]))
    #expect(outcome.counts.words == "read 60000, inserted 5000, updated 5500, unchanged 49500")
    try await world.database.wait(until: "(\(Self.read)) >= \(before + 55_000)")
    let again = try await world.load(world.request("mixed.csv", .upsert, columns, key: ["id"]))
    #expect(again.counts.words == "read 60000, unchanged 60000")
    #expect(
      try await world.database.text("SELECT count(*), count(*) FILTER (WHERE s = 'new') FROM t") == "60000|6000")
  }

  /// A table in its key's order, what is upserted into it, and `more`.
  private func world(_ more: String) async throws -> LoadingWorld {
    try await LoadingWorld(
      """
      CREATE TABLE t (id int PRIMARY KEY, s text, n numeric(8,2) CHECK (n < 100));
      INSERT INTO t SELECT n, nullif(n % 5, 0)::text, n % 3 FROM generate_series(1, 55000) n;
      ANALYZE t;
      """ + more,
      files: [
        "in.csv": "id,s,n\n"
          + (1...60_000).map { "\($0),\($0 % 5 == 0 ? "" : "\($0 % 5)"),\($0 % 4 == 0 ? "" : "\($0 % 3)")\n" }.joined()
      ])
  }

  private static let columns = [("id", "integer"), ("s", "text"), ("n", "numeric(8,2)")]
  /// Of a row that was updated: ON CONFLICT locks it before, which the new row shows; MERGE does not.
  private static let isLocked = "SELECT xmax <> 0 FROM t WHERE id = 4"

  @Test(
    "writes by MERGE where that does the same, and comes to the same end where not",
    arguments: [
      "",
      """
      CREATE FUNCTION pass() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
      CREATE TRIGGER pass BEFORE INSERT OR UPDATE ON t FOR EACH ROW EXECUTE FUNCTION pass();
      """,
      "CREATE TABLE child () INHERITS (t);",
      "CREATE RULE nothing AS ON DELETE TO t DO ALSO NOTHING;",
    ])
  func merges(obstacle: String) async throws {
    let world = try await world(obstacle)
    let outcome = try await world.load(world.request(.upsert, Self.columns, key: ["id"]))
    #expect(outcome.error == nil)
    // Every fourth row has no number any more.
    #expect(outcome.counts.words == "read 60000, inserted 5000, updated 13750, unchanged 41250")
    let sum = (1...60_000).filter { $0 % 4 != 0 }.reduce(0) { $0 + $1 % 3 }
    #expect(
      try await world.database.text("SELECT count(*), count(s), count(n), sum(n) FROM t")
        == "60000|48000|45000|\(sum).00")
    #expect(try await world.database.text(Self.isLocked) == (obstacle.isEmpty ? "f" : "t"))
  }

  @Test("gets by another writer of one of the keys, and says which row is refused")
  func failures() async throws {
    let world = try await world("")
    let outcome = try await world.load(
      world.request(.upsert, Self.columns, key: ["id"]), besides: "INSERT INTO t VALUES (57000, 'theirs', 0)",
      waiting: "MERGE")
    #expect(outcome.error == nil)
    #expect(try await world.database.text("SELECT count(*), min(s) FROM t WHERE id >= 57000") == "3001|1")
    #expect(try await world.database.text(Self.isLocked) == "t")

    try world.project.write(
      "id,s,n\n" + (1...60_000).map { "\($0),new,\($0 == 58_000 ? 100 : 1)\n" }.joined(), to: "in.csv")
    let refused = try await world.load(world.request(.upsert, Self.columns, key: ["id"]))
    #expect(refused.error?.code == "check-violation")
    #expect(refused.error?.place == Place(file: "in.csv", line: 58_001, column: 1))
    #expect(try await world.database.text("SELECT count(*) FROM t WHERE s = 'new'") == "0")
  }

  /// How many entries of the key's index were read so far.
  private static let read = "SELECT idx_tup_read FROM pg_stat_user_indexes WHERE relname = 't'"
}
