import Catalog
import Diagnostics
import Manifests
import Planning
import Postgres
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import Loading

@Suite("A load happens whole, once, or not at all", .freshDatabase, .timeLimit(.minutes(15)))
struct LoadSafetyTests {
  static let columns = [("id", "bigint"), ("s", "text")]

  static func bigCSV(_ rows: Int) -> String {
    "id,s\n" + (1...rows).map { "\($0),some text that makes the row longer\n" }.joined()
  }

  @Test("a backend that dies in the middle leaves the table as it was")
  func killedBackend() async throws {
    let world = try await LoadingWorld(
      """
      CREATE TABLE t (id bigint, s text);
      INSERT INTO t VALUES (0, 'old');
      CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql
        AS 'BEGIN PERFORM pg_catalog.pg_advisory_xact_lock_shared(42); RETURN NEW; END';
      CREATE TRIGGER stop BEFORE INSERT ON t FOR EACH ROW WHEN (NEW.id = 100000) EXECUTE FUNCTION stop();
      """, files: ["in.csv": Self.bigCSV(200_000)])
    let database = world.database
    let connection = try await database.connect()
    let process = try await connection.perform { $0.backendPID }
    let gate = try await database.connect()
    _ = try await gate.perform { try $0.rows("SELECT pg_advisory_lock(42)").count }
    // It dies when the row in the middle waits at the gate.
    async let killer: Void = {
      while try await database.value(
        "SELECT count(*) FROM pg_locks WHERE pid = \(value: process) AND locktype = 'advisory' AND NOT granted") == "0"
      { await Task.yield() }
      _ = try await database.value("SELECT pg_terminate_backend(\(value: process))")
      await gate.close()
    }()
    var request = world.request(.insert, Self.columns)
    request.lockTimeout = .seconds(60)
    let outcome = try await load(request, on: connection)
    try await killer
    #expect(outcome.status == .failed)
    #expect(outcome.error?.code == "connection-lost")
    #expect(isTransient(outcome))
    #expect(try await world.rows() == [["0", "old"]])
    // The same load, tried again, happens once.
    let again = request.retried(after: outcome)
    #expect(again.load == request.load)
    #expect(again.attempt == 2)
    #expect(try await world.load(again).counts.words == "read 200000, inserted 200000")
    #expect(try await world.load(again).counts.words == "read 200000, inserted 200000")
    #expect(try await world.database.value("SELECT count(*) FROM t") == "200001")
  }

  @Test("a cancelled load writes nothing")
  func cancelled() async throws {
    let world = try await LoadingWorld("CREATE TABLE t (id bigint, s text)", files: ["in.csv": Self.bigCSV(500_000)])
    let connection = try await world.database.connect()
    let request = world.request(.insert, Self.columns)
    let canceller = Canceller()
    let task = Task { try await load(request, on: connection) { _ in canceller.cancel() } }
    canceller.set(task)
    await #expect(throws: CancellationError.self) { try await task.value }
    await connection.close()
    #expect(try await world.rows().isEmpty)
    #expect(try await world.ledgerRows().isEmpty)
  }

