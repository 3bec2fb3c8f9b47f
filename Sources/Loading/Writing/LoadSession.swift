public import Catalog
internal import Connecting
internal import Diagnostics
internal import Postgres

extension LoadRequest {
  /// What a load's transaction begins with.
  var prelude: [SQL] {
    SessionSettings(lockTimeout: lockTimeout, statementTimeout: statementTimeout, role: role).statements
  }
}

/// The number under which loads of one table take their advisory lock: FNV-1a of `schema.table`.
///
/// It is taken for the time of the transaction, so `running` can be read from pg_locks: `classid` holds the upper 32
/// bits, `objid` the lower, `objsubid` is 1.
public func tableLockKey(_ table: QualifiedName) -> Int64 {
  Int64(bitPattern: stableHash(table.sql))
}

/// Takes the lock of `table`, or says who has it.
func lockTable(_ table: QualifiedName, on database: borrowing Database) throws {
  let key = tableLockKey(table)
  let taken = try database.rows("SELECT pg_try_advisory_xact_lock(\(value: key)::bigint)") { $0.bool(0) ?? false }
  guard taken.first != true else { return }
  let bits = UInt64(bitPattern: key)
  let holders = try database.rows(
    """
    SELECT l.pid, coalesce(nullif(a.application_name, ''), a.usename::text), a.xact_start::text
    FROM pg_locks l LEFT JOIN pg_stat_activity a USING (pid)
    WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
      AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND l.classid::bigint = \(value: Int64(bits >> 32))::bigint
      AND l.objid::bigint = \(value: Int64(bits & 0xFFFF_FFFF))::bigint
    """
  ) { row in
    "process \(row.text(0) ?? "?")" + (row.text(1).map { ", \($0)" } ?? "")
      + (row.text(2).map { ", since \($0)" } ?? "")
  }
  throw Failure(
    Diagnostic(
      .error, "table-locked",
      "another load of \(table.sql) is running" + (holders.first.map { " (\($0))" } ?? ""),
      help: ["one load at a time writes a table; run again when it is done"]))
}
