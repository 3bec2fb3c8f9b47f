import Catalog
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

  /// How many entries of the key's index were read so far.
  private static let read = "SELECT idx_tup_read FROM pg_stat_user_indexes WHERE relname = 't'"
}
