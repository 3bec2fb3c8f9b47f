internal import Catalog
internal import Planning
internal import Postgres

/// Which database a session is in, as whom.
struct DatabaseIdentity: Equatable {
  /// Nothing where the role may not ask for it.
  var system: String?
  /// A copy of a server's files has its system identifier too, but was not started at the same time.
  var started: String
  var database: String
  var role: String

  /// Asks the server.
  init(of database: borrowing Database) throws {
    let rows = try database.rows(
      """
      SELECT CASE WHEN has_function_privilege('pg_control_system()', 'EXECUTE')
          THEN (SELECT system_identifier::text FROM pg_control_system()) END,
        pg_postmaster_start_time()::text, (SELECT oid::text FROM pg_database WHERE datname = current_database()),
        current_user
      """
    ) { ($0.text(0), $0.text(1) ?? "", $0.text(2) ?? "", $0.text(3) ?? "") }
    (system, started, self.database, role) = rows.first ?? (nil, "", "", "")
  }

  /// Whether it is surely the same database as `other`.
  func isSameDatabase(as other: DatabaseIdentity) -> Bool {
    system != nil && system == other.system && started == other.started && database == other.database
  }
}

extension DatabasePart {
  /// Whether its rows may depend on who reads them: policies, and views that ask for their reader's rights.
  func dependsOnReader(_ database: borrowing Database) throws -> Bool {
    let names = source.relationNames.sorted()
    return try database.rows(
      """
      SELECT EXISTS (
        SELECT FROM unnest(\(value: names.map(\.schema.name))::text[], \(value: names.map(\.name.name))::text[])
          AS u (schema, name)
        JOIN pg_namespace n ON n.nspname = u.schema
        JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = u.name
        WHERE c.relrowsecurity OR c.reloptions && ARRAY['security_invoker=true', 'security_invoker=on', 'security_invoker=1'])
      """
    ) { $0.bool(0) ?? true }.first ?? true
  }
}