  @Test("one load at a time for a table; the other one says who is loading")
  func locked() async throws {
    let world = try await LoadingWorld("CREATE TABLE t (id bigint, s text)", files: ["in.csv": "id,s\n1,\n"])
    let other = try await world.database.connect()
    let process = try await other.perform { database in
      try database.script("BEGIN; SET application_name = 'night shift'")
      try database.run("SELECT pg_advisory_xact_lock(\(value: tableLockKey(LoadingWorld.target))::bigint)")
      return database.backendPID
    }
    let request = world.request(.insert, Self.columns)
    let outcome = try await world.load(request)
    await other.close()
    #expect(outcome.error?.code == "table-locked")
    #expect(request.retried(after: outcome).load == request.load)
    #expect(try await world.ledgerRows().isEmpty)
    #expect(
      outcome.error?.message.hasPrefix("another load of public.t is running (process \(process), night shift, since ")
        == true)
  }

  @Test(
    "an earlier try whose connection was lost, and that the server still has, is ended; another load is not",
    arguments: [true, false])
  func lostConnection(isOurs: Bool) async throws {
    let world = try await LoadingWorld("CREATE TABLE t (id bigint, s text)", files: ["in.csv": "id,s\n1,\n"])
    let database = world.database
    let login = try await database.createRole(), role = try await database.createRole("group")
    try await database.execute("GRANT \(role) TO \(login); GRANT ALL ON t, _sluice_loads TO \(role)")
    // The role that loads may end no backend of the one that logs in.
    var request = world.request(.insert, Self.columns)
    request.role = role
    request.lockPatience = .milliseconds(100)
    let old = try await database.connect(as: login)
    let first = request
    try await old.perform { try $0.script("BEGIN") }
    try await old.perform { try first.lockTable(on: $0) }
    if !isOurs {
      // The backend is the same, and lent to somebody else meanwhile.
      try await old.perform { try $0.script("COMMIT; BEGIN") }
      try await old.perform { try world.request(.insert, Self.columns).lockTable(on: $0) }
    }
    request.attempt = 2
    let outcome = try await world.load(request, as: login)
    await old.close()
    #expect(outcome.error?.code == (isOurs ? nil : "table-locked"))
    #expect(try await world.rows().count == (isOurs ? 1 : 0))
  }

  @Test("a load sees what was committed before it began, whatever the database's isolation is")
  func isolation() async throws {
    let world = try await LoadingWorld(
      "CREATE TABLE t (id bigint, level text DEFAULT current_setting('transaction_isolation'))",
      files: ["in.csv": "id\n1\n"])
    try await world.database.execute(
      "ALTER DATABASE \(world.database.name) SET default_transaction_isolation = 'serializable'")
    #expect(try await world.load(world.request(.insert, [("id", "bigint")])).error == nil)
    #expect(try await world.rows() == [["1", "read committed"]])
  }

  @Test("a connection that breaks elsewhere is tried again under a load id of its own")
  func remoteConnection() async throws {
    let world = try await LoadingWorld(
      """
      CREATE TABLE t (id bigint, s text);
      CREATE FUNCTION remote() RETURNS trigger LANGUAGE plpgsql
        AS $$BEGIN RAISE 'the other server is away' USING ERRCODE = '08006'; END$$;
      CREATE TRIGGER remote BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION remote();
      """, files: ["in.csv": "id,s\n1,\n"])
    let request = world.request(.insert, Self.columns)
    let outcome = try await world.load(request)
    #expect(outcome.error?.code == "remote-connection-lost")
    #expect(isTransient(outcome))
    try await world.database.execute("DROP TRIGGER remote ON t")
    #expect(try await world.load(request.retried(after: outcome)).counts.words == "read 1, inserted 1")
    #expect(try await world.ledgerRows().map(\.first) == ["failed", "loaded"])
  }

  @Test("a file that is written to while it is read fails the load")
  func changingFile() async throws {
    let world = try await LoadingWorld("CREATE TABLE t (id bigint, s text)", files: ["in.csv": Self.bigCSV(300_000)])
    let connection = try await world.database.connect()
    let project = world.project
    let outcome = try await load(world.request(.insert, Self.columns), on: connection) { _ in
      guard let file = try? FileDescriptor.open(project.file("in.csv"), .writeOnly, options: [.append]) else { return }
      _ = try? file.closeAfter { try file.writeAll("300001,one more\n".utf8) }
    }
    await connection.close()
    #expect(outcome.error?.code == "file-changed")
    #expect(try await world.rows().isEmpty)
  }

  @Test("another state's loads under the same name block")
  func otherLineage() async throws {
    let world = try await LoadingWorld("CREATE TABLE t (id bigint, s text)", files: ["in.csv": "id,s\n1,\n"])
    var request = world.request(.insert, Self.columns)
    request.lineage = "another"
    #expect(try await world.load(request).error == nil)
    let outcome = try await world.load(world.request(.insert, Self.columns))
    #expect(outcome.error?.code == "ledger")
    #expect(outcome.error?.help.contains("the ledger's: another") == true)
    #expect(try await world.rows().count == 1)
    #expect(try await world.ledgerRows().count == 1)
    #expect(!isTransient(outcome))
  }

  @Test("a slot is loaded once, unless again")
  func slots() async throws {
    let world = try await LoadingWorld("CREATE TABLE t (id bigint, s text)", files: ["in.csv": "id,s\n1,\n"])
    var statuses: [LoadOutcome.Status] = []
    for again in [false, false, true] {
      var request = world.request(.insert, Self.columns) { $0.files = .all }
      request.slot = "2024-01-01T06:00:00Z"
      request.again = again
      statuses.append(try await world.load(request).status)
    }
    #expect(statuses == [.loaded, .skipped, .loaded])
    #expect(try await world.rows().count == 2)
  }

  @Test("a deferred constraint fails before the ledger row, as a row of the ledger tells")
  func deferredConstraint() async throws {
    let world = try await LoadingWorld(
      "CREATE TABLE t (id bigint UNIQUE DEFERRABLE INITIALLY DEFERRED, s text)", files: ["in.csv": "id,s\n1,\n1,\n"])
    let outcome = try await world.load(world.request(.insert, Self.columns))
    #expect(outcome.error?.code == "duplicate-key")
    let ledger = try await world.ledgerRows()
    #expect(ledger.map(\.first) == ["failed"])
    #expect(ledger.first?.last == "duplicate-key by constraint t_id_key")
  }

  @Test("statements run as the authorizer's role")
  func role() async throws {
    let world = try await LoadingWorld(
      "CREATE TABLE t (id bigint, s text, by text DEFAULT current_user)", files: ["in.csv": "id,s\n1,\n"])
    let owner = try await world.database.createRole("owner")
    try await world.database.execute("GRANT ALL ON t, _sluice_loads TO \(owner)")
    var request = world.request(.insert, Self.columns)
    request.role = owner
    #expect(try await world.load(request).error == nil)
    #expect(try await world.rows("by") == [[owner]])
  }

  @Test("types mean what the session says, whatever the database's settings are")
  func settings() async throws {
    let world = try await LoadingWorld(
      """
      CREATE TABLE t (d date, at timestamptz, f double precision);
      ALTER DATABASE \(Identifier(TestDatabase.current.name).sql) SET DateStyle = 'German, DMY';
      ALTER DATABASE \(Identifier(TestDatabase.current.name).sql) SET TimeZone = 'Asia/Tokyo';
      """, files: ["in.csv": "d,at,f\n2024/02/01,2024-01-01 00:00 ,1e0\n2024-02-01,2024-01-01 00:00,1\n"])
    let outcome = try await world.load(
      world.request(.insert, [("d", "date"), ("at", "timestamp with time zone"), ("f", "double precision")]))
    #expect(outcome.error == nil)
    #expect(
      try await world.database.rows(
        "SELECT DISTINCT to_char(d, 'YYYY-MM-DD'), to_char(at AT TIME ZONE 'UTC', 'HH24'), f FROM t")
        == [["2024-02-01", "00", "1"]])
  }
}

/// Cancels a task when told to, from whatever thread.
final class Canceller: Sendable {
  private let state = Mutex<(task: Task<LoadOutcome, any Error>?, isWanted: Bool)>((nil, false))

  func set(_ task: Task<LoadOutcome, any Error>) {
    let isWanted = state.withLock {
      $0.task = task
      return $0.isWanted
    }
    if isWanted { task.cancel() }
  }

  func cancel() {
    let task = state.withLock {
      $0.isWanted = true
      return $0.task
    }
    task?.cancel()
  }
}
