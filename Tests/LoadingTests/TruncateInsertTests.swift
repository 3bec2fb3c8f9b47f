import Catalog
import Diagnostics
import Loading
import Manifests
import Planning
import Postgres
import TestSupport
import Testing

@Suite("truncate_insert", .freshDatabase, .timeLimit(.minutes(15)))
struct TruncateInsertTests {
  static let columns = [("id", "integer"), ("s", "text")]
  static let table = "CREATE TABLE t (id int PRIMARY KEY, s text); INSERT INTO t VALUES (1, 'old'), (9, 'old');"

  @Test("the table holds what the source holds, each time")
  func replaces() async throws {
    let world = try await LoadingWorld(Self.table, files: ["in.csv": "id,s\n1,new\n2,b\n3,\n"])
    let request = world.request(.truncateInsert, Self.columns)
    #expect(try await world.load(request).counts.words == "read 3, inserted 3, deleted 2")
    var second = request
    second.load = LoadRequest.newLoad()
    #expect(try await world.load(second).counts.words == "read 3, inserted 3, deleted 3")
    #expect(try await world.rows() == [["1", "new"], ["2", "b"], ["3", nil]])
  }

  @Test("rows come frozen and visible to all: no vacuum has to look at them again")
  func frozen() async throws {
    let world = try await LoadingWorld(Self.table, files: ["in.csv": "id,s\n1,new\n2,b\n 3,doubtful\n"])
    #expect(try await world.load(world.request(.truncateInsert, Self.columns)).status == .loaded)
    // An index alone answers only for pages that are known to be visible.
    let connection = try await world.database.connect()
    let plan = try await connection.perform { database in
      try database.run("SET enable_seqscan = off")
      return try database.rows("EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) SELECT id FROM t ORDER BY id") {
        $0.text(0) ?? ""
      }
    }
    #expect(plan.contains { $0.contains("Heap Fetches: 0") }, "\(plan)")
  }

  @Test("a bad row leaves the table as it was")
  func badRow() async throws {
    let world = try await LoadingWorld(Self.table, files: ["in.csv": "id,s\n1,new\nx,b\n"])
    let outcome = try await world.load(world.request(.truncateInsert, Self.columns))
    #expect(outcome.error?.place == Place(file: "in.csv", line: 3, column: 1))
    #expect(try await world.rows() == [["1", "old"], ["9", "old"]])
  }

  @Test("an empty source leaves the table as it was, unless it may be empty")
  func emptySource() async throws {
    let world = try await LoadingWorld(Self.table, files: ["in.csv": "id,s\n"])
    #expect(try await world.load(world.request(.truncateInsert, Self.columns)).error?.code == "source-empty")
    #expect(try await world.rows().count == 2)
    let outcome = try await world.load(world.request(.truncateInsert, Self.columns) { $0.allowEmpty = true })
    #expect(outcome.status == .loaded)
    #expect(outcome.counts.words == "deleted 2")
    #expect(try await world.rows().isEmpty)
  }

  @Test("with readers kept, or only DELETE granted, rows are deleted")
  func deletes() async throws {
    let world = try await LoadingWorld(
      Self.table + "CREATE TABLE child (t int REFERENCES t)", files: ["in.csv": "id,s\n1,new\n"])
    let explained = try await world.load(world.request(.truncateInsert, Self.columns))
    #expect(explained.error?.code == "table-referenced")
    #expect(explained.error?.help.contains { $0.hasPrefix("write `readers: keep`") } == true)
    #expect(explained.error?.help.contains { $0.contains("CASCADE") } == false)
    var request = world.request(.truncateInsert, Self.columns)
    request.readers = .keep
    #expect(try await world.load(request).counts.words == "read 1, inserted 1, deleted 2")
    let role = try await world.database.createRole()
    try await world.database.execute(
      "GRANT INSERT, DELETE ON t TO \(role); GRANT SELECT, INSERT ON _sluice_loads TO \(role)")
    let outcome = try await world.load(world.request(.truncateInsert, Self.columns), as: role)
    #expect(outcome.counts.words == "read 1, inserted 1, deleted 1")
    // Rows that others refer to cannot go either.
    try await world.database.execute("INSERT INTO child VALUES (1)")
    request.load = LoadRequest.newLoad()
    let referenced = try await world.load(request, as: role)
    #expect(referenced.error?.code == "foreign-key-violation")
    #expect(referenced.error?.help.contains { $0.hasPrefix("rows that others refer to") } == true)
  }

  @Test("a reader who stays is waited for again and again, and then named as the reason")
  func longReader() async throws {
    let world = try await LoadingWorld(Self.table, files: ["in.csv": "id,s\n1,new\n"])
    let reader = try await world.database.connect()
    try await reader.perform { try $0.script("BEGIN; SELECT * FROM t") }
    var request = world.request(.truncateInsert, Self.columns)
    request.lockTimeout = .milliseconds(50)
    let outcome = try await world.load(request)
    #expect(outcome.error?.code == "lock-timeout")
    #expect(isTransient(outcome))
    try await reader.perform { try $0.script("COMMIT") }
    let next = request.retried(after: outcome)
    #expect(try await world.load(next).counts.words == "read 1, inserted 1, deleted 2")
    await reader.close()
    #expect(try await world.ledgerRows().map(\.first) == ["failed", "loaded"])
  }

  @Test("TRUNCATE gets its turn when the reader is done, in the same load, and readers are not kept waiting for long")
  func patientTruncate() async throws {
    let world = try await LoadingWorld(Self.table, files: ["in.csv": "id,s\n1,new\n"])
    let database = world.database
    let reader = try await database.connect()
    try await reader.perform { try $0.script("BEGIN; SELECT * FROM t") }
    var short = world.request(.truncateInsert, Self.columns)
    short.lockTimeout = .seconds(2)
    let request = short
    async let loading = world.load(request)
    while try await database.value(
      """
      SELECT count(*) FROM pg_locks WHERE relation = 't'::regclass AND mode = 'AccessExclusiveLock' AND NOT granted
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
      """)
      == "0"
    { await Task.yield() }
    // It waits in the queue behind TRUNCATE, until that gives up.
    #expect(try await database.value("SELECT count(*) FROM t") == "2")
    try await reader.perform { try $0.script("COMMIT") }
    let outcome = try await loading
    await reader.close()
    #expect(outcome.error == nil)
    #expect(outcome.attempt == 1)
    #expect(outcome.counts.words == "read 1, inserted 1, deleted 2")
  }
}
