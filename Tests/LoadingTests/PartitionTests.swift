import Catalog
import Diagnostics
import Loading
import Manifests
import Planning
import Postgres
import TestSupport
import Testing

/// Loads by a role with privileges on the parent alone.
@Suite("Partitioned tables", .freshDatabase, .timeLimit(.minutes(15)))
struct PartitionTests {
  static let columns = [("id", "integer"), ("region", "text"), ("v", "text")]

  /// By list, then by hash and by range; without a default partition, and with nothing for ids of 1000 and more in us.
  static let table = """
    CREATE TABLE t (id int, region text, v text CHECK (v <> 'bad'), PRIMARY KEY (id, region))
      PARTITION BY LIST (region);
    CREATE TABLE t_eu PARTITION OF t FOR VALUES IN ('eu') PARTITION BY HASH (id);
    CREATE TABLE t_eu0 PARTITION OF t_eu FOR VALUES WITH (MODULUS 2, REMAINDER 0);
    CREATE TABLE t_eu1 PARTITION OF t_eu FOR VALUES WITH (MODULUS 2, REMAINDER 1);
    CREATE TABLE t_us PARTITION OF t FOR VALUES IN ('us') PARTITION BY RANGE (id);
    CREATE TABLE t_us0 PARTITION OF t_us FOR VALUES FROM (0) TO (1000);
    INSERT INTO t VALUES (1, 'eu', 'old'), (2, 'us', 'old');
    """

  private func world(_ csv: String) async throws -> (LoadingWorld, role: String) {
    let role = try await TestDatabase.current.createRole()
    let world = try await LoadingWorld(
      Self.table + "GRANT ALL ON t TO \(role); GRANT SELECT, INSERT ON _sluice_loads TO \(role);",
      files: ["in.csv": "id,region,v\n" + csv])
    return (world, role)
  }

  static let loads: [(Flow.WriteMode, csv: String, counts: String, rows: Int)] = [
    (.insert, "3,eu,a\n3,us,b\n", "read 2, inserted 2", 4),
    (.insertIgnore, "3,eu,a\n1,eu,b\n3,xx,c\n1000,us,d\n3,us,bad\n4,us,e\n", "read 6, inserted 2, rejected 4", 4),
    (.truncateInsert, "1,eu,a\n3,us,b\n", "read 2, inserted 2, deleted 2", 2),
    (.upsert, "1,eu,old\n2,us,new\n3,us,c\n", "read 3, inserted 1, updated 1, unchanged 1", 3),
    (.delete, "1,eu,\n1,us,\n9,xx,\n", "read 3, deleted 1, unchanged 3", 1),
  ]

  @Test("take loads of every mode, with no privilege on a partition", arguments: loads)
  func modes(mode: Flow.WriteMode, csv: String, counts: String, rows: Int) async throws {
    let (world, role) = try await world(csv)
    let outcome = try await world.load(world.request(mode, Self.columns, key: ["region", "id"]), as: role)
    #expect(outcome.error == nil)
    #expect(outcome.counts.words == counts)
    #expect(try await world.rows("id").count == rows)
  }

  @Test(
    "a row without a partition is an error with its place, and what to do",
    arguments: [Flow.WriteMode.insert, .truncateInsert, .upsert], ["3,xx,c", "1000,us,d"])
  func noPartition(mode: Flow.WriteMode, row: String) async throws {
    let (world, role) = try await world("3,eu,a\n4,us,b\n\(row)\n5,eu,c\n")
    let outcome = try await world.load(world.request(mode, Self.columns, key: ["region", "id"]), as: role)
    #expect(outcome.error?.code == "no-partition")
    #expect(outcome.error?.place == Place(file: "in.csv", line: 4, column: 1))
    #expect(outcome.error?.help.contains("make a partition of public.t for such rows, or a DEFAULT one") == true)
    #expect(try await world.rows("id") == [["1"], ["2"]])
    #expect(try await world.ledgerRows().map(\.last) == ["no-partition at in.csv:4"])
  }

  @Test("what a default partition takes is no error")
  func defaultPartition() async throws {
    let (world, role) = try await world("3,xx,a\n")
    try await world.database.execute("CREATE TABLE t_rest PARTITION OF t DEFAULT")
    let outcome = try await world.load(world.request(.upsert, Self.columns, key: ["id", "region"]), as: role)
    #expect(outcome.counts.words == "read 1, inserted 1")
  }

  @Test("policies of the partitioned table hold, those of its partitions do not")
  func rowSecurity() async throws {
    let (world, role) = try await world("3,eu,a\n4,us,b\n5,eu,no\n")
    try await world.database.execute("ALTER TABLE t_us0 ENABLE ROW LEVEL SECURITY")
    let outcome = try await world.load(world.request(.insert, Self.columns), as: role)
    #expect(outcome.counts.words == "read 3, inserted 3")
    try await world.database.execute(
      "DELETE FROM t; ALTER TABLE t ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON t USING (v <> 'no')")
    let second = try await world.load(
      world.request(.upsert, Self.columns, key: ["region", "id"]) { $0.files = .all }, as: role)
    #expect(second.error?.code == "row-security")
    #expect(second.error?.place?.line == 4)
  }
}
