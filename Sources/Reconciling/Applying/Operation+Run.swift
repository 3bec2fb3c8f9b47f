internal import Catalog
internal import Planning
internal import Postgres

extension Operation {
  /// The number under which ledgers are made one at a time, by whichever projects: any number will do.
  private static let ledgerLock = 7_309_460_221

  /// Runs the operation's statements in the transaction that is open.
  func run(on database: borrowing Database) throws {
    if case .createLedger(let ledger) = self, try Self.exists(ledger, on: database) { return }
    for statement in statements { _ = try database.run(SQL(raw: statement)) }
  }

  /// Whether another apply has made the ledger since the plan looked; IF NOT EXISTS would want CREATE even then.
  private static func exists(_ ledger: QualifiedName, on database: borrowing Database) throws -> Bool {
    _ = try database.run("SELECT pg_advisory_xact_lock(\(value: ledgerLock)::bigint)")
    return try database.rows("SELECT to_regclass(\(value: ledger.sql)::text) IS NOT NULL") { $0.bool(0) ?? false }
      .contains(true)
  }
}
