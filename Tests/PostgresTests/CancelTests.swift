import Postgres
import Synchronization
import TestSupport
import Testing

@Suite(.freshDatabase, .timeLimit(.minutes(15))) struct CancelTests {
  let database = TestDatabase.current

  /// Waits, without a fixed time, until a session of this database waits in `pg_sleep`.
  private func waitUntilAsleep() async throws {
    let asleep = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'"
    while try await database.value(SQL(raw: asleep)) == nil { await Task.yield() }
  }

  @Test func `Cancelling the task cancels the statement in the server`() async throws {
    let connection = try await database.connect()
    let task = Task { try await connection.perform { _ = try $0.run("SELECT pg_sleep(600)") } }
    try await waitUntilAsleep()
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    let running = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()"
    try await #expect(database.value(SQL(raw: running)) == "0")
  }

  @Test func `A cancelled transaction is rolled back, and no statement is sent any more`() async throws {
    try await database.execute("CREATE TABLE t (id int)")
    let connection = try await database.connect()
    let task = Task {
      try await connection.perform { database in
        try database.transaction { database in
          try database.run("INSERT INTO t VALUES (1)")
          _ = try? database.run("SELECT pg_sleep(600)")
          // A body that does not notice is stopped here all the same.
          try database.run("INSERT INTO t VALUES (2)")
        }
      }
    }
    try await waitUntilAsleep()
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    try await #expect(database.value("SELECT count(*) FROM t") == "0")
    await #expect(throws: CancellationError.self) { try await connection.perform { _ = try $0.run("SELECT 1") } }
  }

  @Test func `Cancelling ends a COPY that is sending`() async throws {
    try await database.execute("CREATE TABLE t (id int)")
    let connection = try await database.connect()
    let task = Task {
      try await connection.perform { database in
        let block = Array(String(repeating: "1\n", count: 30_000).utf8)
        _ = try database.copyIn("COPY t FROM STDIN") { copy in
          while true { try block.withUnsafeBytes { try copy.send($0) } }
        }
      }
    }
    let copying = "SELECT 1 FROM pg_stat_progress_copy WHERE datname = current_database() AND tuples_processed > 0"
    while try await database.value(SQL(raw: copying)) == nil { await Task.yield() }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    try await #expect(database.value("SELECT count(*) FROM t") == "0")
  }

  @Test func `A cancelled task does not begin`() async throws {
    let connection = try await database.connect()
    let hasRun = Atomic(false)
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      try await connection.perform { _ in hasRun.store(true, ordering: .relaxed) }
    }
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(hasRun.load(ordering: .relaxed) == false)
  }

  @Test func `Two tasks never mix their statements`() async throws {
    try await database.execute("CREATE TABLE t (id int)")
    let connection = try await database.connect()
    try await withThrowingTaskGroup { group in
      for id in 0..<50 {
        group.addTask {
          try await connection.perform { database in
            try database.transaction { database in
              try database.run("INSERT INTO t VALUES (\(value: id))")
              let seen = try database.rows("SELECT count(*) FROM t WHERE xmin = pg_current_xact_id()::xid") {
                $0.int(0)
              }
              #expect(seen == [1])
            }
          }
        }
      }
      try await group.waitForAll()
    }
    try await #expect(database.value("SELECT count(*) FROM t") == "50")
  }
}
