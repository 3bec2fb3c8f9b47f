internal import Catalog
internal import Postgres

/// Advisory locks by which all applies that change one object of a database's catalog do so one after the other,
/// whichever projects they belong to. Else the server tells one of them "tuple concurrently updated", or of a duplicate
/// key in its own tables.
enum CatalogLock {
  /// The number of the lock for those who change `table` in a transaction.
  static func number(of table: QualifiedName) -> Int64 { number("sluice change \(table.sql)") }

  /// The number of the lock for the one who builds an index on `table`. Nobody ever waits for it: who waits in a
  /// transaction would be waited for by the build.
  static func buildNumber(of table: QualifiedName) -> Int64 { number("sluice build \(table.sql)") }

  /// The statements that take the locks of a transaction that changes `tables`, for all in the same order.
  static func locks(on tables: Set<QualifiedName>) -> [SQL] {
    Set(tables.map(number)).sorted().map { "SELECT pg_advisory_xact_lock(\(value: $0)::bigint)" }
  }

  private static func number(_ text: String) -> Int64 { Int64(bitPattern: stableHash(text)) }
}
