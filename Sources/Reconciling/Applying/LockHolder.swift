internal import Catalog
internal import Postgres
internal import Secrets

/// Somebody who holds a lock that a step waits for, as far as the role may see.
struct LockHolder: Sendable {
  var pid: Int
  var role: String?
  var application: String?
  var state: String?
  var query: String?
  /// How long its transaction has been open.
  var seconds: Int?

  /// Those who hold locks on `tables` now; nobody where that cannot be found out.
  ///
  /// - Parameter exclusively: whether those who only read count, too.
  static func all(of tables: [QualifiedName], exclusively: Bool, by connection: Connection) async -> [LockHolder] {
    let query = query(tables, exclusively: exclusively)
    let found = try? await connection.perform { try $0.rows(query) { LockHolder($0) } }
    return found ?? []
  }

  private static func query(_ tables: [QualifiedName], exclusively: Bool) -> SQL {
    let harmless = exclusively ? [] : ["AccessShareLock", "RowShareLock"]
    let numbers = tables.map { Int(CatalogLock.number(of: $0)) }
    return """
      SELECT a.pid, a.usename, nullif(a.application_name, ''), a.state, a.query,
        extract(epoch FROM clock_timestamp() - coalesce(a.xact_start, a.query_start))::bigint
      FROM pg_stat_activity a
      WHERE a.pid <> pg_backend_pid() AND EXISTS (
        SELECT FROM pg_locks l
        WHERE l.pid = a.pid AND l.granted AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
          AND (l.locktype = 'relation' AND l.mode <> ALL (\(value: harmless)::text[])
              AND l.relation = ANY (SELECT to_regclass(name) FROM unnest(\(value: tables.map(\.sql))::text[]) AS name)
            OR l.locktype = 'advisory' AND l.objsubid = 1
              AND (l.classid::bigint << 32 | l.objid::bigint) = ANY (\(value: numbers)::bigint[])))
      ORDER BY a.xact_start
      LIMIT 5
      """
  }

  private init(_ row: borrowing Row) {
    pid = row.int(0) ?? 0
    role = row.text(1)
    application = row.text(2)
    state = row.text(3)
    query = row.text(4).map(Redaction.redacted)
    seconds = row.int(5)
  }

  /// `process 4711 (role etl, psql, idle in transaction for 12 s)`.
  var words: String {
    var facts = [role.map { "role \($0)" }, application].compactMap { $0 }
    if let state { facts.append(state + (seconds.map { " for \($0) s" } ?? "")) }
    return "process \(pid)" + (facts.isEmpty ? "" : " (\(facts.joined(separator: ", ")))")
  }
}

extension [LockHolder] {
  /// ` held by process 4711 (...)`; nothing where nobody is known.
  var words: String { isEmpty ? "" : " held by " + map(\.words).joined(separator: " and ") }
}
