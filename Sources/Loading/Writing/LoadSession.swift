public import Catalog
internal import Connecting
internal import Diagnostics
internal import Postgres
internal import Synchronization

extension LoadRequest {
  /// What a load's transaction begins with.
  ///
  /// The server is to notice within a minute that the client is gone, be it waiting for rows or at work: until then the
  /// transaction keeps its locks. (To look while at work is known from PostgreSQL 14 on, and not on every system.)
  var prelude: [SQL] {
    SessionSettings(lockTimeout: lockTimeout, statementTimeout: statementTimeout, role: role).statements + [
      "SET LOCAL tcp_keepalives_idle = 30", "SET LOCAL tcp_keepalives_interval = 10",
      "SET LOCAL tcp_keepalives_count = 3",
      // By this name others see who loads.
      "SELECT set_config('application_name', \(value: "sluice flow/\(flow) on \(host)"), true)",
      """
      SELECT set_config('client_connection_check_interval', '10s', true)
      WHERE current_setting('server_version_num')::int >= 140000 AND version() LIKE '%linux%'
      """,
    ]
  }
}

/// The number under which loads of one table take their advisory lock: FNV-1a of `schema.table`.
///
/// It is taken for the time of the transaction, so `running` can be read from pg_locks: `classid` holds the upper 32
/// bits, `objid` the lower, `objsubid` is 1.
public func tableLockKey(_ table: QualifiedName) -> Int64 {
  Int64(bitPattern: stableHash(table.sql))
}

/// The transaction that a try of a load ran in, as pg_locks names it; kept over retries.
///
/// Where the connection was lost, the server may not have noticed: the transaction then still has the table's lock.
final class LoadTransaction: Sendable {
  /// The backend's process, and the transaction's own number, which no other one has meanwhile: a pooler lends one
  /// backend to many clients.
  struct Name: Equatable {
    var process: Int
    var number: String
  }

  private let last = Mutex<Name?>(nil)

  /// The last one that had the table's lock.
  var name: Name? {
    get { last.withLock { $0 } }
    set { last.withLock { $0 = newValue } }
  }
}

extension LoadRequest {
  /// Takes the lock of the target.
  ///
  /// An earlier try of the same load, whose connection was lost, is waited for, and ended where it goes on for too long:
  /// nobody waits for its answer any more.
  /// - Throws: `Failure` `table-locked`, with who has it.
  func lockTable(on database: borrowing Database) throws {
    if try takeLock(on: database) { return }
    if attempt > 1, let old = transaction.name {
      if try waitForLock(on: database) { return }
      if try end(old, on: database), try waitForLock(on: database) { return }
    }
    throw try tableLocked(on: database)
  }

  private func takeLock(on database: borrowing Database) throws -> Bool {
    let taken = try database.rows(
      """
      SELECT pg_try_advisory_xact_lock(\(value: tableLockKey(target))::bigint), pid, virtualtransaction
      FROM pg_locks WHERE locktype = 'virtualxid' AND pid = pg_backend_pid() LIMIT 1
      """
    ) { (taken: $0.bool(0) ?? false, name: LoadTransaction.Name(process: $0.int(1) ?? 0, number: $0.text(2) ?? "")) }
    guard let first = taken.first, first.taken else { return false }
    transaction.name = first.name
    return true
  }

  private func waitForLock(on database: borrowing Database) throws -> Bool {
    try database.run("SAVEPOINT waiting")
    do {
      try setLockTimeout(lockPatience, on: database)
      try database.run("SELECT pg_advisory_xact_lock(\(value: tableLockKey(target))::bigint)")
      try database.run("RELEASE SAVEPOINT waiting")
    } catch let error as PostgresError where ["55P03", "57014"].contains(error.sqlState) {
      try database.script("ROLLBACK TO SAVEPOINT waiting; RELEASE SAVEPOINT waiting")
      return false
    }
    try setLockTimeout(lockTimeout, on: database)
    return try takeLock(on: database)
  }

  private func setLockTimeout(_ timeout: Duration, on database: borrowing Database) throws {
    let text = "\(Int(timeout / .milliseconds(1)))ms"
    _ = try database.rows("SELECT set_config('lock_timeout', \(value: text), true)")
  }

  /// Ends an old transaction's backend where it has the lock still, as the role that logged in: the backend is its own.
  ///
  /// - Returns: whether there was one to end.
  private func end(_ old: LoadTransaction.Name, on database: borrowing Database) throws -> Bool {
    try database.run("SAVEPOINT ending")
    var ended: [Bool] = []
    do {
      try database.run("SET LOCAL ROLE NONE")
      ended = try database.rows(
        """
        SELECT pg_terminate_backend(l.pid) FROM pg_locks l
        WHERE \(sql: isTableLock) AND l.pid = \(value: old.process)::int
          AND l.virtualtransaction = \(value: old.number)::text
        """
      ) { $0.bool(0) ?? false }
    } catch let error as PostgresError where error.kind == .statement {}
    try database.script("ROLLBACK TO SAVEPOINT ending; RELEASE SAVEPOINT ending")
    return ended.contains(true)
  }

  /// The condition that a row `l` of pg_locks is the lock of the target, held.
  private var isTableLock: SQL {
    let bits = UInt64(bitPattern: tableLockKey(target))
    return """
      l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
        AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND l.classid::bigint = \(value: Int64(bits >> 32))::bigint
        AND l.objid::bigint = \(value: Int64(bits & 0xFFFF_FFFF))::bigint
      """
  }

  private func tableLocked(on database: borrowing Database) throws -> Failure {
    let holders = try database.rows(
      """
      SELECT l.pid, coalesce(nullif(a.application_name, ''), a.usename::text), date_trunc('second', a.xact_start)::text
      FROM pg_locks l LEFT JOIN pg_stat_activity a USING (pid)
      WHERE \(sql: isTableLock)
      """
    ) { row in
      "process \(row.text(0) ?? "?")" + (row.text(1).map { ", \($0)" } ?? "")
        + (row.text(2).map { ", since \($0)" } ?? "")
    }
    return Failure(
      Diagnostic(
        .error, "table-locked",
        "another load of \(target.sql) is running" + (holders.first.map { " (\($0))" } ?? ""),
        help: ["one load at a time writes a table: run again when that one is done, or wait for it with `run --wait`"]))
  }
}
