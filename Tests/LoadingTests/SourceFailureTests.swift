import Catalog
import Diagnostics
import Loading
import Manifests
import Planning
import Postgres
import TestSupport
import Testing

@Suite("A database as a source, when something fails", .freshDatabase)
struct SourceFailureTests {
  private static let columns = [("id", "bigint"), ("name", "text")]
  private static let rows =
    "CREATE TABLE src.t AS SELECT g::bigint AS id, g::text AS name FROM generate_series(1, 100000) g"

  /// A query whose rows come until somebody takes the lock that is tried for at the ten thousandth row.
  private static func waiting(_ world: SourceWorld) -> PostgresSource {
    world.table {
      $0.table = nil
      $0.query =
        "SELECT id, CASE WHEN id = 10000 THEN pg_advisory_xact_lock(7)::text ELSE name END AS name FROM src.t"
    }
  }

  /// Waits until a session waits for the advisory lock, and gives its process.
  private static func waiter(in database: TestDatabase) async throws -> String {
    while true {
      let found = try await database.value(
        "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
      )
      if let found { return found }
    }
  }

  @Test("a source's connection that is lost fails the load, to be tried again; nothing was written")
  func sourceLost() async throws {
    try await SourceWorld.with(.relay, Self.rows, target: "CREATE TABLE t (id bigint, name text)") { world in
      let holder = try await world.source.session()
      try await holder.execute("SELECT pg_advisory_lock(7)")
      let request = world.request(Self.waiting(world), .insert, Self.columns)
      async let loading = world.world.load(request)
      let pid = try await Self.waiter(in: world.source)
      try await world.source.execute("SELECT pg_terminate_backend(\(pid))")
      let outcome = try await loading
      #expect(outcome.error?.code == "source-connection-lost", "\(outcome)")
      #expect(isTransient(outcome))
      #expect(try await TestDatabase.current.text("SELECT count(*) FROM t") == "0")
      #expect(try await world.world.ledgerRows().map { $0[0] } == ["failed"])
      await holder.close()
      let again = request.retried(after: outcome)
      #expect(again.load != request.load)
      #expect(try await world.world.load(again).counts.inserted == 100_000)
    }
  }

  @Test("the destination's connection that is lost fails the load, to be tried again under the same id")
  func destinationLost() async throws {
    try await SourceWorld.with(.relay, Self.rows, target: "CREATE TABLE t (id bigint, name text)") { world in
      let holder = try await world.source.session()
      try await holder.execute("SELECT pg_advisory_lock(7)")
      let request = world.request(Self.waiting(world), .insert, Self.columns)
      async let loading = world.world.load(request)
      _ = try await Self.waiter(in: world.source)
      try await TestDatabase.current.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'COPY%' AND datname = current_database()"
      )
      await holder.close()
      let outcome = try await loading
      #expect(outcome.error?.code == "connection-lost", "\(outcome)")
      #expect(isTransient(outcome))
      let again = request.retried(after: outcome)
      #expect(again.load == request.load)
      #expect(try await world.world.load(again).counts.inserted == 100_000)
    }
  }

  @Test("cancelled in the middle it leaves nothing, on neither side", arguments: Way.allCases)
  func cancelled(_ way: Way) async throws {
    try await SourceWorld.with(way, Self.rows, target: "CREATE TABLE t (id bigint, name text)") { world in
      let holder = try await world.source.session()
      try await holder.execute("SELECT pg_advisory_lock(7)")
      let request = world.request(Self.waiting(world), .insert, Self.columns)
      let loading = Task { try await world.world.load(request) }
      _ = try await Self.waiter(in: world.source)
      loading.cancel()
      await #expect(throws: CancellationError.self) { try await loading.value }
      await holder.close()
      #expect(try await TestDatabase.current.text("SELECT count(*) FROM t") == "0")
      #expect(try await world.world.ledgerRows().isEmpty)
    }
  }

  @Test("what the source's role may not read is said, with the authorizer")
  func privileges() async throws {
    try await SourceWorld.with(.relay, Self.rows, target: "CREATE TABLE t (id bigint, name text)") { world in
      var world = world
      world.reader = try await world.source.createRole("reader")
      let outcome = try await world.world.load(world.request(world.table(), .insert, Self.columns))
      #expect(outcome.error?.code == "source-privileges", "\(outcome)")
      #expect(outcome.error?.message.contains("authorizer crm") == true)
      #expect(!isTransient(outcome))
    }
  }

  @Test("within one database, a role that may not read the source has it relayed; so do policies")
  func otherRole() async throws {
    try await SourceWorld.with(
      .sameDatabase, "\(Self.rows); ALTER TABLE src.t ENABLE ROW LEVEL SECURITY",
      target: "CREATE TABLE t (id bigint, name text)"
    ) { world in
      let reader = try await world.source.createRole("reader"), writer = try await world.source.createRole("writer")
      try await world.source.execute(
        """
        GRANT USAGE ON SCHEMA src TO \(reader), \(writer); GRANT SELECT ON src.t TO \(reader);
        CREATE POLICY few ON src.t FOR SELECT TO \(reader) USING (id <= 10);
        GRANT ALL ON t, _sluice_loads TO \(writer);
        """)
      var world = world
      world.reader = reader
      // The writer may not read it.
      let first = try await world.world.load(world.request(world.table(), .insert, Self.columns), as: writer)
      #expect(first.counts.words == "read 10, inserted 10", "\(first)")
      // A superuser would see all rows.
      let second = try await world.world.load(world.request(world.table(), .truncateInsert, Self.columns))
      #expect(second.counts.words == "read 10, inserted 10, deleted 10", "\(second)")
    }
  }
}
